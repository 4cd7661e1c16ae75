/* traffic/decode/log_netfilter_parse_fuzz.c: a log read as netfilter: see log_fuzz.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        return log_fuzz("netfilter", data, size);
}
