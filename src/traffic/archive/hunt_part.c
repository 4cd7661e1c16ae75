/* traffic/archive/hunt_part.c: candidates of a day against a part of it. Of a group only the
 * columns that a hit tells of are read. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/hunt.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/text_order.h"

enum { LAST_READ = FLOW_BYTES_IN };

struct hunting {
        struct hunt *hunt;
        struct part *part;
        const struct part_table_view *table;
        size_t group_number; /* whose columns are in `values`; SIZE_MAX: none */
        struct part_group group;
        struct column_rows rest; /* of these not only the remote address is there */
        uint64_t values[LAST_READ + 1][COLUMN_ROWS_MAX];
};

static bool overlaps(const struct archive_question *q, time_ms begin, time_ms end)
{
        return (q->since == 0 && q->until == 0) ||
               (end >= q->since && (q->until == 0 || begin < q->until));
}

/* All chunks that a hit may need in one reading. */
static int load_group(struct hunting *g, size_t n)
{
        struct column_rows all;
        int err;

        if (g->group_number == n)
                return 0;
        g->group_number = SIZE_MAX;
        g->rest = (struct column_rows){ 0 };
        part_group_at(&g->group, g->table, n);
        all = (struct column_rows){ 0, g->group.rows, NULL, 0 };
        err = part_load_addresses(g->part);
        if (!err)
                err = part_read_columns(g->part, &g->group, 0, LAST_READ + 1);
        for (unsigned c = FLOW_REMOTE_HIGH; c <= FLOW_REMOTE_LOW && !err; c++)
                err = part_take_column(g->values[c], g->part, &g->group, c, all);
        if (!err)
                g->group_number = n;
        return err;
}

static int load_rest(struct hunting *g, struct column_rows wanted)
{
        int err = 0;

        if (wanted.from >= g->rest.from && wanted.to <= g->rest.to)
                return 0;
        g->rest = (struct column_rows){ 0 };
        for (unsigned c = FLOW_INTERNAL; c <= LAST_READ && !err; c++)
                err = part_take_column(g->values[c], g->part, &g->group, c, wanted);
        for (size_t i = wanted.from; i < wanted.to && !err; i++)
                if (g->values[FLOW_INTERNAL][i] >= g->part->address_count)
                        err = ERR_FORMAT;
        if (!err)
                g->rest = wanted;
        return err;
}

static struct part_key row_key(const struct hunting *g, size_t i)
{
        return (struct part_key){ g->values[FLOW_REMOTE_HIGH][i], g->values[FLOW_REMOTE_LOW][i] };
}

