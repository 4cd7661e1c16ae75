/* indicators/set/indicator_builder.h: collects indicators and makes a set of them.
 * From: indicators/lists, or other sets. To: indicator_set. Limit: SET_BYTES_MAX and
 * max_indicators. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_INDICATOR_BUILDER_H
#define CANH_INDICATORS_SET_INDICATOR_BUILDER_H

#include "model/indicator.h"

struct indicator_builder;
struct indicator_set;

enum { BUILDER_INDICATORS_MAX = 16 << 20 };

MUST_USE int indicator_builder_new(struct indicator_builder **out, size_t max_indicators);
struct indicator_builder *indicator_builder_free(struct indicator_builder *b);
void indicator_builder_free_at(struct indicator_builder **b);
/* Copies what it keeps. The same value from several lists becomes one entry: sources joined,
 * greatest confidence, latest validity, first family. FORMAT if the value is not of its type;
 * LIMIT. */
MUST_USE int indicator_builder_add(struct indicator_builder *b, const struct indicator *indicator);
/* All entries of a set: the set in use is the union of the batches' sets. */
MUST_USE int indicator_builder_add_set(
    struct indicator_builder *b, const struct indicator_set *set);
/* *out belongs to the caller; the builder is empty afterwards, also on failure. */
MUST_USE int indicator_builder_finish(struct indicator_set **out, struct indicator_builder *b);

#endif
