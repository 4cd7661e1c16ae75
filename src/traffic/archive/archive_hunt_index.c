/* traffic/archive/archive_hunt_index.c: what the indexes know of all that is listed: days that must
 * be looked at, or, where that is enough, the hosts themselves. SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "traffic/archive/hunt.h"
#include "traffic/archive/text_order.h"

#include <stdlib.h>

/* What has one key: its number is its place in the list of all of them, type by type. */
static const enum indicator_type keyed[] = { INDICATOR_IPV4, INDICATOR_IPV6, INDICATOR_NAME,
        INDICATOR_CERTIFICATE };

struct asking {
        struct hunt *hunt;
        struct index *index;
        const uint8_t *kept; /* brief: one for each day, a part of it is left */
        struct indicator_counts counts;
        uint64_t *hashes; /* of each number, as this version's filter takes them */
        uint32_t *numbers, version;
        size_t count;
};

static int add_candidates(
    struct hunt *h, const struct index_cursor *c, struct part_key address, struct text name)
{
        for (size_t i = 0; i < c->day_count; i++) {
                if (h->candidate_count == h->candidate_room) {
                        size_t room = h->candidate_room ? h->candidate_room * 2 : 256;
                        struct hunt_candidate *all = room > HUNT_CANDIDATES_MAX
                                                         ? NULL
                                                         : mem_grow(
                                                               h->candidates, room, sizeof(*all));

                        if (!all)
                                return room > HUNT_CANDIDATES_MAX ? ERR_LIMIT : ERR_MEMORY;
                        h->candidates = all;
                        h->candidate_room = room;
                }
                h->candidates[h->candidate_count++] = (struct hunt_candidate){ c->days[i], c->kinds,
                        address, name };
        }
        return 0;
}

/* Lies each of the key's days wholly within what is asked, with its part still there? */
static bool days_are_whole(const struct asking *a, const struct index_cursor *c)
{
        const struct archive_question *q = a->hunt->question;

        for (size_t i = 0; i < c->day_count; i++) {
                time_ms begin = ((time_ms)c->days[i] - 1) * DAY_MS;

                if (c->days[i] == 0 || !a->kept[c->days[i]] || begin < q->since ||
                    (q->until && begin + DAY_MS > q->until))
                        return false;
        }
        return true;
}

/* The hosts, from the index alone. */
static int add_hosts(struct asking *a, const struct index_cursor *c)
{
        struct archive_hit hit = { .peer = part_key_address(c->key),
                .place = PACKET_PLACE_ADDRESS,
                .is_brief = true,
                .first_at = ((time_ms)c->days[0] - 1) * DAY_MS,
                .last_at = (time_ms)c->days[c->day_count - 1] * DAY_MS - 1 };
        struct indicator_view view;
        int err = index_load_hosts(a->index);

        if (err || !indicator_set_find_address(&view, a->hunt->set, &hit.peer))
                return err;
        err = hunt_keep_view(&hit.indicator, a->hunt, &view);
        for (size_t i = 0; i < c->host_count && !err; i++) {
                hit.host = part_key_address(a->index->hosts[c->hosts[i]]);
                err = hits_add(&a->hunt->hits, &hit);
        }
        return err;
}

static int take_address(struct asking *a, const struct index_cursor *c)
{
        if (a->kept && c->kinds == INDEX_FLOWS && c->host_count && days_are_whole(a, c))
                return add_hosts(a, c);
        return add_candidates(a->hunt, c, c->key, (struct text){ 0 });
}

/* Each address within. */
static int ask_prefix(struct asking *a, const struct ip_prefix *prefix)
{
        struct ip_address low, high;
        int err;

        ip_prefix_range(&low, &high, prefix);
        err = index_seek(a->index, part_key_of(&low));
        while (!err) {
                err = index_next(a->index);
                if (!err && part_key_compare(a->index->cursor.key, part_key_of(&high)) > 0)
                        return 0;
                if (!err)
                        err = take_address(a, &a->index->cursor);
        }
        return err == ERR_MISSING ? 0 : err;
}

