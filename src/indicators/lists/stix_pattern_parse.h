/* indicators/lists/stix_pattern_parse.h: the values that a STIX pattern compares with (STIX 2.1
 * part 9): addresses, names, URLs and hashes in `=`, `IN` and ISSUBSET. What a pattern demands
 * besides (ports, file names, order in time) cannot be kept in a set: the values stand for it.
 * Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_STIX_PATTERN_PARSE_H
#define CANH_INDICATORS_LISTS_STIX_PATTERN_PARSE_H

#include "base/buffer.h"
#include "base/text.h"

/* Adds the values, a line each; hashes of certificates to *certificates. A value with a blank
 * in it is left out. Negated comparisons, LIKE and MATCHES give no value. FORMAT: quotes or
 * brackets do not close. */
MUST_USE int stix_pattern_values(
    struct buffer *values, struct buffer *certificates, struct text pattern);

#endif
