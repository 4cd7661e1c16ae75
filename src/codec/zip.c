/* codec/zip.c: see zip.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/zip.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>

enum { STEP = 65536, RATIO_FREE = 1 << 20 };

bool zip_is_archive(struct text bytes)
{
        return text_starts(bytes, "PK\x03\x04");
}

static int unpack_part(struct buffer *part, size_t *plain, struct archive *a, size_t packed)
{
        char step[STEP];

        for (;;) {
                la_ssize_t n = archive_read_data(a, step, sizeof(step));
                int err;
                if (n == 0)
                        return 0;
                if (n < 0)
                        return ERR_FORMAT;
                *plain += (size_t)n;
                if (*plain > ZIP_PLAIN_MAX || *plain > RATIO_FREE + packed * ZIP_RATIO_MAX)
                        return ERR_LIMIT;
                err = buffer_add(part, step, (size_t)n);
                if (err)
                        return err;
        }
}

static void close_archive(struct archive **a)
{
        if (*a)
                (void)archive_read_free(*a);
}

/* Names in UTF-8 are had without a locale; others as their bytes. */
static const char *name_of(struct archive_entry *entry)
{
        const char *name = archive_entry_pathname_utf8(entry);

        return name ? name : archive_entry_pathname(entry);
}

int zip_unpack(struct text bytes, const struct zip_want *want)
{
        AUTO(close_archive) struct archive *a = archive_read_new();
        struct archive_entry *entry;
        size_t plain = 0;

        if (!a)
                return ERR_MEMORY;
        if (archive_read_support_format_zip(a) != ARCHIVE_OK ||
            archive_read_open_memory(a, bytes.data, bytes.len) != ARCHIVE_OK)
                return ERR_FORMAT;
        for (size_t parts = 0;; parts++) {
                int state = archive_read_next_header(a, &entry);
                struct buffer *part;
                const char *name;
                int err;
                if (state == ARCHIVE_EOF)
                        return 0;
                if ((state != ARCHIVE_OK && state != ARCHIVE_WARN) || parts > ZIP_PARTS_MAX)
                        return ERR_FORMAT;
                if (archive_entry_is_encrypted(entry))
                        return ERR_DENIED;
                name = name_of(entry);
                part = name ? want->part(want->state, name) : NULL;
                if (!part || part->len)
                        continue;
                err = unpack_part(part, &plain, a, bytes.len);
                if (err)
                        return err;
        }
}
