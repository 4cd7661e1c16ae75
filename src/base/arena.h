/* base/arena.h: many small things with one lifetime (a request, a list, a report).
 * Limit given at birth. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_ARENA_H
#define CANH_BASE_ARENA_H

#include "base/err.h"
#include "base/text.h"

struct arena;

MUST_USE int arena_new(struct arena **out, size_t max_bytes);
struct arena *arena_free(struct arena *a); /* takes NULL, returns NULL */
void arena_free_at(struct arena **a);
/* Zeroed, aligned for any type; NULL at the limit or without memory. Lives as long as the arena. */
MUST_USE void *arena_zero(struct arena *a, size_t count, size_t size);
/* A zero-ended copy; NULL at the limit. */
MUST_USE const char *arena_text(struct arena *a, struct text t);
size_t arena_used(const struct arena *a);

#endif
