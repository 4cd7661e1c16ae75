/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/backup/entry_parse.h"

#include "base/mem.h"

static bool is_ours(struct text folder)
{
        return text_is(folder, "office") || text_is(folder, "keys") || text_is(folder, "lists") ||
               text_is(folder, "bundle");
}

static bool name_is_good(struct text name)
{
        struct text part, rest = name;
        size_t parts = 0;

        while (text_split(&part, &rest, '/')) {
                if (part.len == 0 || text_is(part, ".") || text_is(part, ".."))
                        return false;
                if (parts++ == 0 && !is_ours(part))
                        return false;
        }
        return parts >= 2 && parts <= ENTRY_PARTS_MAX && name.data[name.len - 1] != '/';
}

int entry_parse(struct backup_entry *out, const unsigned char head[ENTRY_BYTES])
{
        struct backup_entry e = { 0 };

        memcpy(e.name, head, ENTRY_NAME_MAX);
        for (size_t i = 0; i < 8; i++)
                e.bytes |= (uint64_t)head[ENTRY_NAME_MAX + i] << (8 * i);
        if (e.name[ENTRY_NAME_MAX - 1] != '\0')
                return ERR_FORMAT;
        for (size_t i = strlen(e.name); i < ENTRY_NAME_MAX; i++)
                if (e.name[i] != '\0')
                        return ERR_FORMAT;
        if (e.name[0] ? !name_is_good(text_of(e.name)) || e.bytes > INT64_MAX : e.bytes != 0)
                return ERR_FORMAT;
        *out = e;
        return 0;
}

void entry_write(unsigned char head[ENTRY_BYTES], const struct backup_entry *e)
{
        memset(head, 0, ENTRY_BYTES);
        memcpy(head, e->name, strnlen(e->name, ENTRY_NAME_MAX - 1));
        for (size_t i = 0; i < 8; i++)
                head[ENTRY_NAME_MAX + i] = (unsigned char)(e->bytes >> (8 * i));
}
