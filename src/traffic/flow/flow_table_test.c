/* traffic/flow/flow_table_test.c: packets made here, the flows they become. Time is the packets'.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/flow/flow_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

enum { TAKEN_MAX = 4096, FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct taken {
        struct flow flows[TAKEN_MAX];
        size_t count, names;
        struct name_sighting name;
        char name_text[64];
        int fail;
};

static struct taken taken;

static int take_flow(void *state, const struct flow *flow)
{
        struct taken *t = state;

        if (t->fail)
                return t->fail;
        t->flows[t->count++ % TAKEN_MAX] = *flow;
        return 0;
}

static int take_name(void *state, const struct name_sighting *s)
{
        struct taken *t = state;

        t->name = *s;
        assert_int_equal(text_copy(t->name_text, sizeof(t->name_text), s->name), 0);
        t->names++;
        return 0;
}

static struct flow_table *new_table(struct flow_table_options options)
{
        struct flow_table *t = NULL;

        taken = (struct taken){ 0 };
        options.seed = 42;
        assert_int_equal(flow_table_new(&t, &options,
                             (struct traffic_sink){
                                 .take_flow = take_flow, .take_name = take_name, .state = &taken }),
            0);
        return t;
}

/* 192.0.2.source to 198.51.100.destination; `tcp` is 0 for UDP. */
static struct packet make(unsigned source, uint16_t sport, unsigned to, uint16_t dport, uint8_t tcp)
{
        return (struct packet){
                .source = ip_address_from_v4(0xC0000200U + source),
                .destination = ip_address_from_v4(0xC6336400U + to),
                .source_port = sport,
                .destination_port = dport,
                .protocol = tcp ? PACKET_TCP : PACKET_UDP,
                .has_ports = true,
                .tcp_flags = tcp,
                .ip_bytes = 100,
        };
}

static struct packet turned(struct packet p)
{
        struct packet back = p;

        back.source = p.destination;
        back.destination = p.source;
        back.source_port = p.destination_port;
        back.destination_port = p.source_port;
        return back;
}

static void add(struct flow_table *t, time_ms at, struct packet p)
{
        assert_int_equal(flow_table_add(t, at, &p, NULL), 0);
}

static struct flow_table_counts counts_of(const struct flow_table *t)
{
        struct flow_table_counts n;

        flow_table_count(&n, t);
        return n;
}

static void both_directions_are_one_flow(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet p = make(1, 40000, 1, 8080, SYN), back = turned(p);

        (void)state;
        add(t, 1000, p);
        back.tcp_flags = SYN | ACK;
        back.ip_bytes = 60;
        add(t, 1010, back);
        p.tcp_flags = ACK;
        add(t, 1020, p);
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.count, 1);
        assert_int_equal(taken.flows[0].packets_out, 2);
        assert_int_equal(taken.flows[0].bytes_out, 200);
        assert_int_equal(taken.flows[0].packets_in, 1);
        assert_int_equal(taken.flows[0].bytes_in, 60);
        assert_int_equal(taken.flows[0].begin, 1000);
        assert_int_equal(taken.flows[0].end, 1020);
        assert_int_equal(taken.flows[0].flags_out, SYN | ACK);
        assert_int_equal(taken.flows[0].destination_port, 8080);
        assert_int_equal(counts_of(t).flows, 0);
}

/* DCE-RPC to everybody, out of suricata-verify (dcerpc-udp-scapy). */
static void group_that_is_spoken_to_never_began(void **state)
{
        static const uint32_t groups[] = { 0xFFFFFFFFU, 0xE00000FBU };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
                AUTO(flow_table_free_at)
                struct flow_table *t = new_table((struct flow_table_options){ 0 });
                struct packet p = make(1, 80, 1, 8000, 0);
                p.destination = ip_address_from_v4(groups[i]);
                add(t, 1000, p);
                assert_int_equal(flow_table_finish(t), 0);
                assert_int_equal(taken.flows[0].source_port, 80);
                assert_int_equal(taken.flows[0].packets_out, 1);
        }
}

/* One packet each: who is said to have begun. */
static void who_began_is_told_by_syn_then_ports_then_order(void **state)
{
        static const struct {
                uint16_t sport, dport;
                uint8_t tcp;
                bool by_sender;
        } cases[] = {
                { 443, 50000, SYN, true },
                { 50000, 443, SYN | ACK, false },
                { 443, 50000, ACK, false },
                { 50000, 443, ACK, true },
                { 8080, 50000, ACK, false },
                { 50000, 8080, ACK, true },
                { 53, 40000, 0, false },
                { 40000, 53, 0, true },
                { 5060, 40000, 0, true },
                { 123, 123, 0, true },
                { 0, 6081, 0, true },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                AUTO(flow_table_free_at)
                struct flow_table *t = new_table((struct flow_table_options){ 0 });
                struct packet p = make(1, cases[i].sport, 1, cases[i].dport, cases[i].tcp);
                for (int turn = 0; turn < 2; turn++) {
                        struct packet sent = turn ? turned(p) : p;
                        if (turn) {
                                sent.source_port = p.source_port;
                                sent.destination_port = p.destination_port;
                        }
                        add(t, 1000, sent);
                        assert_int_equal(flow_table_finish(t), 0);
                        assert_int_equal(taken.count, turn + 1);
                        assert_int_equal(
                            ip_address_compare(&taken.flows[turn].source, &sent.source) == 0,
                            cases[i].by_sender);
                        assert_int_equal(taken.flows[turn].source_port,
                            cases[i].by_sender ? cases[i].sport : cases[i].dport);
                }
        }
}

