/* canh/canh_flows_trace.c: `canh flows trace`: which machine stood behind a public address. The
 * archive, and a NAT log that is named, are the facts of traffic/trace.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "canh/command.h"
#include "canh/flows_archive.h"
#include "canh/flows_pipeline.h"
#include "canh/flows_verbs.h"
#include "canh/input.h"
#include "canh/input_stream.h"
#include "codec/json_write.h"
#include "codec/timestamp.h"
#include "system/os/folder.h"
#include "traffic/trace/ranges_parse.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROWS_MAX = 4 << 20, LINE_MAX = 16 << 10, CANDIDATES_SHOWN = 10, HARDWARE_TEXT_MAX = 18 };

struct trace {
        struct flows_arguments *a;
        struct archive_reader *reader;
        struct folder *folder;
        struct translation *rows; /* of --nat, near the moment */
        size_t row_count, row_room;
        struct address_ranges ranges; /* of --ranges */
        struct address_tenure tenure; /* of the public address at the moment, by these */
};

/* The archive as a source of facts. */

static int each(const struct trace *t, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        struct ip_prefix whole = { .bits = 128 };
        struct archive_question q = { .since = since, .until = until };

        if (end) {
                whole.base = *end;
                q.addresses = &whole;
                q.address_count = 1;
        }
        return archive_each(t->reader, &q, sink);
}

static int each_flow(void *state, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        return each(state, since, until, end, sink);
}

static int each_translation(void *state, time_ms since, time_ms until,
    const struct ip_address *outer, struct traffic_sink sink)
{
        const struct trace *t = state;
        int err = each(t, since, until, outer, sink);

        for (size_t i = 0; i < t->row_count && !err; i++)
                err = traffic_sink_translation(&sink, &t->rows[i]);
        return err;
}

static int each_lease(void *state, time_ms since, time_ms until, struct traffic_sink sink)
{
        return each(state, since, until, NULL, sink);
}

static bool is_internal(void *state, const struct ip_address *address)
{
        const struct trace *t = state;

        return flow_top_is_own(t->a->own, t->a->own_count, address);
}

/* The NAT log that is named. */

static int take_row(void *state, const struct translation *row)
{
        struct trace *t = state;

        if (ip_address_compare(&row->outer, &t->a->question.outer))
                return 0;
        if (t->row_count == t->row_room) {
                size_t room = t->row_room ? t->row_room * 2 : 1024;
                struct translation *grown = room > ROWS_MAX
                                                ? NULL
                                                : mem_grow(t->rows, room, sizeof(*grown));
                if (!grown)
                        return room > ROWS_MAX ? ERR_LIMIT : ERR_MEMORY;
                t->rows = grown;
                t->row_room = room;
        }
        t->rows[t->row_count++] = *row;
        return 0;
}

static int read_nat_log(struct trace *t)
{
        AUTO(input_stream_close_at) struct input_stream *in = NULL;
        AUTO(mem_free_at) struct flows_report *report = mem_zero(1, sizeof(*report));
        const struct trace_question *q = &t->a->question;
        time_ms within = q->within ? q->within : TRACE_WITHIN_MS;
        struct flows_pipeline pipeline = { .since = q->at - within - DAY_MS,
                .until = q->at + within + 1,
                .zone_minutes = t->a->zone_minutes,
                .now = clock_now(&clock_real),
                .sink = { .take_translation = take_row, .state = t } };
        struct parse_error bad = { 0 };
        int err = report ? input_stream_open(&in, t->a->nat) : ERR_MEMORY;

        while (!err && (err = input_stream_next(in)) == 0) {
                err = flows_pipeline_run(report, &pipeline, in, &bad);
                if (!err && report->translations == 0)
                        (void)fprintf(stderr,
                            say(t->a->language,
                                "canh flows: %s: không có dòng NAT nào quanh thời điểm đó\n",
                                "canh flows: %s: has no NAT row around that time\n"),
                            input_stream_name(in));
        }
        (void)flows_pipeline_done(&pipeline);
        if (err == ERR_CLOSED)
                return 0;
        if (err == ERR_UNSUPPORTED && !bad.why_en[0])
                (void)parse_error_set(&bad, 0, "không nhận ra định dạng của nhật ký NAT",
                    "the format of the NAT log is not known");
        input_complain(t->a->language, t->a->nat, err, &bad);
        return err;
}

/* The ranges that are named: was the address ours at that time? */

