/* indicators/lists/stix_pattern_parse_fuzz.c: what comes out was in the pattern, so it is never
 * longer, and the same pattern gives the same values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/stix_pattern_parse.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text pattern = { size ? (const char *)data : "", size };
        AUTO(buffer_done) struct buffer values = BUFFER(ROOM), again = BUFFER(ROOM);
        AUTO(buffer_done) struct buffer certificates = BUFFER(ROOM), more = BUFFER(ROOM);
        int err = stix_pattern_values(&values, &certificates, pattern);

        if (values.len + certificates.len > size + 1 ||
            err != stix_pattern_values(&again, &more, pattern) || again.len != values.len ||
            more.len != certificates.len ||
            (values.len && memcmp(values.data, again.data, values.len) != 0))
                abort();
        return 0;
}
