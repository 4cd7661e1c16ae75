/* What the office wants quiet: what parses is what our own processes take from each other.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/quiet_parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct quiet_list q, again;
        struct text bytes = { (const char *)data, size };

        if (quiet_take(&q, bytes) == 0 && q.count != size / sizeof(q.of[0]))
                abort();
        if (quiet_parse(&q, bytes, NULL))
                return 0;
        bytes = (struct text){ (const char *)q.of, q.count * sizeof(q.of[0]) };
        if (quiet_take(&again, bytes) || again.count != q.count ||
            memcmp(again.of, q.of, bytes.len) != 0)
                abort();
        return 0;
}
