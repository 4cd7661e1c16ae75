/* base/text.h: views of text that need no copy and no zero byte.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_TEXT_H
#define CANH_BASE_TEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* A view: lives as long as the bytes it points to. */
struct text {
        const char *data;
        size_t len;
};

#undef TEXT /* windows.h has one too */
#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })
#define TEXT_ARGS(t) (int)(t).len, (t).data /* for "%.*s" */

struct text text_of(const char *zero_ended); /* NULL becomes empty */
struct text text_trim(struct text t);        /* without ASCII blanks at both ends */
bool text_is(struct text t, const char *word);
bool text_is_nocase(struct text t, const char *word); /* ASCII only */
bool text_starts(struct text t, const char *head);
bool text_ends(struct text t, const char *tail);
/* Index of the first `byte`, or t.len. */
size_t text_find(struct text t, char byte);
/* Takes the part before the first `byte` off *rest (or all of it); false when *rest was used up:
 * set rest->data = NULL is its end mark. */
bool text_split(struct text *out, struct text *rest, char byte);
/* A decimal number and nothing else; FORMAT, or LIMIT above max. */
MUST_USE int text_to_u64(uint64_t *out, struct text t, uint64_t max);
MUST_USE int text_to_i64(int64_t *out, struct text t);
/* True when the bytes are UTF-8 (RFC 3629: no overlong form, no surrogate). */
bool text_is_utf8(struct text t);
/* A zero-ended copy in out[room]; LIMIT if it does not fit (out is untouched). */
MUST_USE int text_copy(char *out, size_t room, struct text t);

#endif
