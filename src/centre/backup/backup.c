/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/backup/backup.h"

#include "base/mem.h"
#include "centre/backup/entry_parse.h"
#include "centre/backup/sealed_file.h"
#include "system/db/db.h"
#include "system/os/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 32 << 10, PATH_ROOM = 1200 };

static const char copy_name[] = "backup.copy", beside_name[] = "restore.new";
static const char *const folders[] = { "office", "keys", "lists", "bundle" };

struct work {
        struct sealed_file *file;
        const struct folder *at;
        const char *prefix;
        size_t files, depth;
};

static int add_bytes(struct sealed_file *to, int fd, uint64_t bytes)
{
        char piece[PIECE_BYTES];

        while (bytes) {
                ssize_t n = read(fd, piece, bytes < sizeof(piece) ? (size_t)bytes : sizeof(piece));
                int err = n <= 0 ? ERR_IO : sealed_file_write(to, piece, (size_t)n);
                if (err)
                        return err; /* also: it became shorter while it was read */
                bytes -= (uint64_t)n;
        }
        return 0;
}

static int add_file(struct work *w, const char *name, const char *as)
{
        AUTO(file_close_at) int fd = -1;
        struct backup_entry e = { 0 };
        unsigned char head[ENTRY_BYTES];
        struct stat seen;
        int err = file_open_read(&fd, w->at, name);

        if (!err && fstat(fd, &seen) != 0)
                err = err_from_errno(errno);
        if (!err && snprintf(e.name, sizeof(e.name), "%s/%s", w->prefix, as) >= (int)sizeof(e.name))
                err = ERR_LIMIT;
        if (err)
                return err;
        e.bytes = (uint64_t)seen.st_size;
        entry_write(head, &e);
        err = sealed_file_write(w->file, head, sizeof(head));
        w->files++;
        return err ? err : add_bytes(w->file, fd, e.bytes);
}

static int add_any(void *state, const char *name);

static int add_folder(struct work *w, const struct folder *in, const char *name)
{
        AUTO(folder_close_at) struct folder *f = NULL;
        char prefix[ENTRY_NAME_MAX];
        struct work inner = { .file = w->file, .depth = w->depth + 1 };
        int err = folder_open_in(&f, in, name, false);

        if (err == ERR_MISSING && w->depth == 0)
                return 0; /* an office that has never had a list */
        if (!err && (inner.depth >= ENTRY_PARTS_MAX ||
                        snprintf(prefix, sizeof(prefix), "%s%s%s", w->prefix,
                            w->prefix[0] ? "/" : "", name) >= (int)sizeof(prefix)))
                err = ERR_LIMIT;
        if (err)
                return err;
        inner.at = f;
        inner.prefix = prefix;
        err = folder_each(f, add_any, &inner);
        w->files += inner.files;
        return err;
}

static int add_any(void *state, const char *name)
{
        struct work *w = state;
        struct stat seen;

        if (fstatat(folder_handle(w->at), name, &seen, AT_SYMLINK_NOFOLLOW) != 0)
                return errno == ENOENT ? 0 : err_from_errno(errno); /* an upload that was dropped */
        if (S_ISDIR(seen.st_mode))
                return add_folder(w, w->at, name);
        return S_ISREG(seen.st_mode) ? add_file(w, name, name) : 0;
}

/* The copy is made beside the database, so that it never leaves the disk that is trusted with it.
 */
static int add_database(struct work *w, struct db *db, const struct folder *data)
{
        AUTO(folder_close_at) struct folder *office = NULL;
        char path[PATH_ROOM];
        struct work inner = { .file = w->file, .prefix = "office" };
        int err = folder_open_in(&office, data, "office", true);

        if (err)
                return err;
        (void)snprintf(path, sizeof(path), "%s/office/%s", folder_path(data), copy_name);
        err = file_remove(office, copy_name); /* of a run that was cut */
        if (!err || err == ERR_MISSING)
                err = db_copy(db, path);
        inner.at = office;
        if (!err)
                err = add_file(&inner, copy_name, "canh.db");
        w->files += inner.files;
        (void)unlink(path);
        return err;
}

static int add_all(struct work *w, struct db *db, const struct folder *data)
{
        const struct backup_entry end = { 0 };
        unsigned char head[ENTRY_BYTES];
        int err = add_database(w, db, data);

        for (size_t i = 1; !err && i < ARRAY_LEN(folders); i++)
                err = add_folder(w, data, folders[i]);
        entry_write(head, &end);
        if (!err)
                err = sealed_file_write(w->file, head, sizeof(head));
        return err ? err : sealed_file_finish(w->file);
}

