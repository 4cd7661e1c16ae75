/* base/buffer.h: bytes that grow up to a limit given at birth.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_BUFFER_H
#define CANH_BASE_BUFFER_H

#include "base/err.h"

#include <stdarg.h>
#include <stdint.h>

/* data always has a zero byte behind len once anything was added (NULL before); the byte is not
 * counted. Fields may be read; only the calls below change them. */
struct buffer {
        char *data;
        size_t len;
        size_t room;
        size_t max;
};

#define BUFFER(max_bytes) ((struct buffer){ .max = (max_bytes) })

void buffer_init(struct buffer *b, size_t max_bytes);
void buffer_done(struct buffer *b);
/* Empty again, keeps its memory. */
void buffer_clear(struct buffer *b);
/* Each add: LIMIT or MEMORY, and then the buffer is as it was. */
MUST_USE int buffer_add(struct buffer *b, const void *bytes, size_t len);
MUST_USE int buffer_add_text(struct buffer *b, const char *text);
MUST_USE int buffer_add_byte(struct buffer *b, char byte);
MUST_USE int buffer_add_format(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
MUST_USE int buffer_reserve(struct buffer *b, size_t more);
/* Gives the bytes to the caller (mem_free); the buffer is empty. NULL if nothing was added. */
char *buffer_take(struct buffer *b);

#endif
