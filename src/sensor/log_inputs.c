/* sensor/log_inputs.c: see log_inputs.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/log_inputs.h"
#include "base/mem.h"
#include "traffic/decode/log_reader.h"

enum { LOG_FILES_MAX = INPUT_FILES_MAX, FUTURE_MS = HOUR_MS };

struct log_inputs {
        struct traffic_sink sink;
        struct log_options options;
        struct log_reader *messages;
        struct log_reader
            *files[LOG_FILES_MAX]; /* NULL: nothing came, or nobody knows the format */
        time_ms now;               /* when the line in hand came */
        bool learning;            /* what is read was read before: only its format is of interest */
        struct log_counts before; /* of readers that are no more */
        uint64_t unknown_lines, shifted;
};

/* Facts, dated. */

static bool is_ahead(struct log_inputs *l, time_ms at)
{
        if (at <= l->now + FUTURE_MS)
                return false;
        l->shifted++;
        return true;
}

static int take_flow(void *state, const struct flow *flow)
{
        struct log_inputs *l = state;
        struct flow dated = *flow;

        if (l->learning)
                return 0;
        if (is_ahead(l, flow->end)) {
                dated.begin = l->now - (flow->end - flow->begin);
                dated.end = l->now;
        }
        return traffic_sink_flow(&l->sink, &dated);
}

static int take_name(void *state, const struct name_sighting *sighting)
{
        struct log_inputs *l = state;
        struct name_sighting dated = *sighting;

        if (l->learning)
                return 0;
        if (is_ahead(l, sighting->at))
                dated.at = l->now;
        return traffic_sink_name(&l->sink, &dated);
}

static int take_translation(void *state, const struct translation *translation)
{
        struct log_inputs *l = state;
        struct translation dated = *translation;

        if (l->learning)
                return 0;
        if (is_ahead(l, translation->begin)) {
                dated.begin = l->now;
                dated.end = translation->end ? l->now : 0;
        }
        return traffic_sink_translation(&l->sink, &dated);
}

/* A lease may well end in the future. */
static int take_lease(void *state, const struct lease *lease)
{
        struct log_inputs *l = state;
        struct lease dated = *lease;

        if (l->learning)
                return 0;
        if (is_ahead(l, lease->begin)) {
                dated.begin = l->now;
                dated.end = lease->end ? l->now + (lease->end - lease->begin) : 0;
        }
        return traffic_sink_lease(&l->sink, &dated);
}

/* Readers. */

static int reader_new(struct log_reader **out, struct log_inputs *l, const char *as)
{
        const struct traffic_sink sink = { take_flow, take_name, take_translation, take_lease, l };
        struct log_options options = l->options;

        options.as = text_of(as);
        options.reference = l->now;
        return log_reader_new(out, &options, &sink);
}

int log_inputs_new(struct log_inputs **out, const struct traffic_sink *sink, int zone_minutes)
{
        struct log_inputs *l = mem_zero(1, sizeof(*l));
        int err;

        if (!l)
                return ERR_MEMORY;
        l->sink = *sink;
        l->options = (struct log_options){ .zone_minutes = zone_minutes, .is_live = true };
        err = reader_new(&l->messages, l, "syslog");
        if (err)
                (void)log_inputs_free(l);
        else
                *out = l;
        return err;
}

struct log_inputs *log_inputs_free(struct log_inputs *l)
{
        if (l) {
                (void)log_reader_free(l->messages);
                for (size_t i = 0; i < LOG_FILES_MAX; i++)
                        (void)log_reader_free(l->files[i]);
                mem_free(l);
        }
        return NULL;
}

static void add_counts(struct log_counts *sum, const struct log_counts *more)
{
        sum->lines += more->lines;
        sum->taken += more->taken;
        sum->ignored += more->ignored;
        sum->bad += more->bad;
        sum->flows += more->flows;
        sum->translations += more->translations;
        sum->leases += more->leases;
        for (size_t i = 0; i < LOG_KINDS_MAX; i++)
                sum->kinds[i] += more->kinds[i];
}

static void subtract_counts(struct log_counts *sum, const struct log_counts *less)
{
        sum->lines -= less->lines;
        sum->taken -= less->taken;
        sum->ignored -= less->ignored;
        sum->bad -= less->bad;
        sum->flows -= less->flows;
        sum->translations -= less->translations;
        sum->leases -= less->leases;
        for (size_t i = 0; i < LOG_KINDS_MAX; i++)
                sum->kinds[i] -= less->kinds[i];
}

