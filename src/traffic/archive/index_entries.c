/* traffic/archive/index_entries.c: see index_entries.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_entries.h"
#include "base/mem.h"
#include "model/flow.h"
#include "traffic/archive/index_write.h"
#include "traffic/archive/text_order.h"

#include <stdlib.h>

enum { FIRST_ROOM = 4096, FEW_HOSTS = 24, WORD_BITS = 64 };

void index_entries_done(struct index_entries *e)
{
        mem_free(MOVE(e->all));
        mem_free(MOVE(e->met));
        mem_free(MOVE(e->host_days));
        mem_free(MOVE(e->newest));
        dictionary_done(&e->hosts);
        e->addresses = arena_free(e->addresses);
        *e = (struct index_entries){ 0 };
}

/* The rows with room for one more; NULL: no memory, and they are as they were. */
static void *with_room(void *rows, size_t *room, size_t count, size_t size)
{
        size_t larger = *room ? *room * 2 : FIRST_ROOM;
        void *grown;

        if (rows && count < *room)
                return rows;
        grown = mem_grow(rows, larger, size);
        if (grown)
                *room = larger;
        return grown;
}

int index_entries_add(
    struct index_entries *e, struct part_key key, uint32_t day, enum index_kind kind)
{
        struct index_entry *last = e->count ? &e->all[e->count - 1] : NULL, *all;

        if (last && last->day == day && part_key_compare(last->key, key) == 0) {
                last->kinds |= kind;
                return 0;
        }
        all = with_room(e->all, &e->room, e->count, sizeof(*all));
        if (!all)
                return ERR_MEMORY;
        e->all = all;
        all[e->count++] = (struct index_entry){ key, day, kind, (uint32_t)e->met_count, 0 };
        return 0;
}

int index_entries_met(struct index_entries *e, uint32_t host)
{
        struct index_entry *last = &e->all[e->count - 1];
        uint32_t *met;

        if (last->host_count && e->met[e->met_count - 1] == host)
                return 0;
        met = with_room(e->met, &e->met_room, e->met_count, sizeof(*met));
        if (!met)
                return ERR_MEMORY;
        e->met = met;
        met[e->met_count++] = host;
        last->host_count++;
        return 0;
}

/* The host's number; *is_new: it has no day yet. */
static int find_host(
    uint32_t *out, bool *is_new, struct index_entries *e, const struct ip_address *host)
{
        size_t before = e->hosts.count;
        struct ip_address *copy;
        uint32_t *newest = with_room(e->newest, &e->newest_room, before, sizeof(*newest));
        int err = newest ? 0 : ERR_MEMORY;

        if (newest)
                e->newest = newest;
        if (!err && !e->addresses)
                err = arena_new(&e->addresses, (size_t)1 << 32);
        if (!err)
                err = dictionary_add(out, &e->hosts, address_key(host));
        if (err)
                return err;
        *is_new = e->hosts.count > before;
        if (!*is_new)
                return 0;
        copy = arena_zero(e->addresses, 1, sizeof(*copy));
        if (!copy) {
                dictionary_drop_last(&e->hosts);
                return ERR_MEMORY;
        }
        *copy = *host;
        e->hosts.entries[*out].key = address_key(copy);
        return 0;
}

int index_entries_add_host(uint32_t *out, struct index_entries *e, const struct ip_address *host,
    uint32_t day, enum index_kind kind)
{
        struct index_host_day *days = with_room(
            e->host_days, &e->host_day_room, e->host_day_count, sizeof(*days));
        bool is_new = false;
        int err = days ? 0 : ERR_MEMORY;

        if (days)
                e->host_days = days;
        if (!err)
                err = find_host(out, &is_new, e, host);
        if (err)
                return err;
        if (!is_new && days[e->newest[*out]].day == day) {
                days[e->newest[*out]].kinds |= kind;
                return 0;
        }
        e->newest[*out] = (uint32_t)e->host_day_count;
        days[e->host_day_count++] = (struct index_host_day){ *out, day, kind };
        return 0;
}

/* A name is found by its own and by each name above it. */
int index_sighting(
    struct index_entries *e, const struct name_sighting *s, struct text reversed, uint32_t day)
{
        uint32_t host;
        int err = index_entries_add_host(&host, e, &s->host, day, INDEX_NAMES);

