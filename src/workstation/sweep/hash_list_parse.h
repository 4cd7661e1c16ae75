/* workstation/sweep/hash_list_parse.h: one line of a hash list. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_HASH_LIST_PARSE_H
#define CANH_WORKSTATION_SWEEP_HASH_LIST_PARSE_H

#include "workstation/sweep/hash_list.h"

struct hash_line {
        bool present; /* false: an empty line or a remark */
        enum hash_kind kind;
        uint8_t digest[SHA256_BYTES];
        struct text name; /* into the line; may be empty */
};

/* FORMAT, with *bad filled for line number `line`. */
MUST_USE int hash_line_parse(
    struct hash_line *out, struct text line, size_t number, struct parse_error *bad);

#endif
