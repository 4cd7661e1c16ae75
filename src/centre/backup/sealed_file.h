/* centre/backup/sealed_file.h: a stream of bytes in a file that only a passphrase opens: Argon2id
 * (64 MiB) and libsodium's secretstream, so that a byte changed, cut or put in another order is
 * found. Layout: docs/formats/backup.md. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_BACKUP_SEALED_FILE_H
#define CANH_CENTRE_BACKUP_SEALED_FILE_H

#include "base/text.h"

struct sealed_file;

/* EXISTS: nothing is overwritten. */
MUST_USE int sealed_file_create(struct sealed_file **out, const char *path, struct text passphrase);
MUST_USE int sealed_file_write(struct sealed_file *f, const void *bytes, size_t len);
/* The end, on disk when it returns; without it the file cannot be read to its end. */
MUST_USE int sealed_file_finish(struct sealed_file *f);

/* FORMAT: no such file of ours. */
MUST_USE int sealed_file_open(struct sealed_file **out, const char *path, struct text passphrase);
/* Exactly len bytes. UNTRUSTED: another passphrase, or the file was altered or cut; what was read
 * before is then not to be used. */
MUST_USE int sealed_file_read(struct sealed_file *f, void *bytes, size_t len);
/* 0 when all was read and the end is the true one; else UNTRUSTED. */
MUST_USE int sealed_file_is_over(struct sealed_file *f);
struct sealed_file *sealed_file_close(struct sealed_file *f); /* takes NULL, returns NULL */
void sealed_file_close_at(struct sealed_file **f);

#endif
