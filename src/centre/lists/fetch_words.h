/* centre/lists/fetch_words.h: why something could not be fetched, for people.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_FETCH_WORDS_H
#define CANH_CENTRE_LISTS_FETCH_WORDS_H

#include "base/err.h"

struct fetch_result;

/* Fills *bad; returns what failed: the fetching's own error, DENIED for 401 and 403, else CLOSED.
 */
int fetch_explain(struct parse_error *bad, const struct fetch_result *got);

#endif