/* The first row that is not below the key; `after`: that is above it. */
static size_t first_row(const struct hunting *g, struct part_key key, bool after)
{
        size_t low = 0, high = g->group.rows;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (part_key_compare(row_key(g, middle), key) < (after ? 1 : 0))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static int add_row(struct hunting *g, size_t i, const struct ip_address *host,
    const struct ip_address *peer, const struct indicator_view *indicator)
{
        struct archive_hit hit = { .host = *host,
                .peer = *peer,
                .indicator = indicator,
                .place = PACKET_PLACE_ADDRESS,
                .first_at = (time_ms)g->values[FLOW_BEGIN][i],
                .last_at = (time_ms)(g->values[FLOW_BEGIN][i] + g->values[FLOW_DURATION][i]),
                .flows = 1,
                .bytes = g->values[FLOW_BYTES_OUT][i] + g->values[FLOW_BYTES_IN][i] };

        return overlaps(g->hunt->question, hit.first_at, hit.last_at)
                   ? hits_add(&g->hunt->hits, &hit)
                   : 0;
}

static int find_view(
    const struct indicator_view **out, struct hunt *h, const struct ip_address *address)
{
        struct indicator_view view;

        *out = NULL;
        return indicator_set_find_address(&view, h->set, address) ? hunt_keep_view(out, h, &view)
                                                                  : 0;
}

/* Rows whose remote end is the address: they stand together, in one group or in several. */
static int hunt_remote(struct hunting *g, struct part_key key)
{
        struct ip_address peer = part_key_address(key);
        const struct indicator_view *indicator = NULL;
        int err = 0;

        for (size_t n = part_first_group(g->table, key); n < g->table->groups && !err; n++) {
                struct part_group head;
                struct column_rows rows = { 0 };

                part_group_at(&head, g->table, n);
                if (part_key_compare(head.first, key) > 0)
                        break;
                err = load_group(g, n);
                if (!err)
                        rows = (struct column_rows){ first_row(g, key, false),
                                first_row(g, key, true), NULL, 0 };
                if (err || rows.from == rows.to)
                        continue;
                err = load_rest(g, rows);
                if (!err && !indicator)
                        err = find_view(&indicator, g->hunt, &peer);
                if (err || !indicator)
                        return err;
                for (size_t i = rows.from; i < rows.to && !err; i++)
                        err = add_row(g, i, &g->part->addresses[g->values[FLOW_INTERNAL][i]], &peer,
                            indicator);
        }
        return err;
}

static uint8_t *mark_ids(
    const struct part *p, const struct hunt_candidate *candidates, size_t count, size_t *marked)
{
        uint8_t *marks = mem_zero(p->address_count + 1, 1);

        *marked = 0;
        for (size_t i = 0; i < count && marks; i++) {
                struct ip_prefix one = { part_key_address(candidates[i].address), 128 };
                size_t from, to;

                if (candidates[i].name.data || !(candidates[i].kinds & INDEX_BETWEEN))
                        continue;
                part_address_range(&from, &to, p, &one);
                memset(marks + from, 1, to - from);
                *marked += to - from;
        }
        return marks;
}

/* In TABLE_BETWEEN the other end may be listed too. */
static int hunt_other_ends(struct hunting *g, const uint8_t *marks)
{
        int err = 0;

        for (size_t n = 0; n < g->table->groups && !err; n++) {
                err = load_group(g, n);
                if (!err)
                        err = load_rest(g, (struct column_rows){ 0, g->group.rows, NULL, 0 });
                for (size_t i = 0; i < g->group.rows && !err; i++) {
                        struct ip_address host = part_key_address(row_key(g, i));
                        const struct ip_address *peer;
                        const struct indicator_view *indicator;

                        if (!marks[g->values[FLOW_INTERNAL][i]])
                                continue;
                        peer = &g->part->addresses[g->values[FLOW_INTERNAL][i]];
                        err = find_view(&indicator, g->hunt, peer);
                        if (!err && indicator)
                                err = add_row(g, i, &host, peer, indicator);
                }
        }
        return err;
}

static int hunt_flows(struct hunting *g, enum part_table t, enum index_kind kind,
    const struct hunt_candidate *candidates, size_t count)
{
        int err = 0;

        g->table = &g->part->dir.tables[t];
        g->group_number = SIZE_MAX;
        if (g->table->groups == 0)
                return 0;
        for (size_t i = 0; i < count && !err; i++)
                if (!candidates[i].name.data && (candidates[i].kinds & kind))
                        err = hunt_remote(g, candidates[i].address);
        return err;
}

static int hunt_between(struct hunting *g, const struct hunt_candidate *candidates, size_t count)
{
        AUTO(mem_free_at) uint8_t *marks = NULL;
        size_t marked = 0;
        int err = hunt_flows(g, TABLE_BETWEEN, INDEX_BETWEEN, candidates, count);

        if (err || g->table->groups == 0)
                return err;
        err = part_load_addresses(g->part);
        if (err)
                return err;
        marks = mark_ids(g->part, candidates, count, &marked);
        if (!marks)
                return ERR_MEMORY;
        return marked ? hunt_other_ends(g, marks) : 0;
}

/* Names, and answers, of which the index says that sightings of this day have them. */
static int hunt_names(
    struct hunt *h, struct part *p, const struct hunt_candidate *candidates, size_t count)
{
        struct archive_question q = { .since = h->question->since, .until = h->question->until };
        size_t names = 0;

        if (p->dir.tables[TABLE_NAMES].rows == 0)
                return 0;
        for (size_t i = 0; i < count; i++)
                if (candidates[i].name.data)
                        h->part_names[names++] = candidates[i].name;
                else if (candidates[i].kinds & INDEX_NAMES)
                        h->answers[q.address_count++] = (struct ip_prefix){
                                part_key_address(candidates[i].address), 128
                        };
        q.addresses = h->answers;
        if (names + q.address_count == 0)
                return 0;
        return part_scan_names(h->scan, p, &q, h->part_names, names,
            (struct traffic_sink){ .take_name = hunt_take_name, .state = h });
}

struct hunting *hunting_free(struct hunting *g)
{
        mem_free(g);
        return NULL;
}

/* Made at the first part, for as many candidates as there are in all. */
static int make_room(struct hunt *h)
{
        if (h->hunting)
                return 0;
        h->part_names = mem_grow(NULL, h->candidate_count, sizeof(*h->part_names));
        h->answers = mem_grow(NULL, h->candidate_count, sizeof(*h->answers));
        h->hunting = mem_grow(NULL, 1, sizeof(*h->hunting));
        return h->hunting && h->part_names && h->answers ? 0 : ERR_MEMORY;
}

int hunt_part(struct hunt *h, struct part *p, const struct hunt_candidate *candidates, size_t count)
{
        struct hunting *g;
        int err = make_room(h);

        if (err)
                return err;
        g = h->hunting;
        g->hunt = h;
        g->part = p;
        g->rest = (struct column_rows){ 0 };
        err = hunt_flows(g, TABLE_FLOWS, INDEX_FLOWS, candidates, count);
        if (!err)
                err = hunt_between(g, candidates, count);
        return err ? err : hunt_names(h, p, candidates, count);
}
