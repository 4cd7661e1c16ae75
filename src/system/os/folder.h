/* system/os/folder.h: a folder held open by handle, and the files in it. All names are single names
 * within the folder (DENIED for "/", "." and ".."), so nothing reaches beside it; links are never
 * followed. Writing is whole or not at all and on disk when the call returns. Any thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_FOLDER_H
#define CANH_SYSTEM_OS_FOLDER_H

#include "base/buffer.h"
#include "base/text.h"

struct folder;

/* The last name of `path` may be a link here: it is the operator who says where. MISSING, DENIED,
 * IO. */
MUST_USE int folder_open(struct folder **out, const char *path);
/* Makes what is missing of the path, the last folder with `mode`. */
MUST_USE int folder_open_or_make(struct folder **out, const char *path, unsigned mode);
/* A folder in a folder; made with mode 0700 when missing and `make`. */
MUST_USE int folder_open_in(
    struct folder **out, const struct folder *in, const char *name, bool make);
struct folder *folder_close(struct folder *f); /* takes NULL, returns NULL */
void folder_close_at(struct folder **f);
int folder_handle(const struct folder *f);       /* a view: closed with the folder */
const char *folder_path(const struct folder *f); /* as it was opened; for messages */
/* Writes the folder's own entries to the disk. */
MUST_USE int folder_sync(const struct folder *f);
/* EXISTS when there is one already. */
MUST_USE int folder_make(const struct folder *in, const char *name, unsigned mode);
/* Calls `each` for every entry but "." and ".." until it returns non-zero, which is then returned.
 */
MUST_USE int folder_each(
    const struct folder *f, int (*each)(void *state, const char *name), void *state);

/* Adds the whole content; LIMIT when out is full. Only regular files: DENIED for links and others.
 */
MUST_USE int file_read_all(struct buffer *out, const struct folder *in, const char *name);
/* A system file by path (/etc/os-release), following links; adds at most what out holds, LIMIT
 * beyond. */
MUST_USE int file_read_path(struct buffer *out, const char *path);
/* Everything that can still be read from the handle. */
MUST_USE int file_read_handle(struct buffer *out, int fd);
/* Temporary file, fsync, rename, fsync of the folder: after `kill -9` either the old or the new
 * content is there, whole. LIMIT when the disk is full; the old file is then untouched. */
MUST_USE int file_write_atomic(
    const struct folder *in, const char *name, struct text bytes, unsigned mode);
/* Adds at the end and syncs; made with `mode` when missing. */
MUST_USE int file_append(
    const struct folder *in, const char *name, struct text bytes, unsigned mode);
/* *out is a handle that the caller closes. */
MUST_USE int file_open_read(int *out, const struct folder *in, const char *name);
MUST_USE int file_write_handle(int fd, struct text bytes);
MUST_USE int file_size(int64_t *out, const struct folder *in, const char *name);
/* MISSING when it is not there. */
MUST_USE int file_remove(const struct folder *in, const char *name);
MUST_USE int file_rename(const struct folder *in, const char *from, const char *to);
/* Holds the lock file until the handle is closed or the process ends. BUSY when somebody else has
 * it. */
MUST_USE int file_lock(int *out, const struct folder *in, const char *name);
void file_close_at(int *fd); /* for AUTO on an int that is -1 when closed */

#endif
