/* traffic/decode/ipfix_parse_fuzz.c: messages of IPFIX: see test_exports.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/test_exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        test_feed(data, size, TEXT("\0\12"));
        return 0;
}
