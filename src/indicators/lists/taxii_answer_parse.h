/* indicators/lists/taxii_answer_parse.h: what a TAXII 2.1 server answers (OASIS TAXII 2.1, 4 and
 * 5): discovery, API root, collections, one collection, an envelope of STIX objects; and the
 * joining of envelopes to one bundle. Pure. Limits: TAXII_*_MAX. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_TAXII_ANSWER_PARSE_H
#define CANH_INDICATORS_LISTS_TAXII_ANSWER_PARSE_H

#include "base/buffer.h"
#include "base/text.h"

#include <jansson.h>

enum {
        TAXII_URL_MAX = 900,
        TAXII_WORD_MAX = 200,
        TAXII_ROOTS_MAX = 32,
        TAXII_COLLECTIONS_MAX = 1000,
        TAXII_PARTS_MAX = 4096
};

/* *out, the caller's: {"kind":"discovery","roots":[url]} (the default one first), {"kind":"root"},
 * {"kind":"collections","collections":[{"id","alias","title"}]} (only those that may be read),
 * {"kind":"collection"}, {"kind":"envelope","objects":n,"more":bool,"next":text}, {"kind":"other"}.
 * FORMAT with *bad: no JSON object, or a member that breaks its bounds. */
MUST_USE int taxii_answer_parse(json_t **out, struct text bytes, struct parse_error *bad);

/* One STIX bundle of the objects of all parts (bundles or envelopes): of each identifier the
 * version with the latest `modified`, of equal ones that of the later part. *objects (may be NULL):
 * how many. FORMAT with *bad, LIMIT of the buffer. */
MUST_USE int taxii_join(struct buffer *out, size_t *objects, const struct text *parts, size_t count,
    struct parse_error *bad);

#endif
