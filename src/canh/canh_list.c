/* canh/canh_list.c: `canh list show` and `canh list build`. SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/input.h"
#include "canh/list_arguments.h"
#include "canh/list_compare.h"
#include "canh/list_help.h"
#include "codec/json_write.h"
#include "codec/timestamp.h"
#include "indicators/lists/list_json.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
        FLUSH_BYTES = 1 << 16,
        LINE_MAX_BYTES = 8 << 20,
        PROGRESS_STEP = 4096,
        PROGRESS_EVERY_MS = 200,
        BAR_WIDTH = 20,
        REASONS_SHOWN = 20
};

struct list_job {
        const struct list_arguments *arguments;
        enum language l;
        const char *file;
        struct buffer out;
        struct indicator_builder *builder; /* NULL: show */
        bool headed;
        size_t rows, reasons;
        struct list_counts total;
        time_ms shown_at;
        bool progress;
        size_t file_number; /* from 1 */
        uint64_t bytes_all, bytes_read;
};

static void flush(struct list_job *job)
{
        if (job->out.len)
                (void)fwrite(job->out.data, 1, job->out.len, stdout);
        buffer_clear(&job->out);
}

/* After the first moments, on a terminal: how far by bytes of whole files, and the rows. */
static void show_progress(struct list_job *job)
{
        static const char bar[] = "####################", gap[] = "....................";
        time_ms now;
        int done;

        if (++job->rows % PROGRESS_STEP || !isatty(STDERR_FILENO))
                return;
        now = clock_steady(&clock_real);
        if (now - job->shown_at < PROGRESS_EVERY_MS)
                return;
        job->shown_at = now;
        job->progress = true;
        done = job->bytes_all ? (int)(job->bytes_read * BAR_WIDTH / job->bytes_all) : 0;
        done = done > BAR_WIDTH ? BAR_WIDTH : done;
        (void)fprintf(stderr,
            say(job->l, "\r[%.*s%.*s] tệp %zu/%zu, %zu dòng đã đọc ",
                "\r[%.*s%.*s] file %zu/%zu, %zu rows read "),
            done, bar, BAR_WIDTH - done, gap, job->file_number, job->arguments->file_count,
            job->rows);
}

static void end_progress(struct list_job *job)
{
        if (job->progress)
                (void)fprintf(stderr, "\r\033[K");
        job->progress = false;
}

static int add_heading(struct list_job *job, const char *vi, const char *en)
{
        if (job->headed)
                return 0;
        job->headed = true;
        return buffer_add_text(&job->out, say(job->l, vi, en));
}

static const char *day_or_dash(char out[TIMESTAMP_TEXT_MAX], time_ms at)
{
        if (!at)
                return "-";
        return timestamp_write_day(out, at, ZONE_VIETNAM_MINUTES);
}

static int table_indicator(struct list_job *job, const struct indicator *i)
{
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX], confidence[8] = "-";
        int err = add_heading(job,
            "LOẠI        GIÁ TRỊ                        TIN LẦN ĐẦU    LẦN CUỐI   MÃ ĐỘC\n",
            "TYPE        VALUE                          TRU FIRST SEEN LAST SEEN  MALWARE\n");

        if (err)
                return err;
        if (i->confidence)
                (void)snprintf(confidence, sizeof(confidence), "%d", i->confidence);
        return buffer_add_format(&job->out, "%-11s %-30.*s %3s %-10s %-10s %.*s\n",
            indicator_type_name(i->type), TEXT_ARGS(i->value), confidence,
            day_or_dash(first, i->first_seen), day_or_dash(last, i->last_seen),
            TEXT_ARGS(i->family));
}

static int on_indicator(void *state, const struct indicator *indicator)
{
        struct list_job *job = state;
        int err;

        show_progress(job);
        if (job->builder)
                return indicator_builder_add(job->builder, indicator);
        if (job->arguments->json) {
                err = list_json_indicator(&job->out, indicator);
                if (!err)
                        err = buffer_add_byte(&job->out, '\n');
        } else {
                err = table_indicator(job, indicator);
        }
        if (job->out.len > FLUSH_BYTES)
                flush(job);
        return err;
}

