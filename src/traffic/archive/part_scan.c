/* traffic/archive/part_scan.c: the facts of a part that answer a question. The columns that decide
 * are read first; the rest only of groups in which a row is wanted. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/text_order.h"

struct scan {
        struct part *part;
        const struct archive_question *question;
        const struct traffic_sink *sink;
        enum flow_ends *ends;
        enum part_table table; /* of the flows */
        uint8_t *id_wanted;    /* one for each address of the part: it is asked for */
        size_t id_wanted_count;
        uint8_t *text_wanted; /* the same of texts; NULL: all */
        bool answer_counts;   /* a name is wanted for its text or for its answer */
        uint32_t *near;       /* which of the question's addresses may be remote ends of a group */
        size_t near_count;
        uint16_t rows[COLUMN_ROWS_MAX]; /* of the group: those that are wanted */
        size_t row_count;
        uint64_t values[PART_COLUMNS_MAX][COLUMN_ROWS_MAX];
};

static bool overlaps(const struct archive_question *q, time_ms begin, time_ms end)
{
        if (q->since == 0 && q->until == 0)
                return true;
        return end >= q->since && (q->until == 0 || begin < q->until);
}

static int mark_ids(struct scan *s)
{
        int err = part_load_addresses(s->part);

        if (err)
                return err;
        s->id_wanted = mem_zero(s->part->address_count + 1, 1);
        if (!s->id_wanted)
                return ERR_MEMORY;
        for (size_t i = 0; i < s->question->address_count; i++) {
                size_t from, to;

                part_address_range(&from, &to, s->part, &s->question->addresses[i]);
                memset(s->id_wanted + from, 1, to - from);
                s->id_wanted_count += to - from;
        }
        return 0;
}

static struct ip_address remote_of(const struct scan *s, size_t i)
{
        return part_key_address(
            (struct part_key){ s->values[FLOW_REMOTE_HIGH][i], s->values[FLOW_REMOTE_LOW][i] });
}

static int check_ids(const struct scan *s, unsigned column, size_t rows, uint64_t none)
{
        for (size_t i = 0; i < rows; i++)
                if (s->values[column][i] >= s->part->address_count + none)
                        return ERR_FORMAT;
        return 0;
}

static int read_columns(struct scan *s, const struct part_group *g, unsigned from, unsigned to)
{
        return part_columns(&s->values[from], s->part, g, from, to - from,
            (struct column_rows){ 0, g->rows, NULL, 0 });
}

/* The rows that are still wanted of the columns [from, to), which were read. */
static int take_columns(struct scan *s, const struct part_group *g, unsigned from, unsigned to)
{
        struct column_rows wanted = { 0, g->rows, s->row_count == g->rows ? NULL : s->rows,
                s->row_count };
        int err = 0;

        for (unsigned c = from; c < to && !err; c++)
                err = part_take_column(s->values[c], s->part, g, c, wanted);
        return err;
}

/* The ends by which a table may be asked: in TABLE_FLOWS they are told apart. */
struct ends {
        bool remote, internal;
};

static struct ends ends_of(const struct archive_question *q, enum part_table t)
{
        return (struct ends){ t == TABLE_BETWEEN || q->end != ARCHIVE_END_INTERNAL,
                t == TABLE_BETWEEN || q->end != ARCHIVE_END_REMOTE };
}

static bool remote_is_asked(const struct scan *s, size_t i)
{
        struct ip_address remote = remote_of(s, i);

        for (size_t n = 0; n < s->near_count; n++)
                if (ip_prefix_contains(&s->question->addresses[s->near[n]], &remote))
                        return true;
        return false;
}

/* Keeps the rows of which an end is asked for. The internal end is cheap to read, so it comes
 * first, and alone when no remote end of the group can be meant. */
static int keep_by_address(struct scan *s, const struct part_group *g, struct ends ends)
{
        bool by_remote = ends.remote && s->near_count, by_id = ends.internal && s->id_wanted_count;
        size_t kept = 0;
        int err = take_columns(s, g, FLOW_INTERNAL, FLOW_INTERNAL + 1);

        if (!err && by_remote)
                err = take_columns(s, g, FLOW_REMOTE_HIGH, FLOW_REMOTE_LOW + 1);
        for (size_t i = 0; i < g->rows && !err; i++) {
                uint64_t id = s->values[FLOW_INTERNAL][i];

                if (id >= s->part->address_count)
                        err = ERR_FORMAT;
                else if ((by_id && s->id_wanted[id]) || (by_remote && remote_is_asked(s, i)))
                        s->rows[kept++] = (uint16_t)i;
        }
        s->row_count = kept;
        return err;
}

