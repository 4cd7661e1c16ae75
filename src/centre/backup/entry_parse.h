/* centre/backup/entry_parse.h: the head of one file in a backup (docs/formats/backup.md): its name
 * below the data folder, zero-filled, and its size. No I/O.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_BACKUP_ENTRY_PARSE_H
#define CANH_CENTRE_BACKUP_ENTRY_PARSE_H

#include "base/text.h"

enum { ENTRY_NAME_MAX = 256, ENTRY_BYTES = ENTRY_NAME_MAX + 8, ENTRY_PARTS_MAX = 6 };

struct backup_entry {
        char name[ENTRY_NAME_MAX]; /* "keys/authority.pem"; "" is the end */
        uint64_t bytes;
};

/* FORMAT unless the name is one of our folders, then one to five names without "." and "..". */
MUST_USE int entry_parse(struct backup_entry *out, const unsigned char head[ENTRY_BYTES]);
void entry_write(unsigned char head[ENTRY_BYTES], const struct backup_entry *e);

#endif
