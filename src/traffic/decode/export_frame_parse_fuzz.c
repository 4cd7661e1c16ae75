/* traffic/decode/export_frame_parse_fuzz.c: a byte of link type, then a sampled packet. It is
 * either no IP, or a flow of as many packets as the sampling says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"
#include "traffic/decode/test_exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_flow(void *state, const struct flow *f)
{
        assert(f->packets_out == 512 && f->sampling == 512);
        return test_take_flow(state, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct test_seen seen = { 0 };
        struct traffic_sink sink = { take_flow, test_take_name, NULL, NULL, &seen };
        struct export_counts counts = { 0 };
        struct export_domain domain = { .kind = EXPORT_KIND_SFLOW };
        struct export_context c = { .domain = &domain, .sink = &sink, .counts = &counts };
        struct text frame = { (const char *)data + 1, size - 1 };

        if (size < 1)
                return 0;
        assert(export_frame_parse(
                   &c, data[0], frame, test_received, (struct export_sampling){ 512, 1 }) == 0);
        assert((counts.other == 1) == (seen.flows == 0));
        assert(counts.flows == seen.flows && counts.names == seen.names);
        return 0;
}