        if (!err)
                err = index_entries_add(e, part_key_of(&s->peer), day, INDEX_OTHERS);
        if (!err && s->has_answer)
                err = index_entries_add(e, part_key_of(&s->answer), day, INDEX_NAMES);
        for (size_t len = 1; len <= reversed.len && !err; len++)
                if (len == reversed.len || reversed.data[len] == '.')
                        err = index_entries_add(e,
                            index_name_key((struct text){ reversed.data, len }, INDEX_VERSION), day,
                            INDEX_NAMES);
        return err;
}

int index_translation(struct index_entries *e, const struct translation *t, uint32_t day)
{
        uint32_t host;
        int err = index_entries_add_host(&host, e, &t->inner, day, INDEX_OTHERS);

        if (!err)
                err = index_entries_add_host(&host, e, &t->outer, day, INDEX_OTHERS);
        return err || !t->has_peer ? err
                                   : index_entries_add(e, part_key_of(&t->peer), day, INDEX_OTHERS);
}

static int compare_entries(const struct index_entry *a, const struct index_entry *b)
{
        int order = part_key_compare(a->key, b->key);

        return order ? order : (a->day > b->day) - (a->day < b->day);
}

/* Where the rising run that begins at `at` ends. */
static size_t run_end(const struct index_entry *all, size_t at, size_t count)
{
        for (at++; at < count && compare_entries(&all[at - 1], &all[at]) <= 0; at++)
                continue;
        return at;
}

static void merge_runs(struct index_entry *to, const struct index_entry *a, size_t a_count,
    const struct index_entry *b, size_t b_count)
{
        while (a_count && b_count) {
                if (compare_entries(a, b) <= 0) {
                        *to++ = *a++;
                        a_count--;
                } else {
                        *to++ = *b++;
                        b_count--;
                }
        }
        memcpy(to, a_count ? a : b, (a_count + b_count) * sizeof(*to));
}

/* Most entries come in rising runs, one for each day: pairs of runs are merged until one is left.
 */
static int sort_entries(struct index_entries *e)
{
        AUTO(mem_free_at) struct index_entry *other = mem_zero(e->room + 1, sizeof(*other));

        if (!other)
                return ERR_MEMORY;
        while (e->count && run_end(e->all, 0, e->count) < e->count) {
                struct index_entry *swap = e->all;

                for (size_t at = 0; at < e->count;) {
                        size_t middle = run_end(e->all, at, e->count);
                        size_t end = middle < e->count ? run_end(e->all, middle, e->count) : middle;

                        merge_runs(
                            other + at, e->all + at, middle - at, e->all + middle, end - middle);
                        at = end;
                }
                e->all = other;
                other = swap;
        }
        return 0;
}

static int compare_host_days(const void *a, const void *b)
{
        const struct index_host_day *x = a, *y = b;

        if (x->host != y->host)
                return x->host < y->host ? -1 : 1;
        return (x->day > y->day) - (x->day < y->day);
}

/* From here on hosts are named by their place in the order of addresses. */
static int number_hosts(struct index_entries *e)
{
        int err = dictionary_number(&e->hosts, text_order_compare);

        if (err)
                return err;
        for (size_t i = 0; i < e->host_day_count; i++)
                e->host_days[i].host = dictionary_number_of(&e->hosts, e->host_days[i].host);
        if (e->host_day_count)
                qsort(e->host_days, e->host_day_count, sizeof(*e->host_days), compare_host_days);
        return 0;
}

static uint32_t day_base(const struct index_entries *e)
{
        uint32_t base = UINT32_MAX;

        for (size_t i = 0; i < e->count; i++)
                if (e->all[i].day && e->all[i].day < base)
                        base = e->all[i].day;
        for (size_t i = 0; i < e->host_day_count; i++)
                if (e->host_days[i].day && e->host_days[i].day < base)
                        base = e->host_days[i].day;
        return base == UINT32_MAX ? 0 : base - 1;
}

struct gathering {
        struct index_entries *e;
        struct index_writer writer;
        uint32_t days[INDEX_DAYS_MAX], hosts[INDEX_HOSTS_MAX];
        uint64_t *marks; /* one bit for each host */
};

