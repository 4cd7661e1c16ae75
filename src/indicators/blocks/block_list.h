/* indicators/blocks/block_list.h: indicators in the words of somebody's firewall or resolver, for
 * the operator to load. Canh itself blocks nothing. From: a set, one indicator after the other (the
 * program joins them). To: a file or a URL. A target is one file block_<name>.c that ends in a
 * const entry, and one line in block_list.c. Pure. Limit: that of the buffer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_BLOCKS_BLOCK_LIST_H
#define CANH_INDICATORS_BLOCKS_BLOCK_LIST_H

#include "base/buffer.h"
#include "model/indicator.h"

enum { BLOCK_NAME_MAX = 24 };

/* What an RPZ answers for a listed name (draft-vixie-dnsop-dns-rpz 3): that it does not exist, that
 * it has no such record, nothing at all, or the truth (for a week of watching the log). */
enum block_answer { BLOCK_NXDOMAIN, BLOCK_NODATA, BLOCK_DROP, BLOCK_PASSTHRU };

struct block_options {
        struct text name;     /* of the set, list or zone: letters, digits, '-', '_' */
        time_ms at;           /* what is no longer valid then is left out */
        int least_confidence; /* what is known to be less sure is left out; 0 = none */
        enum block_answer answer;
        uint32_t serial; /* of the zone; must grow with each issue */
};

struct block_counts {
        size_t written, expired, unsure;
        size_t sinkholes; /* never blocked: that would hide the victims from the next list */
        size_t foreign;   /* of a type that this target cannot use: a hash, a URL */
};

struct block_target {
        const char *id, *vi, *en, *extension;
        int (*begin)(struct buffer *out, const struct block_options *options);
        /* UNSUPPORTED: this type has no place here. */
        int (*add)(struct buffer *out, const struct block_options *options,
            const struct indicator *indicator);
        int (*end)(struct buffer *out, const struct block_options *options);
};

/* NULL behind the last; NULL if there is none of that name. */
const struct block_target *block_target_at(size_t n);
const struct block_target *block_target_named(struct text id);

/* FORMAT if options->name is none. Otherwise LIMIT of the buffer. */
MUST_USE int block_list_begin(
    struct buffer *out, const struct block_target *target, const struct block_options *options);
/* Adds the indicator, or counts why it is left out. */
MUST_USE int block_list_add(struct buffer *out, struct block_counts *counts,
    const struct block_target *target, const struct block_options *options,
    const struct indicator *indicator);
MUST_USE int block_list_end(
    struct buffer *out, const struct block_target *target, const struct block_options *options);

#endif
