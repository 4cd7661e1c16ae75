/* canh/input_stream.c: see input_stream.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/input_stream.h"

#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAM_NAME_MAX = 1024, PIECE = 64 << 10 };

struct input_stream {
        struct archive *packed;
        int fd, error;
        const char *path;
        char name[STREAM_NAME_MAX];
        uint64_t size;
        time_ms written_at;
        char head[STREAM_HEAD_MAX];
        size_t head_len, head_used;
};

static int fill_about(struct input_stream *s)
{
        struct stat about;

        if (fstat(s->fd, &about))
                return err_from_errno(errno);
        if (S_ISDIR(about.st_mode))
                return ERR_UNSUPPORTED;
        if (S_ISREG(about.st_mode)) {
                s->size = (uint64_t)about.st_size;
                s->written_at = (time_ms)about.st_mtim.tv_sec * SECOND_MS;
        }
        return 0;
}

/* No format that plain text could be taken for: mtree, cpio and the like stay out. */
static int unpack(struct input_stream *s)
{
        struct archive *a = s->packed = archive_read_new();

        if (!a)
                return ERR_MEMORY;
        if (archive_read_support_filter_gzip(a) || archive_read_support_filter_bzip2(a) ||
            archive_read_support_filter_xz(a) || archive_read_support_filter_zstd(a) ||
            archive_read_support_filter_lz4(a) || archive_read_support_format_tar(a) ||
            archive_read_support_format_zip_streamable(a) || archive_read_support_format_raw(a) ||
            archive_read_support_format_empty(a))
                return ERR_UNSUPPORTED;
        return archive_read_open_fd(a, s->fd, PIECE) == ARCHIVE_OK ? 0 : ERR_FORMAT;
}

int input_stream_open(struct input_stream **out, const char *path)
{
        AUTO(input_stream_close_at) struct input_stream *s = mem_zero(1, sizeof(*s));
        int err;

        if (!s)
                return ERR_MEMORY;
        s->path = path;
        s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
        if (s->fd < 0)
                return err_from_errno(errno);
        err = fill_about(s);
        if (!err)
                err = unpack(s);
        if (!err)
                *out = MOVE(s);
        return err;
}

struct input_stream *input_stream_close(struct input_stream *s)
{
        if (s) {
                if (s->packed)
                        (void)archive_read_free(s->packed);
                if (s->fd >= 0)
                        (void)close(s->fd);
                mem_free(s);
        }
        return NULL;
}

void input_stream_close_at(struct input_stream **s)
{
        *s = input_stream_close(*s);
}

static int read_packed(size_t *out, struct input_stream *s, char *room, size_t max)
{
        la_ssize_t n = archive_read_data(s->packed, room, max);

        if (n < 0) {
                s->error = archive_errno(s->packed) == ENOMEM ? ERR_MEMORY : ERR_FORMAT;
                return s->error;
        }
        *out = (size_t)n;
        return 0;
}

/* Damage within the head is said when the head is used up, so that what came before is read. */
static void fill_head(struct input_stream *s)
{
        size_t n = 1;

        s->head_len = s->head_used = 0;
        while (s->head_len < STREAM_HEAD_MAX && n)
                if (read_packed(&n, s, s->head + s->head_len, STREAM_HEAD_MAX - s->head_len) == 0)
                        s->head_len += n;
                else
                        return;
}

static void name_entry(struct input_stream *s, struct archive_entry *entry)
{
        int format = archive_format(s->packed);
        const char *inside = archive_entry_pathname_utf8(entry);

        if (format == ARCHIVE_FORMAT_RAW || format == ARCHIVE_FORMAT_EMPTY)
                (void)snprintf(s->name, sizeof(s->name), "%s", s->path);
        else
                (void)snprintf(s->name, sizeof(s->name), "%s: %s", s->path, inside ? inside : "?");
        if (archive_entry_mtime_is_set(entry) && archive_entry_mtime(entry) > 0)
                s->written_at = (time_ms)archive_entry_mtime(entry) * SECOND_MS;
}

int input_stream_next(struct input_stream *s)
{
        struct archive_entry *entry;
        int n;

        if (s->error)
                return ERR_CLOSED; /* said when it was met; nothing behind it can be trusted */
        do {
                n = archive_read_next_header(s->packed, &entry);
        } while (
            n >= ARCHIVE_WARN && n != ARCHIVE_EOF && archive_entry_filetype(entry) != AE_IFREG);
        if (n == ARCHIVE_EOF)
                return ERR_CLOSED;
        if (n < ARCHIVE_WARN) {
                (void)snprintf(s->name, sizeof(s->name), "%s", s->path);
                return s->error = ERR_FORMAT;
        }
        name_entry(s, entry);
        fill_head(s);
        return 0;
}

const char *input_stream_name(const struct input_stream *s)
{
        return s->name;
}

time_ms input_stream_written_at(const struct input_stream *s)
{
        return s->written_at;
}

struct text input_stream_head(const struct input_stream *s)
{
        return (struct text){ s->head, s->head_len };
}

int input_stream_error(const struct input_stream *s)
{
        return s->error;
}

uint64_t input_stream_taken(const struct input_stream *s)
{
        return (uint64_t)archive_filter_bytes(s->packed, -1);
}

uint64_t input_stream_size(const struct input_stream *s)
{
        return s->size;
}

int input_stream_read(size_t *out, struct input_stream *s, char *room, size_t max)
{
        size_t left = s->head_len - s->head_used;

        if (left) {
                *out = left < max ? left : max;
                memcpy(room, s->head + s->head_used, *out);
                s->head_used += *out;
                return 0;
        }
        if (s->error)
                return s->error;
        return read_packed(out, s, room, max);
}

static ssize_t read_cookie(void *cookie, char *room, size_t max)
{
        size_t n = 0;

        if (input_stream_read(&n, cookie, room, max)) {
                errno = EIO;
                return -1;
        }
        return (ssize_t)n;
}

FILE *input_stream_file(struct input_stream *s)
{
        return fopencookie(s, "rb", (cookie_io_functions_t){ .read = read_cookie });
}
