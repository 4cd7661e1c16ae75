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
        struct text above;     /* the question's name, reversed */
        uint8_t *id_wanted;    /* one for each address of the part: it is asked for */
        size_t id_wanted_count;
        uint64_t values[PART_COLUMNS_MAX][COLUMN_ROWS_MAX];
        bool wanted[COLUMN_ROWS_MAX];
};

static bool overlaps(const struct archive_question *q, time_ms begin, time_ms end)
{
        if (q->since == 0 && q->until == 0)
                return true;
        return end >= q->since && (q->until == 0 || begin < q->until);
}

static bool is_asked(const struct archive_question *q, const struct ip_address *a)
{
        for (size_t i = 0; i < q->address_count; i++)
                if (ip_prefix_contains(&q->addresses[i], a))
                        return true;
        return q->address_count == 0;
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
        struct ip_address a;

        put_u64_network(a.bytes, s->values[FLOW_REMOTE_HIGH][i]);
        put_u64_network(a.bytes + 8, s->values[FLOW_REMOTE_LOW][i]);
        return a;
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
        return part_columns(
            &s->values[from], s->part, g, from, to - from, (struct column_rows){ 0, g->rows });
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

static bool flow_is_wanted(const struct scan *s, struct ends ends, size_t i)
{
        struct ip_address remote;

        if (!overlaps(s->question, (time_ms)s->values[FLOW_BEGIN][i],
                (time_ms)(s->values[FLOW_BEGIN][i] + s->values[FLOW_DURATION][i])))
                return false;
        if (s->question->address_count == 0)
                return true;
        if (ends.internal && s->id_wanted[s->values[FLOW_INTERNAL][i]])
                return true;
        if (!ends.remote)
                return false;
        remote = remote_of(s, i);
        return is_asked(s->question, &remote);
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

static int scan_flow_group(struct scan *s, const struct part_group *g, struct ends ends)
{
        size_t wanted = 0;
        int err = read_columns(s, g, FLOW_REMOTE_HIGH, FLOW_DURATION + 1);

        if (!err)
                err = check_ids(s, FLOW_INTERNAL, g->rows, 0);
        for (size_t i = 0; i < g->rows && !err; i++)
                wanted += s->wanted[i] = flow_is_wanted(s, ends, i);
        if (err || wanted == 0)
                return err;
        err = read_columns(s, g, FLOW_BYTES_OUT, FLOW_COLUMNS);
        for (size_t i = 0; i < g->rows && !err; i++) {
                struct flow f;

                if (!s->wanted[i])
                        continue;
                fill_flow(&f, s, i);
                if (s->ends)
                        *s->ends = s->table == TABLE_BETWEEN ? FLOW_IS_BETWEEN
                                   : s->values[FLOW_SIDE][i] ? FLOW_REMOTE_IS_SOURCE
                                                             : FLOW_REMOTE_IS_DESTINATION;
                err = s->sink->take_flow(s->sink->state, &f);
        }
        return err;
}

/* May the group hold a remote address that is asked for? The next group's first is its bound. */
static bool group_may_have(const struct archive_question *q, const struct part_table_view *table,
    size_t n, const struct part_group *g)
{
        struct part_group next = { .first = { UINT64_MAX, UINT64_MAX } };

        if (n + 1 < table->groups)
                part_group_at(&next, table, n + 1);
        for (size_t i = 0; i < q->address_count; i++) {
                struct ip_address low, high;
                struct part_key from, to;

                ip_prefix_range(&low, &high, &q->addresses[i]);
                from = (struct part_key){ get_u64_network(low.bytes),
                        get_u64_network(low.bytes + 8) };
                to = (struct part_key){ get_u64_network(high.bytes),
                        get_u64_network(high.bytes + 8) };
                if (part_key_compare(g->first, to) <= 0 && part_key_compare(from, next.first) <= 0)
                        return true;
        }
        return q->address_count == 0;
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
                if (!by_id && (!ends.remote || !group_may_have(s->question, table, n, &g)) &&
                    s->question->address_count)
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

        if (!overlaps(s->question, at, at) ||
            !text_is_below(s->part->texts[s->values[NAME_TEXT][i]], s->above))
                return false;
        if (s->question->address_count == 0)
                return true;
        return (end != ARCHIVE_END_REMOTE && id_is_asked(s, NAME_HOST, i, 0)) ||
               (end != ARCHIVE_END_INTERNAL &&
                   (id_is_asked(s, NAME_PEER, i, 0) || id_is_asked(s, NAME_ANSWER, i, 1)));
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
                if (overlaps(s->question, g.begin_least, g.end_most))
                        err = keeps_on(s->question) ? scan_group(s, &g) : ERR_CLOSED;
        }
        return err;
}

static int scan_all(struct scan *s)
{
        const struct traffic_sink *sink = s->sink;
        bool only_names = s->question->name.len;
        int err = mark_ids(s);

        if (!err && sink->take_flow && !only_names)
                err = scan_flows(s, TABLE_FLOWS);
        if (!err && sink->take_flow && !only_names)
                err = scan_flows(s, TABLE_BETWEEN);
        if (!err && (sink->take_name || sink->take_lease))
                err = part_load_texts(s->part);
        if (!err && sink->take_name)
                err = scan_table(s, TABLE_NAMES, scan_name_group);
        if (!err && sink->take_translation && !only_names)
                err = scan_table(s, TABLE_TRANSLATIONS, scan_translation_group);
        if (!err && sink->take_lease && !only_names)
                err = scan_table(s, TABLE_LEASES, scan_lease_group);
        return err;
}

int part_scan(struct part *p, const struct archive_question *q, struct traffic_sink sink,
    enum flow_ends *ends)
{
        AUTO(mem_free_at) struct scan *s = mem_zero(1, sizeof(*s));
        char above[FACTS_TEXT_MAX];
        int err;

        if (!s)
                return ERR_MEMORY;
        if (q->name.len > sizeof(above))
                return 0; /* no name is that long */
        text_reverse_labels(above, q->name);
        s->part = p;
        s->question = q;
        s->sink = &sink;
        s->ends = ends;
        s->above = (struct text){ above, q->name.len };
        err = scan_all(s);
        mem_free(s->id_wanted);
        return err;
}