static void late_syn_corrects_who_began(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet p = make(1, 443, 1, 50000, ACK);

        (void)state;
        add(t, 1000, p);
        p.tcp_flags = SYN;
        add(t, 1000, p);
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.flows[0].source_port, 443);
        assert_int_equal(taken.flows[0].packets_out, 2);
}

static void echo_and_its_reply_are_one_flow(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet p = make(1, 0, 1, 0, 0);

        (void)state;
        p.protocol = PACKET_ICMP;
        p.has_ports = false;
        p.icmp_type = 0; /* the reply comes first */
        add(t, 1000, turned(p));
        p.icmp_type = 8;
        add(t, 1001, p);
        p.icmp_type = 3;
        p.icmp_code = 1;
        add(t, 1002, p);
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.count, 2);
        for (size_t i = 0; i < 2; i++) {
                const struct flow *f = &taken.flows[i];
                assert_int_equal(ip_address_compare(&f->source, &p.source), 0);
                assert_int_equal(f->source_port, 0);
                assert_true(f->destination_port == 8 * 256 || f->destination_port == 3 * 256 + 1);
                assert_int_equal(f->packets_in, f->destination_port == 8 * 256);
        }
}

static void idle_flow_ends_and_lasting_one_comes_in_parts(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        uint64_t packets = 0;

        (void)state;
        add(t, 0, make(1, 40000, 1, 9999, 0));
        for (time_ms at = 0; at <= 11 * (time_ms)MINUTE_MS; at += 10 * SECOND_MS)
                add(t, at, make(2, 40000, 1, 9999, 0));
        assert_int_equal(taken.count, 3);
        assert_int_equal(taken.flows[0].packets_out, 1);
        assert_int_equal(counts_of(t).parts, 2);
        assert_int_equal(flow_table_advance(t, 13 * (time_ms)MINUTE_MS), 0);
        assert_int_equal(taken.count, 4);
        for (size_t i = 1; i < 4; i++) {
                packets += taken.flows[i].packets_out;
                assert_true(taken.flows[i].end - taken.flows[i].begin <= 301 * SECOND_MS);
        }
        assert_int_equal(packets, 67);
        assert_int_equal(counts_of(t).flows, 0);
}

static void closed_tcp_and_answered_dns_end_soon(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet tcp = make(1, 40000, 1, 80, FIN | ACK), dns = make(2, 40000, 1, 53, 0);
        struct packet again = make(1, 40000, 1, 80, SYN);

        (void)state;
        add(t, 1000, tcp);
        add(t, 1000, turned(tcp));
        add(t, 1000, dns);
        add(t, 1000, turned(dns));
        add(t, 1000, make(3, 40000, 1, 80, ACK));
        add(t, 1500, again); /* the same ports: a second flow */
        assert_int_equal(taken.count, 1);
        assert_int_equal(flow_table_advance(t, 8000), 0);
        assert_int_equal(taken.count, 2);
        assert_int_equal(taken.flows[1].destination_port, 53);
        assert_int_equal(counts_of(t).flows, 2);
}

static void fragments_have_the_ports_of_the_first(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet first = make(1, 40000, 1, 9999, 0), later = make(1, 0, 1, 0, 0);

        (void)state;
        first.is_first_fragment = true;
        later.has_ports = false;
        later.is_fragment = true;
        first.fragment_id = later.fragment_id = 7;
        add(t, 1000, first);
        add(t, 1001, later);
        later.fragment_id = 8;
        add(t, 1002, later);
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.count, 2);
        assert_int_equal(counts_of(t).fragments_joined, 1);
        assert_int_equal(counts_of(t).fragments_alone, 1);
        for (size_t i = 0; i < 2; i++)
                assert_int_equal(
                    taken.flows[i].packets_out, taken.flows[i].destination_port == 9999 ? 2 : 1);
}

/* The one that talks all the time stays, although it began first. */
static void full_table_ends_the_oldest_idle_flow(void **state)
{
        AUTO(flow_table_free_at)
        struct flow_table *t = new_table((struct flow_table_options){ .max_flows = 100 });
        struct packet lasting = make(200, 40000, 1, 9999, 0);

        (void)state;
        add(t, 0, lasting);
        for (uint16_t i = 0; i < 3000; i++) {
                add(t, i * 20, make(1, 1024 + i, 1, 9999, 0));
                add(t, i * 20, lasting);
        }
        assert_int_equal(counts_of(t).flows, 100);
        assert_true(counts_of(t).ended_early > 0);
        for (size_t i = 0; i < taken.count; i++)
                assert_int_not_equal(taken.flows[i].source_port, 40000);
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.count, 3001);
        assert_int_equal(counts_of(t).packets, 6001);
}

