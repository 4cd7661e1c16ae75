/* tests/flows_of.c: the flows, names and alerts of capture files as JSON lines, for tests that
 * compare them with those of other programs; behind those of a file a line that counts. Not
 * installed. flows_of [-i IDLE_SECONDS] FILE… SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/packet_each.h"
#include "traffic/flow/beacon_watch.h"
#include "traffic/flow/flow_table.h"
#include "traffic/flow/scan_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t packets, unread;

struct watches {
        struct beacon_watch *beacons;
        struct scan_watch *scans;
};

static int print_alert(void *state, const struct traffic_alert *a)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX] = "";

        (void)state;
        if (a->has_peer)
                (void)ip_address_write(peer, &a->peer);
        (void)printf(
            "{\"alert\":\"%s\",\"host\":\"%s\",\"peer\":\"%s\",\"port\":%u,\"count\":%" PRIu64
            ",\"bytes\":%" PRIu64 ",\"period_ms\":%" PRId64 ",\"jitter_ms\":%" PRId64
            ",\"score\":%.2f,\"reason\":\"%s\"}\n",
            traffic_alert_name(a->kind), ip_address_write(host, &a->host), peer, a->port, a->count,
            a->bytes, a->period_ms, a->jitter_ms, a->score, a->reason_en);
        return 0;
}

static int print_flow(void *state, const struct flow *f)
{
        char source[IP_TEXT_MAX], destination[IP_TEXT_MAX];
        struct watches *watches = state;
        (void)printf(
            "{\"source\":\"%s\",\"source_port\":%u,\"destination\":\"%s\","
            "\"destination_port\":%u,\"protocol\":%u,\"begin\":%" PRId64 ",\"end\":%" PRId64
            ",\"flags_out\":%u,\"flags_in\":%u,\"packets_out\":%" PRIu64 ",\"bytes_out\":%" PRIu64
            ",\"packets_in\":%" PRIu64 ",\"bytes_in\":%" PRIu64 "}\n",
            ip_address_write(source, &f->source), f->source_port,
            ip_address_write(destination, &f->destination), f->destination_port, f->protocol,
            f->begin, f->end, f->flags_out, f->flags_in, f->packets_out, f->bytes_out,
            f->packets_in, f->bytes_in);
        return beacon_watch_add(watches->beacons, f) ? ERR_BUG : scan_watch_add(watches->scans, f);
}

static int print_name(void *state, const struct name_sighting *s)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX], answer[IP_TEXT_MAX];

        (void)state;
        (void)printf("{\"name\":\"%.*s\",\"place\":\"%s\",\"host\":\"%s\",\"peer\":\"%s\"",
            TEXT_ARGS(s->name), packet_place_name(s->place), ip_address_write(host, &s->host),
            ip_address_write(peer, &s->peer));
        if (s->has_answer)
                (void)printf(",\"answer\":\"%s\"", ip_address_write(answer, &s->answer));
        (void)printf(",\"at\":%" PRId64 "}\n", s->at);
        return 0;
}

static int read_file(struct flow_table *t, const char *path)
{
        AUTO(capture_file_close_at) struct capture_file *c = NULL;
        struct parse_error bad = { 0 };
        struct capture_packet p;
        FILE *f = fopen(path, "rb");
        int err = f ? capture_file_open_own(&c, f, &bad) : ERR_MISSING;

        while (!err) {
                err = capture_file_next(&p, c, &bad);
                if (err)
                        break;
                packets++;
                err = packet_each(p.at, p.link_type, p.bytes, flow_table_sink(t));
                if (err == ERR_UNSUPPORTED || err == ERR_FORMAT) {
                        unread++;
                        err = 0;
                }
        }
        if (err && err != ERR_CLOSED)
                (void)fprintf(stderr, "%s: %s %s\n", path, err_text(err), bad.why_en);
        return err == ERR_CLOSED ? flow_table_finish(t) : err;
}

static int print_file(const char *path, const struct flow_table_options *options)
{
        AUTO(flow_table_free_at) struct flow_table *t = NULL;
        AUTO(beacon_watch_free_at) struct beacon_watch *beacons = NULL;
        AUTO(scan_watch_free_at) struct scan_watch *scans = NULL;
        struct traffic_alert_sink alerts = { print_alert, NULL };
        struct flow_table_counts n;
        struct watches watches;
        int err;

        if (beacon_watch_new(&beacons, &(struct beacon_watch_options){ .seed = 1 }, alerts) ||
            scan_watch_new(&scans, &(struct scan_watch_options){ .seed = 1 }, alerts))
                return ERR_MEMORY;
        watches = (struct watches){ beacons, scans };
        if (flow_table_new(&t, options,
                (struct traffic_sink){
                    .take_flow = print_flow, .take_name = print_name, .state = &watches }))
                return ERR_MEMORY;
        packets = unread = 0;
        err = read_file(t, path);
        if (flow_table_finish(t)) /* of a file that was cut */
                return ERR_IO;
        flow_table_count(&n, t);
        (void)printf("{\"file\":\"%s\",\"error\":%d,\"read\":%" PRIu64 ",\"unread\":%" PRIu64
                     ",\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"begun\":%" PRIu64
                     ",\"parts\":%" PRIu64 ",\"fragments_joined\":%" PRIu64
                     ",\"fragments_alone\":%" PRIu64 ",\"jumps_back\":%" PRIu64
                     ",\"names\":%" PRIu64 ",\"repeated\":%" PRIu64 "}\n",
            path, err, packets, unread, n.packets, n.bytes, n.begun, n.parts, n.fragments_joined,
            n.fragments_alone, n.jumps_back, n.names, n.names_repeated);
        return err;
}

int main(int argc, char **argv)
{
        struct flow_table_options options = { .seed = 1, .max_flows = 1 << 16 };
        int first = 1, err = 0;

        if (argc > 2 && strcmp(argv[1], "-i") == 0) {
                options.idle_ms = strtol(argv[2], NULL, 10) * SECOND_MS;
                first = 3;
        }
        for (int i = first; i < argc; i++)
                err |= print_file(argv[i], &options);
        return err ? 2 : 0;
}
