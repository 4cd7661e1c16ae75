/* base/key_table.h: byte strings as small numbers, each kept once: what a count is kept for (a
 * host, a port, a name). Limit given at birth. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_KEY_TABLE_H
#define CANH_BASE_KEY_TABLE_H

#include "base/text.h"

struct key_table;

enum { KEY_TABLE_KEY_MAX = 512, KEY_TABLE_KEYS_MAX = 1 << 24 };

/* At most max_keys (<= KEY_TABLE_KEYS_MAX) keys. */
MUST_USE int key_table_new(struct key_table **out, size_t max_keys);
struct key_table *key_table_free(struct key_table *t); /* takes NULL, returns NULL */
void key_table_free_at(struct key_table **t);
/* The number of the key, 0, 1, 2 … in the order in which keys first came. LIMIT: it is new and
 * max_keys are kept, or it is longer than KEY_TABLE_KEY_MAX. */
MUST_USE int key_table_add(size_t *out, struct key_table *t, struct text key);
size_t key_table_count(const struct key_table *t);
/* Lives until the next key_table_add. */
struct text key_table_at(const struct key_table *t, size_t number);

#endif