static int read_ranges(struct trace *t)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(RANGES_BYTES_MAX);
        struct parse_error bad = { 0 };
        int err = file_read_path(&bytes, t->a->ranges);

        if (!err)
                err = ranges_parse(
                    &t->ranges, (struct text){ bytes.data ? bytes.data : "", bytes.len }, &bad);
        if (err) {
                input_complain(t->a->language, t->a->ranges, err, &bad);
                return err;
        }
        t->tenure = address_tenure_find(
            t->ranges.of, t->ranges.count, &t->a->question.outer, t->a->question.at);
        return 0;
}

static bool is_of_our_unit(const struct trace *t)
{
        return !t->a->unit || text_is(t->tenure.range->unit, t->a->unit);
}

static struct trace_tenure owner(void *state, const struct ip_address *outer, time_ms at)
{
        const struct trace *t = state;
        const struct address_tenure *held = &t->tenure;

        (void)outer, (void)at;
        if (held->claim != ADDRESS_HELD || !is_of_our_unit(t))
                return (struct trace_tenure){ TRACE_OWNER_OTHER, 0, 0 };
        return (
            struct trace_tenure){ held->range->is_dynamic ? TRACE_OWNER_DYNAMIC : TRACE_OWNER_OURS,
                held->since, held->until };
}

/* "X-BINH, 203.0.113.8/29, 01/01/2020 – 01/02/2024" */
static void show_range(const struct trace *t)
{
        const struct address_range *r = t->tenure.range;
        char prefix[IP_PREFIX_TEXT_MAX], since[TIMESTAMP_TEXT_MAX] = "…";
        char until[TIMESTAMP_TEXT_MAX] = "…";

        if (t->tenure.since)
                (void)timestamp_write_local(since, t->tenure.since, t->a->zone_minutes);
        if (t->tenure.until)
                (void)timestamp_write_local(until, t->tenure.until, t->a->zone_minutes);
        (void)fprintf(stderr, "%.*s, %s, %s – %s.\n", TEXT_ARGS(r->unit),
            ip_prefix_write(prefix, &r->prefix), since, until);
}

static void show_tenure(const struct trace *t, const struct trace_answer *answer)
{
        enum language l = t->a->language;
        const char *words;

        switch (t->tenure.claim) {
        case ADDRESS_NEVER:
                words = say(l, "Địa chỉ này không thuộc dải nào trong tệp, vào bất kỳ lúc nào.\n",
                    "The address is in no range of the file, at any time.\n");
                break;
        case ADDRESS_PAST:
                words = say(l, "Lúc đó địa chỉ không còn của ai trong tệp; trước đó là của: ",
                    "By then the address was nobody's in the file any more; before it was of: ");
                break;
        case ADDRESS_FUTURE:
                words = say(l, "Lúc đó địa chỉ chưa là của ai trong tệp; về sau là của: ",
                    "The address was nobody's in the file yet; later it is of: ");
                break;
        default:
                words = !is_of_our_unit(t) ? say(l, "Lúc đó địa chỉ là của đơn vị khác: ",
                                                 "At that time the address was another unit's: ")
                        : t->tenure.range->is_dynamic
                            ? say(l, "Dải cấp động, có thể lúc đó là thuê bao khác; dải của: ",
                                  "A dynamic range, perhaps another subscriber's then; range of: ")
                            : say(l,
                                  "Lúc đó địa chỉ là của: ", "At that time the address was of: ");
        }
        (void)fputs(words, stderr);
        if (t->tenure.range)
                show_range(t);
        if (answer->is_against_owner)
                (void)fputs(
                    say(l, "Nhưng nhật ký NAT có dòng của địa chỉ này lúc đó: hãy sửa dải.\n",
                        "Yet the NAT log has a row of it then: the ranges are wrong.\n"),
                    stderr);
}

/* The answer. */

static const char *hardware_write(char out[HARDWARE_TEXT_MAX], const struct trace_candidate *c)
{
        const uint8_t *h = c->hardware;

        out[0] = 0;
        if (c->has_hardware)
                (void)snprintf(out, HARDWARE_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", h[0], h[1],
                    h[2], h[3], h[4], h[5]);
        return out;
}

static int add_json(struct buffer *out, const struct trace_candidate *c, enum language l)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX] = "", sentence[TRACE_SENTENCE_MAX];
        char hardware[HARDWARE_TEXT_MAX];
        int err = buffer_add_format(out, "{\"host\":\"%s\",\"rank\":%d,\"confidence\":%d",
            ip_address_write(host, &c->host), c->rank, c->confidence);

        if (c->has_peer)
                (void)ip_address_write(peer, &c->peer);
        if (!err)
                err = json_add_text_member(
                    out, "reason", text_of(trace_reason_write(sentence, c, l)));
        if (!err)
                err = json_add_text_member(
                    out, "reason_code", text_of(trace_reason_name(c->reason)));
        if (!err)
                err = json_add_time_member(out, "at", c->at);
        if (!err)
                err = json_add_text_member(out, "peer", text_of(peer));
        if (!err)
                err = buffer_add_format(out,
                    ",\"flows\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"away_ms\":%" PRId64, c->flows,
                    c->bytes, c->away_ms);
        if (!err)
                err = json_add_text_member(out, "host_name", text_of(c->host_name));
        if (!err)
                err = json_add_text_member(out, "hardware", text_of(hardware_write(hardware, c)));
        return err ? err : buffer_add_text(out, "}\n");
}

