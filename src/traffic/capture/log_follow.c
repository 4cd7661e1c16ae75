/* traffic/capture/log_follow.c: see log_follow.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/log_follow.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_SUM_BYTES = 256, NAME_ROOM = 256 };

struct log_follow {
        const struct folder *folder;
        char name[NAME_ROOM];
        int fd; /* -1: not there yet */
        bool begins;
        struct log_place place;
        char bytes[LOG_FOLLOW_BYTES], head[LOG_FOLLOW_HEAD];
};

static ssize_t read_from(int fd, char *out, size_t room, uint64_t offset)
{
        size_t got = 0;

        while (got < room) {
                ssize_t n = pread(fd, out + got, room - got, (off_t)(offset + got));

                if (n < 0)
                        return -1;
                if (n == 0)
                        break;
                got += (size_t)n;
        }
        return (ssize_t)got;
}

static uint64_t sum_of(const char *bytes, size_t len)
{
        uint64_t sum = UINT64_C(0xCBF29CE484222325);

        for (size_t i = 0; i < len; i++)
                sum = (sum ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001B3);
        return sum;
}

/* Whether the file begins as the place says. */
static bool begins_as(int fd, const struct log_place *place)
{
        char head[HEAD_SUM_BYTES];
        ssize_t n = place->head_bytes <= sizeof(head)
                        ? read_from(fd, head, (size_t)place->head_bytes, 0)
                        : -1;

        return n >= 0 && (uint64_t)n == place->head_bytes &&
               (!n || sum_of(head, (size_t)n) == place->head_sum);
}

static bool is_place(int fd, const struct log_place *place)
{
        struct stat s;

        return fstat(fd, &s) == 0 && (uint64_t)s.st_dev == place->device &&
               (uint64_t)s.st_ino == place->inode && (uint64_t)s.st_size >= place->offset &&
               begins_as(fd, place);
}

/* The file in hand from now on, from its beginning. Takes the handle. */
static int take_own(struct log_follow *f, int fd)
{
        struct stat s;

        if (fstat(fd, &s) != 0) {
                (void)close(fd);
                return ERR_IO;
        }
        file_close_at(&f->fd);
        f->fd = fd;
        f->begins = true;
        f->place = (struct log_place){ .device = (uint64_t)s.st_dev, .inode = (uint64_t)s.st_ino };
        return 0;
}

struct lookup {
        const struct log_follow *follow;
        const struct log_place *place;
        int fd;
};

