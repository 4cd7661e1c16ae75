/* traffic/trace/ranges_parse_fuzz.c: each range that was read holds its own first address at its
 * begin, for whichever unit decides there. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/ranges_parse.h"

#include "base/mem.h"

#include <stdlib.h>

enum { LOOKED_AT = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct address_ranges r;
        struct parse_error bad = { 0 };

        if (ranges_parse(&r, (struct text){ (const char *)data, size }, &bad))
                return 0;
        for (size_t i = 0; i < r.count && i < LOOKED_AT; i++) {
                const struct address_range *one = &r.of[i];
                struct address_tenure t = address_tenure_find(
                    r.of, r.count, &one->prefix.base, one->since);
                bool is_empty = one->until && one->until <= one->since;

                if (!is_empty &&
                    (t.claim != ADDRESS_HELD || t.range->prefix.bits < one->prefix.bits))
                        abort();
                if (t.claim == ADDRESS_HELD && t.since > one->since)
                        abort();
        }
        ranges_done(&r);
        return 0;
}
