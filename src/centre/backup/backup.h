/* centre/backup/backup.h: the whole office in one sealed file: the database as of one moment, while
 * the centre goes on; keys, lists and what agents fetch. docs/formats/backup.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_BACKUP_BACKUP_H
#define CANH_CENTRE_BACKUP_BACKUP_H

#include "base/text.h"

struct db;

/* EXISTS: `path` is there already. A failure leaves no file. *files: how many are in it. */
MUST_USE int backup_make(size_t *files, struct db *db, const char *data_folder, const char *path,
    struct text passphrase);
/* Into a data folder that has none of ours: EXISTS when it has. UNTRUSTED: wrong passphrase, or
 * altered; FORMAT: no backup. Nothing is put in place unless all of it could be read. */
MUST_USE int backup_restore(
    size_t *files, const char *data_folder, const char *path, struct text passphrase);

#endif
