/* base/err.h: the few ways in which a call can fail, and where foreign input was bad.
 * Used by every folder. Functions that can fail return 0 or one of these, and are MUST_USE.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_ERR_H
#define CANH_BASE_ERR_H

#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(gnu_printf, at, first)))

enum err {
        ERR_BUG = -1,         /* our own mistake */
        ERR_MEMORY = -2,      /* no memory */
        ERR_FORMAT = -3,      /* foreign bytes are not what they should be */
        ERR_LIMIT = -4,       /* larger, deeper or more than the caller allowed */
        ERR_IO = -5,          /* the disk or the line failed */
        ERR_DENIED = -6,      /* not allowed */
        ERR_MISSING = -7,     /* there is no such thing */
        ERR_EXISTS = -8,      /* there is such a thing already */
        ERR_BUSY = -9,        /* somebody else holds it: try again */
        ERR_CLOSED = -10,     /* the other side has gone */
        ERR_UNTRUSTED = -11,  /* signature, checksum or certificate does not hold */
        ERR_UNSUPPORTED = -12 /* known, but not handled here */
};

enum { PARSE_WHY_MAX = 200 };

/* Where foreign input was refused and why, in words an officer can act on. line and column count
 * from 1, 0 = not known. Filled by parsers, in both languages. */
struct parse_error {
        size_t line;
        size_t column;
        char why_vi[PARSE_WHY_MAX];
        char why_en[PARSE_WHY_MAX];
};

/* A short text for a log line: "bad format". Static. */
const char *err_text(int err);

/* The err that best says what errno value `number` means. */
int err_from_errno(int number);

/* Fills *bad (NULL is allowed); the texts are cut at PARSE_WHY_MAX on a character's edge.
 * Returns ERR_FORMAT, so that a parser can `return parse_error_set(...)`. */
int parse_error_set(struct parse_error *bad, size_t line, const char *vi, const char *en);

/* The same with one quoted piece of the input, of which at most 40 bytes are shown and control
 * characters are replaced: vi and en each hold exactly one %s. */
int parse_error_quote(struct parse_error *bad, size_t line, const char *vi, const char *en,
    const char *piece, size_t piece_len);

#endif
