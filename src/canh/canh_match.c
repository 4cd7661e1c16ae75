/* canh/canh_match.c: captures, exports of flows and logs against an indicator set; one line of
 * JSON, or one row of a table, for each flow and indicator. The steps, joined: of a capture
 * traffic/capture -> traffic/decode -> traffic/match, of all else flows_pipeline -> match_facts ->
 * traffic/match; then standard output. One set and one input in memory at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/command.h"
#include "canh/flows_pipeline.h"
#include "canh/input.h"
#include "canh/input_stream.h"
#include "canh/match_facts.h"
#include "canh/set_input.h"

#include "base/language.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_set.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/packet_each.h"
#include "traffic/match/match_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS_EVERY = 1 << 17 };

struct run {
        struct indicator_set *set;
        enum language language;
        bool json, found, failed, head_shown;
        const char *as;
        int zone_minutes;
        uint64_t packets, skipped, facts, refused;
};

static void complain(const struct run *r, const char *path, const char *vi, const char *en)
{
        (void)fprintf(stderr, "canh match: %s: %s\n", path, say(r->language, vi, en));
}

static void complain_err(const struct run *r, const char *path, int err)
{
        complain(r, path, input_reason(LANGUAGE_VI, err), input_reason(LANGUAGE_EN, err));
}

static void complain_bad(const struct run *r, const char *path, const struct parse_error *bad)
{
        if (bad->line)
                (void)fprintf(stderr, "canh match: %s: %s %zu: %s\n", path,
                    say(r->language, "gói", "packet"), bad->line,
                    say(r->language, bad->why_vi, bad->why_en));
        else
                complain(r, path, bad->why_vi, bad->why_en);
}

static int show_json(const struct packet_match_record *record, const char *input)
{
        AUTO(json_free_at) json_t *json = NULL;
        int err = match_json(&json, record);

        if (!err && json_object_set_new(json, "input", json_string(input)))
                err = json_object_set_new(json, "input", json_string("?"))
                          ? ERR_MEMORY
                          : 0; /* a name not in UTF-8 */
        if (!err && (json_dumpf(json, stdout, JSON_COMPACT) || putchar('\n') == EOF))
                err = ERR_IO;
        return err;
}

static int show_row(struct run *r, const struct packet_match_record *record, const char *input)
{
        char at[TIMESTAMP_TEXT_MAX], source[IP_TEXT_MAX], destination[IP_TEXT_MAX];
        struct text value = indicator_view_value(&record->indicator);
        int n;

        if (!r->head_shown)
                (void)printf("%-20s %-24s %-24s %-7s %-32s %-14s %s\n",
                    say(r->language, "lúc (UTC)", "at (UTC)"), say(r->language, "nguồn", "source"),
                    say(r->language, "đích", "destination"), say(r->language, "ở", "in"),
                    say(r->language, "dấu hiệu", "indicator"), say(r->language, "họ", "family"),
                    say(r->language, "danh sách · tệp", "list · input"));
        r->head_shown = true;
        n = printf("%-20s %-24s %-24s %-7s %-32.*s %-14.*s %.*s · %s\n",
            timestamp_write(at, record->at), ip_address_write(source, &record->source),
            ip_address_write(destination, &record->destination), packet_place_name(record->place),
            TEXT_ARGS(value), TEXT_ARGS(record->indicator.family),
            TEXT_ARGS(record->indicator.source), input);
        return n < 0 ? ERR_IO : 0;
}

static int show_all(struct run *r, const struct packet_match *match, const char *input)
{
        int err = 0;

        for (size_t i = 0; i < packet_match_count(match) && !err; i++) {
                const struct packet_match_record *record = packet_match_at(match, i);
                err = r->json ? show_json(record, input) : show_row(r, record, input);
                r->found = true;
        }
        if (packet_match_left_out(match))
                (void)fprintf(stderr, "canh match: %s: %" PRIu64 " %s\n", input,
                    packet_match_left_out(match),
                    say(r->language, "kết quả nữa không hiển thị", "more matches are not shown"));
        return err;
}

static void show_progress(const struct run *r)
{
        if (r->packets % PROGRESS_EVERY == 0 && isatty(STDERR_FILENO))
                (void)fprintf(
                    stderr, "\r%" PRIu64 " %s", r->packets, say(r->language, "gói", "packets"));
}

/* CLOSED at a clean end. */
static int read_packets(struct run *r, struct capture_file *capture, struct packet_match *match,
    struct parse_error *bad)
{
        struct packet_sink sink = packet_match_sink(match);
        struct capture_packet packet;
        int err;

        while ((err = capture_file_next(&packet, capture, bad)) == 0) {
                r->packets++;
                show_progress(r);
                err = packet_each(packet.at, packet.link_type, packet.bytes, sink);
                if (err == ERR_FORMAT || err == ERR_UNSUPPORTED)
                        r->skipped++;
                else if (err)
                        break;
        }
        return err;
}

static int match_capture(
    struct run *r, struct input_stream *in, struct packet_match *match, struct parse_error *bad)
{
        AUTO(capture_file_close_at) struct capture_file *capture = NULL;
        FILE *stream = input_stream_file(in);
        int err = stream ? capture_file_open_own(&capture, stream, bad) : ERR_MEMORY;

        if (!err)
                err = read_packets(r, capture, match, bad);
        return err == ERR_CLOSED ? input_stream_error(in) : err;
}

