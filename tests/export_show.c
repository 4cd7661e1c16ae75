/* tests/export_show.c: what the datagrams of exporters say, one JSON object a line, for
 * tests/real_exports.py. Arguments: files in order (captures, single datagrams, IPFIX files), or
 * "--listen PORT": datagrams on loopback until three seconds are silent. The last line has the
 * counts. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/net/udp_listener.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/export_packet.h"
#include "traffic/decode/packet_each.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 << 20, SILENT_MS = 3000, FIRST_MS = 30000 };

static const char *text_of_ip(const struct ip_address *a)
{
        static char texts[4][IP_TEXT_MAX];
        static unsigned turn;

        return ip_address_write(texts[turn++ % ARRAY_LEN(texts)], a);
}

static int take_flow(void *state, const struct flow *f)
{
        (void)state;
        (void)printf("{\"kind\":\"flow\",\"begin\":%" PRId64 ",\"end\":%" PRId64
                     ",\"source\":\"%s\",\"destination\":\"%s\",\"source_port\":%u,"
                     "\"destination_port\":%u,\"protocol\":%u,\"flags_out\":%u,\"flags_in\":%u,"
                     "\"packets_out\":%" PRIu64 ",\"bytes_out\":%" PRIu64 ",\"packets_in\":%" PRIu64
                     ",\"bytes_in\":%" PRIu64 ",\"sampling\":%" PRIu32 "}\n",
            f->begin, f->end, text_of_ip(&f->source), text_of_ip(&f->destination), f->source_port,
            f->destination_port, f->protocol, f->flags_out, f->flags_in, f->packets_out,
            f->bytes_out, f->packets_in, f->bytes_in, f->sampling);
        return 0;
}

static int take_translation(void *state, const struct translation *t)
{
        (void)state;
        (void)printf("{\"kind\":\"translation\",\"begin\":%" PRId64 ",\"end\":%" PRId64
                     ",\"inner\":\"%s\",\"inner_port\":%u,\"outer\":\"%s\",\"outer_port\":%u,"
                     "\"peer\":\"%s\",\"peer_port\":%u,\"protocol\":%u}\n",
            t->begin, t->end, text_of_ip(&t->inner), t->inner_port, text_of_ip(&t->outer),
            t->outer_port, t->has_peer ? text_of_ip(&t->peer) : "", t->peer_port, t->protocol);
        return 0;
}

static int take_name(void *state, const struct name_sighting *s)
{
        (void)state;
        (void)printf("{\"kind\":\"name\",\"at\":%" PRId64
                     ",\"host\":\"%s\",\"peer\":\"%s\",\"place\":\"%s\",\"name\":\"%.*s\"}\n",
            s->at, text_of_ip(&s->host), text_of_ip(&s->peer), packet_place_name(s->place),
            TEXT_ARGS(s->name));
        return 0;
}

static void show_counts(const struct export_capture *c)
{
        const struct export_counts *n = &c->counts;

        (void)printf("{\"kind\":\"counts\",\"datagrams\":%" PRIu64 ",\"foreign\":%" PRIu64
                     ",\"damaged\":%" PRIu64 ",\"flows\":%" PRIu64 ",\"translations\":%" PRIu64
                     ",\"names\":%" PRIu64 ",\"options\":%" PRIu64 ",\"other\":%" PRIu64
                     ",\"templates\":%" PRIu64 ",\"withdrawn\":%" PRIu64 ",\"refused\":%" PRIu64,
            n->datagrams, n->foreign, n->damaged, n->flows, n->translations, n->names, n->options,
            n->other, n->templates, n->withdrawn, n->refused);
        (void)printf(",\"waited\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"forgotten\":%" PRIu64
                     ",\"lost\":%" PRIu64 ",\"repaired\":%" PRIu64 ",\"without_time\":%" PRIu64
                     ",\"passed_over\":%" PRIu64 ",\"fragments\":%" PRIu64 "}\n",
            n->waited, n->dropped, n->forgotten, n->lost, n->repaired, n->without_time,
            c->passed_over, c->fragments);
}

static int read_capture(struct export_capture *c, struct text bytes)
{
        AUTO(capture_file_close_at) struct capture_file *file = NULL;
        struct capture_packet p;
        struct parse_error bad = { 0 };
        int err = capture_file_open_bytes(&file, bytes, &bad);

        while (!err) {
                err = capture_file_next(&p, file, &bad);
                if (err)
                        break;
                err = packet_each(
                    p.at, p.link_type, p.bytes, (struct packet_sink){ export_packet_take, c });
                if (err == ERR_UNSUPPORTED || err == ERR_FORMAT)
                        err = 0;
        }
        return err == ERR_CLOSED ? 0 : err;
}

static int read_bytes(struct export_capture *c, struct text bytes)
{
        static const struct export_source nobody;
        const uint8_t *p = (const uint8_t *)bytes.data;
        struct parse_error bad = { 0 };
        size_t used;

        if (bytes.len > 4 && p[0] == 0 && p[1] == 10 && (size_t)(p[2] << 8 | p[3]) < bytes.len)
                return export_file_parse(&used, c->state, bytes, c->sink, &c->counts, &bad);
        if (bytes.len > 4 && (p[0] >= 0xA1 || p[0] == 0x0A || p[1] == 0xB2 || p[2] == 0xB2))
                return read_capture(c, bytes);
        return export_datagram_parse(c->state, &nobody, 0, bytes, c->sink, &c->counts);
}

static int read_file(struct export_capture *c, const char *path)
{
        AUTO(mem_free_at) char *bytes = mem_zero(1, FILE_BYTES_MAX);
        FILE *f = fopen(path, "rb");
        size_t n;

        if (!bytes || !f) {
                if (f)
                        (void)fclose(f);
                return ERR_MISSING;
        }
        n = fread(bytes, 1, FILE_BYTES_MAX, f);
        (void)fclose(f);
        return read_bytes(c, (struct text){ bytes, n });
}

static int take_datagram(void *state, const struct udp_datagram *d)
{
        struct export_capture *c = state;
        struct export_source from = { d->source, d->source_port };

        return export_datagram_parse(
            c->state, &from, clock_now(&clock_real), d->bytes, c->sink, &c->counts);
}

static int listen_at(struct export_capture *c, uint16_t port)
{
        AUTO(udp_listener_close_at) struct udp_listener *l = NULL;
        struct udp_listener_options options = { .address = "127.0.0.1", .port = port };
        size_t taken = 1;
        int wait = FIRST_MS, err = udp_listener_open(&l, &options);

        while (!err && taken) {
                err = udp_listener_take(&taken, l, wait, (struct udp_sink){ take_datagram, c });
                wait = SILENT_MS;
        }
        return err;
}

int main(int argc, char **argv)
{
        struct export_limits limits = { 0 };
        struct export_capture c = { .sink = {
                                        take_flow, take_name, take_translation, NULL, NULL } };
        uint64_t port;
        int err = export_state_new(&c.state, &limits);

        if (!err && argc == 3 && strcmp(argv[1], "--listen") == 0) {
                err = text_to_u64(&port, text_of(argv[2]), UINT16_MAX);
                err = err ? err : listen_at(&c, (uint16_t)port);
        } else {
                for (int i = 1; !err && i < argc; i++)
                        err = read_file(&c, argv[i]);
        }
        show_counts(&c);
        export_state_free(c.state);
        if (err)
                (void)fprintf(stderr, "export_show: %s\n", err_text(err));
        return err ? 2 : 0;
}