static void flood_of_one_host_is_refused_and_others_go_on(void **state)
{
        AUTO(flow_table_free_at)
        struct flow_table *t = new_table(
            (struct flow_table_options){ .max_begun_per_second = 128 });

        (void)state;
        for (unsigned i = 0; i < 1000; i++)
                add(t, 500, make(1, (uint16_t)(1024 + i), i & 0xFF, 9999, 0));
        assert_int_equal(counts_of(t).begun, 128);
        assert_int_equal(counts_of(t).refused_packets, 1000 - 128);
        assert_int_equal(counts_of(t).refused_bytes, (1000 - 128) * 100);
        add(t, 900, turned(make(9, 9999, 0, 40000, 0)));
        add(t, 900, make(1, 1024, 0, 9999, 0)); /* one that is in goes on */
        assert_int_equal(counts_of(t).begun + counts_of(t).refused_packets, 1001);
        add(t, 1000, make(1, 9, 1, 9999, 0));
        assert_true(counts_of(t).begun >= 129);
}

static void clock_that_jumps_is_counted_and_loses_nothing(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });

        (void)state;
        add(t, 10 * (time_ms)HOUR_MS, make(1, 40000, 1, 9999, 0));
        add(t, 10 * (time_ms)HOUR_MS - 50, make(1, 40000, 1, 9999, 0)); /* late */
        assert_int_equal(counts_of(t).late_packets, 1);
        add(t, HOUR_MS, make(1, 40000, 1, 9999, 0));
        assert_int_equal(counts_of(t).jumps_back, 1);
        assert_int_equal(taken.count, 1);
        assert_int_equal(taken.flows[0].packets_out, 2);
        assert_int_equal(taken.flows[0].begin, 10 * (time_ms)HOUR_MS - 50);
        add(t, INT64_MAX, make(1, 40000, 1, 9999, 0));
        assert_int_equal(counts_of(t).jumps_forward, 1);
        assert_int_equal(taken.count, 2);
        add(t, INT64_MIN, make(1, 40000, 1, 9999, 0));
        assert_int_equal(flow_table_finish(t), 0);
        assert_int_equal(taken.count, 4);
}

static void flow_that_was_not_taken_stays(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });

        (void)state;
        add(t, 1000, make(1, 40000, 1, 9999, 0));
        taken.fail = ERR_IO;
        assert_int_equal(flow_table_finish(t), ERR_IO);
        assert_int_equal(flow_table_advance(t, HOUR_MS), ERR_IO);
        taken.fail = 0;
        assert_int_equal(flow_table_advance(t, HOUR_MS + 1), 0);
        assert_int_equal(taken.count, 1);
}

static void name_is_said_once_a_minute_by_who_asked(void **state)
{
        AUTO(flow_table_free_at) struct flow_table *t = new_table((struct flow_table_options){ 0 });
        struct packet p = make(1, 53, 1, 40000, 0);
        struct packet_names names = { .name_count = 1, .address_count = 2, .is_answer = true };

        (void)state;
        names.names[0].place = PACKET_PLACE_DNS;
        memcpy(names.names[0].text, "bao.example", sizeof("bao.example"));
        names.addresses[0] = ip_address_from_v4(0xCB007101U);
        names.addresses[1] = ip_address_from_v4(0xCB007102U);
        for (int i = 0; i < 2; i++)
                assert_int_equal(flow_table_add(t, 1000 + i, &p, &names), 0);
        assert_int_equal(taken.names, 2);
        assert_string_equal(taken.name_text, "bao.example");
        assert_int_equal(ip_address_compare(&taken.name.host, &p.destination), 0);
        assert_int_equal(ip_address_compare(&taken.name.peer, &p.source), 0);
        assert_int_equal(ip_address_compare(&taken.name.answer, &names.addresses[1]), 0);
        assert_int_equal(counts_of(t).names_repeated, 2);
        assert_int_equal(flow_table_add(t, 62000, &p, &names), 0);
        assert_int_equal(taken.names, 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_directions_are_one_flow),
                cmocka_unit_test(group_that_is_spoken_to_never_began),
                cmocka_unit_test(who_began_is_told_by_syn_then_ports_then_order),
                cmocka_unit_test(late_syn_corrects_who_began),
                cmocka_unit_test(echo_and_its_reply_are_one_flow),
                cmocka_unit_test(idle_flow_ends_and_lasting_one_comes_in_parts),
                cmocka_unit_test(closed_tcp_and_answered_dns_end_soon),
                cmocka_unit_test(fragments_have_the_ports_of_the_first),
                cmocka_unit_test(full_table_ends_the_oldest_idle_flow),
                cmocka_unit_test(flood_of_one_host_is_refused_and_others_go_on),
                cmocka_unit_test(clock_that_jumps_is_counted_and_loses_nothing),
                cmocka_unit_test(flow_that_was_not_taken_stays),
                cmocka_unit_test(name_is_said_once_a_minute_by_who_asked),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