static int table_victim(struct list_job *job, const struct victim *v)
{
        char seen[TIMESTAMP_TEXT_MAX] = "-", source[IP_TEXT_MAX], control[IP_TEXT_MAX] = "";
        int err = add_heading(job,
            "THỜI GIAN (+07:00)  ĐỊA CHỈ CỦA MÌNH CỔNG  MÁY CHỦ ĐIỀU KHIỂN   MÃ ĐỘC\n",
            "SEEN AT (+07:00)    OUR ADDRESS      PORT  CONTROL SERVER       MALWARE\n");
        struct text host = v->cc_host;

        if (err)
                return err;
        if (v->seen_at)
                (void)timestamp_write_local(seen, v->seen_at, ZONE_VIETNAM_MINUTES);
        if (v->has_cc_ip)
                host = text_of(ip_address_write(control, &v->cc_ip));
        err = buffer_add_format(
            &job->out, "%-19s %-16s ", seen, ip_address_write(source, &v->src_ip));
        if (!err)
                err = v->src_port >= 0 ? buffer_add_format(&job->out, "%-5d ", v->src_port)
                                       : buffer_add_text(&job->out, "-     ");
        return err ? err
                   : buffer_add_format(
                         &job->out, "%-20.*s %.*s\n", TEXT_ARGS(host), TEXT_ARGS(v->malware));
}

static int on_victim(void *state, const struct victim *victim)
{
        struct list_job *job = state;
        int err;

        show_progress(job);
        if (job->builder)
                return ERR_UNSUPPORTED; /* a victim never gets into a set */
        if (job->arguments->json) {
                err = list_json_victim(&job->out, victim);
                if (!err)
                        err = buffer_add_byte(&job->out, '\n');
        } else {
                err = table_victim(job, victim);
        }
        if (job->out.len > FLUSH_BYTES)
                flush(job);
        return err;
}

/* A rule of our own ("private", "ours") is told by the reason already. */
static bool is_warning_list(const struct list_arguments *a, struct text name)
{
        for (size_t i = 0; i < a->options.warnings_count; i++)
                if (text_is(name, warning_list_name(a->warnings[i])))
                        return true;
        return false;
}

static int report(struct list_job *job, const char *kind, const struct list_reason *reason)
{
        const char *why = say(job->l, reason->vi, reason->en);

        end_progress(job);
        if (job->arguments->json) {
                AUTO(buffer_done) struct buffer line = BUFFER(LINE_MAX_BYTES);
                int err = list_json_reason(&line, kind, reason);
                if (!err)
                        (void)fprintf(stderr, "%s\n", line.data);
                return err;
        }
        if (job->builder && ++job->reasons > REASONS_SHOWN)
                return 0; /* build speaks of totals; show lists them all */
        (void)fprintf(stderr,
            say(job->l, "%s: dòng %zu: \"%.*s\": %s", "%s: line %zu: \"%.*s\": %s"), job->file,
            reason->line, TEXT_ARGS(reason->read), why);
        if (is_warning_list(job->arguments, reason->list))
                (void)fprintf(stderr, " [%.*s]", TEXT_ARGS(reason->list));
        (void)fputc('\n', stderr);
        return 0;
}

static int on_refused(void *state, const struct list_reason *reason)
{
        return report(state, "refused", reason);
}

static int on_warned(void *state, const struct list_reason *reason)
{
        return report(state, "warned", reason);
}

static void add_counts(struct list_counts *total, const struct list_counts *c)
{
        total->read += c->read;
        total->good += c->good;
        total->duplicate += c->duplicate;
        total->refused += c->refused;
        total->warned += c->warned;
}

static void say_summary(const struct list_job *job, const struct list_summary *s)
{
        const struct list_counts *c = &s->counts;

        (void)fprintf(stderr,
            say(job->l,
                "%s: định dạng %s, %s, %s%s: đọc %zu = dùng được %zu + trùng %zu + bị loại %zu + "
                "bị cảnh báo %zu\n",
                "%s: format %s, %s, %s%s: read %zu = good %zu + duplicate %zu + refused %zu + "
                "warned %zu\n"),
            job->file, s->format, s->encoding,
            s->kind == LIST_KIND_VICTIM ? say(job->l, "nạn nhân", "victims")
                                        : say(job->l, "dấu hiệu nhận biết", "indicators"),
            s->kind_sure ? ""
                         : say(job->l, " (chưa chắc, dùng --kind để xác định)",
                               " (not sure, say it with --kind)"),
            c->read, c->good, c->duplicate, c->refused, c->warned);
}

