/* traffic/decode/packet_parse_test.c: the seeds of tests/corpus/packet_parse, which another program
 * wrote (tools/make_sample_capture.py), and packets cut at every byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/packet_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { SEED_MAX = 4096 };

static const char *seeds_folder;

struct seed {
        uint8_t bytes[SEED_MAX];
        int link_type;
        struct text packet;
};

static void load(struct seed *seed, const char *name)
{
        char path[4096];
        FILE *f;
        size_t n;

        (void)snprintf(path, sizeof(path), "%s/%s", seeds_folder, name);
        f = fopen(path, "rb");
        assert_non_null(f);
        n = fread(seed->bytes, 1, sizeof(seed->bytes), f);
        (void)fclose(f);
        assert_true(n > 2 && n < sizeof(seed->bytes));
        seed->link_type = seed->bytes[0] << 8 | seed->bytes[1];
        seed->packet = (struct text){ (const char *)seed->bytes + 2, n - 2 };
}

static const struct expected {
        const char *seed, *source, *destination;
        unsigned source_port, destination_port;
        uint8_t protocol;
        size_t payload;
} expected[] = {
        { "ethernet_dns", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ethernet_vlan_tls", "203.0.113.12", "192.0.2.1", 50000, 443, 6, 84 },
        { "ethernet_qinq", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ethernet_mpls", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ethernet_pppoe", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ethernet_snap", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "null", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "cooked", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "cooked_2", "2001:db8::1", "2001:db8::2", 40000, 53, 17, 27 },
        { "ppp", "203.0.113.12", "192.0.2.1", 50000, 443, 6, 84 },
        { "raw_ipv6", "2001:db8::1", "2001:db8::2", 40000, 53, 17, 27 },
        { "raw_ipv6_hop", "2001:db8::1", "2001:db8::2", 40000, 53, 17, 27 },
        { "raw_ipv6_fragment", "2001:db8::1", "2001:db8::2", 0, 0, 17, 0 },
        { "wireless", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "wireless_quality", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "radiotap", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "radiotap_padded", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ppi", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "nsh", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "vntag", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "metadata", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "fabric_path", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "mac_in_mac", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "fddi", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "ppp_cisco", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "nflog", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "mpls_pseudowire", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "mpls_pseudowire_plain", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "mpls_pseudowire_vlan", "203.0.113.12", "192.0.2.53", 40000, 53, 17, 34 },
        { "raw_ipv6_first_fragment", "2001:db8::1", "2001:db8::2", 40000, 53, 17, 0 },
        { "gre", "203.0.113.1", "192.0.2.9", 0, 0, 47, 0 },
};

static void every_link_and_header_leads_to_the_same_packet(void **state)
{
        char text[IP_TEXT_MAX];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
                const struct expected *e = &expected[i];
                struct seed seed;
                struct packet p;
                load(&seed, e->seed);
                assert_int_equal(packet_parse(&p, seed.link_type, seed.packet), 0);
                assert_string_equal(ip_address_write(text, &p.source), e->source);
                assert_string_equal(ip_address_write(text, &p.destination), e->destination);
                assert_int_equal(p.source_port, e->source_port);
                assert_int_equal(p.destination_port, e->destination_port);
                assert_int_equal(p.protocol, e->protocol);
                assert_int_equal(p.payload.len, e->payload);
        }
}

static void later_fragment_has_no_ports(void **state)
{
        struct seed seed;
        struct packet p;

        (void)state;
        load(&seed, "raw_ipv6_fragment");
        assert_int_equal(packet_parse(&p, seed.link_type, seed.packet), 0);
        assert_true(p.is_fragment);
        assert_false(p.has_ports);
}

static void tunnel_gives_the_packet_inside(void **state)
{
        static const char *const tunnels[] = { "gre", "gre_checksum_key", "gre_bridged", "gre_pptp",
                "erspan_1", "erspan_2", "erspan_3", "vxlan", "geneve", "ip_in_ip", "ipv6_in_ip",
                "gtp", "gre_udp", "gre_wccp", "gtp_extended", "teredo", "teredo_asked",
                "teredo_relay" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(tunnels); i++) {
                struct seed seed;
                struct packet outer, inner;
                load(&seed, tunnels[i]);
                assert_int_equal(packet_parse(&outer, seed.link_type, seed.packet), 0);
                assert_int_equal(outer.ip_bytes, seed.packet.len);
                assert_int_equal(packet_parse(&inner, outer.inner_link, outer.inner), 0);
                assert_int_equal(inner.destination_port, 53);
        }
}

static void fragments_tell_their_number_and_their_place(void **state)
{
        struct seed seed;
        struct packet first, later;

        (void)state;
        load(&seed, "raw_ipv6_first_fragment");
        assert_int_equal(packet_parse(&first, seed.link_type, seed.packet), 0);
        assert_true(first.is_first_fragment && !first.is_fragment);
        load(&seed, "raw_ipv6_fragment");
        assert_int_equal(packet_parse(&later, seed.link_type, seed.packet), 0);
        assert_true(later.is_fragment && !later.is_first_fragment);
        assert_int_equal(first.fragment_id, 9);
        assert_int_equal(later.fragment_id, 9);
}

static void bytes_are_those_of_the_ip_packet(void **state)
{
        struct seed seed;
        struct packet p;

        (void)state;
        load(&seed, "ethernet_vlan_tls");
        assert_int_equal(packet_parse(&p, seed.link_type, seed.packet), 0);
        assert_int_equal(p.ip_bytes, seed.packet.len - 18);
        assert_int_equal(p.tcp_flags, 0x18);
        /* a frame that is filled up, and one of which the capture kept only the headers */
        load(&seed, "raw_ipv6");
        seed.packet.len += 6;
        assert_int_equal(packet_parse(&p, seed.link_type, seed.packet), 0);
        assert_int_equal(p.ip_bytes, seed.packet.len - 6);
        seed.packet.len -= 30;
        assert_int_equal(packet_parse(&p, seed.link_type, seed.packet), 0);
        assert_int_equal(p.ip_bytes, seed.packet.len + 24);
}