int backup_make(
    size_t *files, struct db *db, const char *data_folder, const char *path, struct text passphrase)
{
        AUTO(sealed_file_close_at) struct sealed_file *file = NULL;
        AUTO(folder_close_at) struct folder *data = NULL;
        struct work w = { .prefix = "" };
        int err = folder_open(&data, data_folder);

        if (!err)
                err = sealed_file_create(&file, path, passphrase);
        if (err)
                return err;
        w.file = file;
        err = add_all(&w, db, data);
        if (err)
                (void)unlink(path);
        else
                *files = w.files;
        return err;
}

static int take_bytes(struct sealed_file *from, int fd, uint64_t bytes)
{
        char piece[PIECE_BYTES];
        int err = 0;

        while (!err && bytes) {
                size_t n = bytes < sizeof(piece) ? (size_t)bytes : sizeof(piece);
                err = sealed_file_read(from, piece, n);
                if (!err)
                        err = file_write_handle(fd, (struct text){ piece, n });
                bytes -= n;
        }
        if (!err && fsync(fd) != 0)
                err = err_from_errno(errno);
        return err;
}

/* Walks down to the folder of the name, making what is missing; *last is the rest of the name. */
static int open_parent(struct folder **out, char last[ENTRY_NAME_MAX], const struct folder *top,
    const struct backup_entry *e)
{
        AUTO(folder_close_at) struct folder *at = NULL;
        struct text part, rest = text_of(e->name);
        bool deep = false;

        while (text_split(&part, &rest, '/')) {
                struct folder *next = NULL;
                int err = text_copy(last, ENTRY_NAME_MAX, part);
                if (err || rest.len == 0)
                        break;
                err = folder_open_in(&next, deep ? at : top, last, true);
                if (err)
                        return err;
                (void)folder_close(at);
                at = next;
                deep = true;
        }
        if (!deep)
                return ERR_FORMAT;
        *out = MOVE(at);
        return 0;
}

static int take_file(
    struct sealed_file *from, const struct folder *top, const struct backup_entry *e)
{
        AUTO(folder_close_at) struct folder *in = NULL;
        AUTO(file_close_at) int fd = -1;
        char name[ENTRY_NAME_MAX];
        int err = open_parent(&in, name, top, e);

        if (err)
                return err;
        fd = openat(
            folder_handle(in), name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return err_from_errno(errno);
        err = take_bytes(from, fd, e->bytes);
        return err ? err : folder_sync(in);
}

static int take_all(size_t *files, struct sealed_file *from, const struct folder *top)
{
        unsigned char head[ENTRY_BYTES];
        struct backup_entry e;

        for (;;) {
                int err = sealed_file_read(from, head, sizeof(head));
                if (!err)
                        err = entry_parse(&e, head);
                if (err)
                        return err;
                if (!e.name[0])
                        return sealed_file_is_over(from);
                err = take_file(from, top, &e);
                if (err)
                        return err;
                ++*files;
        }
}

static int remove_any(void *state, const char *name)
{
        struct folder *in = state;
        AUTO(folder_close_at) struct folder *inner = NULL;

        if (unlinkat(folder_handle(in), name, 0) == 0)
                return 0;
        if (folder_open_in(&inner, in, name, false) == 0) {
                int err = folder_each(inner, remove_any, inner);
                if (err)
                        return err;
        }
        return unlinkat(folder_handle(in), name, AT_REMOVEDIR) == 0 ? 0 : err_from_errno(errno);
}

static int put_in_place(const struct folder *data, const struct folder *beside)
{
        for (size_t i = 0; i < ARRAY_LEN(folders); i++)
                if (renameat(folder_handle(beside), folders[i], folder_handle(data), folders[i]) !=
                        0 &&
                    errno != ENOENT)
                        return err_from_errno(errno);
        return folder_sync(data);
}

static int is_free(const struct folder *data)
{
        struct stat seen;

        for (size_t i = 0; i < ARRAY_LEN(folders); i++)
                if (fstatat(folder_handle(data), folders[i], &seen, AT_SYMLINK_NOFOLLOW) == 0)
                        return ERR_EXISTS;
        return 0;
}

int backup_restore(size_t *files, const char *data_folder, const char *path, struct text passphrase)
{
        AUTO(sealed_file_close_at) struct sealed_file *file = NULL;
        AUTO(folder_close_at) struct folder *data = NULL;
        AUTO(folder_close_at) struct folder *beside = NULL;
        size_t count = 0;
        int left, err = folder_open(&data, data_folder);

        if (!err)
                err = is_free(data);
        if (!err)
                err = sealed_file_open(&file, path, passphrase);
        if (!err)
                err = folder_open_in(&beside, data, beside_name, true);
        if (!err)
                err = folder_each(beside, remove_any, beside); /* of a run that was cut */
        if (err)
                return err;
        err = take_all(&count, file, beside);
        if (!err)
                err = put_in_place(data, beside);
        left = remove_any(data, beside_name);
        if (!err)
                *files = count;
        return err ? err : left;
}