/* The same for programs, as the last line of the file on standard error. */
static int write_summary(const struct list_summary *s)
{
        AUTO(buffer_done) struct buffer line = BUFFER(LINE_MAX_BYTES);
        int err = buffer_add_text(&line, "{\"kind\":\"summary\"");

        if (!err)
                err = json_add_text_member(&line, "format", text_of(s->format));
        if (!err)
                err = json_add_text_member(&line, "encoding", text_of(s->encoding));
        if (!err)
                err = json_add_text_member(&line, "rows", text_of(list_kind_name(s->kind)));
        if (!err)
                err = buffer_add_text(&line, s->kind_sure ? ",\"sure\":true" : ",\"sure\":false");
        if (!err)
                err = json_add_name(&line, "counts");
        if (!err)
                err = list_json_counts(&line, &s->counts);
        if (!err)
                (void)fprintf(stderr, "%s}\n", line.data);
        return err;
}

static int refuse_victims(const struct list_job *job, const struct list_summary *s)
{
        if (!job->builder || s->kind != LIST_KIND_VICTIM)
                return 0;
        (void)fprintf(stderr, "canh: %s: %s\n", job->file,
            say(job->l,
                "đây là danh sách nạn nhân (địa chỉ của mình): không đưa vào bộ dấu hiệu nhận "
                "biết; nếu nhầm, "
                "dùng --kind indicator",
                "this is a victim list (our own addresses): it does not go into a set; if that is "
                "wrong, say --kind indicator"));
        return ERR_UNSUPPORTED;
}

static int read_list(
    struct list_job *job, struct list_summary *summary, struct text bytes, struct parse_error *bad)
{
        struct list_sink sink = { on_indicator, on_victim, on_refused, on_warned, job };
        struct list_options options = job->arguments->options;
        struct list_mapping map[ARGUMENT_MAP_MAX];
        int err;

        options.file_name = text_of(strcmp(job->file, "-") ? job->file : "stdin");
        err = list_arguments_map(map, job->arguments, bytes, bad);
        if (err)
                return err;
        options.map = map;
        options.map_count = job->arguments->map_count;
        return list_read(summary, bytes, &options, &sink, bad);
}

static int one_file(struct list_job *job, const char *path)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(LIST_BYTES_MAX);
        AUTO(list_summary_free_at) struct list_summary *summary = NULL;
        struct parse_error bad = { 0 };
        int err = list_summary_new(&summary);

        job->file = path;
        if (!err)
                err = input_read(&bytes, path);
        if (!err)
                err = read_list(job, summary, (struct text){ bytes.data, bytes.len }, &bad);
        end_progress(job);
        flush(job);
        if (err && refuse_victims(job, summary))
                return err;
        if (err) {
                input_complain(job->l, path, err, &bad);
                return err;
        }
        if (refuse_victims(job, summary))
                return ERR_UNSUPPORTED;
        if (job->arguments->json)
                err = write_summary(summary);
        else
                say_summary(job, summary);
        add_counts(&job->total, &summary->counts);
        return err;
}

static int all_files(struct list_job *job)
{
        int first = 0;

        job->shown_at = clock_steady(&clock_real);
        for (size_t i = 0; i < job->arguments->file_count; i++)
                job->bytes_all += input_size(job->arguments->files[i]);
        for (size_t i = 0; i < job->arguments->file_count; i++) {
                int err;
                job->file_number = i + 1;
                err = one_file(job, job->arguments->files[i]);
                job->bytes_read += input_size(job->arguments->files[i]);
                if (err && !first)
                        first = err;
                if (err && job->builder)
                        break; /* a set is built of all its lists or not at all */
        }
        return first;
}

static int exit_code(const struct list_job *job, int err)
{
        if (err || fflush(stdout) || ferror(stdout))
                return COMMAND_FAILED;
        return job->total.refused + job->total.warned ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}

