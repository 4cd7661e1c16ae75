/* traffic/decode/log_reader.c: see log_reader.h. Cuts bytes into lines, finds the format, counts
 * how each line ended. SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "traffic/decode/log_format.h"

#include <string.h>

enum { HEAD_LINES = 64 };

struct log_reader {
        struct log_options options;
        struct traffic_sink sink;
        const struct log_format *format; /* NULL: not found out yet */
        bool is_syslog;                  /* messages of several kinds, each found out by itself */
        struct log_counts counts;
        struct log_lines lines;
        struct buffer line; /* the beginning of a line whose end has not come */
        bool is_cut;        /* the line in hand was too long: the rest of it is passed over */
        struct buffer head; /* the first lines, until the format is found out */
        size_t head_lines;
};

static const char syslog_id[] = "syslog";

static int choose(struct log_reader *r, const struct log_format *format)
{
        if (format && format->state_bytes) {
                r->lines.state = mem_zero(1, format->state_bytes);
                if (!r->lines.state)
                        return ERR_MEMORY;
        }
        r->format = format;
        r->is_syslog = format == NULL;
        r->counts.format = format ? format->id : syslog_id;
        return 0;
}

static int choose_named(struct log_reader *r, struct text as)
{
        const struct log_format *format = log_format_named(as);

        if (!format && !text_is(as, syslog_id))
                return ERR_UNSUPPORTED;
        return choose(r, format);
}

int log_reader_new(
    struct log_reader **out, const struct log_options *options, const struct traffic_sink *sink)
{
        AUTO(log_reader_free_at) struct log_reader *r = mem_zero(1, sizeof(*r));
        int err;

        if (!r)
                return ERR_MEMORY;
        r->options = *options;
        r->options.as = (struct text){ "", 0 };
        r->sink = *sink;
        r->line = BUFFER(LOG_LINE_MAX);
        r->head = BUFFER(LOG_HEAD_MAX);
        r->lines = (struct log_lines){ .options = &r->options,
                .sink = &r->sink,
                .counts = &r->counts,
                .room = mem_zero(1, LOG_LINE_MAX) };
        if (!r->lines.room)
                return ERR_MEMORY;
        err = options->as.len ? choose_named(r, options->as) : 0;
        if (err)
                return err;
        *out = MOVE(r);
        return 0;
}

struct log_reader *log_reader_free(struct log_reader *r)
{
        if (r) {
                buffer_done(&r->line);
                buffer_done(&r->head);
                mem_free(r->lines.state);
                mem_free(r->lines.room);
                mem_free(r);
        }
        return NULL;
}

void log_reader_free_at(struct log_reader **r)
{
        *r = log_reader_free(*r);
}

void log_reader_at(struct log_reader *r, time_ms reference)
{
        r->options.reference = reference;
}

const struct log_counts *log_reader_counts(const struct log_reader *r)
{
        return &r->counts;
}

static void note_reason(struct log_counts *c, const char *vi, const char *en)
{
        size_t i = 0;

        while (i < c->reason_count && strcmp(c->reasons[i].en, en) != 0)
                i++;
        if (i == c->reason_count) {
                if (i == LOG_REASONS_MAX)
                        return;
                c->reasons[c->reason_count++] = (struct log_reason){
                        .vi = vi, .en = en, .first_line = (size_t)c->lines
                };
        }
        c->reasons[i].lines++;
}

static int parse_message(struct log_reader *r, struct text line)
{
        const struct log_format *format = r->format;
        struct log_envelope envelope;

        log_envelope_parse(&envelope, line, &r->options);
        if (r->is_syslog)
                format = log_format_of_message(&envelope);
        else if (!format->is_mine(&envelope))
                return LOG_IGNORED;
        if (!format)
                return LOG_IGNORED;
        r->counts.kinds[log_format_number(format)]++;
        return format->message(&r->lines, &envelope);
}

static int take_file_line(struct log_reader *r, struct text line)
{
        r->counts.kinds[log_format_number(r->format)]++;
        return r->format->line(&r->lines, line);
}

