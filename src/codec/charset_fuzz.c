/* codec/charset_fuzz.c: what comes out is UTF-8 without a zero byte, and read again it is the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/charset.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(struct text first)
{
        struct buffer own = BUFFER(1 << 20);
        const char *encoding = NULL;
        struct text second;

        if (charset_to_utf8(&second, &own, &encoding, first, NULL) || second.len != first.len ||
            (first.len && memcmp(first.data, second.data, first.len) != 0))
                abort();
        buffer_done(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct buffer own = BUFFER(1 << 20);
        const char *encoding = NULL;
        struct text out;

        if (charset_to_utf8(
                &out, &own, &encoding, (struct text){ (const char *)data, size }, NULL) == 0) {
                if (!encoding || !text_is_utf8(out) || text_find(out, '\0') != out.len)
                        abort();
                if (!text_starts(
                        out, "\xEF\xBB\xBF")) /* a second mark is text to the first reading */
                        read_again(out);
        }
        buffer_done(&own);
        return 0;
}
