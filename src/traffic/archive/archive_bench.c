/* traffic/archive/archive_bench.c: the archive under the load of docs/bench.md.
 *   archive_bench import FOLDER FLOWS [DAYS]  makes an archive; says flows/s of CPU and bytes a
 * flow archive_bench list FLOWS N                addresses of a list against it, one a line
 *   archive_bench hunt FOLDER SET [TIMES]     whole hunt; one line for each host and address
 *   archive_bench rows FLOWS [DAYS]           the same flows as tab-separated rows, for the peers
 * Without arguments: a small import and hunt, for `meson test --benchmark`.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"
#include "system/os/folder.h"
#include "traffic/archive/archive.h"
#include "traffic/archive/flow_generator.h"

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
        AUTO(archive_close_at) struct archive *a = NULL;
        AUTO(folder_close_at) struct folder *folder = NULL;
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

static int hunt(const char *path, const char *list_path, unsigned times)
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
        for (unsigned i = 0; i < times && !err; i++)
                err = archive_hunt(r, set, &(struct archive_question){ 0 },
                    (struct archive_hit_sink){ print_hit, &hits });
        fprintf(stderr, "hunt: set %.2f ms, open %.2f ms, hunt %.2f ms, %zu hits, damage: %s\n",
            (double)(loaded - begin) / 1e6, (double)(opened - loaded) / 1e6,
            (double)(nanoseconds(CLOCK_MONOTONIC) - opened) / 1e6 / (times ? times : 1), hits,
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
                err = hunt(argv[2], argv[3], argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 1);
        } else if (argc >= 3 && strcmp(argv[1], "rows") == 0) {
                shape = shape_of(argv[2], argc > 3 ? argv[3] : NULL);
                err = rows(&shape);
        }
        if (err)
                fprintf(stderr, "archive_bench: %s\n", err_text(err));
        return err ? 2 : 0;
}
