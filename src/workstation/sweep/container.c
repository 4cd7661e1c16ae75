/* workstation/sweep/container.c: see container.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/container.h"
#include "base/buffer.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

enum { RATIO_BYTES_MIN = 16 << 20, NAME_BYTES_MAX = 1024, WAY_BYTES_MAX = 1 << 16, STEP = 64 };

struct opening {
        const struct container_limits *limits;
        const struct container_sink *sink;
        uint64_t packed, unpacked, members;
        time_ms until;
        struct buffer way;
        enum container_end end;
        bool over; /* a limit of the whole: nothing more is opened */
};

bool container_can_open(void)
{
        return true;
}

static void note(struct opening *o, enum container_end end)
{
        if (end > o->end)
                o->end = end;
        o->over = o->over || end >= CONTAINER_MEMBERS;
}

struct beginning {
        size_t at;
        const char *bytes;
        size_t len;
};

static const struct beginning beginnings[] = { { 0, "PK", 2 }, { 0, "7z\xBC\xAF\x27\x1C", 6 },
        { 0, "Rar!\x1A\x07", 6 }, { 0, "\x1F\x8B", 2 }, { 0, "\x1F\x9D", 2 }, { 0, "BZh", 3 },
        { 0,
            "\xFD"
            "7zXZ",
            5 },
        { 0, "\x28\xB5\x2F\xFD", 4 }, { 0, "\x04\x22\x4D\x18", 4 }, { 0, "MSCF", 4 },
        { 0, "!<arch>\n", 8 }, { 0, "070701", 6 }, { 0, "070702", 6 }, { 0, "070707", 6 },
        { 0, "\xC7\x71", 2 }, { 257, "ustar", 5 }, { 32769, "CD001", 5 }, { 2, "-lh", 3 } };

/* Windows programs may carry an archive behind them, and most do not. */
static bool may_carry(struct text bytes)
{
        return bytes.len > 64 && memcmp(bytes.data, "MZ", 2) == 0;
}

static bool looks_packed(struct text bytes)
{
        for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
                const struct beginning *b = &beginnings[i];

                if (bytes.len >= b->at + b->len &&
                    memcmp(bytes.data + b->at, b->bytes, b->len) == 0)
                        return true;
        }
        return false;
}

static void reader_free_at(struct archive **a)
{
        if (*a)
                (void)archive_read_free(*a);
}

/* Only what libarchive does itself: some of its filters would start programs. `bare`: what is
 * packed is taken as it comes, whatever it looks like. */
static struct archive *reader_new(bool bare)
{
        static int (*const filters[])(struct archive *) = { archive_read_support_filter_gzip,
                archive_read_support_filter_bzip2, archive_read_support_filter_xz,
                archive_read_support_filter_zstd, archive_read_support_filter_lz4,
                archive_read_support_filter_compress };
        static int (*const formats[])(struct archive *) = { archive_read_support_format_raw,
                archive_read_support_format_zip, archive_read_support_format_7zip,
                archive_read_support_format_rar, archive_read_support_format_rar5,
                archive_read_support_format_cab, archive_read_support_format_tar,
                archive_read_support_format_cpio, archive_read_support_format_ar,
                archive_read_support_format_iso9660, archive_read_support_format_lha };
        AUTO(reader_free_at) struct archive *a = archive_read_new();

        for (size_t i = 0; a && i < ARRAY_LEN(filters); i++)
                if (filters[i](a) != ARCHIVE_OK)
                        return NULL;
        for (size_t i = 0; a && i < (bare ? 1 : ARRAY_LEN(formats)); i++)
                if (formats[i](a) != ARCHIVE_OK)
                        return NULL;
        return MOVE(a);
}

/* Counts what was unpacked; false when that was enough. */
static bool count(struct opening *o, uint64_t bytes)
{
        o->unpacked += bytes;
        if (o->unpacked > RATIO_BYTES_MIN && o->unpacked / o->limits->ratio_max > o->packed)
                note(o, CONTAINER_RATIO);
        else if (o->unpacked > o->limits->bytes_max)
                note(o, CONTAINER_BYTES);
        else if (clock_steady(o->limits->clock) > o->until)
                note(o, CONTAINER_TIME);
        return !o->over;
}

static bool is_cheap_to_pass(struct archive *a)
{
        int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;

        return format == ARCHIVE_FORMAT_ZIP || format == ARCHIVE_FORMAT_ISO9660 ||
               (archive_filter_count(a) <= 1 &&
                   (format == ARCHIVE_FORMAT_TAR || format == ARCHIVE_FORMAT_CPIO ||
                       format == ARCHIVE_FORMAT_AR));
}

/* The rest of a member that is too large: unpacked only to be thrown away, so it counts. */
static int pass(struct opening *o, struct archive *a)
{
        const void *block;
        size_t len;
        la_int64_t at;
        int answer = ARCHIVE_OK;

        note(o, CONTAINER_MEMBER);
        if (is_cheap_to_pass(a))
                return archive_read_data_skip(a);
        while (answer == ARCHIVE_OK && !o->over) {
                answer = archive_read_data_block(a, &block, &len, &at);
                if (answer == ARCHIVE_OK)
                        (void)count(o, len);
        }
        return answer == ARCHIVE_EOF ? ARCHIVE_OK : answer;
}

/* The zeros of a hole count like what was written: a bomb may be made of them. */
static int fill_hole(struct buffer *out, struct opening *o, la_int64_t at)
{
        static const char zeros[1 << 16];
        int err = 0;

        while (!err && !o->over && at > 0 && (uint64_t)at > out->len) {
                size_t hole = (size_t)((uint64_t)at - out->len);

                hole = hole < sizeof(zeros) ? hole : sizeof(zeros);
                if (count(o, hole))
                        err = buffer_add(out, zeros, hole);
        }
        return err;
}

