/* tests/formats/archive_dump.c: an archive as sorted-able lines, for comparing with the independent
 * reader read_archive.py and with what earlier versions wrote.
 *   archive_dump make FOLDER    a small archive of every kind of fact, always the same
 *   archive_dump show FOLDER    one line a fact
 *   archive_dump open FOLDER    as a writer does, and closes it again
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive.h"

#include <inttypes.h>

enum { FLOWS = 9000, DAYS = 2 };

static const time_ms today = INT64_C(19737) * DAY_MS; /* 15/01/2024 */

static struct ip_address v4(uint32_t base, uint64_t n)
{
        return ip_address_from_v4(base + (uint32_t)n);
}

static struct ip_address v6(uint64_t n)
{
        struct ip_address a = { { 0x20, 0x01, 0x0d, 0xb8 } };

        a.bytes[14] = (uint8_t)(n >> 8);
        a.bytes[15] = (uint8_t)n;
        return a;
}

static int put_facts(struct traffic_sink sink, uint64_t n, uint64_t mixed)
{
        static const char *const names[] = { "example.org", "www.example.org", "may.example.net" };
        time_ms at = today - (time_ms)(mixed % (DAYS * (uint64_t)DAY_MS));
        struct ip_address host = v4(UINT32_C(0x0a000001), mixed % 200);
        struct ip_address peer = n % 7 ? v4(UINT32_C(0xc6336400), (mixed >> 8) % 700)
                                       : v6(mixed >> 8);
        struct flow f = { at, at + (time_ms)(mixed >> 40) % 90000, n % 5 ? host : peer,
                n % 5 ? peer : host, (uint16_t)(mixed >> 16), n % 3 ? 443 : 53,
                n % 3 ? PACKET_TCP : PACKET_UDP, 0x1b, (uint8_t)(n % 3 ? 0x1b : 0), 1 + mixed % 50,
                mixed >> (24 + n % 30), n % 4, (n % 4) * (mixed % 1400), n % 11 ? 1 : 100 };
        struct name_sighting s = { at, host, peer, PACKET_PLACE_DNS, n % 2, { { 0 } },
                text_of(names[n % 3]) };
        struct translation t = { at, n % 2 ? at + 60000 : 0, host, v4(UINT32_C(0xcb007105), 0),
                peer, n % 3 != 0, (uint16_t)n, (uint16_t)(mixed >> 16), 443, PACKET_TCP };
        struct lease l = { at, n % 2 ? at + DAY_MS : 0, host, n % 3 != 0,
                { 0, 0, 0x5e, 0, 0x53, (uint8_t)n }, n % 4 ? TEXT("MAY-01") : TEXT("") };
        int err;

        if (n % 100 == 0)
                f.source = v4(UINT32_C(0xc0000200), n % 250); /* neither end is ours */
        if (s.has_answer)
                s.answer = peer;
        if (!t.has_peer)
                t.peer = (struct ip_address){ 0 };
        err = traffic_sink_flow(&sink, &f);
        if (!err && n % 10 == 0)
                err = traffic_sink_name(&sink, &s);
        if (!err && n % 20 == 0)
                err = traffic_sink_translation(&sink, &t);
        if (!err && n % 50 == 0)
                err = traffic_sink_lease(&sink, &l);
        return err;
}

static int make(struct folder *folder)
{
        AUTO(archive_close_at) struct archive *a = NULL;
        time_ms now = today;
        struct clock clock = clock_fixed(&now);
        uint64_t mixed = 1;
        int err = archive_open(&a, folder, &(struct archive_options){ .clock = &clock });

        for (uint64_t n = 0; n < FLOWS && !err; n++) {
                mixed = mixed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                err = put_facts(archive_sink(a), n, mixed >> 1);
                if (!err && n == FLOWS / 3) /* so that indexes are joined */
                        err = archive_seal(a);
        }
        return err ? err : archive_seal(a);
}

static int open_and_close(struct folder *folder)
{
        AUTO(archive_close_at) struct archive *a = NULL;
        time_ms now = today;
        struct clock clock = clock_fixed(&now);

        return archive_open(&a, folder, &(struct archive_options){ .clock = &clock });
}

static const char *hex(char out[IP_HEX_MAX], const struct ip_address *a)
{
        return ip_address_write_hex(out, a);
}

static int show_flow(void *state, const struct flow *f)
{
        char a[IP_HEX_MAX], b[IP_HEX_MAX];

        (void)state;
        printf("flow %" PRId64 " %" PRId64 " %s %s %u %u %u %u %u %" PRIu64 " %" PRIu64 " %" PRIu64
               " %" PRIu64 " %u\n",
            f->begin, f->end, hex(a, &f->source), hex(b, &f->destination), f->source_port,
            f->destination_port, f->protocol, f->flags_out, f->flags_in, f->packets_out,
            f->bytes_out, f->packets_in, f->bytes_in, f->sampling);
        return 0;
}

static int show_name(void *state, const struct name_sighting *s)
{
        char a[IP_HEX_MAX], b[IP_HEX_MAX], c[IP_HEX_MAX];

        (void)state;
        printf("name %" PRId64 " %s %s %s %u %.*s\n", s->at, hex(a, &s->host), hex(b, &s->peer),
            s->has_answer ? hex(c, &s->answer) : "-", s->place, TEXT_ARGS(s->name));
        return 0;
}

static int show_translation(void *state, const struct translation *t)
{
        char a[IP_HEX_MAX], b[IP_HEX_MAX], c[IP_HEX_MAX];

        (void)state;
        printf("translation %" PRId64 " %" PRId64 " %s %s %s %u %u %u %u\n", t->begin, t->end,
            hex(a, &t->inner), hex(b, &t->outer), t->has_peer ? hex(c, &t->peer) : "-",
            t->inner_port, t->outer_port, t->peer_port, t->protocol);
        return 0;
}

static int show_lease(void *state, const struct lease *l)
{
        char a[IP_HEX_MAX];

        (void)state;
        printf("lease %" PRId64 " %" PRId64 " %s ", l->begin, l->end, hex(a, &l->address));
        for (unsigned i = 0; i < LEASE_HARDWARE_BYTES && l->has_hardware; i++)
                printf("%02x", l->hardware[i]);
        printf("%s %.*s\n", l->has_hardware ? "" : "-", TEXT_ARGS(l->host_name));
        return 0;
}

static int show(struct folder *folder)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        int err = archive_reader_open(&r, folder);

        if (!err)
                err = archive_each(r, &(struct archive_question){ 0 },
                    (struct traffic_sink){
                        show_flow, show_name, show_translation, show_lease, NULL });
        return err || archive_reader_damage(r, 0) ? ERR_FORMAT : 0;
}

int main(int argc, char **argv)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        int err = argc == 3 ? folder_open_or_make(&folder, argv[2], 0700) : ERR_UNSUPPORTED;

        if (!err)
                err = strcmp(argv[1], "make") == 0   ? make(folder)
                      : strcmp(argv[1], "show") == 0 ? show(folder)
                      : strcmp(argv[1], "open") == 0 ? open_and_close(folder)
                                                     : ERR_UNSUPPORTED;
        if (err)
                (void)fprintf(stderr, "archive_dump: %s\n", err_text(err));
        return err ? 2 : 0;
}
