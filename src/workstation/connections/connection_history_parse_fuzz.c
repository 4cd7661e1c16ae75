/* workstation/connections/connection_history_parse_fuzz.c: what parses is written and parses to the
 * same again.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/connections/connection_history.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct connection_history *first = NULL, *second = NULL;
        struct buffer a = BUFFER(16 << 20), b = BUFFER(16 << 20);

        if (connection_history_parse(&first, (struct text){ (const char *)data, size }, 50) == 0) {
                assert(connection_history_count(first) <= 50);
                assert(connection_history_write(&a, first) == 0);
                assert(connection_history_parse(&second, (struct text){ a.data, a.len }, 50) == 0);
                assert(connection_history_write(&b, second) == 0);
                assert(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
        }
        (void)connection_history_free(first);
        (void)connection_history_free(second);
        buffer_done(&a);
        buffer_done(&b);
        return 0;
}
