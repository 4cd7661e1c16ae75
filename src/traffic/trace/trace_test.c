/* traffic/trace/trace_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/trace.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static const time_ms noon = 1705276800000;

struct facts {
        struct flow flows[8];
        size_t flow_count;
        struct translation rows[4];
        size_t row_count;
        struct lease leases[4];
        size_t lease_count;
        struct trace_tenure tenure;
};

static struct ip_address address(const char *t)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(t)), 0);
        return a;
}

static int each_flow(void *state, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        struct facts *facts = state;
        int err = 0;

        for (size_t i = 0; i < facts->flow_count && !err; i++) {
                const struct flow *f = &facts->flows[i];
                if (f->end >= since && f->begin < until &&
                    (!end || ip_address_compare(end, &f->source) == 0 ||
                        ip_address_compare(end, &f->destination) == 0))
                        err = traffic_sink_flow(&sink, f);
        }
        return err;
}

static int each_translation(void *state, time_ms since, time_ms until,
    const struct ip_address *outer, struct traffic_sink sink)
{
        struct facts *facts = state;
        int err = 0;

        (void)since, (void)until, (void)outer;
        for (size_t i = 0; i < facts->row_count && !err; i++)
                err = traffic_sink_translation(&sink, &facts->rows[i]);
        return err;
}

static int each_lease(void *state, time_ms since, time_ms until, struct traffic_sink sink)
{
        struct facts *facts = state;
        int err = 0;

        (void)since, (void)until;
        for (size_t i = 0; i < facts->lease_count && !err; i++)
                err = traffic_sink_lease(&sink, &facts->leases[i]);
        return err;
}

static bool is_internal(void *state, const struct ip_address *a)
{
        struct ip_prefix own;

        (void)state;
        assert_int_equal(ip_prefix_parse(&own, TEXT("10.0.0.0/8"), true), 0);
        return ip_prefix_contains(&own, a);
}

static struct trace_tenure owner(void *state, const struct ip_address *outer, time_ms at)
{
        (void)outer, (void)at;
        return ((struct facts *)state)->tenure;
}

static struct trace_question asked(void)
{
        return (struct trace_question){ .outer = address("203.0.113.1"),
                .at = noon,
                .has_peer = true,
                .peer = address("198.51.100.66") };
}

static struct trace_answer found(struct facts *facts, const struct trace_question *q)
{
        struct trace_source source = { each_flow, each_translation, each_lease, is_internal, owner,
                facts };
        struct trace_answer answer;

        assert_int_equal(trace_find(&answer, q, &source), 0);
        return answer;
}

static void add_flow(struct facts *facts, const char *host, const char *peer, int seconds)
{
        facts->flows[facts->flow_count++] = (struct flow){ .begin = noon + seconds * SECOND_MS,
                .end = noon + seconds * SECOND_MS + 500,
                .source = address(host),
                .destination = address(peer),
                .source_port = 50000,
                .destination_port = 443,
                .protocol = PACKET_TCP,
                .bytes_out = 100 };
}

static void add_row(struct facts *facts, const char *inner, uint16_t outer_port, int seconds)
{
        facts->rows[facts->row_count++] = (struct translation){ .begin = noon + seconds * SECOND_MS,
                .inner = address(inner),
                .outer = address("203.0.113.1"),
                .outer_port = outer_port };
}

static void assert_host(const struct trace_candidate *c, const char *host)
{
        char text[IP_TEXT_MAX];

        assert_string_equal(ip_address_write(text, &c->host), host);
}

static void only_host_that_spoke_to_the_peer_is_named(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", -40);
        add_flow(&facts, "10.0.0.8", "198.51.100.67", 0);
        add_flow(&facts, "10.0.0.9", "198.51.100.66", 3600);
        a = found(&facts, &q);
        assert_int_equal(a.count, 1);
        assert_host(&a.candidates[0], "10.0.0.7");
        assert_int_equal(a.candidates[0].reason, TRACE_REASON_ONLY_HOST);
        assert_int_equal(a.candidates[0].flows, 1);
        assert_int_equal(a.candidates[0].away_ms, 40 * SECOND_MS);
        assert_int_equal(a.candidates[0].confidence, 97);
}

static void of_several_the_nearest_in_time_comes_first(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 300);
        add_flow(&facts, "10.0.0.8", "198.51.100.66", -5);
        a = found(&facts, &q);
        assert_int_equal(a.count, 2);
        assert_host(&a.candidates[0], "10.0.0.8");
        assert_int_equal(a.candidates[0].reason, TRACE_REASON_SEVERAL);
        assert_int_equal(a.candidates[1].rank, 2);
        assert_true(a.candidates[0].confidence > 85 && a.candidates[1].confidence < 10);
}

static void none_is_named_when_several_fit_alike(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        for (int i = 0; i < 3; i++)
                add_flow(&facts,
                    i == 0   ? "10.0.0.7"
                    : i == 1 ? "10.0.0.8"
                             : "10.0.0.9",
                    "198.51.100.66", 60 + 10 * i);
        a = found(&facts, &q);
        assert_int_equal(a.count, 3);
        assert_int_equal(a.doubt, TRACE_DOUBT_ALIKE);
        assert_true(a.candidates[0].confidence < TRACE_NAMED_FROM);
        facts.flows[1].begin = noon; /* to the second: likelier than both others */
        a = found(&facts, &q);
        assert_host(&a.candidates[0], "10.0.0.8");
        assert_int_equal(a.doubt, TRACE_DOUBT_NONE);
}

