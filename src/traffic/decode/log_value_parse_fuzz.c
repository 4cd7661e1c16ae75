/* traffic/decode/log_value_parse_fuzz.c: values that are read keep their bounds; a time that is
 * written reads as itself. SPDX-License-Identifier: Apache-2.0 */
#include "codec/timestamp.h"
#include "traffic/decode/log_format.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct text part, const char *from, size_t size)
{
        return part.len == 0 || (part.data >= from && part.data + part.len <= from + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct log_options options = { .zone_minutes = 420, .reference = 1700000000000 };
        const char *bytes = (const char *)data;
        struct text t = { bytes, size }, rest = t;
        char text[TIMESTAMP_TEXT_MAX];
        struct ip_address address;
        time_ms at, again;
        uint16_t port;

        if (log_value_old_time(&at, &rest, &options) == 0)
                assert(is_within(rest, bytes, size) && at >= -62200000000000);
        if (log_value_iso_time(&at, &rest, &options) == 0 && at >= 0) {
                assert(timestamp_parse(&again, text_of(timestamp_write(text, at))) == 0);
                assert(again == at);
        }
        if (log_value_end(&address, &port, t) == 0)
                assert(size >= 2);
        assert(is_within(log_value_after(t, "=", " "), bytes, size));
        return 0;
}
