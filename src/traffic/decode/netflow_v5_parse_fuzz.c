/* traffic/decode/netflow_v5_parse_fuzz.c: datagrams of NetFlow v5: see test_exports.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/test_exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        test_feed(data, size, TEXT("\0\5"));
        return 0;
}
