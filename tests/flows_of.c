/* tests/flows_of.c: the flows and names of capture files as JSON lines, for tests that compare them
 * with those of other programs; the last line counts. Not installed. flows_of [-i IDLE_SECONDS]
 * FILE…   SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/packet_each.h"
#include "traffic/flow/flow_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t packets, unread;

static int print_flow(void *state, const struct flow *f)
{
        char source[IP_TEXT_MAX], destination[IP_TEXT_MAX];

        (void)state;
        (void)printf(
            "{\"source\":\"%s\",\"source_port\":%u,\"destination\":\"%s\","
            "\"destination_port\":%u,\"protocol\":%u,\"begin\":%" PRId64 ",\"end\":%" PRId64
            ",\"flags_out\":%u,\"flags_in\":%u,\"packets_out\":%" PRIu64 ",\"bytes_out\":%" PRIu64
            ",\"packets_in\":%" PRIu64 ",\"bytes_in\":%" PRIu64 "}\n",
            ip_address_write(source, &f->source), f->source_port,
            ip_address_write(destination, &f->destination), f->destination_port, f->protocol,
            f->begin, f->end, f->flags_out, f->flags_in, f->packets_out, f->bytes_out,
            f->packets_in, f->bytes_in);
        return 0;
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
        if (err != ERR_CLOSED)
                (void)fprintf(stderr, "%s: %s %s\n", path, err_text(err), bad.why_en);
        return err == ERR_CLOSED ? flow_table_finish(t) : err;
}

int main(int argc, char **argv)
{
        AUTO(flow_table_free_at) struct flow_table *t = NULL;
        struct flow_table_options options = { .seed = 1 };
        struct flow_table_counts n;
        int first = 1, err = 0;

        if (argc > 2 && strcmp(argv[1], "-i") == 0) {
                options.idle_ms = strtol(argv[2], NULL, 10) * SECOND_MS;
                first = 3;
        }
        if (flow_table_new(&t, &options, (struct traffic_sink){ print_flow, print_name, 0, 0, 0 }))
                return 2;
        for (int i = first; i < argc; i++)
                err |= read_file(t, argv[i]);
        if (flow_table_finish(t)) /* of a file that was cut */
                return 2;
        flow_table_count(&n, t);
        (void)printf("{\"read\":%" PRIu64 ",\"unread\":%" PRIu64 ",\"packets\":%" PRIu64
                     ",\"bytes\":%" PRIu64 ",\"begun\":%" PRIu64 ",\"parts\":%" PRIu64
                     ",\"fragments_joined\":%" PRIu64 ",\"fragments_alone\":%" PRIu64
                     ",\"jumps_back\":%" PRIu64 ",\"names\":%" PRIu64 ",\"repeated\":%" PRIu64
                     "}\n",
            packets, unread, n.packets, n.bytes, n.begun, n.parts, n.fragments_joined,
            n.fragments_alone, n.jumps_back, n.names, n.names_repeated);
        return err ? 2 : 0;
}
