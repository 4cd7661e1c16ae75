/* centre/revoked_rows.h: certificates that are not accepted any more. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CENTRE_REVOKED_ROWS_H
#define CANH_CENTRE_REVOKED_ROWS_H

#include "base/err.h"

#include <stdbool.h>

struct db;

/* Serial in lower-case hex. */
MUST_USE int revoked_rows_has(bool *out, struct db *db, const char *serial);

#endif
