/* traffic/query/filter_parse_fuzz.c: words of a filter. What parses can be written, the writing
 * parses to the same writing and decides the same about a flow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter_parse.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WRITTEN_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(filter_free_at) struct filter *first = NULL, *again = NULL;
        AUTO(buffer_done) struct buffer one = BUFFER(WRITTEN_MAX), two = BUFFER(WRITTEN_MAX);
        struct flow flow = { .end = 10, .protocol = 6, .destination_port = 443, .bytes_out = 99 };
        struct parse_error bad = { 0 };
        struct filter_reach reach;

        if (filter_parse(&first, (struct text){ (const char *)data, size }, &bad)) {
                assert(bad.why_vi[0] && bad.why_en[0] && bad.column >= 1);
                return 0;
        }
        assert(filter_write(&one, first) == 0);
        assert(filter_parse(&again, (struct text){ one.data, one.len }, &bad) == 0);
        assert(filter_write(&two, again) == 0);
        assert(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
        assert(filter_asks_names(first) == filter_asks_names(again));
        flow.source = ip_address_from_v4(0xC0000201);
        flow.destination = ip_address_from_v4(0xC0000202);
        assert(filter_has_flow(first, &flow) == filter_has_flow(again, &flow));
        filter_reach(&reach, first);
        assert(reach.address_count <= FILTER_REACH_MAX);
        return 0;
}
