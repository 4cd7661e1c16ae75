/* traffic/decode/export_parse_fuzz.c: datagrams of any kind, one after the other: see
 * test_exports.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/test_exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        test_feed(data, size, TEXT(""));
        return 0;
}
