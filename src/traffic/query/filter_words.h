/* traffic/query/filter_words.h: filter words cut into pieces, and what single pieces say. For this
 * folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FILTER_WORDS_H
#define CANH_TRAFFIC_QUERY_FILTER_WORDS_H

#include "codec/ip_address.h"

/* What a piece is: a word, or a sign: ( ) [ ] , ! & (&&) | (||) = > < G (>=) L (<=) N (!=). */
enum { FILTER_PIECE_END = 0, FILTER_PIECE_WORD = 'w' };

struct filter_piece {
        char kind;
        struct text text;
        size_t column; /* from 1 */
};

/* Takes the next piece off words, of which `at` bytes are used up. A byte that belongs to nothing
 * is a word of its own. */
void filter_piece_next(struct filter_piece *out, struct text words, size_t *at);

/* "10.0.0.1", "10/8", "192.168" (its octets say how long the prefix is), "2001:db8::/32". */
MUST_USE int filter_prefix_read(struct ip_prefix *out, struct text t);
/* "255.255.0.0"; FORMAT when ones follow zeros. */
MUST_USE int filter_mask_read(uint8_t *out_bits, struct text t);
/* "1024", "10k", "2M", "1g" (powers of 1000); with is_time also "1500ms", "30s", "5min", "2h" in
 * milliseconds. */
MUST_USE int filter_number_read(uint64_t *out, struct text t, bool is_time);
/* "80", or a usual service: "https". */
MUST_USE int filter_port_read(uint64_t *out, struct text t);
MUST_USE int filter_protocol_read(uint64_t *out, struct text t);
MUST_USE int filter_flags_read(uint64_t *out, struct text t);

#endif