static void host_that_the_peer_called_weighs_less_than_one_that_called_it(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;
        struct flow *knock = &facts.flows[0];

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 30);
        add_flow(&facts, "10.0.0.8", "198.51.100.66", 60);
        knock->source = address("198.51.100.66");
        knock->destination = address("10.0.0.7");
        a = found(&facts, &q);
        assert_host(&a.candidates[0], "10.0.0.8");
        assert_int_equal(a.doubt, TRACE_DOUBT_NONE);
}

static void facts_before_the_address_was_ours_do_not_count(void **state)
{
        struct facts facts = { .tenure = { TRACE_OWNER_OURS, 0, 0 } };
        struct trace_question q = asked();

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", -40);
        add_flow(&facts, "10.0.0.8", "198.51.100.66", 300);
        assert_host(&found(&facts, &q).candidates[0], "10.0.0.7");
        facts.tenure.since = noon - 10 * SECOND_MS;
        assert_host(&found(&facts, &q).candidates[0], "10.0.0.8");
        facts.tenure.until = noon + MINUTE_MS;
        assert_int_equal(found(&facts, &q).count, 0);
}

static void address_of_a_dynamic_range_is_never_sure(void **state)
{
        struct facts facts = { .tenure = { TRACE_OWNER_DYNAMIC, 0, 0 } };
        struct trace_question q = asked();

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 0);
        assert_int_equal(found(&facts, &q).candidates[0].confidence, 60);
        add_row(&facts, "10.0.0.7", 0, 0); /* the router had it: that is proof */
        assert_int_equal(found(&facts, &q).candidates[0].confidence, 100);
}

static void row_of_our_nat_log_stands_against_the_ranges(void **state)
{
        struct facts facts = { .tenure = { TRACE_OWNER_OTHER, 0, 0 } };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 0); /* says nothing of a stranger's address */
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_NOT_OURS);
        add_row(&facts, "10.0.0.9", 40001, 0);
        q.source_port = 40001;
        a = found(&facts, &q);
        assert_host(&a.candidates[0], "10.0.0.9");
        assert_true(a.is_against_owner);
}

static void source_port_outweighs_nearness(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 0);
        add_flow(&facts, "10.0.0.8", "198.51.100.66", 400);
        facts.flows[1].source_port = 61234;
        q.source_port = 61234;
        a = found(&facts, &q);
        assert_host(&a.candidates[0], "10.0.0.8");
        assert_int_equal(a.candidates[0].reason, TRACE_REASON_SOURCE_PORT);
}

static void row_of_the_nat_log_decides(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 0);
        add_row(&facts, "10.0.0.9", 40001, -2);
        add_row(&facts, "10.0.0.8", 40002, 0);
        q.source_port = 40001;
        a = found(&facts, &q);
        assert_int_equal(a.count, 1);
        assert_host(&a.candidates[0], "10.0.0.9");
        assert_int_equal(a.candidates[0].reason, TRACE_REASON_NAT_ROW);
        assert_int_equal(a.candidates[0].confidence, 100);
        q.source_port = 0; /* rows that name neither port nor peer say less than the flows */
        a = found(&facts, &q);
        assert_host(&a.candidates[0], "10.0.0.7");
}

static void lease_of_that_moment_names_the_machine(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 0);
        facts.leases[0] = (struct lease){ noon - HOUR_MS, noon - 60 * SECOND_MS,
                address("10.0.0.7"), false, { 0 }, TEXT("earlier") };
        facts.leases[1] = (struct lease){ noon - 60 * SECOND_MS, 0, address("10.0.0.7"), true,
                { 2, 0, 0, 0, 0, 7 }, TEXT("pc-van-thu") };
        facts.lease_count = 2;
        a = found(&facts, &q);
        assert_string_equal(a.candidates[0].host_name, "pc-van-thu");
        assert_int_equal(a.candidates[0].hardware[5], 7);
}