static int match_facts(
    struct run *r, struct input_stream *in, struct packet_match *match, struct parse_error *bad)
{
        AUTO(mem_free_at) struct flows_report *report = mem_zero(1, sizeof(*report));
        struct flows_pipeline pipeline = { .as = r->as,
                .zone_minutes = r->zone_minutes,
                .now = clock_now(&clock_real),
                .sink = match_facts_sink(match) };
        int err = report ? flows_pipeline_run(report, &pipeline, in, bad) : ERR_MEMORY;

        (void)flows_pipeline_done(&pipeline);
        if (report) {
                r->facts += report->flows + report->names;
                r->refused += flows_report_faults(report);
        }
        if (err == ERR_UNSUPPORTED && !bad->why_en[0])
                (void)parse_error_set(bad, 0,
                    "không nhận ra định dạng; hãy nêu bằng --as (xem: canh flows --help)",
                    "the format is not known; name it with --as (see: canh flows --help)");
        return err;
}

/* What was found before an input breaks off is shown, and the exit code still says that it broke
 * off. */
static int match_file(struct run *r, struct input_stream *in)
{
        AUTO(packet_match_free_at) struct packet_match *match = NULL;
        struct parse_error bad = { 0 };
        const char *name = input_stream_name(in);
        int err = packet_match_new(&match, r->set, PACKET_MATCH_RECORDS_MAX), shown;

        if (!err && !r->as && flows_is_capture(input_stream_head(in)))
                err = match_capture(r, in, match, &bad);
        else if (!err)
                err = match_facts(r, in, match, &bad);
        shown = match ? show_all(r, match, name) : 0;
        if (!err)
                return shown;
        if (bad.why_en[0])
                complain_bad(r, name, &bad);
        else
                complain_err(r, name, err);
        return err;
}

static int match_input(struct run *r, const char *path)
{
        AUTO(input_stream_close_at) struct input_stream *in = NULL;
        int err = input_stream_open(&in, path), worst = 0;

        if (err) {
                input_complain(r->language, path, err, NULL);
                return err;
        }
        while ((err = input_stream_next(in)) == 0) {
                err = match_file(r, in);
                worst = err ? err : worst;
        }
        if (err != ERR_CLOSED)
                complain(r, path, "tệp nén bị hỏng hoặc bị cắt cụt",
                    "the packed file is damaged or cut");
        return err == ERR_CLOSED ? worst : err;
}

static int usage(enum language language)
{
        (void)fprintf(stderr, "%s\n",
            say(language,
                "Cách dùng: canh match BỘ TỆP… [--as LOẠI] [--zone +07:00] [--json]\n"
                "Đối chiếu bản ghi lưu lượng (pcap, pcapng), NetFlow, IPFIX và nhật ký với bộ dấu\n"
                "hiệu nhận biết của `canh list build`. Tệp có thể là tệp nén; - là đầu vào chuẩn.\n"
                "LOẠI: xem `canh flows --help`.",
                "Usage: canh match SET INPUT… [--as KIND] [--zone +07:00] [--json]\n"
                "Checks captures (pcap, pcapng), NetFlow, IPFIX and logs against an indicator set\n"
                "of `canh list build`. Inputs may be packed; - is standard input.\n"
                "KIND: see `canh flows --help`."));
        return COMMAND_FAILED;
}

struct words {
        const char *set, **inputs;
        size_t input_count;
};

static int take_words(struct words *w, struct run *r, int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                bool has_value = i + 1 < argc;
                if (strcmp(argv[i], "--json") == 0)
                        r->json = true;
                else if (strcmp(argv[i], "--as") == 0 && has_value)
                        r->as = argv[++i];
                else if (strcmp(argv[i], "--zone") == 0 && has_value &&
                         zone_parse(&r->zone_minutes, text_of(argv[i + 1])) == 0)
                        i++;
                else if (argv[i][0] == '-' && argv[i][1])
                        return ERR_FORMAT;
                else if (!w->set)
                        w->set = argv[i];
                else
                        w->inputs[w->input_count++] = argv[i];
        }
        return w->input_count ? 0 : ERR_FORMAT;
}

static void say_total(const struct run *r)
{
        (void)fprintf(stderr, "%" PRIu64 " %s, %" PRIu64 " %s", r->packets,
            say(r->language, "gói", "packets"), r->skipped,
            say(r->language, "gói không có IP", "without IP"));
        if (r->facts || r->refused)
                (void)fprintf(stderr,
                    say(r->language,
                        "; %" PRIu64 " luồng và tên từ nhật ký hoặc NetFlow, loại %" PRIu64,
                        "; %" PRIu64 " flows and names of logs or NetFlow, refused %" PRIu64),
                    r->facts, r->refused);
        (void)fprintf(stderr, "\n");
}

static int run(int argc, char **argv, enum language language)
{
        struct run r = { .language = language, .zone_minutes = ZONE_VIETNAM_MINUTES };
        AUTO(mem_free_at) const char **inputs = mem_zero((size_t)argc + 1, sizeof(*inputs));
        struct words w = { .inputs = inputs };

        if (!inputs || take_words(&w, &r, argc, argv))
                return usage(r.language);
        if (set_input_load(&r.set, w.set, language))
                return COMMAND_FAILED;
        for (size_t i = 0; i < w.input_count; i++)
                r.failed |= match_input(&r, w.inputs[i]) != 0;
        r.set = indicator_set_free(r.set);
        if (fflush(stdout))
                r.failed = true;
        if (!r.json)
                say_total(&r);
        return r.failed ? COMMAND_FAILED : r.found ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}

extern const struct command command_match;
const struct command command_match = { .name = "match",
        .vi = "đối chiếu bản ghi lưu lượng, nhật ký với bộ dấu hiệu nhận biết",
        .en = "check captures, flows and logs against an indicator set",
        .run = run };