/* The key of a number; *name (may be NULL) is its name, labels reversed, or nothing. */
static int key_of_number(struct part_key *out, struct text *name, struct asking *a, uint32_t number)
{
        char buffer[FACTS_TEXT_MAX], *reversed = buffer;
        struct indicator_view view;
        struct text value;
        size_t t = 0, n = number;

        while (n >= a->counts.of[keyed[t]])
                n -= a->counts.of[keyed[t++]];
        if (keyed[t] == INDICATOR_IPV4 || keyed[t] == INDICATOR_IPV6) {
                struct ip_prefix p = indicator_set_prefix_at(a->hunt->set, keyed[t], n);

                *out = part_key_of(&p.base);
                return 0;
        }
        indicator_set_at(&view, a->hunt->set, keyed[t], n);
        value = indicator_view_value(&view);
        if (name || value.len > sizeof(buffer))
                reversed = arena_zero(a->hunt->names, value.len + 1, 1);
        if (!reversed)
                return ERR_MEMORY;
        text_reverse_labels(reversed, value);
        *out = index_name_key((struct text){ reversed, value.len }, a->version);
        if (name)
                *name = (struct text){ reversed, value.len };
        return 0;
}

/* The hashes of all that has a key. */
static int hash_all(struct asking *a, uint32_t version)
{
        int err = 0;

        if (a->hashes && a->version == version)
                return 0;
        a->version = version;
        a->count = 0;
        for (size_t t = 0; t < ARRAY_LEN(keyed); t++)
                a->count += a->counts.of[keyed[t]];
        mem_free(MOVE(a->hashes));
        mem_free(MOVE(a->numbers));
        a->hashes = mem_grow(NULL, a->count + 1, sizeof(*a->hashes));
        a->numbers = mem_grow(NULL, a->count + 1, sizeof(*a->numbers));
        if (!a->hashes || !a->numbers)
                return ERR_MEMORY;
        for (uint32_t n = 0; n < a->count && !err; n++) {
                struct part_key key = { 0, 0 };

                err = key_of_number(&key, NULL, a, n);
                a->hashes[n] = index_hash(key, version);
        }
        return err;
}

static int ask_number(struct asking *a, uint32_t number)
{
        struct text name = { 0 };
        struct part_key key;
        int err = key_of_number(&key, &name, a, number);

        if (!err)
                err = index_seek(a->index, key);
        if (!err)
                err = index_next(a->index);
        if (err || part_key_compare(a->index->cursor.key, key) != 0)
                return err == ERR_MISSING ? 0 : err;
        return name.data ? add_candidates(a->hunt, &a->index->cursor, key, name)
                         : take_address(a, &a->index->cursor);
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

/* Those that the filter lets pass, in the order of the set, which is nearly that of the pages. */
static int ask_all(struct asking *a)
{
        size_t kept = 0;
        int err = hash_all(a, a->index->header.version);

        for (uint32_t n = 0; n < a->count && !err; n++)
                a->numbers[n] = n;
        if (!err)
                err = index_pass_filter(&kept, a->numbers, a->count, a->hashes, a->index);
        if (kept)
                qsort(a->numbers, kept, sizeof(*a->numbers), compare_numbers);
        for (size_t i = 0; i < kept && !err; i++)
                err = ask_number(a, a->numbers[i]);
        for (size_t n = 0; n < a->counts.of[INDICATOR_PREFIX] && !err; n++) {
                struct ip_prefix p = indicator_set_prefix_at(a->hunt->set, INDICATOR_PREFIX, n);

                err = ask_prefix(a, &p);
        }
        return err;
}

int hunt_ask_indexes(bool *out, struct archive_reader *r, struct hunt *h)
{
        AUTO(mem_free_at) uint8_t *kept = NULL;
        struct asking a = { .hunt = h };
        int err = 0;

        if (h->question->brief) {
                kept = mem_zero(PART_DAY_MAX + 2, 1);
                if (!kept)
                        return ERR_MEMORY;
                for (size_t i = 0; i < r->manifest.part_count; i++)
                        kept[index_day(r->manifest.parts[i].day)] = 1;
                a.kept = kept;
        }
        indicator_set_count(&a.counts, h->set);
        *out = r->manifest.is_indexed;
        for (size_t i = 0; i < r->manifest.index_count && *out && !err; i++) {
                char name[INDEX_NAME_MAX];

                err = reader_index(&a.index, r, i);
                if (!err)
                        err = ask_all(&a);
                if (err) {
                        *out = false;
                        err = reader_note(r, index_name(name, r->manifest.indexes[i].id), err);
                }
        }
        mem_free(a.hashes);
        mem_free(a.numbers);
        if (!*out)
                hits_clear(&h->hits); /* all is looked at, so nothing may be there yet */
        return err;
}