/* Beside the log stand its older ones: mail.log.1, conn.2024-…log. */
static int look_at(void *state, const char *name)
{
        struct lookup *l = state;
        struct stat s;
        int fd;

        if (fstatat(folder_handle(l->follow->folder), name, &s, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(s.st_mode) || (uint64_t)s.st_ino != l->place->inode ||
            file_open_read(&fd, l->follow->folder, name))
                return 0;
        if (!is_place(fd, l->place)) {
                (void)close(fd);
                return 0;
        }
        l->fd = fd;
        return 1;
}

static int resume(struct log_follow *f, const struct log_place *from)
{
        struct lookup l = { f, from, -1 };
        int err;

        if (!from->inode)
                return 0;
        err = folder_each(f->folder, look_at, &l);
        if (err < 0 || l.fd < 0)
                return err < 0 ? err : 0;
        err = take_own(f, l.fd);
        f->place = *from;
        f->begins = false;
        return err;
}

int log_follow_new(struct log_follow **out, const struct folder *folder, const char *name,
    const struct log_place *from)
{
        AUTO(log_follow_free_at) struct log_follow *f = mem_zero(1, sizeof(*f));
        int err;

        if (!f)
                return ERR_MEMORY;
        f->folder = folder;
        f->fd = -1;
        err = text_copy(f->name, sizeof(f->name), text_of(name));
        if (!err)
                err = resume(f, from);
        if (!err)
                *out = MOVE(f);
        return err;
}

struct log_follow *log_follow_free(struct log_follow *f)
{
        if (f) {
                file_close_at(&f->fd);
                mem_free(f);
        }
        return NULL;
}

void log_follow_free_at(struct log_follow **f)
{
        *f = log_follow_free(*f);
}

void log_follow_place(struct log_place *out, const struct log_follow *f)
{
        *out = f->place;
}

/* While fewer than HEAD_SUM_BYTES were read, the file is known by what was read. */
static void extend_sum(struct log_follow *f)
{
        uint64_t wanted = f->place.offset < HEAD_SUM_BYTES ? f->place.offset : HEAD_SUM_BYTES;
        char head[HEAD_SUM_BYTES];
        ssize_t n;

        if (wanted == f->place.head_bytes)
                return;
        n = read_from(f->fd, head, (size_t)wanted, 0);
        if (n < 0 || (uint64_t)n != wanted)
                return;
        f->place.head_bytes = wanted;
        f->place.head_sum = sum_of(head, (size_t)n);
}

/* Cut, and perhaps grown again meanwhile. */
static int cut_check(struct log_follow *f)
{
        struct stat s;

        if (fstat(f->fd, &s) != 0)
                return ERR_IO;
        if ((uint64_t)s.st_size >= f->place.offset &&
            ((uint64_t)s.st_size == f->place.offset || begins_as(f->fd, &f->place)))
                return 0;
        f->place = (struct log_place){ .device = f->place.device, .inode = f->place.inode };
        f->begins = true;
        return 0;
}

/* Opens what has the name now, when that is another file with something in it: until then whoever
 * writes may still write to the old one. MISSING: it is the same, or not there. */
static int other_open(int *out, const struct log_follow *f)
{
        struct stat s;
        int fd, err = file_open_read(&fd, f->folder, f->name);

        if (err)
                return err == ERR_DENIED ? ERR_DENIED : ERR_MISSING;
        if (fstat(fd, &s) == 0 &&
            (f->fd < 0 || (s.st_size > 0 && ((uint64_t)s.st_ino != f->place.inode ||
                                                (uint64_t)s.st_dev != f->place.device)))) {
                *out = fd;
                return 0;
        }
        (void)close(fd);
        return ERR_MISSING;
}

static size_t whole_lines(const char *bytes, size_t len)
{
        while (len && bytes[len - 1] != '\n')
                len--;
        return len;
}

/* is_last: another file has the name, a rest without an end is a line too. */
static int lines_read(struct text *out, struct log_follow *f, bool is_last)
{
        ssize_t n = read_from(f->fd, f->bytes, sizeof(f->bytes), f->place.offset);
        size_t len;

        if (n < 0)
                return ERR_IO;
        len = whole_lines(f->bytes, (size_t)n);
        if (!len && ((size_t)n == sizeof(f->bytes) || is_last))
                len = (size_t)n;
        if (!len)
                return ERR_MISSING;
        f->place.offset += len;
        extend_sum(f);
        *out = (struct text){ f->bytes, len };
        return 0;
}

int log_follow_next(struct text *out, bool *begins, struct log_follow *f)
{
        int other, err = f->fd >= 0 ? cut_check(f) : ERR_MISSING;

        if (!err)
                err = lines_read(out, f, false);
        if (err == ERR_MISSING) {
                err = other_open(&other, f);
                if (err)
                        return err;
                /* What came between the last look and the change of the name. */
                err = f->fd >= 0 ? lines_read(out, f, true) : ERR_MISSING;
                if (!err) {
                        (void)close(other);
                } else if (err == ERR_MISSING) {
                        err = take_own(f, other);
                        if (!err)
                                err = lines_read(out, f, false);
                } else {
                        (void)close(other);
                }
        }
        if (err)
                return err;
        *begins = f->begins;
        f->begins = false;
        return 0;
}

int log_follow_head(struct text *out, struct log_follow *f)
{
        ssize_t n = f->fd >= 0 ? read_from(f->fd, f->head, sizeof(f->head), 0) : 0;
        size_t len;

        if (n < 0)
                return ERR_IO;
        len = (uint64_t)n > f->place.offset ? (size_t)f->place.offset : (size_t)n;
        *out = (struct text){ f->head, whole_lines(f->head, len) };
        return 0;
}