static void show_candidate(const struct trace_candidate *c, const struct flows_arguments *a)
{
        char host[IP_TEXT_MAX], at[TIMESTAMP_TEXT_MAX], sentence[TRACE_SENTENCE_MAX];
        char hardware[HARDWARE_TEXT_MAX];

        (void)printf("%2d. %-15s %3d%%  %s%s%s%s%s\n", c->rank, ip_address_write(host, &c->host),
            c->confidence, timestamp_write_local(at, c->at, a->zone_minutes),
            c->host_name[0] ? "  " : "", c->host_name, c->has_hardware ? "  " : "",
            hardware_write(hardware, c));
        (void)printf("    %s\n", trace_reason_write(sentence, c, a->language));
}

static int show_answer(const struct trace_answer *answer, const struct flows_arguments *a)
{
        enum language l = a->language;
        uint64_t hidden = answer->left_out;
        int err = 0;

        for (size_t i = 0; i < answer->count && !err; i++) {
                AUTO(buffer_done) struct buffer line = BUFFER(LINE_MAX);
                if (a->format == FLOW_TEXT_JSON) {
                        err = add_json(&line, &answer->candidates[i], l);
                        if (!err)
                                (void)fwrite(line.data, 1, line.len, stdout);
                } else if (i < CANDIDATES_SHOWN) {
                        show_candidate(&answer->candidates[i], a);
                } else {
                        hidden++;
                }
        }
        if (answer->doubt != TRACE_DOUBT_NONE)
                (void)fprintf(stderr, say(l, "Không xác định được: %s.\n", "Cannot tell: %s.\n"),
                    trace_doubt_text(answer->doubt, l));
        if (hidden)
                (void)fprintf(stderr,
                    say(l, "Còn %" PRIu64 " máy khác ít khả năng hơn.\n",
                        "%" PRIu64 " more hosts are less likely.\n"),
                    hidden);
        return err;
}

static int check(const struct flows_arguments *a)
{
        if (!a->has_public || !a->question.at)
                return flows_complain(a->language, "trace",
                    "cần --public ĐỊA-CHỈ và --at THỜI-ĐIỂM", "needs --public ADDR and --at TIME");
        if (a->unit && !a->ranges)
                return flows_complain(
                    a->language, "--unit", "chỉ dùng cùng với --ranges", "only goes with --ranges");
        if (a->word_count)
                return flows_complain(a->language, a->words[0], "không hiểu từ này ở đây",
                    "this word is not understood here");
        return 0;
}

static int trace(struct trace *t, size_t *out_count)
{
        AUTO(mem_free_at) struct trace_answer *answer = mem_zero(1, sizeof(*answer));
        struct trace_source source = { each_flow, each_translation, each_lease, is_internal,
                t->a->ranges ? owner : NULL, t };
        int err = answer ? check(t->a) : ERR_MEMORY;

        if (!err)
                err = flows_archive_read(&t->reader, &t->folder, t->a);
        if (!err)
                err = flows_archive_own(t->a, t->folder);
        if (!err && t->a->nat)
                err = read_nat_log(t);
        if (!err && t->a->ranges)
                err = read_ranges(t);
        if (err)
                return err;
        err = trace_find(answer, &t->a->question, &source);
        if (err)
                (void)flows_complain(t->a->language, t->a->archive, "không truy vết được",
                    "the trace could not be done");
        *out_count = answer->count;
        if (!err && t->a->ranges)
                show_tenure(t, answer);
        return err ? err : show_answer(answer, t->a);
}

int flows_trace(int argc, char **argv, enum language l)
{
        AUTO(flows_arguments_done) struct flows_arguments a;
        struct trace t = { .a = &a };
        size_t count = 0;
        int err = flows_arguments_take(&a, FLOWS_TRACE, argc, argv, l);

        if (!err)
                err = trace(&t, &count);
        t.reader = archive_reader_close(t.reader);
        t.folder = folder_close(t.folder);
        mem_free(t.rows);
        ranges_done(&t.ranges);
        if (fflush(stdout))
                err = ERR_IO;
        return err ? COMMAND_FAILED : count ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}
