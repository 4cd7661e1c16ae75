/* centre/admin_rows.h: the few questions of the administrator at the machine.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_ADMIN_ROWS_H
#define CANH_CENTRE_ADMIN_ROWS_H

#include "codec/ulid.h"

struct db;

MUST_USE int admin_rows_account(char id[ULID_MAX], struct db *db, const char *login); /* MISSING */
MUST_USE int admin_rows_unit(char id[ULID_MAX], struct db *db, const char *code);     /* MISSING */
/* Every table can be read to its end: IO when the file is damaged. */
MUST_USE int admin_rows_integrity(struct db *db);

#endif
