/* model/address_tenure.c: see address_tenure.h. SPDX-License-Identifier: Apache-2.0 */
#include "model/address_tenure.h"

#include "base/mem.h"

#include <string.h>

struct asked {
        const struct address_range *ranges;
        size_t count;
        const struct ip_address *address;
};

static bool holds(const struct address_range *r, time_ms at)
{
        return r->since <= at && (!r->until || r->until > at);
}

/* Does x decide rather than y, both holding the address? */
static bool is_closer(const struct address_range *x, const struct address_range *y)
{
        if (x->prefix.bits != y->prefix.bits)
                return x->prefix.bits > y->prefix.bits;
        if (x->is_imported != y->is_imported)
                return y->is_imported;
        return x->since > y->since;
}

static const struct address_range *holder(const struct asked *q, time_ms at)
{
        const struct address_range *best = NULL;

        for (size_t i = 0; i < q->count; i++) {
                const struct address_range *r = &q->ranges[i];

                if (holds(r, at) && ip_prefix_contains(&r->prefix, q->address) &&
                    (!best || is_closer(r, best)))
                        best = r;
        }
        return best;
}

static bool is_held_by(const struct asked *q, const struct address_range *r, time_ms at)
{
        const struct address_range *other = holder(q, at);

        return other && other->unit.len == r->unit.len &&
               memcmp(other->unit.data, r->unit.data, r->unit.len) == 0;
}

/* The last moment before `at`, or 0, at which a range that has the address begins or ends. */
static time_ms turn_before(const struct asked *q, time_ms at)
{
        time_ms last = 0;

        for (size_t i = 0; i < q->count; i++) {
                const struct address_range *r = &q->ranges[i];
                const time_ms turns[] = { r->since, r->until };

                for (size_t j = 0; j < ARRAY_LEN(turns); j++)
                        if (turns[j] > last && turns[j] <= at &&
                            ip_prefix_contains(&r->prefix, q->address))
                                last = turns[j];
        }
        return last;
}

/* The first after `at`, or 0. */
static time_ms turn_after(const struct asked *q, time_ms at)
{
        time_ms first = 0;

        for (size_t i = 0; i < q->count; i++) {
                const struct address_range *r = &q->ranges[i];
                const time_ms turns[] = { r->since, r->until };

                for (size_t j = 0; j < ARRAY_LEN(turns); j++)
                        if (turns[j] > at && (!first || turns[j] < first) &&
                            ip_prefix_contains(&r->prefix, q->address))
                                first = turns[j];
        }
        return first;
}

static void take_length(struct address_tenure *t, const struct asked *q, time_ms at)
{
        t->since = turn_before(q, at);
        while (t->since && is_held_by(q, t->range, t->since - 1))
                t->since = turn_before(q, t->since - 1);
        t->until = turn_after(q, at);
        while (t->until && is_held_by(q, t->range, t->until))
                t->until = turn_after(q, t->until);
}

/* Who held it last before, else who holds it first after. */
static struct address_tenure nearest(const struct asked *q, time_ms at)
{
        struct address_tenure t = { ADDRESS_NEVER, NULL, 0, 0 };

        for (size_t i = 0; i < q->count; i++) {
                const struct address_range *r = &q->ranges[i];

                if (!ip_prefix_contains(&r->prefix, q->address))
                        continue;
                if (r->until && r->until <= at) {
                        if (t.claim != ADDRESS_PAST || r->until > t.range->until)
                                t = (struct address_tenure){ ADDRESS_PAST, r, r->since, r->until };
                } else if (t.claim == ADDRESS_NEVER ||
                           (t.claim == ADDRESS_FUTURE && r->since < t.range->since)) {
                        t = (struct address_tenure){ ADDRESS_FUTURE, r, r->since, r->until };
                }
        }
        return t;
}

struct address_tenure address_tenure_find(
    const struct address_range *ranges, size_t count, const struct ip_address *a, time_ms at)
{
        const struct asked q = { ranges, count, a };
        struct address_tenure t = { ADDRESS_HELD, holder(&q, at), 0, 0 };

        if (!t.range)
                return nearest(&q, at);
        take_length(&t, &q, at);
        return t;
}

const char *address_claim_name(enum address_claim claim)
{
        static const char *const names[] = { "never", "held", "past", "future" };

        return names[claim];
}
