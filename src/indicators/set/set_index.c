/* indicators/set/set_index.c: what a set makes for itself after its bytes were checked: filters,
 * the index over the top bits of IPv4, the tree of nested prefixes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/set_layout.h"

enum { BUCKET_LOG = 3, INDEX_LOG_MAX = 22, V4_BITS = 96 };

static int index_v4(struct indicator_set *set)
{
        const struct set_table *t = &set->tables[INDICATOR_IPV4];
        unsigned log = 0;
        size_t at = 0;

        while (log < INDEX_LOG_MAX && ((size_t)1 << (log + BUCKET_LOG)) < t->count)
                log++;
        set->v4_index = mem_zero(((size_t)1 << log) + 1, sizeof(*set->v4_index));
        if (!set->v4_index)
                return ERR_MEMORY;
        set->v4_shift = 32 - log;
        for (uint64_t bucket = 0; bucket <= (UINT64_C(1) << log); bucket++) {
                while (at < t->count &&
                       (uint64_t)get_u32(t->values + 4 * at) >> set->v4_shift < bucket)
                        at++;
                set->v4_index[bucket] = (uint32_t)at;
        }
        return 0;
}

static struct ip_prefix prefix_at(const struct set_table *t, size_t n)
{
        struct ip_prefix p;

        memcpy(p.base.bytes, t->values + n * t->stride, 16);
        p.bits = t->values[n * t->stride + 16];
        return p;
}

/* Prefixes are sorted by base, wider first: the one around is the nearest before that contains the
 * base. */
static int index_prefixes(struct indicator_set *set)
{
        const struct set_table *t = &set->tables[INDICATOR_PREFIX];

        if (t->count == 0)
                return 0;
        set->prefix_parent = mem_zero(t->count, sizeof(*set->prefix_parent));
        set->prefix_tops = mem_zero(SET_TOPS / 64, sizeof(*set->prefix_tops));
        if (!set->prefix_parent || !set->prefix_tops)
                return ERR_MEMORY;
        for (size_t i = 0; i < t->count; i++) {
                struct ip_prefix p = prefix_at(t, i), outer;
                struct ip_address low, high;
                uint32_t parent = i ? (uint32_t)(i - 1) : (uint32_t)PREFIX_NONE;

                while (parent != (uint32_t)PREFIX_NONE) {
                        outer = prefix_at(t, parent);
                        if (ip_prefix_contains(&outer, &p.base))
                                break;
                        parent = set->prefix_parent[parent];
                }
                set->prefix_parent[i] = parent;
                ip_prefix_range(&low, &high, &p);
                if (!ip_address_is_v4(&high) && p.bits >= V4_BITS)
                        continue;
                if (p.bits < V4_BITS && !ip_address_is_v4(&low) && !ip_address_is_v4(&high))
                        continue;
                for (uint32_t top = ip_address_v4(&low) >> 16; top <= ip_address_v4(&high) >> 16;
                     top++)
                        set->prefix_tops[top >> 6] |= UINT64_C(1) << (top & 63);
        }
        return 0;
}

static int filter_table(struct set_table *t, bool v4)
{
        int err;

        if (t->count == 0)
                return 0;
        err = set_filter_init(&t->filter, t->count);
        if (err)
                return err;
        for (size_t i = 0; i < t->count; i++) {
                struct text value = set_entry(t, i);
                set_filter_add(&t->filter, v4 ? set_hash_v4(get_u32((const uint8_t *)value.data))
                                              : set_hash(value.data, value.len));
        }
        return 0;
}

int set_index_make(struct indicator_set *set)
{
        int err = index_v4(set);

        if (!err)
                err = index_prefixes(set);
        for (unsigned i = 0; i < INDICATOR_TYPES && !err; i++)
                err = filter_table(&set->tables[i], i == INDICATOR_IPV4);
        return err;
}

void set_index_done(struct indicator_set *set)
{
        mem_free(set->v4_index);
        mem_free(set->prefix_parent);
        mem_free(set->prefix_tops);
        for (unsigned i = 0; i < INDICATOR_TYPES; i++)
                set_filter_done(&set->tables[i].filter);
}
