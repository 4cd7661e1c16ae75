/* traffic/archive/archive_bench.c: the archive under the load of docs/bench.md.
 *   archive_bench import FOLDER FLOWS [DAYS]  makes an archive; says flows/s of CPU and bytes a
 * flow archive_bench list FLOWS N                addresses of a list against it, one a line
 *   archive_bench hunt FOLDER SET [brief]     whole hunt; one line for each host and address
 *   archive_bench set LIST FILE               compiles the list
 *   archive_bench rows FLOWS [DAYS]           the same flows as tab-separated rows, for the peers
 *   archive_bench netflow FLOWS PORT          the same flows as NetFlow 9 to 127.0.0.1
 *   archive_bench capture PACKETS FILE        the first packets of such flows as a capture
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"
#include "system/os/folder.h"
#include "traffic/archive/archive.h"
#include "traffic/archive/flow_generator.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
        RECORDS_A_DATAGRAM = 22, /* 62 bytes each */
        DATAGRAM_MAX = 1500,
        TEMPLATE_NUMBER = 256,
        TEMPLATE_EVERY = 5000, /* datagrams */
        QUEUE_BYTES_MOST = 64 << 10,
        PACKETS_A_FLOW = 16,
        ETHERNET_BYTES = 14,
        HEADERS_BYTES = ETHERNET_BYTES + 20 + 20,
        FRAME_LEAST = 60,
        FRAME_MOST = 1514
};

static int64_t nanoseconds(clockid_t clock)
{
        struct timespec t;

        return clock_gettime(clock, &t) ? 0 : (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct generator_shape shape_of(const char *flows, const char *days)
{
        struct generator_shape shape = generator_office;

        shape.flows = strtoull(flows, NULL, 10);
        if (days)
                shape.days = (unsigned)strtoul(days, NULL, 10);
        return shape;
}

static int import(const char *path, const struct generator_shape *shape)
{
        AUTO(flow_generator_free_at) struct flow_generator *g = NULL;
        AUTO(folder_close_at) struct folder *folder = NULL; /* outlives its archive */
        AUTO(archive_close_at) struct archive *a = NULL;
        struct archive_counts counts;
        struct traffic_sink sink;
        struct flow f;
        int64_t made = 0, begin, now;
        int err = folder_open_or_make(&folder, path, 0700);

        if (!err)
                err = archive_open(&a, folder, &(struct archive_options){ 0 });
        if (!err)
                err = flow_generator_new(&g, shape);
        if (err)
                return err;
        begin = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        while (flow_generator_next(&f, g))
                made++;
        g = flow_generator_free(g);
        made = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - begin; /* what making the flows costs */
        err = flow_generator_new(&g, shape);
        if (err)
                return err;
        sink = archive_sink(a);
        begin = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        while (!err && flow_generator_next(&f, g))
                err = sink.take_flow(sink.state, &f);
        if (!err)
                err = archive_seal(a);
        now = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        archive_count(&counts, a);
        printf("import: %llu flows, %.0f flows/s of CPU (making them taken off: %.1f s), "
               "%.2f bytes a flow, %llu parts\n",
            (unsigned long long)counts.flows,
            (double)counts.flows / (double)(now - begin - made) * 1e9, (double)made / 1e9,
            (double)counts.bytes / (double)counts.flows, (unsigned long long)counts.partitions);
        return err;
}

static int list(const struct generator_shape *shape, uint32_t count)
{
        for (uint32_t n = 0; n < count; n++) {
                struct ip_address a = ip_address_from_v4(flow_generator_listed(shape, n));
                char text[IP_TEXT_MAX];

                puts(ip_address_write(text, &a));
        }
        return 0;
}

static int print_hit(void *state, const struct archive_hit *hit)
{
        char host[IP_TEXT_MAX];
        size_t *count = state;

        ++*count;
        printf("%s\t%.*s\t%lld\t%lld\t%llu\t%llu\n", ip_address_write(host, &hit->host),
            TEXT_ARGS(indicator_view_value(hit->indicator)), (long long)hit->first_at,
            (long long)hit->last_at, (unsigned long long)hit->flows,
            (unsigned long long)hit->bytes);
        return 0;
}

static int load_list(struct indicator_set **out, const char *path)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *b = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        struct text rest, line;
        int err = file_read_path(&bytes, path);

        rest = (struct text){ bytes.data, bytes.len };
        if (!err && text_starts(rest, "CANHSET"))
                return indicator_set_parse(out, rest, NULL);
        if (!err)
                err = indicator_builder_new(&b, 1 << 20);
        while (!err && text_split(&line, &rest, '\n'))
                if (line.len)
                        err = indicator_builder_add(
                            b, &(struct indicator){ .type = INDICATOR_IPV4, .value = line });
        return err ? err : indicator_builder_finish(out, b);
}

static int hunt(const char *path, const char *list_path, bool brief)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        AUTO(folder_close_at) struct folder *folder = NULL;
        int64_t begin = nanoseconds(CLOCK_MONOTONIC), loaded, opened;
        size_t hits = 0;
        int err = load_list(&set, list_path);

        loaded = nanoseconds(CLOCK_MONOTONIC);
        if (!err)
                err = folder_open(&folder, path);
        if (!err)
                err = archive_reader_open(&r, folder);
        opened = nanoseconds(CLOCK_MONOTONIC);
        if (!err)
                err = archive_hunt(r, set, &(struct archive_question){ .brief = brief },
                    (struct archive_hit_sink){ print_hit, &hits });
        fprintf(stderr, "hunt: set %.2f ms, open %.2f ms, hunt %.2f ms, %zu hits, damage: %s\n",
            (double)(loaded - begin) / 1e6, (double)(opened - loaded) / 1e6,
            (double)(nanoseconds(CLOCK_MONOTONIC) - opened) / 1e6, hits,
            r && archive_reader_damage(r, 0) ? archive_reader_damage(r, 0) : "none");
        return err;
}

