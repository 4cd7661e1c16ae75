/* centre/admin_files.h: the verbs of the administrator that write or read a file: a check kit, a
 * backup and its restore.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_ADMIN_FILES_H
#define CANH_CENTRE_ADMIN_FILES_H

#include "base/clock.h"
#include "base/text.h"

struct db;
struct scope;

enum { BACKUP_CODE_MAX = 40, PASSPHRASE_MAX = 512 };

/* A check kit for a unit in a new file. EXISTS, MISSING, IO. */
MUST_USE int admin_kit(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *data_folder, const char *unit_id, int64_t days, const char *path);
/* A new file. EXISTS: nothing is overwritten. */
MUST_USE int admin_write_file(const char *path, struct text bytes);
/* A code of 160 random bits to read out and write down. */
void admin_make_code(char out[BACKUP_CODE_MAX]);
/* The first line of a file, or of standard input for "-". FORMAT when it is empty. */
MUST_USE int admin_read_passphrase(char out[PASSPHRASE_MAX], const char *path);

#endif