static int show(const struct list_arguments *a, enum language l)
{
        struct list_job job = { .arguments = a, .l = l, .out = BUFFER(LINE_MAX_BYTES) };
        int err = all_files(&job);

        buffer_done(&job.out);
        return exit_code(&job, err);
}

static void say_set(const struct list_job *job, const struct indicator_set *set)
{
        struct indicator_counts c;

        indicator_set_count(&c, set);
        if (job->arguments->json) {
                (void)printf("{\"total\":%zu,\"bytes\":%zu", c.total, c.bytes);
                for (unsigned i = 0; i < INDICATOR_TYPES; i++)
                        (void)printf(
                            ",\"%s\":%zu", indicator_type_name((enum indicator_type)i), c.of[i]);
                (void)printf("}\n");
                return;
        }
        (void)printf(say(job->l, "%s: %zu dấu hiệu nhận biết, %zu byte\n",
                         "%s: %zu indicators, %zu bytes\n"),
            job->arguments->output, c.total, c.bytes);
        for (unsigned i = 0; i < INDICATOR_TYPES; i++)
                if (c.of[i])
                        (void)printf(
                            "  %-11s %zu\n", indicator_type_name((enum indicator_type)i), c.of[i]);
}

static int build(const struct list_arguments *a, enum language l)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        struct list_job job = { .arguments = a, .l = l, .out = BUFFER(LINE_MAX_BYTES) };
        int err = a->output ? indicator_builder_new(&builder, BUILDER_INDICATORS_MAX) : ERR_FORMAT;

        if (!a->output)
                (void)fprintf(
                    stderr, "canh list build: %s\n", say(l, "thiếu -o TỆP", "-o FILE is missing"));
        job.builder = builder;
        if (!err)
                err = all_files(&job);
        buffer_done(&job.out);
        if (err)
                return COMMAND_FAILED;
        err = indicator_builder_finish(&set, builder);
        if (!err)
                err = output_write(a->output, indicator_set_bytes(set));
        if (err) {
                input_complain(l, a->output, err, NULL);
                return COMMAND_FAILED;
        }
        say_set(&job, set);
        return exit_code(&job, 0);
}

static int run(int argc, char **argv, enum language l)
{
        AUTO(list_arguments_done) struct list_arguments a = { 0 };

        if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
                return list_help(stdout, l), COMMAND_NOTHING_FOUND;
        if (argc < 2 || (strcmp(argv[1], "show") != 0 && strcmp(argv[1], "build") != 0 &&
                            strcmp(argv[1], "compare") != 0)) {
                (void)fprintf(stderr, "%s\n",
                    say(l,
                        "canh list: cần show, build hoặc compare\n"
                        "  canh list show TỆP…          xem từng dòng được hiểu thế nào\n"
                        "  canh list build TỆP… -o BỘ   làm bộ dấu hiệu nhận biết (IoC)\n"
                        "  canh list compare CŨ MỚI     cái gì mới, còn, hết\n"
                        "  canh list --help             mọi tùy chọn, định dạng, ví dụ",
                        "canh list: show, build or compare is needed\n"
                        "  canh list show FILE…           how each row is understood\n"
                        "  canh list build FILE… -o SET   makes a set of indicators\n"
                        "  canh list compare OLD NEW      what is new, still there, gone\n"
                        "  canh list --help               all options, formats, examples"));
                return COMMAND_FAILED;
        }
        for (int i = 2; i < argc; i++)
                if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
                        return list_help(stdout, l), COMMAND_NOTHING_FOUND;
        if (list_arguments_take(&a, argc - 2, argv + 2, l))
                return COMMAND_FAILED;
        if (strcmp(argv[1], "compare") == 0)
                return list_compare(&a, l);
        return strcmp(argv[1], "show") == 0 ? show(&a, l) : build(&a, l);
}

extern const struct command command_list;
const struct command command_list = { .name = "list",
        .vi = "xem và biên dịch danh sách dấu hiệu nhận biết (IoC), danh sách nạn nhân",
        .en = "show and compile lists of indicators and of victims",
        .run = run };