static int write_hosts(struct gathering *g)
{
        const struct index_entries *e = g->e;
        int err = 0;

        for (size_t i = 0; i < e->host_day_count && !err;) {
                uint32_t host = e->host_days[i].host;
                struct index_posting p = { .days = g->days };
                const struct ip_address *address = (const void *)dictionary_at(&e->hosts, host)
                                                       .data;

                for (; i < e->host_day_count && e->host_days[i].host == host; i++) {
                        p.kinds |= e->host_days[i].kinds;
                        if ((p.day_count == 0 || g->days[p.day_count - 1] != e->host_days[i].day) &&
                            p.day_count < INDEX_DAYS_MAX)
                                g->days[p.day_count++] = e->host_days[i].day;
                }
                err = index_writer_add_host(&g->writer, part_key_of(address), &p);
        }
        return err;
}

static size_t add_few(uint32_t *hosts, size_t count, uint32_t host)
{
        size_t at = count;

        while (at && hosts[at - 1] > host)
                at--;
        if (at && hosts[at - 1] == host)
                return count;
        memmove(hosts + at + 1, hosts + at, (count - at) * sizeof(*hosts));
        hosts[at] = host;
        return count + 1;
}

/* The marked ones, rising; the marks are gone. More than may be told: 0. */
static size_t take_marks(uint32_t *hosts, uint64_t *marks, size_t words)
{
        size_t n = 0;

        for (size_t w = 0; w < words; w++) {
                for (uint64_t bits = marks[w]; bits; bits &= bits - 1, n++)
                        if (n < INDEX_HOSTS_MAX)
                                hosts[n] = (uint32_t)(w * WORD_BITS) +
                                           (uint32_t)__builtin_ctzll(bits);
                marks[w] = 0;
        }
        return n > INDEX_HOSTS_MAX ? 0 : n;
}

/* The distinct hosts of the entries [from, to), rising. */
static size_t gather_hosts(struct gathering *g, size_t from, size_t to)
{
        const struct index_entries *e = g->e;
        size_t sum = 0, n = 0;

        for (size_t i = from; i < to; i++)
                sum += e->all[i].host_count;
        for (size_t i = from; i < to; i++)
                for (uint32_t k = 0; k < e->all[i].host_count; k++) {
                        uint32_t host = dictionary_number_of(
                            &e->hosts, e->met[e->all[i].host_from + k]);

                        if (sum <= FEW_HOSTS)
                                n = add_few(g->hosts, n, host);
                        else
                                g->marks[host / WORD_BITS] |= UINT64_C(1) << host % WORD_BITS;
                }
        return sum <= FEW_HOSTS ? n
                                : take_marks(g->hosts, g->marks, e->hosts.count / WORD_BITS + 1);
}

static int write_keys(struct gathering *g)
{
        const struct index_entries *e = g->e;
        int err = 0;

        for (size_t i = 0, from = 0; i < e->count && !err; from = i) {
                struct part_key key = e->all[i].key;
                struct index_posting p = { .days = g->days, .hosts = g->hosts };

                for (; i < e->count && part_key_compare(e->all[i].key, key) == 0; i++) {
                        p.kinds |= e->all[i].kinds;
                        if (p.day_count && g->days[p.day_count - 1] == e->all[i].day)
                                continue;
                        if (p.day_count == INDEX_DAYS_MAX)
                                break;
                        g->days[p.day_count++] = e->all[i].day;
                }
                if (p.kinds == INDEX_FLOWS)
                        p.host_count = gather_hosts(g, from, i);
                err = index_writer_add(&g->writer, key, &p);
        }
        return err;
}

int index_entries_write(struct buffer *out, struct index_entries *e)
{
        AUTO(mem_free_at) struct gathering *g = mem_zero(1, sizeof(*g));
        AUTO(mem_free_at)
        uint64_t *marks = mem_zero(e->hosts.count / WORD_BITS + 1, sizeof(*marks));
        int err;

        if (!g || !marks)
                return ERR_MEMORY;
        err = sort_entries(e);
        if (!err)
                err = number_hosts(e);
        if (err)
                return err;
        g->e = e;
        g->marks = marks;
        index_writer_init(&g->writer, day_base(e));
        err = write_hosts(g);
        if (!err)
                err = write_keys(g);
        if (!err)
                err = index_writer_finish(out, &g->writer);
        index_writer_done(&g->writer);
        return err;
}
