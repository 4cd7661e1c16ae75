/* base/buffer.c: see buffer.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

void buffer_init(struct buffer *b, size_t max_bytes)
{
        *b = BUFFER(max_bytes);
}

void buffer_done(struct buffer *b)
{
        mem_free(b->data);
        *b = BUFFER(b->max);
}

void buffer_clear(struct buffer *b)
{
        b->len = 0;
        if (b->data)
                b->data[0] = '\0';
}

int buffer_reserve(struct buffer *b, size_t more)
{
        size_t need, room;
        char *data;

        if (more > b->max || b->len > b->max - more)
                return ERR_LIMIT;
        need = b->len + more + 1;
        if (need <= b->room)
                return 0;
        room = b->room ? b->room : FIRST_ROOM;
        while (room < need)
                room = room > SIZE_MAX / 2 ? need : room * 2;
        if (room > b->max + 1)
                room = b->max + 1;
        data = mem_grow(b->data, room, 1);
        if (!data)
                return ERR_MEMORY;
        b->data = data;
        b->room = room;
        return 0;
}

int buffer_add(struct buffer *b, const void *bytes, size_t len)
{
        int err = buffer_reserve(b, len);

        if (err)
                return err;
        if (len)
                memcpy(b->data + b->len, bytes, len);
        b->len += len;
        b->data[b->len] = '\0';
        return 0;
}

int buffer_add_text(struct buffer *b, const char *text)
{
        return buffer_add(b, text, strlen(text));
}

int buffer_add_byte(struct buffer *b, char byte)
{
        return buffer_add(b, &byte, 1);
}

int buffer_add_format(struct buffer *b, const char *format, ...)
{
        va_list args;
        int need, err;

        va_start(args, format);
        need = vsnprintf(NULL, 0, format, args);
        va_end(args);
        if (need < 0)
                return ERR_BUG;
        err = buffer_reserve(b, (size_t)need);
        if (err)
                return err;
        va_start(args, format);
        (void)vsnprintf(b->data + b->len, (size_t)need + 1, format, args);
        va_end(args);
        b->len += (size_t)need;
        return 0;
}

char *buffer_take(struct buffer *b)
{
        char *data = b->data;

        *b = BUFFER(b->max);
        return data;
}