static int keep_by_time(struct scan *s, const struct part_group *g)
{
        size_t kept = 0;
        int err = take_columns(s, g, FLOW_BEGIN, FLOW_DURATION + 1);

        for (size_t k = 0; k < s->row_count && !err; k++) {
                size_t i = s->rows[k];

                if (overlaps(s->question, (time_ms)s->values[FLOW_BEGIN][i],
                        (time_ms)(s->values[FLOW_BEGIN][i] + s->values[FLOW_DURATION][i])))
                        s->rows[kept++] = (uint16_t)i;
        }
        s->row_count = kept;
        return err;
}

static void fill_flow(struct flow *f, const struct scan *s, size_t i)
{
        struct ip_address remote = remote_of(s, i);
        struct ip_address internal = s->part->addresses[s->values[FLOW_INTERNAL][i]];
        bool in = s->values[FLOW_SIDE][i];

        *f = (struct flow){ .begin = (time_ms)s->values[FLOW_BEGIN][i],
                .end = (time_ms)(s->values[FLOW_BEGIN][i] + s->values[FLOW_DURATION][i]),
                .source = in ? remote : internal,
                .destination = in ? internal : remote,
                .source_port = (uint16_t)s->values[in ? FLOW_REMOTE_PORT : FLOW_INTERNAL_PORT][i],
                .destination_port = (uint16_t)
                                        s->values[in ? FLOW_INTERNAL_PORT : FLOW_REMOTE_PORT][i],
                .protocol = (uint8_t)s->values[FLOW_PROTOCOL][i],
                .flags_out = (uint8_t)s->values[FLOW_FLAGS][i],
                .flags_in = (uint8_t)(s->values[FLOW_FLAGS][i] >> 8),
                .packets_out = s->values[FLOW_PACKETS_OUT][i],
                .bytes_out = s->values[FLOW_BYTES_OUT][i],
                .packets_in = s->values[FLOW_PACKETS_IN][i],
                .bytes_in = s->values[FLOW_BYTES_IN][i],
                .sampling = (uint32_t)s->values[FLOW_SAMPLING][i] };
}

static int hand_over_flows(struct scan *s)
{
        int err = 0;

        for (size_t k = 0; k < s->row_count && !err; k++) {
                size_t i = s->rows[k];
                struct flow f;

                fill_flow(&f, s, i);
                if (s->ends)
                        *s->ends = s->table == TABLE_BETWEEN ? FLOW_IS_BETWEEN
                                   : s->values[FLOW_SIDE][i] ? FLOW_REMOTE_IS_SOURCE
                                                             : FLOW_REMOTE_IS_DESTINATION;
                err = s->sink->take_flow(s->sink->state, &f);
        }
        return err;
}

static int scan_flow_group(struct scan *s, const struct part_group *g, struct ends ends)
{
        bool by_address = s->question->address_count;
        int err = part_read_columns(s->part, g, 0, FLOW_COLUMNS);

        s->row_count = g->rows;
        for (size_t i = 0; i < g->rows; i++)
                s->rows[i] = (uint16_t)i;
        if (!err && by_address)
                err = keep_by_address(s, g, ends);
        if (!err && s->row_count)
                err = keep_by_time(s, g);
        if (err || s->row_count == 0)
                return err;
        if (!by_address)
                err = take_columns(s, g, FLOW_INTERNAL, FLOW_INTERNAL + 1);
        for (size_t k = 0; k < s->row_count && !err; k++)
                if (s->values[FLOW_INTERNAL][s->rows[k]] >= s->part->address_count)
                        err = ERR_FORMAT;
        if (!err)
                err = take_columns(s, g, FLOW_REMOTE_HIGH, FLOW_REMOTE_LOW + 1);
        if (!err)
                err = take_columns(s, g, FLOW_BYTES_OUT, FLOW_COLUMNS);
        return err ? err : hand_over_flows(s);
}

/* Which of the addresses may be remote ends of the group? The next group's first is its bound. */
static void find_near(
    struct scan *s, const struct part_table_view *table, size_t n, const struct part_group *g)
{
        const struct archive_question *q = s->question;
        struct part_group next = { .first = { UINT64_MAX, UINT64_MAX } };

