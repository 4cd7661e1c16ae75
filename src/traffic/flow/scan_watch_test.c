/* traffic/flow/scan_watch_test.c: failed flows made here, the alerts they raise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/flow/scan_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

enum { SYN = 2, RST = 4, ACK = 16 };

static const uint32_t OURS = 0x0A000005, REMOTE = 0xCB007100;

static struct traffic_alert last;
static size_t alerts;

static int take(void *state, const struct traffic_alert *alert)
{
        (void)state;
        last = *alert;
        alerts++;
        return 0;
}

static struct scan_watch *new_watch(void)
{
        struct scan_watch *w = NULL;

        alerts = 0;
        assert_int_equal(scan_watch_new(&w, &(struct scan_watch_options){ .seed = 3 },
                             (struct traffic_alert_sink){ .take = take }),
            0);
        return w;
}

static struct flow make(uint32_t source, uint32_t to, uint16_t port, uint8_t out, uint8_t in)
{
        return (struct flow){ .begin = HOUR_MS,
                .end = HOUR_MS + 100,
                .source = ip_address_from_v4(source),
                .destination = ip_address_from_v4(to),
                .source_port = 40000,
                .destination_port = port,
                .protocol = PACKET_TCP,
                .flags_out = out,
                .flags_in = in,
                .packets_out = 2,
                .bytes_out = 80,
                .packets_in = in ? 1 : 0 };
}

static void add(struct scan_watch *w, struct flow f)
{
        assert_int_equal(scan_watch_add(w, &f), 0);
}

static void many_machines_on_one_port_are_a_scan(void **state)
{
        AUTO(scan_watch_free_at) struct scan_watch *w = new_watch();

        (void)state;
        for (uint32_t i = 0; i < 200; i++)
                add(w, make(OURS, REMOTE + i, 445, SYN, i % 3 ? 0 : RST | ACK));
        assert_int_equal(alerts, 1);
        assert_int_equal(last.kind, TRAFFIC_ALERT_SCAN_HOSTS);
        assert_int_equal(last.port, 445);
        assert_in_range(last.count, 30, 33);
        assert_false(last.has_peer);
        assert_non_null(strstr(last.reason_vi, "dò quét"));
}

static void many_ports_of_one_machine_are_a_scan(void **state)
{
        AUTO(scan_watch_free_at) struct scan_watch *w = new_watch();

        (void)state;
        for (uint16_t i = 0; i < 200; i++)
                add(w, make(OURS, REMOTE, 1 + i, SYN, RST | ACK));
        assert_int_equal(alerts, 1);
        assert_int_equal(last.kind, TRAFFIC_ALERT_SCAN_PORTS);
        assert_int_equal(ip_address_v4(&last.peer), REMOTE);
}

static void connections_and_slow_failures_are_none(void **state)
{
        AUTO(scan_watch_free_at) struct scan_watch *w = new_watch();

        (void)state;
        for (uint32_t i = 0; i < 200; i++) {
                struct flow slow = make(OURS, REMOTE + i, 25, SYN, 0);
                add(w, make(OURS, REMOTE + i, 443, SYN | ACK, SYN | ACK));
                add(w, make(OURS, REMOTE + i, 80, SYN | ACK, SYN | ACK | RST));
                add(w, make(REMOTE, OURS + i, 445, SYN, RST)); /* from outside: not ours */
                slow.begin += i * (time_ms)MINUTE_MS;
                slow.end = slow.begin;
                add(w, slow);
        }
        assert_int_equal(alerts, 0);
}

static void much_without_answer_is_a_flood_out_or_in(void **state)
{
        AUTO(scan_watch_free_at) struct scan_watch *w = new_watch();
        struct flow f = make(OURS, REMOTE, 80, ACK, 0);

        (void)state;
        f.packets_out = 60000;
        f.packets_in = 60000;
        add(w, f);
        add(w, f);
        assert_int_equal(alerts, 0);
        f.destination = ip_address_from_v4(REMOTE + 1);
        f.packets_in = 10;
        add(w, f);
        add(w, f);
        assert_int_equal(alerts, 1);
        assert_int_equal(last.kind, TRAFFIC_ALERT_FLOOD_OUT);
        assert_int_equal(last.count, 120000);
        for (uint32_t i = 0; i < 1000; i++) {
                f = make(REMOTE + i, OURS, 80, SYN, 0);
                f.packets_out = 200;
                add(w, f);
        }
        assert_int_equal(alerts, 2);
        assert_int_equal(last.kind, TRAFFIC_ALERT_FLOOD_IN);
        assert_int_equal(ip_address_v4(&last.host), OURS);
        assert_int_equal(last.port, 80);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(many_machines_on_one_port_are_a_scan),
                cmocka_unit_test(many_ports_of_one_machine_are_a_scan),
                cmocka_unit_test(connections_and_slow_failures_are_none),
                cmocka_unit_test(much_without_answer_is_a_flood_out_or_in),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
