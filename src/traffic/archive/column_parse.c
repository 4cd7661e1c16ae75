/* traffic/archive/column_parse.c: chunks back into numbers; see column.h. Every length is checked
 * against what is there before it is used. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/column.h"
#include "traffic/archive/column_scratch.h"
#include "traffic/archive/little_endian.h"

struct stream {
        uint8_t method;
        struct text bytes;
};

static int take_stream(struct stream *out, struct text *rest)
{
        const uint8_t *at = (const uint8_t *)rest->data;
        size_t len;

        if (rest->len < COLUMN_STREAM_HEADER_BYTES)
                return ERR_FORMAT;
        len = get_u16(at + 1);
        if (rest->len - COLUMN_STREAM_HEADER_BYTES < len)
                return ERR_FORMAT;
        *out = (struct stream){ at[0], { rest->data + COLUMN_STREAM_HEADER_BYTES, len } };
        rest->data += COLUMN_STREAM_HEADER_BYTES + len;
        rest->len -= COLUMN_STREAM_HEADER_BYTES + len;
        return 0;
}

/* One byte for each of n rows; *out is a view of the chunk or of the scratch. */
static int stream_bytes(
    const uint8_t **out, struct column_scratch *s, const struct stream *from, size_t n)
{
        switch (from->method) {
        case COLUMN_STREAM_RAW:
                if (from->bytes.len != n)
                        return ERR_FORMAT;
                *out = (const uint8_t *)from->bytes.data;
                return 0;
        case COLUMN_STREAM_ZSTD:
                if (ZSTD_decompressDCtx(
                        s->reading, s->planes, n, from->bytes.data, from->bytes.len) != n)
                        return ERR_FORMAT;
                *out = s->planes;
                return 0;
        case COLUMN_STREAM_SAME:
                if (from->bytes.len != 1)
                        return ERR_FORMAT;
                memset(s->planes, from->bytes.data[0], n);
                *out = s->planes;
                return 0;
        default:
                return ERR_FORMAT;
        }
}

/* Byte p of the wanted rows. */
static void put_plane(uint64_t *values, struct column_rows wanted, const uint8_t *bytes, unsigned p)
{
        if (wanted.list)
                for (size_t k = 0; k < wanted.count; k++) {
                        size_t i = wanted.list[k];

                        values[i] = (p ? values[i] : 0) | (uint64_t)bytes[i] << (8 * p);
                }
        else if (p)
                for (size_t i = wanted.from; i < wanted.to; i++)
                        values[i] |= (uint64_t)bytes[i] << (8 * p);
        else
                for (size_t i = wanted.from; i < wanted.to; i++)
                        values[i] = bytes[i];
}

static int parse_planes(uint64_t *values, size_t n, struct column_rows wanted,
    struct column_scratch *s, struct text *rest, unsigned planes)
{
        for (unsigned p = 0; p < planes; p++) {
                struct stream from;
                const uint8_t *bytes;
                int err = take_stream(&from, rest);

                if (!err)
                        err = stream_bytes(&bytes, s, &from, n);
                if (err)
                        return err;
                put_plane(values, wanted, bytes, p);
        }
        return 0;
}

/* count <= 61 bits. */
static inline uint64_t bits_get(const uint8_t *bytes, size_t at, unsigned count)
{
        uint64_t low = get_u64(bytes + at / 8) >> (at % 8);

        if (at % 8 + count > 64)
                low |= (uint64_t)bytes[at / 8 + 8] << (64 - at % 8);
        return low & ((UINT64_C(1) << count) - 1);
}

enum {
        SUMMED_AT_ONCE = 1024
}; /* 61 bits each fit into sixteen; so the compiler sums many at once */

static size_t rest_bits(const uint8_t *class, size_t from, size_t to)
{
        size_t bits = 0;

        while (from < to) {
                size_t end = to - from < SUMMED_AT_ONCE ? to : from + SUMMED_AT_ONCE;
                uint16_t sum = 0;

                for (; from < end; from++)
                        sum = (uint16_t)(sum + amount_rest_bits(class[from]));
                bits += sum;
        }
        return bits;
}

