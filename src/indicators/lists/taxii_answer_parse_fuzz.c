/* indicators/lists/taxii_answer_parse_fuzz.c: an answer of a server: what it says of itself keeps
 * its bounds; an envelope joined with itself is the same as joined once, and reads as an envelope.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/taxii_answer_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"

#include <assert.h>
#include <string.h>

enum { OUT_MAX = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(json_free_at) json_t *answer = NULL;
        AUTO(json_free_at) json_t *again = NULL;
        AUTO(buffer_done) struct buffer once = BUFFER(OUT_MAX);
        AUTO(buffer_done) struct buffer twice = BUFFER(OUT_MAX);
        const struct text bytes = { (const char *)data, size }, both[] = { bytes, bytes };
        size_t one = 0, two = 0;

        if (taxii_answer_parse(&answer, bytes, NULL) == 0)
                assert(json_array_size(json_object_get(answer, "roots")) <= TAXII_ROOTS_MAX + 1 &&
                       json_array_size(json_object_get(answer, "collections")) <=
                           TAXII_COLLECTIONS_MAX);
        if (taxii_join(&once, &one, both, 1, NULL) == 0 &&
            taxii_join(&twice, &two, both, 2, NULL) == 0) {
                assert(one == two && once.len == twice.len &&
                       memcmp(once.data, twice.data, once.len) == 0);
                assert(taxii_answer_parse(&again, (struct text){ once.data, once.len }, NULL) == 0);
        }
        return 0;
}
