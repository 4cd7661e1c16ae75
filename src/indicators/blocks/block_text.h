/* indicators/blocks/block_text.h: what the targets share. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_BLOCKS_BLOCK_TEXT_H
#define CANH_INDICATORS_BLOCKS_BLOCK_TEXT_H

#include "codec/ip_address.h"
#include "indicators/blocks/block_list.h"

/* "# Canh 2024-01-08T00:00:00Z <what>\n" with the target's own sign of a comment. */
MUST_USE int block_text_head(
    struct buffer *out, const char *comment, const struct block_options *options);
/* The address or prefix of an indicator, as a prefix; UNSUPPORTED for other types. */
MUST_USE int block_text_prefix(struct ip_prefix *out, const struct indicator *indicator);
/* "198.51.100.7", "203.0.113.0/24"; returns out. */
const char *block_text_write(char out[IP_PREFIX_TEXT_MAX], const struct ip_prefix *prefix);
/* Nothing. */
MUST_USE int block_text_none(struct buffer *out, const struct block_options *options);
enum { BLOCK_V4_BITS = 96 }; /* a prefix of IPv4 begins behind ::ffff: */
bool block_text_is_v4(const struct ip_prefix *prefix);

#endif