/* The value of a class whose rest begins at bit `at`. */
static uint64_t amount_at(uint8_t class, const uint8_t *rest, size_t at)
{
        unsigned left = amount_rest_bits(class);

        return left ? (UINT64_C(4) | (class & 3)) << left | bits_get(rest, at, left) : class;
}

static int parse_amounts(uint64_t *values, size_t n, struct column_rows wanted,
    struct column_scratch *s, struct text *rest)
{
        struct stream classes, mantissas;
        const uint8_t *class;
        uint8_t most = 0;
        size_t at, bits;
        int err = take_stream(&classes, rest);

        if (!err)
                err = take_stream(&mantissas, rest);
        if (!err)
                err = stream_bytes(&class, s, &classes, n);
        if (err)
                return err;
        for (size_t i = 0; i < n; i++)
                most = class[i] > most ? class[i] : most;
        at = rest_bits(class, 0, wanted.from);
        bits = at + rest_bits(class, wanted.from, n);
        if (most >= AMOUNT_CLASSES || mantissas.method != COLUMN_STREAM_RAW ||
            mantissas.bytes.len != (bits + 7) / 8)
                return ERR_FORMAT;
        memcpy(s->rest, mantissas.bytes.data, mantissas.bytes.len);
        for (size_t k = 0, i = wanted.from; k < wanted.count && wanted.list; k++) {
                at += rest_bits(class, i, wanted.list[k]);
                i = wanted.list[k];
                values[i] = amount_at(class[i], s -> rest, at);
        }
        for (size_t i = wanted.from; i < wanted.to && !wanted.list; i++) {
                values[i] = amount_at(class[i], s -> rest, at);
                at += amount_rest_bits(class[i]);
        }
        return 0;
}

static void add_base(uint64_t *values, struct column_rows wanted, uint64_t base, bool differences)
{
        if (differences)
                for (size_t i = wanted.from; i < wanted.to; i++)
                        base = values[i] = base + (values[i] >> 1 ^ (0 - (values[i] & 1)));
        else if (wanted.list)
                for (size_t k = 0; k < wanted.count; k++)
                        values[wanted.list[k]] += base;
        else
                for (size_t i = wanted.from; i < wanted.to; i++)
                        values[i] += base;
}

int column_parse(uint64_t *values, size_t n, struct column_rows wanted, struct column_scratch *s,
    struct text chunk)
{
        const uint8_t *head = (const uint8_t *)chunk.data;
        struct text rest = { chunk.data + COLUMN_HEADER_BYTES, chunk.len - COLUMN_HEADER_BYTES };
        bool differences;
        int err = 0;

        if (chunk.len < COLUMN_HEADER_BYTES || n == 0 || n > COLUMN_ROWS_MAX ||
            wanted.from > wanted.to || wanted.to > n || head[0] > 3 || head[1] > COLUMN_STREAMS_MAX)
                return ERR_FORMAT;
        differences = head[0] & COLUMN_FORM_DIFFERENCES;
        if (differences) /* each stands on the one before */
                wanted = (struct column_rows){ 0, wanted.to, NULL, 0 };
        if (head[1] == 0)
                memset(values, 0, n * sizeof(*values));
        else if (head[0] & COLUMN_FORM_AMOUNTS)
                err = parse_amounts(values, n, wanted, s, &rest);
        else
                err = parse_planes(values, n, wanted, s, &rest, head[1]);
        if (err || rest.len)
                return ERR_FORMAT;
        add_base(values, wanted, get_u64(head + 2), differences);
        return 0;
}

int blob_parse(struct buffer *out, struct column_scratch *s, struct text chunk)
{
        size_t len;
        int err;

        if (chunk.len < 4)
                return ERR_FORMAT;
        len = get_u32((const uint8_t *)chunk.data);
        if (len > BLOB_BYTES_MAX)
                return ERR_FORMAT;
        err = buffer_reserve(out, len + 1);
        if (err)
                return err;
        if (ZSTD_decompressDCtx(
                s->reading, out->data + out->len, len, chunk.data + 4, chunk.len - 4) != len)
                return ERR_FORMAT;
        out->len += len;
        return 0;
}
