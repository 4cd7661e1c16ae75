/* centre/lists/list_shelf.h: files of lists below the office's lists folder: uploads that wait for
 * a decision, the set of each indicator list in use, the set made of all of them, and what feeds
 * brought last.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_LIST_SHELF_H
#define CANH_CENTRE_LISTS_LIST_SHELF_H

#include "base/buffer.h"
#include "codec/digest.h"

#include <jansson.h>

struct db;
struct indicator_set;
struct office;
struct clock;

/* Keeps an upload with what was chosen for it; its name is the SHA-256 of its bytes. */
MUST_USE int shelf_keep_upload(
    char sha256[SHA256_HEX_MAX], struct office *office, struct text bytes);
MUST_USE int shelf_keep_choices(struct office *office, const char *sha256, const json_t *choices);
/* MISSING; FORMAT for a name that is none. */
MUST_USE int shelf_read_upload(
    struct buffer *bytes, json_t **choices, struct office *office, const char *sha256);
void shelf_drop_upload(struct office *office, const char *sha256);

MUST_USE int shelf_keep_set(struct office *office, const char *store, struct text bytes);
/* A handle to one list's set, the caller's. MISSING. */
MUST_USE int shelf_open_set(int *fd, uint64_t *bytes, struct office *office, const char *store);
/* Makes one set of all lists in use and publishes it; *counts (may be NULL) as GET /lists says
 * them. */
MUST_USE int shelf_publish(
    json_t **counts, struct office *office, struct db *db, const struct clock *clock);
/* Reads a kept set; MISSING, FORMAT, UNTRUSTED. */
MUST_USE int shelf_load_set(struct indicator_set **out, struct office *office, const char *store);
/* What a feed brought last, as it came: to be joined with what is added, to be handed on. MISSING;
 * FORMAT for a name that is no identifier. */
MUST_USE int shelf_keep_copy(struct office *office, const char *feed_id, struct text bytes);
MUST_USE int shelf_read_copy(struct buffer *out, struct office *office, const char *feed_id);
void shelf_drop_copy(struct office *office, const char *feed_id);
/* The set in use; empty when there is none. */
MUST_USE int shelf_read_set(struct buffer *out, struct office *office);

#endif
