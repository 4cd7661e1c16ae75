/* workstation/sweep/md5sums_parse_fuzz.c: what parses is written again as the same line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/md5sums_parse.h"
#include "codec/digest.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct md5sums_line l;
        char hex[2 * MD5_BYTES + 1];

        if (md5sums_line_parse(&l, (struct text){ (const char *)data, size }))
                return 0;
        hex_write(hex, l.md5, MD5_BYTES);
        assert(strncasecmp(hex, (const char *)data, 2 * MD5_BYTES) == 0);
        assert(l.path.len && l.path.len + 2 * MD5_BYTES + 2 == size);
        assert(memcmp(l.path.data, data + 2 * MD5_BYTES + 2, l.path.len) == 0);
        return 0;
}
