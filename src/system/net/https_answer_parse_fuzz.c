/* system/net/https_answer_parse_fuzz.c: what was taken lies within the bytes, and the parse goes
 * forward.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/net/https_answer_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text rest = { (const char *)data, size }, chunk;
        struct https_head h;
        size_t used;

        if (https_head_parse(&h, rest))
                return 0;
        assert(h.head_bytes <= size && h.status >= 200 && (h.chunked || h.content_bytes >= 0));
        rest.data += h.head_bytes;
        rest.len -= h.head_bytes;
        while (h.chunked && https_chunk_parse(&chunk, &used, rest) == 0) {
                assert(used > chunk.len && used <= rest.len);
                rest.data += used;
                rest.len -= used;
                if (!chunk.len)
                        break;
        }
        return 0;
}