static int rows(const struct generator_shape *shape)
{
        AUTO(flow_generator_free_at) struct flow_generator *g = NULL;
        struct flow f;
        int err = flow_generator_new(&g, shape);

        while (!err && flow_generator_next(&f, g))
                printf("%lld\t%lld\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%llu\t%llu\t%llu\t%llu\n",
                    (long long)f.begin, (long long)(f.end - f.begin), ip_address_v4(&f.source),
                    ip_address_v4(&f.destination), f.source_port, f.destination_port, f.protocol,
                    f.flags_out, f.flags_in, (unsigned long long)f.packets_out,
                    (unsigned long long)f.bytes_out, (unsigned long long)f.packets_in,
                    (unsigned long long)f.bytes_in);
        return err;
}

static int write_set(const char *list_path, const char *path)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        FILE *f = NULL;
        struct text bytes;
        int err = load_list(&set, list_path);

        if (!err) {
                bytes = indicator_set_bytes(set);
                f = fopen(path, "we");
                err = !f || fwrite(bytes.data, 1, bytes.len, f) != bytes.len ? ERR_IO : 0;
        }
        if (f && fclose(f))
                err = ERR_IO;
        return err;
}

/* NetFlow 9 (RFC 3954). */
struct datagram {
        uint8_t bytes[DATAGRAM_MAX];
        size_t len;
};

static void put(struct datagram *d, uint64_t value, unsigned bytes)
{
        while (bytes--)
                d->bytes[d->len++] = (uint8_t)(value >> (8 * bytes));
}

static void begin_datagram(struct datagram *d, unsigned records, uint32_t sequence, time_ms at)
{
        d->len = 0;
        put(d, 9, 2);
        put(d, records, 2);
        put(d, 0, 4);
        put(d, (uint64_t)(at / SECOND_MS), 4);
        put(d, sequence, 4);
        put(d, 1, 4);
}

static void put_template(struct datagram *d)
{
        static const uint16_t fields[][2] = { { 152, 8 }, { 153, 8 }, { 8, 4 }, { 12, 4 }, { 7, 2 },
                { 11, 2 }, { 4, 1 }, { 6, 1 }, { 1, 8 }, { 2, 8 }, { 23, 8 }, { 24, 8 } };

        put(d, 0, 2);
        put(d, 8 + 4 * ARRAY_LEN(fields), 2);
        put(d, TEMPLATE_NUMBER, 2);
        put(d, ARRAY_LEN(fields), 2);
        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                put(d, fields[i][0], 2);
                put(d, fields[i][1], 2);
        }
}