        if (n + 1 < table->groups)
                part_group_at(&next, table, n + 1);
        s->near_count = 0;
        for (size_t i = 0; i < q->address_count; i++) {
                struct ip_address low, high;
                struct part_key from, to;

                ip_prefix_range(&low, &high, &q->addresses[i]);
                from = part_key_of(&low);
                to = part_key_of(&high);
                if (part_key_compare(g->first, to) <= 0 && part_key_compare(from, next.first) <= 0)
                        s->near[s->near_count++] = (uint32_t)i;
        }
}

static bool keeps_on(const struct archive_question *q)
{
        return !q->is_wanted || q->is_wanted(q->state);
}

static int scan_flows(struct scan *s, enum part_table t)
{
        const struct part_table_view *table = &s->part->dir.tables[t];
        struct ends ends = ends_of(s->question, t);
        bool by_id = ends.internal && s->id_wanted_count;
        int err = 0;

        s->table = t;
        for (size_t n = 0; n < table->groups && !err; n++) {
                struct part_group g;

                part_group_at(&g, table, n);
                if (!overlaps(s->question, g.begin_least, g.end_most))
                        continue;
                find_near(s, table, n, &g);
                if (s->question->address_count && !by_id && (!ends.remote || !s->near_count))
                        continue;
                err = keeps_on(s->question) ? scan_flow_group(s, &g, ends) : ERR_CLOSED;
        }
        return err;
}

static bool id_is_asked(const struct scan *s, unsigned column, size_t i, uint64_t none)
{
        uint64_t id = s->values[column][i];

        return id >= none && s->id_wanted[id - none];
}

static bool name_is_wanted(const struct scan *s, size_t i)
{
        enum archive_end end = s->question->end;
        time_ms at = (time_ms)s->values[NAME_AT][i];
        bool by_text = !s->text_wanted || s->text_wanted[s->values[NAME_TEXT][i]];

        if (!overlaps(s->question, at, at))
                return false;
        if (s->answer_counts)
                return by_text || id_is_asked(s, NAME_ANSWER, i, 1);
        if (!by_text || s->question->address_count == 0)
                return by_text;
        return (end != ARCHIVE_END_REMOTE && id_is_asked(s, NAME_HOST, i, 0)) ||
               (end != ARCHIVE_END_INTERNAL &&
                   (id_is_asked(s, NAME_PEER, i, 0) || id_is_asked(s, NAME_ANSWER, i, 1)));
}

/* Rows rise by their text: does a wanted one stand among those of the n-th group? */
static bool names_may_be_in(const struct scan *s, size_t n)
{
        const struct part_table_view *table = &s->part->dir.tables[TABLE_NAMES];
        struct part_group g, next = { .first = { 0, s->part->text_count } };

        if (!s->text_wanted || (s->answer_counts && s->id_wanted_count))
                return true;
        part_group_at(&g, table, n);
        if (n + 1 < table->groups)
                part_group_at(&next, table, n + 1);
        return g.first.low < s->part->text_count &&
               memchr(s->text_wanted + g.first.low, 1,
                   (next.first.low < s->part->text_count ? next.first.low + 1
                                                         : s->part->text_count) -
                       g.first.low) != NULL;
}

static int scan_name_group(struct scan *s, const struct part_group *g)
{
        char name[FACTS_TEXT_MAX];
        int err = read_columns(s, g, 0, NAME_COLUMNS);

        if (!err)
                err = check_ids(s, NAME_HOST, g->rows, 0);
        if (!err)
                err = check_ids(s, NAME_PEER, g->rows, 0);
        if (!err)
                err = check_ids(s, NAME_ANSWER, g->rows, 1);
        for (size_t i = 0; i < g->rows && !err; i++) {
                uint64_t number = s->values[NAME_TEXT][i], answer = s->values[NAME_ANSWER][i];
                struct name_sighting sighting = { .at = (time_ms)s->values[NAME_AT][i],
                        .place = (enum packet_place)s->values[NAME_PLACE][i],
                        .has_answer = answer != 0 };

                if (number >= s->part->text_count || s->part->texts[number].len > sizeof(name) ||
                    s->values[NAME_PLACE][i] > PACKET_PLACE_CERTIFICATE)
                        return ERR_FORMAT;
                if (!name_is_wanted(s, i))
                        continue;
                sighting.host = s->part->addresses[s->values[NAME_HOST][i]];
                sighting.peer = s->part->addresses[s->values[NAME_PEER][i]];
                if (answer)
                        sighting.answer = s->part->addresses[answer - 1];
                text_reverse_labels(name, s->part->texts[number]);
                sighting.name = (struct text){ name, s->part->texts[number].len };
                err = s->sink->take_name(s->sink->state, &sighting);
        }
        return err;
}

