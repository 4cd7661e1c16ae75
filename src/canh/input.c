/* canh/input.c: see input.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 65536, PATH_ROOM = 4096 };

static int read_all(struct buffer *out, int fd)
{
        for (;;) {
                char step[STEP];
                ssize_t n = read(fd, step, sizeof(step));
                int err;
                if (n == 0)
                        return 0;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno == EISDIR ? ERR_UNSUPPORTED : err_from_errno(errno);
                err = buffer_add(out, step, (size_t)n);
                if (err)
                        return err;
        }
}

int input_read(struct buffer *out, const char *path)
{
        int fd, err;

        if (strcmp(path, "-") == 0)
                return read_all(out, STDIN_FILENO);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return err_from_errno(errno);
        err = read_all(out, fd);
        (void)close(fd);
        return err;
}

uint64_t input_size(const char *path)
{
        struct stat about;

        return stat(path, &about) == 0 && S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
}

static int write_all(int fd, struct text bytes)
{
        while (bytes.len) {
                ssize_t n = write(fd, bytes.data, bytes.len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_from_errno(errno);
                bytes = (struct text){ bytes.data + n, bytes.len - (size_t)n };
        }
        return 0;
}

/* /dev/null, /dev/stdout, a pipe: as root a rename would put a file in the place of the device. */
static bool is_written_in_place(const char *path)
{
        struct stat about;

        return lstat(path, &about) == 0 && !S_ISREG(about.st_mode);
}

static int write_in_place(const char *path, struct text bytes)
{
        int err, fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

        if (fd < 0)
                return err_from_errno(errno);
        err = write_all(fd, bytes);
        return close(fd) && !err ? err_from_errno(errno) : err;
}

static int write_beside(const char *path, struct text bytes)
{
        char beside[PATH_ROOM];
        int fd, err, n = snprintf(beside, sizeof(beside), "%s.new-%ld", path, (long)getpid());

        if (n < 0 || (size_t)n >= sizeof(beside))
                return ERR_LIMIT;
        fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0)
                return err_from_errno(errno);
        err = write_all(fd, bytes);
        if (!err && fsync(fd))
                err = err_from_errno(errno);
        if (close(fd) && !err)
                err = err_from_errno(errno);
        if (!err && rename(beside, path))
                err = err_from_errno(errno);
        if (err)
                (void)unlink(beside);
        return err;
}

int output_write(const char *path, struct text bytes)
{
        return is_written_in_place(path) ? write_in_place(path, bytes) : write_beside(path, bytes);
}

static const char *reason(enum language l, int err)
{
        switch (err) {
        case ERR_MISSING:
                return say(l, "không có tệp hoặc thư mục này", "there is no such file or folder");
        case ERR_DENIED:
                return say(l, "không có quyền đọc hoặc ghi", "no permission to read or write");
        case ERR_UNSUPPORTED:
                return say(l, "đây là thư mục, hãy nêu tên tệp trong đó",
                    "this is a folder: name the files in it");
        case ERR_LIMIT:
                return say(l, "lớn hơn giới hạn cho phép", "larger than the limit");
        case ERR_MEMORY:
                return say(l, "hết bộ nhớ", "out of memory");
        case ERR_IO:
                return say(l, "lỗi đọc hoặc ghi đĩa", "the disk could not be read or written");
        default:
                return err_text(err);
        }
}

void input_complain(enum language l, const char *path, int err, const struct parse_error *bad)
{
        const char *why = bad && bad->why_vi[0] ? say(l, bad->why_vi, bad->why_en) : reason(l, err);

        if (bad && bad->line)
                (void)fprintf(stderr,
                    say(l, "canh: %s: dòng %zu: %s\n", "canh: %s: line %zu: %s\n"), path, bad->line,
                    why);
        else
                (void)fprintf(stderr, "canh: %s: %s\n", path, why);
}