/* One whole line without its end. */
static int take_line(struct log_reader *r, struct text line)
{
        int end;

        if (line.len && line.data[line.len - 1] == '\r')
                line.len--;
        r->counts.lines++;
        if (line.len == 0)
                end = LOG_IGNORED;
        else if (r->format && r->format->line)
                end = take_file_line(r, line);
        else
                end = parse_message(r, line);
        if (end < 0)
                return end;
        r->counts.taken += end == LOG_TAKEN;
        r->counts.ignored += end == LOG_IGNORED;
        r->counts.bad += end == LOG_BAD;
        if (end == LOG_BAD)
                note_reason(&r->counts, r->lines.why_vi, r->lines.why_en);
        return 0;
}

static int take_long_line(struct log_reader *r)
{
        r->is_cut = false;
        buffer_clear(&r->line);
        r->counts.lines++;
        r->counts.bad++;
        note_reason(&r->counts, "Dòng dài hơn 64 KiB", "the line is longer than 64 KiB");
        return 0;
}

/* The end of the line in hand: `last` are its last bytes. */
static int end_line(struct log_reader *r, struct text last)
{
        int err;

        if (r->is_cut)
                return take_long_line(r);
        if (r->line.len == 0)
                return last.len <= LOG_LINE_MAX ? take_line(r, last) : take_long_line(r);
        err = buffer_add(&r->line, last.data, last.len);
        if (err == ERR_LIMIT)
                return take_long_line(r);
        if (!err)
                err = take_line(r, (struct text){ r->line.data, r->line.len });
        buffer_clear(&r->line);
        return err;
}

static int take_bytes(struct log_reader *r, struct text bytes)
{
        while (bytes.len) {
                size_t n = text_find(bytes, '\n');
                struct text part = { bytes.data, n };
                int err;
                if (n == bytes.len) {
                        err = r->is_cut ? 0 : buffer_add(&r->line, part.data, part.len);
                        if (err == ERR_LIMIT)
                                r->is_cut = true;
                        return err == ERR_LIMIT ? 0 : err;
                }
                err = end_line(r, part);
                if (err)
                        return err;
                bytes.data += n + 1;
                bytes.len -= n + 1;
        }
        return 0;
}

/* Decides by what has come so far, and reads it. */
static int decide(struct log_reader *r)
{
        struct text head = { r->head.data ? r->head.data : "", r->head.len };
        const char *id;
        int err;

        if (text_starts(head, "\xEF\xBB\xBF")) { /* Windows tools put a mark before the text */
                head.data += 3;
                head.len -= 3;
        }
        id = log_format_guess(head);
        if (!id)
                return ERR_UNSUPPORTED;
        err = choose_named(r, text_of(id));
        if (!err)
                err = take_bytes(r, head);
        buffer_clear(&r->head);
        return err;
}

static bool is_decided(const struct log_reader *r)
{
        return r->counts.format != NULL;
}

int log_reader_add(struct log_reader *r, struct text bytes)
{
        while (bytes.len && !is_decided(r)) {
                size_t n = text_find(bytes, '\n');
                size_t room = r->head.max - r->head.len;
                int err;
                n = n < bytes.len ? n + 1 : n;
                n = n < room ? n : room;
                err = buffer_add(&r->head, bytes.data, n);
                if (err)
                        return err;
                r->head_lines += bytes.data[n - 1] == '\n';
                bytes.data += n;
                bytes.len -= n;
                if (r->head_lines == HEAD_LINES || r->head.len == r->head.max)
                        err = decide(r);
                if (err)
                        return err;
        }
        return take_bytes(r, bytes);
}

int log_reader_decide(struct log_reader *r)
{
        if (is_decided(r))
                return 0;
        return r->head_lines ? decide(r) : ERR_MISSING;
}

int log_reader_end(struct log_reader *r)
{
        int err = 0;

        if (!is_decided(r) && r->head.len)
                err = decide(r);
        if (!err && (r->line.len || r->is_cut))
                err = end_line(r, (struct text){ "", 0 });
        return err;
}

int log_reader_add_line(struct log_reader *r, struct text line)
{
        int err = log_reader_add(r, line);

        if (!err && !(line.len && line.data[line.len - 1] == '\n'))
                err = log_reader_add(r, TEXT("\n"));
        return err;
}
