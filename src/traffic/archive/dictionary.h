/* traffic/archive/dictionary.h: the distinct addresses and texts of a part as small numbers, in
 * their order. Collect all, then number, then ask. One thread; for this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_DICTIONARY_H
#define CANH_TRAFFIC_ARCHIVE_DICTIONARY_H

#include "codec/ip_address.h"

struct dictionary {
        struct dictionary_entry {
                struct text key; /* a view */
                uint64_t hash;
                uint32_t number;
        } * entries;
        uint32_t *slots; /* entry + 1, 0 = free */
        uint32_t *order; /* after numbering: which entry has a number */
        size_t count, room, slot_count;
};

void dictionary_done(struct dictionary *d);
/* *out is the key's entry, the same for equal keys. The key must stay where it is. */
MUST_USE int dictionary_add(uint32_t *out, struct dictionary *d, struct text key);
/* Takes the entry that was added last away again. */
void dictionary_drop_last(struct dictionary *d);
/* By the order of `compare`; none may be added any more. */
MUST_USE int dictionary_number(struct dictionary *d, int (*compare)(struct text, struct text));
static inline uint32_t dictionary_number_of(const struct dictionary *d, uint32_t entry)
{
        return d->entries[entry].number;
}
/* The number of a key that was added. */
uint32_t dictionary_find(const struct dictionary *d, struct text key);
/* The key that has the number. */
struct text dictionary_at(const struct dictionary *d, size_t number);

static inline struct text address_key(const struct ip_address *a)
{
        return (struct text){ (const char *)a->bytes, sizeof(a->bytes) };
}

#endif
