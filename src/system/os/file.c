/* system/os/file.c: files within a folder; see folder.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/folder.h"
#include "system/os/folder_internal.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 << 10, NAME_ROOM = 300 };

void file_close_at(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
        *fd = -1;
}

int file_open_read(int *out, const struct folder *in, const char *name)
{
        struct stat st;
        int fd;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        /* O_NONBLOCK: a pipe that somebody put there must not hold us. */
        fd = openat(
            folder_handle(in), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
                return errno == ELOOP ? ERR_DENIED : err_from_errno(errno);
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
                (void)close(fd);
                return ERR_DENIED;
        }
        *out = fd;
        return 0;
}

int file_read_handle(struct buffer *out, int fd)
{
        size_t before = out->len;

        for (;;) {
                size_t step = out->max - out->len < READ_STEP ? out->max - out->len : READ_STEP;
                char probe;
                ssize_t n;
                int err = buffer_reserve(out, step);

                if (err)
                        return err;
                n = step ? read(fd, out->data + out->len, step) : read(fd, &probe, 1);
                if (n == 0)
                        return 0;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 || !step) {
                        err = n < 0 ? err_from_errno(errno) : ERR_LIMIT;
                        out->len = before;
                        return err;
                }
                out->len += (size_t)n;
                out->data[out->len] = '\0';
        }
}

int file_read_all(struct buffer *out, const struct folder *in, const char *name)
{
        AUTO(file_close_at) int fd = -1;
        int err = file_open_read(&fd, in, name);

        return err ? err : file_read_handle(out, fd);
}

int file_read_path(struct buffer *out, const char *path)
{
        AUTO(file_close_at) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

        return fd < 0 ? err_from_errno(errno) : file_read_handle(out, fd);
}

int file_write_handle(int fd, struct text bytes)
{
        while (bytes.len) {
                ssize_t n = write(fd, bytes.data, bytes.len);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 && (errno == ENOSPC || errno == EFBIG || errno == EDQUOT)
                                   ? ERR_LIMIT
                                   : ERR_IO;
                bytes.data += n;
                bytes.len -= (size_t)n;
        }
        return 0;
}

/* Unique among processes and threads; a leftover of a killed process is overwritten or stays
 * harmless. */
static int temporary_name(char out[NAME_ROOM], const char *name)
{
        static _Atomic unsigned count;
        int n = snprintf(
            out, NAME_ROOM, ".%s.%d.%u.new", name, (int)getpid(), atomic_fetch_add(&count, 1));

        return n > 0 && n < NAME_ROOM ? 0 : ERR_LIMIT;
}

int file_write_atomic(const struct folder *in, const char *name, struct text bytes, unsigned mode)
{
        AUTO(file_close_at) int fd = -1;
        char temporary[NAME_ROOM];
        int at = folder_handle(in), err;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        err = temporary_name(temporary, name);
        if (err)
                return err;
        fd = openat(at, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0)
                return err_from_errno(errno);
        err = file_write_handle(fd, bytes);
        if (!err && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
                err = errno == ENOSPC ? ERR_LIMIT : ERR_IO;
        if (!err && renameat(at, temporary, at, name) != 0)
                err = err_from_errno(errno);
        if (err) {
                (void)unlinkat(at, temporary, 0);
                return err;
        }
        return folder_sync(in);
}

int file_append(const struct folder *in, const char *name, struct text bytes, unsigned mode)
{
        AUTO(file_close_at) int fd = -1;
        struct stat st;
        int err;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        fd = openat(
            folder_handle(in), name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0 || fstat(fd, &st) != 0)
                return errno == ELOOP ? ERR_DENIED : err_from_errno(errno);
        err = file_write_handle(fd, bytes);
        if (!err && fsync(fd) != 0)
                err = ERR_IO;
        if (err && ftruncate(fd, st.st_size) != 0)
                return ERR_IO; /* half a line may stay: readers skip what does not parse */
        return err;
}

int file_size(int64_t *out, const struct folder *in, const char *name)
{
        struct stat st;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        if (fstatat(folder_handle(in), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                return err_from_errno(errno);
        *out = st.st_size;
        return 0;
}

int file_remove(const struct folder *in, const char *name)
{
        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        return unlinkat(folder_handle(in), name, 0) == 0 ? folder_sync(in) : err_from_errno(errno);
}

int file_rename(const struct folder *in, const char *from, const char *to)
{
        int at = folder_handle(in);

        if (!folder_name_is_plain(from) || !folder_name_is_plain(to))
                return ERR_DENIED;
        return renameat(at, from, at, to) == 0 ? folder_sync(in) : err_from_errno(errno);
}

int file_lock(int *out, const struct folder *in, const char *name)
{
        int fd;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        fd = openat(folder_handle(in), name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_from_errno(errno);
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
                int err = errno == EWOULDBLOCK ? ERR_BUSY : err_from_errno(errno);

                (void)close(fd);
                return err;
        }
        *out = fd;
        return 0;
}
