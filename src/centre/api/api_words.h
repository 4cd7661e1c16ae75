/* centre/api/api_words.h: what the handlers of intake share: texts of a call, answers in one line.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_WORDS_H
#define CANH_CENTRE_API_API_WORDS_H

#include "centre/web/route.h"

/* Zero-ended copies in the call's arena; "" when absent, NULL only without memory. */
const char *call_param(const struct call *call, size_t n);
const char *call_word(const struct call *call, const char *query_name);
/* {"name": value}; answers 200. Takes the value. */
MUST_USE int reply_named(struct reply *reply, const char *name, json_t *value_own);
/* *bad as a problem document when it says something, else the err as it is. */
MUST_USE int reply_refused(
    struct reply *reply, const struct call *call, int err, const struct parse_error *bad);
void reply_nothing(struct reply *reply); /* 204 */

#endif
