/* centre/sample.h: the first unit and user without a browser, and a sample district out of a
 * folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_SAMPLE_H
#define CANH_CENTRE_SAMPLE_H

#include "base/clock.h"
#include "base/text.h"
#include "codec/ulid.h"
#include "model/scope.h"

struct db;

#define SAMPLE_PACK "tet-2024" /* when nobody chooses another */

enum { SAMPLE_LOGIN_MAX = 64 };

struct sample_made {
        char login[SAMPLE_LOGIN_MAX];
        char password[ULID_MAX]; /* one-time; wipe it */
};

/* The root unit (when there is none) and an administrator with a one-time password. EXISTS: the
 * login is in use. */
MUST_USE int sample_first_user(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *login, const char *name, const char *office_name, struct parse_error *bad);
/* FOLDER/{units,people,ranges,systems,machines}.csv; each may be missing, and is whole or not at
 * all. */
MUST_USE int sample_import(
    struct db *db, const struct clock *clock, const char *folder, struct parse_error *bad);
/* FOLDER/pack.json becomes a directive. */
MUST_USE int sample_load_pack(
    struct db *db, const struct clock *clock, const char *folder, struct parse_error *bad);
/* All of it, for a first start; the user is "canbo". */
MUST_USE int sample_load(struct sample_made *made, struct db *db, const struct clock *clock,
    const char *folder, const char *packs_folder, struct parse_error *bad);

/* PACKS/NAME/pack.json becomes a directive; *lead_kind (room PACK_KIND_MAX) is the kind of unit
 * that it names the lead office, "office" without one. MISSING: there is no such pack; FORMAT with
 * *bad.
 */
enum { PACK_KIND_MAX = 64 };
MUST_USE int pack_take(char lead_kind[PACK_KIND_MAX], struct db *db, const struct clock *clock,
    const char *packs_folder, const char *name, struct parse_error *bad);

#endif