static bool translation_is_wanted(const struct scan *s, size_t i)
{
        enum archive_end end = s->question->end;
        uint64_t said = s->values[TRANSLATION_END][i];

        if (!overlaps(s->question, (time_ms)s->values[TRANSLATION_BEGIN][i],
                said ? (time_ms)said : PART_TIME_OPEN))
                return false;
        if (s->question->address_count == 0)
                return true;
        return (end != ARCHIVE_END_REMOTE && (id_is_asked(s, TRANSLATION_INNER, i, 0) ||
                                                 id_is_asked(s, TRANSLATION_OUTER, i, 0))) ||
               (end != ARCHIVE_END_INTERNAL && id_is_asked(s, TRANSLATION_PEER, i, 1));
}

static int scan_translation_group(struct scan *s, const struct part_group *g)
{
        int err = read_columns(s, g, 0, TRANSLATION_COLUMNS);

        if (!err)
                err = check_ids(s, TRANSLATION_INNER, g->rows, 0);
        if (!err)
                err = check_ids(s, TRANSLATION_OUTER, g->rows, 0);
        if (!err)
                err = check_ids(s, TRANSLATION_PEER, g->rows, 1);
        for (size_t i = 0; i < g->rows && !err; i++) {
                uint64_t peer = s->values[TRANSLATION_PEER][i];
                struct translation t = { .begin = (time_ms)s->values[TRANSLATION_BEGIN][i],
                        .end = (time_ms)s->values[TRANSLATION_END][i],
                        .inner = s->part->addresses[s->values[TRANSLATION_INNER][i]],
                        .outer = s->part->addresses[s->values[TRANSLATION_OUTER][i]],
                        .has_peer = peer != 0,
                        .inner_port = (uint16_t)s->values[TRANSLATION_INNER_PORT][i],
                        .outer_port = (uint16_t)s->values[TRANSLATION_OUTER_PORT][i],
                        .peer_port = (uint16_t)s->values[TRANSLATION_PEER_PORT][i],
                        .protocol = (uint8_t)s->values[TRANSLATION_PROTOCOL][i] };

                if (peer)
                        t.peer = s->part->addresses[peer - 1];
                if (translation_is_wanted(s, i))
                        err = s->sink->take_translation(s->sink->state, &t);
        }
        return err;
}

static int scan_lease_group(struct scan *s, const struct part_group *g)
{
        char name[FACTS_TEXT_MAX];
        int err = read_columns(s, g, 0, LEASE_COLUMNS);

        if (!err)
                err = check_ids(s, LEASE_ADDRESS, g->rows, 0);
        for (size_t i = 0; i < g->rows && !err; i++) {
                uint64_t text = s->values[LEASE_HOST_NAME][i];
                uint64_t hardware = s->values[LEASE_HARDWARE][i];
                struct lease l = { .begin = (time_ms)s->values[LEASE_BEGIN][i],
                        .end = (time_ms)s->values[LEASE_END][i],
                        .address = s->part->addresses[s->values[LEASE_ADDRESS][i]],
                        .has_hardware = hardware != 0 };

                if (text > s->part->text_count ||
                    (text && s->part->texts[text - 1].len > sizeof(name)))
                        return ERR_FORMAT;
                if (!overlaps(s->question, l.begin, l.end ? l.end : PART_TIME_OPEN) ||
                    (s->question->address_count && (s->question->end == ARCHIVE_END_REMOTE ||
                                                       !id_is_asked(s, LEASE_ADDRESS, i, 0))))
                        continue;
                for (unsigned b = 0; b < LEASE_HARDWARE_BYTES; b++)
                        l.hardware[b] = (uint8_t)(hardware >> (8 * (LEASE_HARDWARE_BYTES - 1 - b)));
                if (text) {
                        text_reverse_labels(name, s->part->texts[text - 1]);
                        l.host_name = (struct text){ name, s->part->texts[text - 1].len };
                }
                err = s->sink->take_lease(s->sink->state, &l);
        }
        return err;
}

static int scan_table(
    struct scan *s, enum part_table t, int (*scan_group)(struct scan *, const struct part_group *))
{
        const struct part_table_view *table = &s->part->dir.tables[t];
        int err = 0;

        for (size_t n = 0; n < table->groups && !err; n++) {
                struct part_group g;

                part_group_at(&g, table, n);
                if (!overlaps(s->question, g.begin_least, g.end_most) ||
                    (t == TABLE_NAMES && !names_may_be_in(s, n)))
                        continue;
                err = keeps_on(s->question) ? scan_group(s, &g) : ERR_CLOSED;
        }
        return err;
}