static void ports_of_sctp_are_told(void **state)
{
        static const uint8_t bytes[32] = { 0x45, 0, 0, 32, [9] = 132, [12] = 192, 0, 2, 1, 192, 0,
                2, 2, 0x0B, 0x58, 0x0B, 0x59 };
        struct packet p;

        (void)state;
        assert_int_equal(
            packet_parse(&p, PACKET_LINK_RAW, (struct text){ (const char *)bytes, sizeof(bytes) }),
            0);
        assert_true(p.has_ports);
        assert_int_equal(p.source_port, 2904);
        assert_int_equal(p.destination_port, 2905);
        assert_int_equal(p.payload.len, 0);
}

/* Cut at every byte: either refused, or with the same addresses; and the output untouched when
 * refused. */
static void cut_packet_is_read_as_far_as_it_goes(void **state)
{
        struct seed seed;
        struct packet whole, p;
        size_t read = 0;

        (void)state;
        load(&seed, "ethernet_vlan_tls");
        assert_int_equal(packet_parse(&whole, seed.link_type, seed.packet), 0);
        for (size_t len = 0; len < seed.packet.len; len++) {
                AUTO(mem_free_at) char *exact = mem_copy_text(seed.packet.data, len);
                assert_non_null(exact);
                p = (struct packet){ .protocol = 99 };
                if (packet_parse(&p, seed.link_type, (struct text){ exact, len }) == 0) {
                        assert_int_equal(ip_address_compare(&p.destination, &whole.destination), 0);
                        read++;
                } else {
                        assert_int_equal(p.protocol, 99);
                }
        }
        assert_int_equal(read, seed.packet.len - 18 - 20);
}

static void what_is_no_ip_is_unsupported(void **state)
{
        static const char arp[42] = { [12] = 0x08, [13] = 0x06 };
        struct packet p;

        (void)state;
        assert_int_equal(packet_parse(&p, 1, (struct text){ arp, sizeof(arp) }), ERR_UNSUPPORTED);
        assert_int_equal(packet_parse(&p, 105, (struct text){ arp, sizeof(arp) }), ERR_UNSUPPORTED);
        assert_int_equal(packet_parse(&p, 1, (struct text){ arp, 13 }), ERR_FORMAT);
        assert_int_equal(packet_parse(&p, 101, (struct text){ "", 0 }), ERR_FORMAT);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_link_and_header_leads_to_the_same_packet),
                cmocka_unit_test(later_fragment_has_no_ports),
                cmocka_unit_test(tunnel_gives_the_packet_inside),
                cmocka_unit_test(fragments_tell_their_number_and_their_place),
                cmocka_unit_test(bytes_are_those_of_the_ip_packet),
                cmocka_unit_test(ports_of_sctp_are_told),
                cmocka_unit_test(cut_packet_is_read_as_far_as_it_goes),
                cmocka_unit_test(what_is_no_ip_is_unsupported),
        };

        seeds_folder = argc > 1 ? argv[1] : ".";
        return cmocka_run_group_tests(tests, NULL, NULL);
}
