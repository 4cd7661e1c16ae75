/* office/campaign/test_office.h: a small office in memory for the tests and the benchmark of this
 * folder. Not part of the product.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_TEST_OFFICE_H
#define CANH_OFFICE_CAMPAIGN_TEST_OFFICE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "model/scope.h"

struct db;

/* Opens ":memory:", migrates, and makes the unit ROOT (kind committee). Exits the test on failure.
 */
struct db *test_office_open(void);
/* The same in another place. */
struct db *test_office_open_at(const char *url);
/* Inserts; id is also the name. parent "" for none. */
void test_office_unit(
    struct db *db, const char *id, const char *parent, const char *kind, int declared);
void test_office_machine(
    struct db *db, const char *id, const char *unit, time_ms seen_at, time_ms swept_at);
/* packs/tet-2024/pack.json, found through CANH_PACKS. */
void test_office_pack(struct buffer *out);
/* Any file below that folder. */
void test_office_file(struct buffer *out, const char *name);
struct scope test_office_scope(const char *unit_id, enum role role);

#endif