/* What can be read of a damaged member is looked at all the same: answer says how it went. */
static int read_member(struct buffer *out, struct opening *o, struct archive *a, int *answer)
{
        const void *block;
        size_t len;
        la_int64_t at;

        while ((*answer = archive_read_data_block(a, &block, &len, &at)) == ARCHIVE_OK) {
                int err = fill_hole(out, o, at);

                if (o->over || !count(o, len))
                        return 0;
                if (!err && len)
                        err = buffer_add(out, block, len);
                if (err == ERR_LIMIT)
                        *answer = pass(o, a);
                if (err)
                        return err == ERR_LIMIT ? 0 : err;
        }
        if (*answer == ARCHIVE_EOF)
                *answer = ARCHIVE_OK;
        return 0;
}

static int open_one(struct opening *o, struct text bytes, int depth);

static const char *name_of(char room[NAME_BYTES_MAX], struct archive_entry *e)
{
        const char *name = archive_entry_pathname_utf8(e);

        if (!name)
                name = archive_entry_pathname(e);
        (void)snprintf(room, NAME_BYTES_MAX, "%s", name ? name : "?");
        return room;
}

/* What it holds is looked at first, then what is inside it. */
static int member_take(struct opening *o, const char *name, struct text bytes, int depth)
{
        size_t before = o->way.len;
        struct container_member m = { .name = name, .bytes = bytes };
        int err = before ? buffer_add_byte(&o->way, '!') : 0;

        if (!err)
                err = buffer_add_text(&o->way, name);
        if (err == ERR_LIMIT) {
                note(o, CONTAINER_DEPTH);
                err = 0;
        } else if (!err) {
                m.way = o->way.data;
                err = o->sink->member(o->sink->state, &m);
                if (!err)
                        err = open_one(o, bytes, depth + 1);
        }
        o->way.len = before;
        if (o->way.data)
                o->way.data[before] = '\0';
        return err;
}

static int member_open(
    struct opening *o, struct archive *a, struct archive_entry *e, int depth, int *answer)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(o->limits->member_bytes_max);
        char name[NAME_BYTES_MAX];
        int err;

        if (++o->members > o->limits->members_max) {
                note(o, CONTAINER_MEMBERS);
                return 0;
        }
        if (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != 0)
                return 0;
        if (archive_entry_is_data_encrypted(e)) {
                note(o, CONTAINER_ENCRYPTED);
                return 0;
        }
        (void)name_of(name, e); /* reading on may change it */
        err = read_member(&bytes, o, a, answer);
        if (err || !bytes.len)
                return err;
        return member_take(o, name, (struct text){ bytes.data, bytes.len }, depth);
}

static bool is_plain(struct archive *a)
{
        return (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW &&
               archive_filter_count(a) <= 1;
}

static int members_open(struct opening *o, struct archive *a, int depth, bool sure)
{
        struct archive_entry *e;
        int err = 0;

        for (size_t i = 0; !err && !o->over; i++) {
                int answer = archive_read_next_header(a, &e);

                if (answer == ARCHIVE_EOF)
                        return 0;
                if (i == 0 && is_plain(a))
                        return 0; /* it only began like one */
                if (answer >= ARCHIVE_WARN && answer <= ARCHIVE_OK)
                        err = member_open(o, a, e, depth, &answer);
                if (answer < ARCHIVE_WARN && (sure || i))
                        note(o, archive_read_has_encrypted_entries(a) > 0 ? CONTAINER_ENCRYPTED
                                                                          : CONTAINER_DAMAGED);
                if (answer == ARCHIVE_FATAL || (answer < ARCHIVE_WARN && i > STEP))
                        return err;
                (void)count(o, 0);
        }
        return err;
}

static int open_as(struct opening *o, struct text bytes, int depth, bool sure, bool bare)
{
        AUTO(reader_free_at) struct archive *a = reader_new(bare);
        uint64_t before = o->members;
        int err;

        if (!a)
                return ERR_MEMORY;
        if (archive_read_open_memory(a, bytes.data, bytes.len) != ARCHIVE_OK) {
                if (sure)
                        note(o, CONTAINER_DAMAGED);
                return 0;
        }
        err = members_open(o, a, depth, sure);
        /* a packed file that begins with zeros passes for an empty tar */
        if (!err && !o->over && !bare && o->members == before && archive_filter_count(a) > 1)
                err = open_as(o, bytes, depth, sure, true);
        return err;
}

static int open_one(struct opening *o, struct text bytes, int depth)
{
        bool sure = looks_packed(bytes);

        if (o->over || (!sure && !may_carry(bytes)))
                return 0;
        if (depth >= o->limits->depth_max) {
                if (sure)
                        note(o, CONTAINER_DEPTH);
                return 0;
        }
        return open_as(o, bytes, depth, sure, false);
}

int container_open(enum container_end *out, struct text bytes,
    const struct container_limits *limits, const struct container_sink *sink)
{
        AUTO(buffer_done) struct buffer way = BUFFER(WAY_BYTES_MAX);
        struct opening o = { .limits = limits,
                .sink = sink,
                .packed = bytes.len,
                .until = clock_steady(limits->clock) + limits->time_max,
                .way = way };
        int err = open_one(&o, bytes, 0);

        way = o.way; /* its memory */
        *out = o.end;
        return err;
}
