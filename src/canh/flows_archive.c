/* canh/flows_archive.c: see flows_archive.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_archive.h"

#include "base/mem.h"
#include "codec/digest.h"
#include "system/os/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define OWN_NAME "own-ranges.txt"
#define IMPORTS_NAME "imports.txt"

enum {
        OWN_BYTES_MAX = 256 << 10,
        IMPORTS_BYTES_MAX = 16 << 20,
        FOLDER_MODE = 0700,
        FILE_MODE = 0600
};
enum { PIECE = 64 << 10, DAMAGE_SHOWN = 10 };

static const char *reason(int err, enum language l)
{
        switch (err) {
        case ERR_MISSING:
                return say(l, "không có kho lưu lượng ở đây", "there is no archive here");
        case ERR_FORMAT:
                return say(l, "không phải kho lưu lượng", "this is not an archive of flows");
        case ERR_UNSUPPORTED:
                return say(
                    l, "kho do phiên bản mới hơn tạo ra", "the archive is of a later version");
        case ERR_UNTRUSTED:
                return say(l, "kho bị hỏng: mã kiểm tra không khớp",
                    "the archive is damaged: its checksum does not hold");
        case ERR_BUSY:
                return say(l, "chương trình khác đang ghi vào kho này",
                    "another program is writing to this archive");
        case ERR_DENIED:
                return say(l, "không có quyền", "no permission");
        default:
                return say(l, "không đọc hoặc ghi được", "it could not be read or written");
        }
}

static int refuse(const struct flows_arguments *a, int err)
{
        (void)flows_complain(
            a->language, a->archive, reason(err, LANGUAGE_VI), reason(err, LANGUAGE_EN));
        return err;
}

static void say_damage(const struct archive_reader *r, const struct flows_arguments *a)
{
        const char *damage;
        struct archive_counts counts;

        for (size_t i = 0; i < DAMAGE_SHOWN && (damage = archive_reader_damage(r, i)); i++)
                (void)fprintf(stderr,
                    say(a->language, "canh flows: %s: tệp hỏng, đã bỏ qua: %s\n",
                        "canh flows: %s: damaged file, left out: %s\n"),
                    a->archive, damage);
        archive_reader_count(&counts, r);
        if (counts.dropped_unsealed_bytes)
                (void)fprintf(stderr,
                    say(a->language, "canh flows: %s: mất %" PRIu64 " byte chưa kịp niêm phong\n",
                        "canh flows: %s: %" PRIu64 " bytes that were not sealed are lost\n"),
                    a->archive, counts.dropped_unsealed_bytes);
}

int flows_archive_read(
    struct archive_reader **out, struct folder **out_folder, const struct flows_arguments *a)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        int err = folder_open(&folder, a->archive);

        if (!err)
                err = archive_reader_open(out, folder);
        if (err)
                return refuse(a, err);
        *out_folder = MOVE(folder);
        say_damage(*out, a);
        return 0;
}

int flows_archive_write(
    struct archive **out, struct folder **out_folder, const struct flows_arguments *a)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        struct archive_options options = { .own = a->own,
                .own_count = a->own_count,
                .keep_days = a->keep_days,
                .clock = &clock_real };
        int err = *out_folder ? 0 : folder_open_or_make(&folder, a->archive, FOLDER_MODE);

        if (!err)
                err = archive_open(out, *out_folder ? *out_folder : folder, &options);
        if (err)
                return refuse(a, err);
        if (!*out_folder)
                *out_folder = MOVE(folder);
        return 0;
}

int flows_archive_own(struct flows_arguments *a, const struct folder *folder)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(OWN_BYTES_MAX);
        struct text rest, line;
        int err;

        if (a->own_count)
                return 0;
        err = file_read_all(&bytes, folder, OWN_NAME);
        if (err)
                return err == ERR_MISSING ? 0 : refuse(a, err);
        rest = (struct text){ bytes.data, bytes.len };
        while (text_split(&line, &rest, '\n')) {
                if (text_trim(line).len == 0)
                        continue;
                if (a->own_count == FLOWS_OWN_MAX ||
                    ip_prefix_parse(&a->own[a->own_count++], text_trim(line), false))
                        return flows_complain(a->language, OWN_NAME,
                            "có dòng không phải dải địa chỉ", "a line is not an address range");
        }
        return 0;
}

int flows_archive_keep_own(const struct folder *folder, const struct flows_arguments *a)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(OWN_BYTES_MAX);
        char prefix[IP_PREFIX_TEXT_MAX];
        int err = 0;

        for (size_t i = 0; i < a->own_count && !err; i++)
                err = buffer_add_format(&bytes, "%s\n", ip_prefix_write(prefix, &a->own[i]));
        if (!err && a->own_count)
                err = file_write_atomic(
                    folder, OWN_NAME, (struct text){ bytes.data, bytes.len }, FILE_MODE);
        return err ? refuse(a, err) : 0;
}

/* XXH3 of 128 bits: it tells a file that comes a second time by mistake, at the speed of reading. A
 * digest that withstands malice would cost more than all the rest of an import. */
static int digest_handle(char out[FLOWS_DIGEST_TEXT_MAX], int fd)
{
        XXH3_state_t state;
        XXH128_canonical_t digest;
        AUTO(mem_free_at) uint8_t *piece = mem_zero(PIECE, 1);
        struct stat about;
        ssize_t n;

        if (!piece)
                return ERR_MEMORY;
        if (fstat(fd, &about) || !S_ISREG(about.st_mode))
                return ERR_UNSUPPORTED;
        (void)XXH3_128bits_reset(&state);
        while ((n = read(fd, piece, PIECE)) > 0)
                (void)XXH3_128bits_update(&state, piece, (size_t)n);
        XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(&state));
        hex_write(out, digest.digest, sizeof(digest.digest));
        return n < 0 ? err_from_errno(errno) : 0;
}

int flows_digest(char out[FLOWS_DIGEST_TEXT_MAX], const char *path)
{
        int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC), err;

        if (fd < 0)
                return strcmp(path, "-") == 0 ? ERR_UNSUPPORTED : err_from_errno(errno);
        err = digest_handle(out, fd);
        (void)close(fd);
        return err;
}

static bool has_line(const struct buffer *lines, const char *digest)
{
        struct text rest = { lines->data, lines->len }, line;

        while (text_split(&line, &rest, '\n'))
                if (text_starts(line, digest))
                        return true;
        return false;
}

int flows_imported(
    bool *out, const struct folder *folder, const struct buffer *lines, const char *digest)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(IMPORTS_BYTES_MAX);
        int err = file_read_all(&bytes, folder, IMPORTS_NAME);

        *out = has_line(lines, digest) || has_line(&bytes, digest);
        return err == ERR_MISSING ? 0 : err;
}

int flows_imported_add(struct buffer *lines, const char *digest, const char *path)
{
        const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

        return buffer_add_format(lines, "%s %s\n", digest, name);
}

int flows_imported_keep(const struct folder *folder, struct buffer *lines)
{
        int err = 0;

        if (lines->len)
                err = file_append(
                    folder, IMPORTS_NAME, (struct text){ lines->data, lines->len }, FILE_MODE);
        if (!err)
                buffer_clear(lines);
        return err;
}
