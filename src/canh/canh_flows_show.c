/* canh/canh_flows_show.c: `canh flows show`: flows, sightings of names, or sums of an archive, in
 * the order of their begin. Read in pieces of time, as long as few rows match, so that no more than
 * SORTED_MAX stand in memory and a part is not opened again and again. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/flows_archive.h"
#include "canh/flows_verbs.h"
#include "canh/progress.h"
#include "system/os/folder.h"
#include "traffic/query/filter_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        SORTED_MAX = 1 << 20,
        NAMES_BYTES_MAX = 256 << 20,
        FILTER_BYTES_MAX = 64 << 10,
        FLUSH_BYTES = 64 << 10,
        OUT_BYTES_MAX = 1 << 20,
        LEAST_SPAN_MS = 1000,
        FEW_ROWS = SORTED_MAX / 4 /* the next piece may be twice as long */
};

struct show {
        struct flows_arguments *a;
        struct archive_reader *reader;
        struct folder *folder;
        struct filter *filter;
        struct filter_reach *reach;
        struct flow_top *top;
        struct flow_text text;
        struct buffer out;
        struct progress progress;
        time_ms from, to, first; /* the piece that is read; the begin of all */
        struct flow *flows;
        struct name_sighting *names;
        size_t count;
        bool was_split;      /* the piece was too large */
        struct arena *texts; /* of names */
        uint64_t shown, matched;
};

static int flush(struct show *s, size_t above)
{
        if (s->out.len <= above)
                return 0;
        progress_done(&s->progress);
        if (fwrite(s->out.data, 1, s->out.len, stdout) != s->out.len)
                return ERR_IO;
        buffer_clear(&s->out);
        return 0;
}

/* What began before the first piece belongs to it. */
static bool is_of_piece(const struct show *s, time_ms begin)
{
        return begin < s->to && (begin >= s->from || s->from == s->first);
}

static int take_flow(void *state, const struct flow *flow)
{
        struct show *s = state;

        if (!is_of_piece(s, flow->begin) || !filter_has_flow(s->filter, flow))
                return 0;
        if (s->top) {
                s->matched++;
                return flow_top_add_flow(s->top, flow);
        }
        if (s->count == SORTED_MAX)
                return ERR_LIMIT;
        s->flows[s->count++] = *flow;
        return 0;
}

static int take_name(void *state, const struct name_sighting *sighting)
{
        struct show *s = state;
        struct name_sighting *kept;

        if (!is_of_piece(s, sighting->at) || !filter_has_name(s->filter, sighting))
                return 0;
        if (s->top) {
                s->matched++;
                return flow_top_add_name(s->top, sighting);
        }
        if (s->count == SORTED_MAX)
                return ERR_LIMIT;
        kept = &s->names[s->count];
        *kept = *sighting;
        kept->name.data = arena_text(s->texts, sighting->name);
        if (!kept->name.data)
                return ERR_LIMIT;
        s->count++;
        return 0;
}

static int by_begin(const void *x, const void *y)
{
        const struct flow *a = x, *b = y;
        int order;

        if (a->begin != b->begin)
                return a->begin < b->begin ? -1 : 1;
        order = ip_address_compare(&a->source, &b->source);
        return order ? order : a->source_port - b->source_port;
}

static int by_at(const void *x, const void *y)
{
        const struct name_sighting *a = x, *b = y;

        if (a->at != b->at)
                return a->at < b->at ? -1 : 1;
        return ip_address_compare(&a->host, &b->host);
}

static int print_piece(struct show *s, bool names)
{
        int err = 0;

        if (s->count)
                qsort(names ? (void *)s->names : (void *)s->flows, s->count,
                    names ? sizeof(*s->names) : sizeof(*s->flows), names ? by_at : by_begin);
        for (size_t i = 0; i < s->count && !err; i++) {
                if (s->a->limit && s->shown == s->a->limit)
                        return ERR_CLOSED;
                err = names ? flow_text_add_name(&s->out, &s->text, &s->names[i])
                            : flow_text_add_flow(&s->out, &s->text, &s->flows[i]);
                s->shown++;
                if (!err)
                        err = flush(s, FLUSH_BYTES);
        }
        return err;
}

static void show_progress(void *state, uint64_t done, uint64_t total)
{
        struct show *s = state;

        progress_show(&s->progress, s->a->archive, done, total);
}

static int read_piece(struct show *s, bool names)
{
        struct archive_question q = { .since = s->from,
                .until = s->to,
                .addresses = names ? NULL : s->reach->addresses,
                .address_count = names ? 0 : s->reach->address_count,
                .name = s->reach->name,
                .progress = s->top ? show_progress : NULL,
                .state = s };
        struct traffic_sink sink = { .take_flow = names ? NULL : take_flow,
                .take_name = names ? take_name : NULL,
                .state = s };

        s->count = 0;
        return archive_each(s->reader, &q, sink);
}

/* A piece that is too large is read again in halves. */
static int show_piece(struct show *s, time_ms from, time_ms to, bool names)
{
        AUTO(arena_free_at) struct arena *texts = NULL;
        time_ms middle = from + (to - from) / 2;
        int err = names ? arena_new(&texts, NAMES_BYTES_MAX) : 0;

        if (err)
                return err;
        s->from = from;
        s->to = to;
        s->texts = texts;
        err = read_piece(s, names);
        if (err == ERR_LIMIT && !s->top && to - from > LEAST_SPAN_MS) {
                s->was_split = true;
                err = show_piece(s, from, middle, names);
                return err ? err : show_piece(s, middle, to, names);
        }
        return err || s->top ? err : print_piece(s, names);
}