/* The first text of the part that is not below `text`. */
static size_t first_text(const struct part *p, struct text text)
{
        size_t low = 0, high = p->text_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (text_order_compare(p->texts[middle], text) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* The name itself and those below it, which are neighbours: "org.example", "org.example.www". */
static void mark_texts(struct scan *s, struct text reversed)
{
        const struct part *p = s->part;
        char below[FACTS_TEXT_MAX + 1];
        struct text t = { below, reversed.len + 1 };
        size_t at = first_text(p, reversed);

        if (reversed.len == 0 || reversed.len > FACTS_TEXT_MAX)
                return;
        if (at < p->text_count && text_order_compare(p->texts[at], reversed) == 0)
                s->text_wanted[at] = 1;
        memcpy(below, reversed.data, reversed.len);
        below[reversed.len] = '.';
        for (at = first_text(p, t); at < p->text_count && text_is_below(p->texts[at], reversed);
             at++)
                s->text_wanted[at] = 1;
}

static int load_texts(struct scan *s, const struct text *reversed, size_t count)
{
        int err = part_load_texts(s->part);

        if (err || count == 0)
                return err;
        s->text_wanted = mem_zero(s->part->text_count + 1, 1);
        if (!s->text_wanted)
                return ERR_MEMORY;
        for (size_t i = 0; i < count; i++)
                mark_texts(s, reversed[i]);
        return 0;
}

static int scan_all(struct scan *s, struct text above)
{
        const struct traffic_sink *sink = s->sink;
        bool only_names = above.len;
        int err = mark_ids(s);

        if (!err && sink->take_flow && !only_names)
                err = scan_flows(s, TABLE_FLOWS);
        if (!err && sink->take_flow && !only_names)
                err = scan_flows(s, TABLE_BETWEEN);
        if (!err && (sink->take_name || sink->take_lease))
                err = load_texts(s, &above, above.len ? 1 : 0);
        if (!err && sink->take_name)
                err = scan_table(s, TABLE_NAMES, scan_name_group);
        if (!err && sink->take_translation && !only_names)
                err = scan_table(s, TABLE_TRANSLATIONS, scan_translation_group);
        if (!err && sink->take_lease && !only_names)
                err = scan_table(s, TABLE_LEASES, scan_lease_group);
        return err;
}

/* One for each thread of reading; it is large, so parts use it one after the other. */
int scan_new(struct scan **out)
{
        *out = mem_grow(NULL, 1, sizeof(**out));
        return *out ? 0 : ERR_MEMORY;
}

struct scan *scan_free(struct scan *s)
{
        mem_free(s);
        return NULL;
}

static int scan_begin(struct scan *s, struct part *p, const struct archive_question *q,
    const struct traffic_sink *sink, enum flow_ends *ends)
{
        s->part = p;
        s->question = q;
        s->sink = sink;
        s->ends = ends;
        s->id_wanted = s->text_wanted = NULL;
        s->id_wanted_count = 0;
        s->answer_counts = false;
        s->near = mem_zero(q->address_count + 1, sizeof(*s->near));
        return s->near ? 0 : ERR_MEMORY;
}

static void scan_end(struct scan *s)
{
        mem_free(MOVE(s->near));
        mem_free(MOVE(s->id_wanted));
        mem_free(MOVE(s->text_wanted));
}

int part_scan(struct scan *s, struct part *p, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends)
{
        char above[FACTS_TEXT_MAX];
        int err;

        if (q->name.len > sizeof(above))
                return 0; /* no name is that long */
        text_reverse_labels(above, q->name);
        err = scan_begin(s, p, q, &sink, ends);
        if (!err)
                err = scan_all(s, (struct text){ above, q->name.len });
        scan_end(s);
        return err;
}

int part_scan_names(struct scan *s, struct part *p, const struct archive_question *q,
    const struct text *reversed, size_t count, struct traffic_sink sink)
{
        int err = scan_begin(s, p, q, &sink, NULL);

        s->answer_counts = true;
        if (!err)
                err = mark_ids(s);
        if (!err)
                err = load_texts(s, reversed, count);
        if (!err && !s->text_wanted)
                s->text_wanted = mem_zero(p->text_count + 1, 1);
        if (!err && !s->text_wanted)
                err = ERR_MEMORY;
        if (!err)
                err = scan_table(s, TABLE_NAMES, scan_name_group);
        scan_end(s);
        return err;
}
