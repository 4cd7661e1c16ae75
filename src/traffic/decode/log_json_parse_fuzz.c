/* traffic/decode/log_json_parse_fuzz.c: the fields of an object lie within the line or the room for
 * unescaped ones. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct text part, const char *from, size_t size)
{
        return part.len == 0 || (part.data >= from && part.data + part.len <= from + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct log_names names[] = { { "a", LOG_NAME }, { "a.b", LOG_URL } };
        static char room[LOG_LINE_MAX];
        const char *bytes = (const char *)data;
        struct log_record r = { .present = 0 };

        if (size > sizeof(room) || log_json_parse(&r, (struct text){ bytes, size }, room, names, 2))
                return 0;
        for (int i = 0; i < LOG_FIELDS; i++)
                assert(is_within(r.field[i], bytes, size) || is_within(r.field[i], room, size));
        assert(size >= 2 && memchr(bytes, '{', size) && memchr(bytes, '}', size));
        return 0;
}
