/* canh/flows_archive.h: the archive that a verb of `canh flows` names, with what stands beside its
 * parts: own-ranges.txt (which addresses are ours, one range a line) and imports.txt (what was read
 * into it, one SHA-256 and name a line). SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_FLOWS_ARCHIVE_H
#define CANH_CANH_FLOWS_ARCHIVE_H

#include "base/buffer.h"
#include "canh/flows_arguments.h"
#include "traffic/archive/archive.h"

struct folder;

/* For reading. Complains itself, also of damaged files, which are left out. */
MUST_USE int flows_archive_read(
    struct archive_reader **out, struct folder **out_folder, const struct flows_arguments *a);
/* For writing; the folder is made when it is missing. */
MUST_USE int flows_archive_write(
    struct archive **out, struct folder **out_folder, const struct flows_arguments *a);
/* The ranges that --own names, else those of the archive; without either a->own_count stays 0:
 * private ranges. */
MUST_USE int flows_archive_own(struct flows_arguments *a, const struct folder *folder);
/* Keeps the ranges with the archive. */
MUST_USE int flows_archive_keep_own(const struct folder *folder, const struct flows_arguments *a);

enum { FLOWS_DIGEST_TEXT_MAX = 33 };
/* XXH3 (128 bits) of the file's bytes. UNSUPPORTED: not a regular file, which can be read only
 * once. */
MUST_USE int flows_digest(char out[FLOWS_DIGEST_TEXT_MAX], const char *path);
/* *out is whether it was imported before, or stands in the lines that are not written yet. */
MUST_USE int flows_imported(
    bool *out, const struct folder *folder, const struct buffer *lines, const char *digest);
/* Adds a line for flows_imported_keep. */
MUST_USE int flows_imported_add(struct buffer *lines, const char *digest, const char *path);
/* Writes the lines, once the archive has made durable what they stand for; empties the buffer. */
MUST_USE int flows_imported_keep(const struct folder *folder, struct buffer *lines);

#endif
