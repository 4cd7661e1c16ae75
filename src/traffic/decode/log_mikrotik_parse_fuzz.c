/* traffic/decode/log_mikrotik_parse_fuzz.c: a log read as mikrotik: see log_fuzz.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return log_fuzz("mikrotik", data, size);
}
