/* system/os/processor_times_parse_fuzz.c: the busy part is never more than all, and a text that was
 * refused changes nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/processor_times_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct processor_times t = { 7, 11 };
        int err = processor_times_parse(&t, (struct text){ (const char *)data, size });

        assert(t.busy <= t.all);
        assert(!err || (t.busy == 7 && t.all == 11));
        return 0;
}
