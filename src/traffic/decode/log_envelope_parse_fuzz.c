/* traffic/decode/log_envelope_parse_fuzz.c: the parts of an envelope lie within the line.
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
        const struct log_options options = { .reference = 1700000000000 };
        const char *bytes = (const char *)data;
        struct log_envelope e;

        log_envelope_parse(&e, (struct text){ bytes, size }, &options);
        assert(is_within(e.message, bytes, size));
        assert(is_within(e.host, bytes, size) && is_within(e.tag, bytes, size));
        return 0;
}