static uint64_t lines_in(struct text bytes)
{
        uint64_t lines = bytes.len && bytes.data[bytes.len - 1] != '\n';

        for (size_t i = 0; i < bytes.len; i++)
                lines += bytes.data[i] == '\n';
        return lines;
}

/* Of a file that ends its last line may lack its end. */
static int file_end(struct log_inputs *l, size_t n)
{
        int err = l->files[n] ? log_reader_end(l->files[n]) : 0;

        if (l->files[n])
                add_counts(&l->before, log_reader_counts(l->files[n]));
        l->files[n] = log_reader_free(l->files[n]);
        return err == ERR_UNSUPPORTED ? 0 : err;
}

/* Another file, or the same one in the middle: the head was read before, by whoever was here. */
static int file_begin(struct log_inputs *l, size_t n, struct text head)
{
        int err = file_end(l, n);

        if (!err)
                err = reader_new(&l->files[n], l, "");
        if (err || !head.len)
                return err;
        l->learning = true;
        err = log_reader_add(l->files[n], head);
        if (!err)
                err = log_reader_decide(l->files[n]);
        l->learning = false;
        subtract_counts(&l->before, log_reader_counts(l->files[n]));
        if (err == ERR_UNSUPPORTED || err == ERR_MISSING) {
                l->files[n] = log_reader_free(l->files[n]);
                err = reader_new(&l->files[n], l, "");
        }
        return err;
}

/* Nobody knows the format: the lines are counted, until another file begins. */
static int give_up(struct log_inputs *l, size_t n, struct text bytes)
{
        l->files[n] = log_reader_free(l->files[n]);
        l->unknown_lines += lines_in(bytes);
        return 0;
}

static int file_more(struct log_inputs *l, size_t n, struct text bytes)
{
        int err;

        if (!l->files[n])
                return give_up(l, n, bytes);
        log_reader_at(l->files[n], l->now);
        err = log_reader_add(l->files[n], bytes);
        return err == ERR_UNSUPPORTED ? give_up(l, n, bytes) : err;
}

/* Nothing more at the moment: what is there must do to find the format out. */
static int file_rest(struct log_inputs *l, size_t n)
{
        int err = l->files[n] ? log_reader_decide(l->files[n]) : 0;

        return err == ERR_UNSUPPORTED || err == ERR_MISSING ? 0 : err;
}

int log_inputs_take(struct log_inputs *l, const struct input_record *r, struct text bytes)
{
        l->now = r->at;
        if (r->kind == INPUT_LOG_MESSAGE) {
                log_reader_at(l->messages, r->at);
                return log_reader_add_line(l->messages, bytes);
        }
        if (r->file >= LOG_FILES_MAX)
                return ERR_UNTRUSTED;
        switch (r->kind) {
        case INPUT_LOG_BEGIN:
                return file_begin(l, r->file, bytes);
        case INPUT_LOG_LINES:
                return file_more(l, r->file, bytes);
        default:
                return file_rest(l, r->file);
        }
}

void log_inputs_count(struct sensor_counts *out, const struct log_inputs *l)
{
        struct log_counts sum = l->before;

        add_counts(&sum, log_reader_counts(l->messages));
        for (size_t i = 0; i < LOG_FILES_MAX; i++)
                if (l->files[i])
                        add_counts(&sum, log_reader_counts(l->files[i]));
        out->of[COUNT_LOG_LINES] += sum.lines + l->unknown_lines;
        out->of[COUNT_LOG_TAKEN] += sum.taken;
        out->of[COUNT_LOG_IGNORED] += sum.ignored;
        out->of[COUNT_LOG_REFUSED] += sum.bad + l->unknown_lines;
        out->of[COUNT_LOG_SHIFTED] += l->shifted;
        out->of[COUNT_LOG_TRANSLATIONS] += sum.translations;
        out->of[COUNT_LOG_LEASES] += sum.leases;
        for (size_t i = 0; i < LOG_KINDS_MAX; i++)
                out->of[COUNT_LOG_KIND + i] += sum.kinds[i];
}
