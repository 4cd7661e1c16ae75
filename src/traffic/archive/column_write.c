/* traffic/archive/column_write.c: see column.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/column.h"
#include "traffic/archive/column_scratch.h"
#include "traffic/archive/little_endian.h"

enum { ZSTD_LEVEL = 1, BLOB_LEVEL = 3 };

int column_scratch_new(struct column_scratch **out)
{
        struct column_scratch *s = mem_zero(1, sizeof(*s));

        if (!s)
                return ERR_MEMORY;
        s->reading = ZSTD_createDCtx();
        if (!s->reading) {
                mem_free(s);
                return ERR_MEMORY;
        }
        *out = s;
        return 0;
}

struct column_scratch *column_scratch_free(struct column_scratch *s)
{
        if (!s)
                return NULL;
        (void)ZSTD_freeCCtx(s->writing);
        (void)ZSTD_freeDCtx(s->reading);
        mem_free(s);
        return NULL;
}

void column_scratch_free_at(struct column_scratch **s)
{
        *s = column_scratch_free(*s);
}

static int make_writer(struct column_scratch *s)
{
        if (!s->writing)
                s->writing = ZSTD_createCCtx();
        return s->writing ? 0 : ERR_MEMORY;
}

static int add_stream(struct buffer *out, uint8_t method, const uint8_t *bytes, size_t len)
{
        uint8_t head[COLUMN_STREAM_HEADER_BYTES] = { method };
        int err;

        put_u16(head + 1, (uint16_t)len);
        err = buffer_add(out, head, sizeof(head));
        return err ? err : buffer_add(out, bytes, len);
}

/* One byte for each row: the same one, or what zstd makes of them, or as they are. */
static int add_bytes(struct buffer *out, struct column_scratch *s, const uint8_t *bytes, size_t n)
{
        size_t len;

        if (n == 1 || memcmp(bytes, bytes + 1, n - 1) == 0)
                return add_stream(out, COLUMN_STREAM_SAME, bytes, 1);
        len = ZSTD_compressCCtx(s->writing, s->packed, n, bytes, n, ZSTD_LEVEL);
        if (ZSTD_isError(len) || len >= n)
                return add_stream(out, COLUMN_STREAM_RAW, bytes, n);
        return add_stream(out, COLUMN_STREAM_ZSTD, s->packed, len);
}

static unsigned bit_length(uint64_t value)
{
        return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

static int write_planes(
    struct buffer *out, struct column_scratch *s, const uint64_t *values, size_t n, unsigned planes)
{
        int err = 0;

        for (unsigned p = 0; p < planes && !err; p++) {
                for (size_t i = 0; i < n; i++)
                        s->planes[i] = (uint8_t)(values[i] >> (8 * p));
                err = add_bytes(out, s, s->planes, n);
        }
        return err;
}

struct bits {
        uint8_t *at;
        uint64_t held;
        unsigned count; /* below 8 between calls */
};

static void bits_put(struct bits *b, uint64_t value, unsigned count)
{
        if (count > 32) {
                bits_put(b, value & UINT32_MAX, 32);
                value >>= 32;
                count -= 32;
        }
        b->held |= value << b->count;
        put_u64(b->at, b->held); /* padding lies behind */
        b->count += count;
        b->at += b->count / 8;
        b->held >>= b->count / 8 * 8;
        b->count %= 8;
}

static int write_amounts(
    struct buffer *out, struct column_scratch *s, const uint64_t *values, size_t n)
{
        struct bits rest = { .at = s->rest };
        int err;

        for (size_t i = 0; i < n; i++) {
                uint64_t v = values[i];
                unsigned left = bit_length(v) - AMOUNT_CLASS_BITS - 1;

                if (v < AMOUNT_EXACT) {
                        s->planes[i] = (uint8_t)v;
                        continue;
                }
                s->planes[i] = (uint8_t)(AMOUNT_EXACT + (left - 1) * 4 + ((v >> left) & 3));
                bits_put(&rest, v & ((UINT64_C(1) << left) - 1), left);
        }
        err = add_bytes(out, s, s->planes, n);
        if (err)
                return err;
        return add_stream(
            out, COLUMN_STREAM_RAW, s->rest, (size_t)(rest.at - s->rest) + (rest.count ? 1 : 0));
}

/* What the forms would cost in bits, roughly: enough to choose between them. */
struct survey {
        uint64_t least, most;
        uint64_t difference_bits; /* sum over the zigzags */
};

static uint64_t zigzag(uint64_t difference)
{
        return difference << 1 ^ (0 - (difference >> 63));
}

static struct survey survey_of(const uint64_t *values, size_t n, bool differences)
{
        struct survey s = { values[0], values[0], 0 };

        for (size_t i = 1; i < n; i++) {
                s.least = values[i] < s.least ? values[i] : s.least;
                s.most = values[i] > s.most ? values[i] : s.most;
        }
        for (size_t i = 1; i < n && differences; i++)
                s.difference_bits += bit_length(zigzag(values[i] - values[i - 1]));
        return s;
}

int column_write(struct buffer *out, struct column_scratch *s, const uint64_t *values, size_t n,
    enum column_nature nature)
{
        struct survey y = survey_of(values, n, nature == COLUMN_ORDERED);
        bool differences = nature == COLUMN_ORDERED &&
                           y.difference_bits + 3 * n < bit_length(y.most - y.least) * n;
        bool amounts = differences || nature == COLUMN_AMOUNT;
        unsigned planes = y.least == y.most ? 0
                          : amounts         ? 2
                                            : (bit_length(y.most - y.least) + 7) / 8;
        uint8_t head[COLUMN_HEADER_BYTES];
        int err = make_writer(s);

        if (planes == 0)
                differences = amounts = false;
        head[0] = (uint8_t)((differences ? COLUMN_FORM_DIFFERENCES : 0) |
                            (amounts ? COLUMN_FORM_AMOUNTS : 0));
        head[1] = (uint8_t)planes;
        put_u64(head + 2, differences ? values[0] : y.least);
        if (!err)
                err = buffer_add(out, head, sizeof(head));
        if (err || planes == 0)
                return err;
        for (size_t i = 0; i < n; i++)
                s->changed[i] = !differences ? values[i] - y.least
                                : i          ? zigzag(values[i] - values[i - 1])
                                             : 0;
        return amounts ? write_amounts(out, s, s->changed, n)
                       : write_planes(out, s, s->changed, n, planes);
}

int blob_write(struct buffer *out, struct column_scratch *s, struct text bytes)
{
        uint8_t head[4];
        size_t room = ZSTD_compressBound(bytes.len), len;
        int err = make_writer(s);

        if (bytes.len > BLOB_BYTES_MAX)
                return ERR_LIMIT;
        put_u32(head, (uint32_t)bytes.len);
        if (!err)
                err = buffer_reserve(out, sizeof(head) + room);
        if (!err)
                err = buffer_add(out, head, sizeof(head));
        if (err)
                return err;
        len = ZSTD_compressCCtx(
            s->writing, out->data + out->len, room, bytes.data, bytes.len, BLOB_LEVEL);
        if (ZSTD_isError(len))
                return ERR_MEMORY;
        out->len += len;
        return 0;
}