static void lease_counts_at_the_moment_of_the_fact(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = asked();
        struct trace_answer a;
        char sentence[TRACE_SENTENCE_MAX];

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", -300);
        facts.leases[0] = (struct lease){ noon - HOUR_MS, noon - 120 * SECOND_MS,
                address("10.0.0.7"), true, { 2, 0, 0, 0, 0, 6 }, TEXT("pc-cu") };
        facts.leases[1] = (struct lease){ noon - 120 * SECOND_MS, 0, address("10.0.0.7"), true,
                { 2, 0, 0, 0, 0, 7 }, TEXT("pc-moi") };
        facts.lease_count = 2;
        a = found(&facts, &q);
        assert_string_equal(a.candidates[0].host_name, "pc-cu");
        assert_true(a.candidates[0].is_lease_shared);
        assert_non_null(strstr(trace_reason_write(sentence, &a.candidates[0], LANGUAGE_EN),
            "leased to another machine"));
        facts.leases[1].begin = noon - 9 * DAY_MS; /* without an end it names nobody for ever */
        facts.leases[0] = facts.leases[1];
        a = found(&facts, &q);
        assert_string_equal(a.candidates[0].host_name, "");
        assert_false(a.candidates[0].is_lease_shared);
}

static void what_cannot_be_told_is_said_with_its_reason(void **state)
{
        struct facts facts = { .tenure = { TRACE_OWNER_OTHER, 0, 0 } };
        struct trace_question q = asked();

        (void)state;
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_NOT_OURS);
        facts.tenure.owner = TRACE_OWNER_UNKNOWN;
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_NO_FACTS);
        add_flow(&facts, "10.0.0.7", "198.51.100.70", 0);
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_SILENT_PEER);
        q.has_peer = false;
        assert_int_equal(found(&facts, &q).candidates[0].reason, TRACE_REASON_ONLY_ACTIVE);
        add_flow(&facts, "10.0.0.8", "198.51.100.70", 0);
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_NO_PEER);
        add_row(&facts, "10.0.0.8", 40002, 0);
        q.source_port = 999;
        assert_int_equal(found(&facts, &q).doubt, TRACE_DOUBT_NO_NAT_ROW);
        for (int doubt = TRACE_DOUBT_ALIKE; doubt < TRACE_DOUBTS; doubt++)
                assert_true(strlen(trace_doubt_text((enum trace_doubt)doubt, LANGUAGE_VI)) > 20);
}

static void address_of_the_machine_itself_needs_no_peer(void **state)
{
        struct facts facts = { .flow_count = 0 };
        struct trace_question q = { .outer = address("10.0.0.7"), .at = noon };
        struct trace_answer a;
        char sentence[TRACE_SENTENCE_MAX];

        (void)state;
        add_flow(&facts, "10.0.0.7", "198.51.100.66", 130);
        add_flow(&facts, "10.0.0.8", "198.51.100.66", 0);
        a = found(&facts, &q);
        assert_int_equal(a.count, 1);
        assert_host(&a.candidates[0], "10.0.0.7");
        assert_string_equal(trace_reason_write(sentence, &a.candidates[0], LANGUAGE_EN),
            "the machine itself has this address, without NAT; 2 min away");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_host_that_spoke_to_the_peer_is_named),
                cmocka_unit_test(of_several_the_nearest_in_time_comes_first),
                cmocka_unit_test(none_is_named_when_several_fit_alike),
                cmocka_unit_test(host_that_the_peer_called_weighs_less_than_one_that_called_it),
                cmocka_unit_test(facts_before_the_address_was_ours_do_not_count),
                cmocka_unit_test(address_of_a_dynamic_range_is_never_sure),
                cmocka_unit_test(row_of_our_nat_log_stands_against_the_ranges),
                cmocka_unit_test(source_port_outweighs_nearness),
                cmocka_unit_test(row_of_the_nat_log_decides),
                cmocka_unit_test(lease_of_that_moment_names_the_machine),
                cmocka_unit_test(lease_counts_at_the_moment_of_the_fact),
                cmocka_unit_test(what_cannot_be_told_is_said_with_its_reason),
                cmocka_unit_test(address_of_the_machine_itself_needs_no_peer),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
