/* traffic/decode/packet_parse_fuzz.c: two bytes of link type, then a packet. What is given out lies
 * within it, what is carried is smaller, and without its link header it parses to the same. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/packet_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lies_within(struct text part, struct text whole)
{
        assert(part.len == 0 ||
               (part.data >= whole.data && part.data + part.len <= whole.data + whole.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct packet p, again;
        struct text whole;
        int link_type;

        if (size < 2)
                return 0;
        link_type = data[0] << 8 | data[1];
        whole = (struct text){ (const char *)data + 2, size - 2 };
        if (packet_parse(&p, link_type, whole))
                return 0;
        lies_within(p.payload, whole);
        lies_within(p.inner, whole);
        assert(p.inner.len == 0 || p.inner.len < whole.len);
        assert(!(p.is_fragment && (p.has_ports || p.is_first_fragment || p.inner.len)));
        assert(p.ip_bytes >= 20);
        if (link_type == 1 && whole.len > 14 && (uint8_t)whole.data[12] == 0x08 &&
            whole.data[13] == 0) {
                whole.data += 14;
                whole.len -= 14;
                assert(packet_parse(&again, PACKET_LINK_RAW, whole) == 0);
                assert(ip_address_compare(&p.source, &again.source) == 0);
                assert(p.source_port == again.source_port && p.payload.len == again.payload.len);
        }
        return 0;
}
