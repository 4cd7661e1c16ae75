/* tests/log_print.c: reads one log and prints its facts and counts, for the tests on real
 * files: log_print [--as FORMAT] [--zone MINUTES] [--reference MS] [--counts] < LOG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/timestamp.h"
#include "traffic/decode/log_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 16 };

static int print_flow(void *state, const struct flow *f)
{
        char source[IP_TEXT_MAX], destination[IP_TEXT_MAX];

        (void)state;
        (void)printf("flow\t%" PRId64 "\t%" PRId64 "\t%s\t%u\t%s\t%u\t%u\t%" PRIu64 "\t%" PRIu64
                     "\t%" PRIu64 "\t%" PRIu64 "\t%02x\t%02x\n",
            f->begin, f->end, ip_address_write(source, &f->source), f->source_port,
            ip_address_write(destination, &f->destination), f->destination_port, f->protocol,
            f->packets_out, f->bytes_out, f->packets_in, f->bytes_in, f->flags_out, f->flags_in);
        return 0;
}

static int print_name(void *state, const struct name_sighting *s)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX], answer[IP_TEXT_MAX];

        (void)state;
        (void)printf("name\t%" PRId64 "\t%s\t%s\t%s\t%.*s\t%s\n", s->at,
            ip_address_write(host, &s->host), ip_address_write(peer, &s->peer),
            packet_place_name(s->place), TEXT_ARGS(s->name),
            s->has_answer ? ip_address_write(answer, &s->answer) : "-");
        return 0;
}

static int print_translation(void *state, const struct translation *t)
{
        char inner[IP_TEXT_MAX], outer[IP_TEXT_MAX], peer[IP_TEXT_MAX];

        (void)state;
        (void)printf("translation\t%" PRId64 "\t%" PRId64 "\t%s\t%u\t%s\t%u\t%s\t%u\t%u\n",
            t->begin, t->end, ip_address_write(inner, &t->inner), t->inner_port,
            ip_address_write(outer, &t->outer), t->outer_port,
            t->has_peer ? ip_address_write(peer, &t->peer) : "-", t->peer_port, t->protocol);
        return 0;
}

static int print_lease(void *state, const struct lease *l)
{
        char address[IP_TEXT_MAX], hardware[2 * LEASE_HARDWARE_BYTES + 1] = "-";

        (void)state;
        if (l->has_hardware)
                hex_write(hardware, l->hardware, sizeof(l->hardware));
        (void)printf("lease\t%" PRId64 "\t%" PRId64 "\t%s\t%s\t%.*s\n", l->begin, l->end,
            ip_address_write(address, &l->address), hardware, TEXT_ARGS(l->host_name));
        return 0;
}

static void print_counts(const struct log_counts *c)
{
        (void)printf("counts\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                     "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
            c->format ? c->format : "-", c->lines, c->taken, c->ignored, c->bad, c->flows, c->names,
            c->translations, c->leases);
        for (size_t i = 0; i < c->reason_count; i++)
                (void)printf("reason\t%" PRIu64 "\t%zu\t%s\t%s\n", c->reasons[i].lines,
                    c->reasons[i].first_line, c->reasons[i].en, c->reasons[i].vi);
}

static int read_all(struct log_reader *reader)
{
        static char piece[PIECE];
        size_t n;
        int err = 0;

        while (!err && (n = fread(piece, 1, sizeof(piece), stdin)) > 0)
                err = log_reader_add(reader, (struct text){ piece, n });
        return err ? err : log_reader_end(reader);
}

int main(int argc, char **argv)
{
        struct log_options options = { .zone_minutes = 0 };
        struct traffic_sink sink = { print_flow, print_name, print_translation, print_lease, NULL };
        AUTO(log_reader_free_at) struct log_reader *reader = NULL;
        int err;

        for (int i = 1; i < argc; i++) {
                const char *value = i + 1 < argc ? argv[i + 1] : "0";
                if (strcmp(argv[i], "--as") == 0)
                        options.as = text_of(value);
                else if (strcmp(argv[i], "--zone") == 0)
                        options.zone_minutes = (int)strtol(value, NULL, 10);
                else if (strcmp(argv[i], "--reference") == 0)
                        options.reference = strtoll(value, NULL, 10);
                else if (strcmp(argv[i], "--counts") == 0)
                        sink = (struct traffic_sink){ .take_flow = NULL };
        }
        err = log_reader_new(&reader, &options, &sink);
        if (!err)
                err = read_all(reader);
        if (reader)
                print_counts(log_reader_counts(reader));
        if (err)
                (void)printf("error\t%s\n", err_text(err));
        return err ? 2 : 0;
}
