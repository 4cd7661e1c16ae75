/* traffic/archive/archive_days.c: on which days may the archive hold what a question asks for? The
 * indexes tell, so that parts of other days are not opened. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/archive_reader.h"
#include "traffic/archive/text_order.h"

enum {
        ADDRESSES_MAX = 256, /* beyond it asking costs more than it saves */
        PAGES_MAX = 32,      /* the same of a prefix: so many pages of its keys are walked over */
        DAYS_BYTES = PART_DAY_MAX + 2
};

int reader_index(struct index **out, struct archive_reader *r, size_t n)
{
        int err = 0;

        if (!r->indexes)
                r->indexes = mem_zero(r->manifest.index_count + 1, sizeof(*r->indexes));
        if (!r->indexes)
                return ERR_MEMORY;
        if (!r->indexes[n])
                err = index_open(&r->indexes[n], r->folder, r->manifest.indexes[n].id);
        if (!err)
                *out = r->indexes[n];
        return err;
}

/* The days of what is asked for; `all`: it is not known which. */
struct days {
        uint8_t *marks;
        bool all;
};

static void mark(struct days *d, const struct index_cursor *c)
{
        for (size_t i = 0; i < c->day_count; i++)
                d->marks[c->days[i]] = 1;
}

static int mark_range(struct days *d, struct index *x, struct part_key low, struct part_key high)
{
        size_t first, pages = 0;
        int err = index_seek(x, low);

        first = x->page_number;
        while (!err && pages < PAGES_MAX) {
                err = index_next(x);
                if (!err && part_key_compare(x->cursor.key, high) > 0)
                        return 0;
                if (!err)
                        mark(d, &x->cursor);
                pages = x->page_number - first;
        }
        d->all |= !err;
        return err == ERR_MISSING ? 0 : err;
}

static int mark_remotes(struct days *d, struct index *x, const struct archive_question *q)
{
        int err = 0;

        for (size_t i = 0; i < q->address_count && !err && !d->all; i++) {
                struct ip_address low, high;

                ip_prefix_range(&low, &high, &q->addresses[i]);
                err = mark_range(d, x, part_key_of(&low), part_key_of(&high));
        }
        return err;
}

static int mark_hosts(struct days *d, struct index *x, const struct archive_question *q)
{
        AUTO(index_cursor_free_at) struct index_cursor *c = NULL;
        int err = index_read_hosts(&c, x);

        while (!err && (err = index_cursor_parse(c)) == 0) {
                struct ip_address host = part_key_address(c->key);

                for (size_t i = 0; i < q->address_count; i++)
                        if (ip_prefix_contains(&q->addresses[i], &host))
                                mark(d, c);
        }
        return err == ERR_MISSING ? 0 : err;
}

static int mark_name(struct days *d, struct index *x, struct text reversed)
{
        struct part_key key = index_name_key(reversed, INDEX_VERSION);

        return mark_range(d, x, key, key);
}

static int ask_index(
    struct days *d, struct index *x, const struct archive_question *q, struct text reversed)
{
        int err;

        if (x->header.version != INDEX_VERSION) {
                d->all = true;
                return 0;
        }
        if (reversed.len)
                return mark_name(d, x, reversed);
        err = mark_remotes(d, x, q);
        return err || d->all ? err : mark_hosts(d, x, q);
}

int reader_days(uint8_t **out, struct archive_reader *r, const struct archive_question *q)
{
        AUTO(mem_free_at) uint8_t *marks = NULL;
        char reversed[FACTS_TEXT_MAX];
        struct days d = { .all = !r->manifest.is_indexed ||
                                 (q->name.len == 0 && q->address_count == 0) ||
                                 q->address_count > ADDRESSES_MAX ||
                                 q->name.len > sizeof(reversed) };
        int err = 0;

        *out = NULL;
        if (d.all)
                return 0;
        marks = d.marks = mem_zero(DAYS_BYTES, 1);
        if (!marks)
                return ERR_MEMORY;
        text_reverse_labels(reversed, q->name);
        for (size_t i = 0; i < r->manifest.index_count && !err && !d.all; i++) {
                struct index *x = NULL;
                char name[INDEX_NAME_MAX];

                err = reader_index(&x, r, i);
                if (!err)
                        err = ask_index(&d, x, q, (struct text){ reversed, q->name.len });
                if (err) {
                        d.all = true;
                        err = reader_note(r, index_name(name, r->manifest.indexes[i].id), err);
                }
        }
        if (!err && !d.all)
                *out = MOVE(marks);
        return err;
}