static int show_pieces(struct show *s, bool names, time_ms until)
{
        time_ms span = DAY_MS, to;
        int err = 0;

        for (time_ms from = s->first; from < until && !err; from = to) {
                to = span < until - from ? from + span : until;
                progress_show(&s->progress, s->a->archive, (uint64_t)(from - s->first),
                    (uint64_t)(until - s->first));
                s->was_split = false;
                err = show_piece(s, from, to, names);
                if (s->was_split)
                        span = DAY_MS;
                else if (s->count < FEW_ROWS && span < until - from)
                        span *= 2;
        }
        return err == ERR_CLOSED ? 0 : err;
}

static int show_all(struct show *s, bool names)
{
        struct archive_counts counts;
        time_ms until;

        archive_reader_count(&counts, s->reader);
        s->first = s->a->since > counts.first_at ? s->a->since : counts.first_at;
        until = s->a->until && s->a->until <= counts.last_at ? s->a->until : counts.last_at + 1;
        if (s->first >= until)
                return 0;
        return s->top ? show_piece(s, s->first, until, names) : show_pieces(s, names, until);
}

static int print_top(struct show *s)
{
        size_t count = flow_top_sort(s->top);
        struct flow_top_row row;
        int err = 0;

        for (size_t i = 0; i < count && i < s->a->top && !err; i++) {
                flow_top_at(&row, s->top, i);
                err = flow_text_add_top(&s->out, &s->text, s->a->by, i + 1, &row);
        }
        if (flow_top_left_out(s->top))
                (void)fprintf(stderr,
                    say(s->a->language,
                        "canh flows: %" PRIu64 " luồng của giá trị thứ %d trở đi không được cộng; "
                        "hãy thu hẹp bộ lọc\n",
                        "canh flows: %" PRIu64 " flows of values beyond the first %d are not in "
                        "the sums; narrow the filter\n"),
                    flow_top_left_out(s->top), FLOW_TOP_KEYS_MAX);
        return err;
}

static int parse_filter(struct show *s)
{
        AUTO(buffer_done) struct buffer words = BUFFER(FILTER_BYTES_MAX);
        struct parse_error bad = { 0 };
        enum language l = s->a->language;
        int err = 0;

        for (size_t i = 0; i < s->a->word_count && !err; i++)
                err = buffer_add_format(&words, i ? " %s" : "%s", s->a->words[i]);
        if (!err)
                err = filter_parse(&s->filter, (struct text){ words.data, words.len }, &bad);
        if (err && bad.why_en[0])
                (void)fprintf(stderr,
                    say(l, "canh flows: bộ lọc, cột %zu: %s\n  %s\n  %*s^\n",
                        "canh flows: filter, column %zu: %s\n  %s\n  %*s^\n"),
                    bad.column, say(l, bad.why_vi, bad.why_en), words.data ? words.data : "",
                    (int)bad.column - 1, "");
        else if (err)
                (void)flows_complain(l, "show", "bộ lọc quá dài", "the filter is too long");
        return err;
}

static int prepare(struct show *s, bool *out_names)
{
        struct flow_top_options options = { .by = s->a->by, .order = s->a->order };
        int err = parse_filter(s);

        s->reach = mem_zero(1, sizeof(*s->reach));
        if (!err && !s->reach)
                err = ERR_MEMORY;
        if (!err)
                err = flows_archive_read(&s->reader, &s->folder, s->a);
        if (!err)
                err = flows_archive_own(s->a, s->folder);
        if (err)
                return err;
        filter_reach(s->reach, s->filter);
        *out_names = filter_asks_names(s->filter) || (s->a->top && s->a->by == FLOW_TOP_NAME);
        options.own = s->a->own;
        options.own_count = s->a->own_count;
        if (s->a->top)
                return flow_top_new(&s->top, &options);
        if (*out_names)
                s->names = mem_zero(SORTED_MAX, sizeof(*s->names));
        else
                s->flows = mem_zero(SORTED_MAX, sizeof(*s->flows));
        return s->names || s->flows ? 0 : ERR_MEMORY;
}

static void done(struct show *s)
{
        s->filter = filter_free(s->filter);
        s->top = flow_top_free(s->top);
        s->reader = archive_reader_close(s->reader);
        s->folder = folder_close(s->folder);
        mem_free(s->reach);
        mem_free(s->flows);
        mem_free(s->names);
        buffer_done(&s->out);
}

int flows_show(int argc, char **argv, enum language l)
{
        AUTO(flows_arguments_done) struct flows_arguments a;
        struct show s = { .a = &a, .out = BUFFER(OUT_BYTES_MAX) };
        bool names = false;
        int err = flows_arguments_take(&a, FLOWS_SHOW, argc, argv, l);

        s.text = (struct flow_text){
                .format = a.format, .language = l, .zone_minutes = a.zone_minutes
        };
        progress_init(&s.progress);
        if (!err)
                err = prepare(&s, &names);
        if (!err)
                err = show_all(&s, names);
        if (!err && s.top)
                err = print_top(&s);
        progress_done(&s.progress);
        if (!err)
                err = flush(&s, 0);
        done(&s);
        if (fflush(stdout))
                err = ERR_IO;
        return err ? COMMAND_FAILED : s.shown || s.matched ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}
