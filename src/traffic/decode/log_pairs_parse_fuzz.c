/* traffic/decode/log_pairs_parse_fuzz.c: values of key=value lie within the line.
 * SPDX-License-Identifier: Apache-2.0 */
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
        static const struct log_names names[] = { { "a", LOG_NAME }, { "b", LOG_ANSWER } };
        const char *bytes = (const char *)data;
        struct log_record r = { .present = 0 };

        log_pairs_parse(&r, (struct text){ bytes, size }, names, 2);
        assert(is_within(r.field[LOG_NAME], bytes, size));
        assert(r.answer_count <= LOG_ANSWERS_MAX);
        for (size_t i = 0; i < r.answer_count; i++)
                assert(is_within(r.answers[i], bytes, size));
        return 0;
}
