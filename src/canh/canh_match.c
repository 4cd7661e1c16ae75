/* canh/canh_match.c: capture files against an indicator set; one line of JSON, or one row of a
 * table, for each flow and indicator. The steps, joined: traffic/capture -> traffic/decode ->
 * traffic/match -> standard output. One set and one input in memory at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/command.h"

#include "base/language.h"
#include "base/mem.h"
#include "canh/input.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_set.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/packet_each.h"
#include "traffic/match/match_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum exit_code { EXIT_NOTHING = 0, EXIT_FOUND = 1, EXIT_FAILED = 2, PROGRESS_EVERY = 1 << 17 };

struct run {
        struct indicator_set *set;
        enum language language;
        bool json, found, failed, head_shown;
        uint64_t packets, skipped;
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

static int read_whole(struct buffer *out, FILE *f)
{
        char piece[65536];
        int err = 0;

        for (size_t n = fread(piece, 1, sizeof(piece), f); n && !err;
             n = fread(piece, 1, sizeof(piece), f))
                err = buffer_add(out, piece, n);
        return err ? err : ferror(f) ? ERR_IO : 0;
}

static int load_set(struct run *r, const char *path)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        struct parse_error bad = { 0 };
        FILE *f = fopen(path, "rbe");
        int err;

        if (!f) {
                complain_err(r, path, err_from_errno(errno));
                return ERR_MISSING;
        }
        err = read_whole(&bytes, f);
        (void)fclose(f);
        if (!err)
                err = indicator_set_parse(&r->set, (struct text){ bytes.data, bytes.len }, &bad);
        if (err && bad.why_en[0])
                complain_bad(r, path, &bad);
        else if (err)
                complain_err(r, path, err);
        return err;
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

/* What was found before a capture breaks off is shown, and the exit code still says that it broke
 * off. */
static int match_stream_own(struct run *r, FILE *stream, const char *path)
{
        AUTO(capture_file_close_at) struct capture_file *capture = NULL;
        AUTO(packet_match_free_at) struct packet_match *match = NULL;
        struct parse_error bad = { 0 };
        int err = capture_file_open_own(&capture, stream, &bad), shown;

        if (!err)
                err = packet_match_new(&match, r->set, PACKET_MATCH_RECORDS_MAX);
        if (!err)
                err = read_packets(r, capture, match, &bad);
        shown = match ? show_all(r, match, path) : 0;
        if (err == ERR_CLOSED)
                return shown;
        if (bad.why_en[0])
                complain_bad(r, path, &bad);
        else
                complain_err(r, path, err);
        return err;
}

static int match_input(struct run *r, const char *path)
{
        FILE *f = strcmp(path, "-") == 0 ? fdopen(dup(STDIN_FILENO), "rb") : fopen(path, "rbe");

        if (!f) {
                complain_err(r, path, err_from_errno(errno));
                return ERR_MISSING;
        }
        return match_stream_own(r, f, path);
}

static int usage(enum language language)
{
        (void)fprintf(stderr, "%s\n",
            say(language,
                "Cách dùng: canh match BỘ TỆP… [--json]\n"
                "Đối chiếu bản ghi lưu lượng (pcap, pcapng; - là đầu vào chuẩn) với bộ dấu hiệu "
                "nhận biết của "
                "`canh list build`.",
                "Usage: canh match SET INPUT… [--json]\n"
                "Checks captures (pcap, pcapng; - is standard input) against an indicator set of "
                "`canh list build`."));
        return EXIT_FAILED;
}

static int run(int argc, char **argv, enum language language)
{
        struct run r = { .language = language };
        const char *set_path = NULL;
        size_t inputs = 0;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0)
                        r.json = true;
                else if (argv[i][0] == '-' && argv[i][1])
                        return usage(r.language);
                else if (!set_path)
                        set_path = argv[i];
                else
                        inputs++;
        }
        if (!inputs)
                return usage(r.language);
        if (load_set(&r, set_path))
                return EXIT_FAILED;
        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], "--json") != 0 && argv[i] != set_path &&
                    match_input(&r, argv[i]))
                        r.failed = true;
        (void)indicator_set_free(r.set);
        if (fflush(stdout))
                r.failed = true;
        if (!r.json)
                (void)fprintf(stderr, "%" PRIu64 " %s, %" PRIu64 " %s\n", r.packets,
                    say(r.language, "gói", "packets"), r.skipped,
                    say(r.language, "gói không có IP", "without IP"));
        return r.failed ? EXIT_FAILED : r.found ? EXIT_FOUND : EXIT_NOTHING;
}

extern const struct command command_match;
const struct command command_match = { .name = "match",
        .vi = "đối chiếu bản ghi lưu lượng với bộ dấu hiệu nhận biết",
        .en = "check captures against an indicator set",
        .run = run };
