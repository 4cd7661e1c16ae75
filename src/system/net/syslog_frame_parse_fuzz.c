/* system/net/syslog_frame_parse_fuzz.c: whatever comes, each frame lies within the input, and the
 * frames together use it up to the last byte. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/syslog_frame_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text rest = { (const char *)data, size };
        struct syslog_frame frame;

        while (rest.len && syslog_frame_parse(&frame, rest, false, true)) {
                assert(frame.used > 0 && frame.used <= rest.len);
                assert(frame.line.data >= rest.data);
                assert(frame.line.data + frame.line.len <= rest.data + frame.used);
                assert(frame.is_cut == (frame.left > 0));
                rest.data += frame.used;
                rest.len -= frame.used;
        }
        assert(rest.len == 0);
        return 0;
}