static void put_record(struct datagram *d, const struct flow *f)
{
        put(d, (uint64_t)f->begin, 8);
        put(d, (uint64_t)f->end, 8);
        put(d, ip_address_v4(&f->source), 4);
        put(d, ip_address_v4(&f->destination), 4);
        put(d, f->source_port, 2);
        put(d, f->destination_port, 2);
        put(d, f->protocol, 1);
        put(d, f->flags_out | f->flags_in, 1);
        put(d, f->bytes_out, 8);
        put(d, f->packets_out, 8);
        put(d, f->bytes_in, 8);
        put(d, f->packets_in, 8);
}

/* The hexadecimal number behind the n-th colon of a line. */
static unsigned long behind_colon(const char *line, unsigned n)
{
        while (line && n--) {
                line = strchr(line, ':');
                line = line ? line + 1 : NULL;
        }
        return line ? strtoul(line, NULL, 16) : 0;
}

/* Waits until the collector has read nearly all: nothing is lost on the way. A line of the file:
 * "12: address:PORT address:port state sent:RECEIVED …" */
static void wait_for_reader(unsigned port)
{
        unsigned long queued;

        do {
                FILE *f = fopen("/proc/net/udp", "re");
                char line[256];

                queued = 0;
                while (f && fgets(line, sizeof(line), f))
                        if (behind_colon(line, 2) == port)
                                queued = behind_colon(line, 4);
                if (f)
                        (void)fclose(f);
                if (queued >= QUEUE_BYTES_MOST)
                        (void)usleep(500);
        } while (queued >= QUEUE_BYTES_MOST);
}

