/* indicators/set/set_layout.h: the set file and its tables in memory; drawn in
 * docs/formats/indicator-set.md. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_SET_LAYOUT_H
#define CANH_INDICATORS_SET_SET_LAYOUT_H

#include "indicators/set/indicator_set.h"

#define SET_MAGIC "CANHSET\n"

enum {
        SET_VERSION = 1,        /* of a set without origins: also older programs read it */
        SET_VERSION_ORIGIN = 2, /* flags hold origins besides */
        SET_SECTIONS = 3 * INDICATOR_TYPES + 3, /* values, details, offsets per type; then: */
        SET_SECTION_DETAILS = 3 * INDICATOR_TYPES,
        SET_SECTION_TEXT_OFFSETS,
        SET_SECTION_TEXTS,
        SET_CHECKSUM_AT = 16,
        SET_LENGTHS_AT = 48, /* u64 each */
        SET_HEADER_BYTES = SET_LENGTHS_AT + 8 * SET_SECTIONS,
        SET_DETAIL_BYTES = 12,
        SET_FLAG_SUBDOMAINS = 1,
        SET_ORIGIN_SHIFT = 1, /* enum indicator_origin in two bits */
        SET_ORIGIN_MASK = 3,
        SET_FLAGS_MAX = SET_FLAG_SUBDOMAINS | SET_ORIGIN_MASK << SET_ORIGIN_SHIFT,
        SET_TOPS = 65536
};

/* Says "surely not" for most that is not in a table, at one touch of memory. */
struct set_filter {
        uint64_t *words;
        unsigned shift; /* of a 64-bit hash */
};

struct set_table {
        const uint8_t *values;  /* count entries of `stride` bytes, or text */
        const uint8_t *details; /* u32 each */
        const uint8_t *offsets; /* text types: count + 1 u32 into values */
        size_t count, stride, values_len;
        struct set_filter filter;
};

struct indicator_set {
        uint8_t *bytes;
        uint32_t version;
        size_t len;
        struct set_table tables[INDICATOR_TYPES];
        const uint8_t *details, *text_offsets, *texts;
        size_t detail_count, text_count, text_len;
        /* made at load; never in the file */
        uint32_t *v4_index; /* first entry of each value of the top bits */
        unsigned v4_shift;
        uint32_t *prefix_parent; /* the next wider prefix around, or PREFIX_NONE */
        uint64_t *prefix_tops;   /* one bit per top 16 bits of IPv4 that a prefix touches */
};

enum { STRIDE_TEXT = 0, PREFIX_NONE = -1 };

static inline uint32_t get_u32(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
               (uint32_t)at[3] << 24;
}

static inline uint64_t get_u64(const uint8_t *at)
{
        return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

static inline void put_u32(uint8_t *at, uint32_t value)
{
        for (int i = 0; i < 4; i++)
                at[i] = (uint8_t)(value >> (8 * i));
}

static inline void put_u64(uint8_t *at, uint64_t value)
{
        put_u32(at, (uint32_t)value);
        put_u32(at + 4, (uint32_t)(value >> 32));
}

/* Bytes of one value; STRIDE_TEXT for names and URLs. */
size_t set_stride(enum indicator_type type);
bool set_is_text(enum indicator_type type);
struct text set_entry(const struct set_table *table, size_t n);
/* The place of value in the table, or table->count. */
size_t set_table_find(const struct set_table *table, struct text value);
/* The same for any type of a set, IPv4 by its index; `value` as set_entry gives it. */
size_t set_value_find(const struct indicator_set *set, enum indicator_type type, struct text value);
void set_view_fill(struct indicator_view *out, const struct indicator_set *set,
    enum indicator_type type, size_t n);
/* Canonical text of value number n of its type, as a list would write it. */
void set_value_write(char out[SET_SHORT_VALUE_MAX], enum indicator_type type, const uint8_t *value);

/* set_filter.c */
uint64_t set_hash(const void *bytes, size_t len);
static inline uint64_t set_hash_v4(uint32_t address)
{
        return address * UINT64_C(0x9E3779B97F4A7C15);
}
MUST_USE int set_filter_init(struct set_filter *f, size_t count);
void set_filter_done(struct set_filter *f);
void set_filter_add(struct set_filter *f, uint64_t hash);
static inline bool set_filter_may_have(const struct set_filter *f, uint64_t hash)
{
        uint64_t bit = hash >> f->shift;

        return (f->words[bit >> 6] >> (bit & 63)) & 1;
}

/* set_index.c: fills what is made at load. */
MUST_USE int set_index_make(struct indicator_set *set);
void set_index_done(struct indicator_set *set);

#endif