static int send_flows(const struct generator_shape *shape, uint16_t port)
{
        AUTO(flow_generator_free_at) struct flow_generator *g = NULL;
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int err = flow_generator_new(&g, shape);
        struct flow f[RECORDS_A_DATAGRAM];
        uint32_t sequence = 0;
        unsigned n;

        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        while (!err) {
                struct datagram d;

                for (n = 0; n < RECORDS_A_DATAGRAM && flow_generator_next(&f[n], g); n++)
                        continue;
                if (n == 0)
                        break;
                if (sequence % 16 == 0)
                        wait_for_reader(port);
                begin_datagram(
                    &d, n + (sequence % TEMPLATE_EVERY == 0), sequence, f[n - 1].begin + HOUR_MS);
                if (sequence++ % TEMPLATE_EVERY == 0)
                        put_template(&d);
                put(&d, TEMPLATE_NUMBER, 2);
                put(&d, 4 + n * 62, 2);
                for (unsigned i = 0; i < n; i++)
                        put_record(&d, &f[i]);
                if (sendto(fd, d.bytes, d.len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
                        err = ERR_IO;
        }
        (void)close(fd);
        return err;
}

/* A capture of Ethernet frames with right lengths and header sums; what they carry is zeros. */
struct frame {
        uint8_t bytes[16 + FRAME_MOST];
        size_t len;
};

static void put_number(struct frame *f, uint64_t value, unsigned bytes)
{
        while (bytes--)
                f->bytes[f->len++] = (uint8_t)(value >> (8 * bytes));
}

static void put_host_order(struct frame *f, uint32_t value)
{
        memcpy(f->bytes + f->len, &value, sizeof(value));
        f->len += sizeof(value);
}

static uint16_t header_sum(const uint8_t *header)
{
        uint32_t sum = 0;

        for (unsigned i = 0; i < 20; i += 2)
                sum += (uint32_t)header[i] << 8 | header[i + 1];
        sum = (sum & UINT16_MAX) + (sum >> 16);
        return (uint16_t) ~((sum & UINT16_MAX) + (sum >> 16));
}

static void make_frame(struct frame *f, const struct flow *flow, unsigned n, size_t size)
{
        bool back = n % 2 && flow->packets_in;
        const struct ip_address *from = back ? &flow->destination : &flow->source;
        const struct ip_address *to = back ? &flow->source : &flow->destination;
        uint16_t ports[2] = { flow->source_port, flow->destination_port };
        uint8_t *ip = f->bytes + 16 + ETHERNET_BYTES;
        uint16_t sum;

        memset(f, 0, sizeof(*f));
        put_host_order(f, (uint32_t)(flow->begin / SECOND_MS));
        put_host_order(f, (uint32_t)(flow->begin % SECOND_MS * 1000));
        put_host_order(f, (uint32_t)size);
        put_host_order(f, (uint32_t)size);
        put_number(f, 0x02, 6);
        put_number(f, 0x04, 6);
        put_number(f, 0x0800, 2);
        put_number(f, 0x4500, 2);
        put_number(f, size - ETHERNET_BYTES, 2);
        put_number(f, n, 2);
        put_number(f, 0x4000, 2);
        put_number(f, 64 << 8 | flow->protocol, 2);
        put_number(f, 0, 2);
        put_number(f, ip_address_v4(from), 4);
        put_number(f, ip_address_v4(to), 4);
        put_number(f, ports[back], 2);
        put_number(f, ports[!back], 2);
        if (flow->protocol == PACKET_UDP) {
                put_number(f, size - ETHERNET_BYTES - 20, 2);
        } else {
                put_number(f, n * 1000, 4);
                put_number(f, n * 1000, 4);
                put_number(f, n ? 0x5010 : 0x5002, 2);
        }
        sum = header_sum(ip);
        ip[10] = (uint8_t)(sum >> 8);
        ip[11] = (uint8_t)sum;
        f->len = 16 + size;
}

static int capture(uint64_t packets, const char *path)
{
        static const uint32_t header[6] = { 0xa1b2c3d4U, 2 | 4 << 16, 0, 0, 65535, 1 };
        struct generator_shape shape = generator_office;
        AUTO(flow_generator_free_at) struct flow_generator *g = NULL;
        FILE *out = fopen(path, "we");
        struct frame frame;
        struct flow f;
        int err = 0;

        shape.flows = packets;
        if (!out || fwrite(header, sizeof(header), 1, out) != 1)
                err = ERR_IO;
        if (!err)
                err = flow_generator_new(&g, &shape);
        while (!err && packets && flow_generator_next(&f, g)) {
                uint64_t all = f.packets_out + f.packets_in;
                uint64_t mean = (f.bytes_out + f.bytes_in) / (all ? all : 1) + ETHERNET_BYTES;
                size_t size = mean < FRAME_LEAST  ? (size_t)FRAME_LEAST
                              : mean > FRAME_MOST ? (size_t)FRAME_MOST
                                                  : (size_t)mean;

                for (unsigned n = 0; n < all && n < PACKETS_A_FLOW && packets && !err; n++) {
                        make_frame(&frame, &f, n, size);
                        packets--;
                        if (fwrite(frame.bytes, frame.len, 1, out) != 1)
                                err = ERR_IO;
                }
        }
        if (out && fclose(out))
                err = ERR_IO;
        return err;
}

int main(int argc, char **argv)
{
        struct generator_shape shape;
        int err = ERR_UNSUPPORTED;

        if (argc >= 4 && strcmp(argv[1], "import") == 0) {
                shape = shape_of(argv[3], argc > 4 ? argv[4] : NULL);
                err = import(argv[2], &shape);
        } else if (argc == 4 && strcmp(argv[1], "list") == 0) {
                shape = shape_of(argv[2], NULL);
                err = list(&shape, (uint32_t)strtoul(argv[3], NULL, 10));
        } else if (argc >= 4 && strcmp(argv[1], "hunt") == 0) {
                err = hunt(argv[2], argv[3], argc > 4 && strcmp(argv[4], "brief") == 0);
        } else if (argc == 4 && strcmp(argv[1], "set") == 0) {
                err = write_set(argv[2], argv[3]);
        } else if (argc == 4 && strcmp(argv[1], "netflow") == 0) {
                shape = shape_of(argv[2], NULL);
                err = send_flows(&shape, (uint16_t)strtoul(argv[3], NULL, 10));
        } else if (argc == 4 && strcmp(argv[1], "capture") == 0) {
                err = capture(strtoull(argv[2], NULL, 10), argv[3]);
        } else if (argc >= 3 && strcmp(argv[1], "rows") == 0) {
                shape = shape_of(argv[2], argc > 3 ? argv[3] : NULL);
                err = rows(&shape);
        }
        if (err)
                fprintf(stderr, "archive_bench: %s\n", err_text(err));
        return err ? 2 : 0;
}
