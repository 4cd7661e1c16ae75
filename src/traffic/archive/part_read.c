/* traffic/archive/part_read.c: see part_read.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/part_read.h"
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/read_at.h"

#include <inttypes.h>
#include <sys/stat.h>

enum { TEXT_ALL_BYTES_MAX = 1 << 30, TAIL_BYTES = 64 << 10 };

const char *part_name(char out[PART_NAME_MAX], uint64_t id)
{
        (void)snprintf(out, PART_NAME_MAX, "%016" PRIu64 ".part", id);
        return out;
}

/* The trailer and, in the same reading, as much before it as a directory usually has. */
static int read_tail(struct part *p, uint64_t file_bytes, uint64_t *offset, size_t *len)
{
        size_t tail = file_bytes < TAIL_BYTES ? (size_t)file_bytes : TAIL_BYTES;
        uint64_t bytes, checksum;
        int err = buffer_reserve(&p->dir_bytes, tail);

        if (!err)
                err = read_at(p->fd, p->dir_bytes.data, tail, file_bytes - tail);
        if (!err)
                err = part_trailer_parse(offset, &bytes, &checksum,
                    (uint8_t *)p->dir_bytes.data + tail - PART_TRAILER_BYTES, file_bytes,
                    p->version);
        if (err)
                return err;
        *len = (size_t)bytes;
        if (*len + PART_TRAILER_BYTES <= tail) {
                memmove(
                    p->dir_bytes.data, p->dir_bytes.data + tail - PART_TRAILER_BYTES - *len, *len);
        } else {
                err = buffer_reserve(&p->dir_bytes, *len);
                if (!err)
                        err = read_at(p->fd, p->dir_bytes.data, *len, *offset);
        }
        if (err)
                return err;
        return checksum_of(p->dir_bytes.data, *len, p->version) == checksum ? 0 : ERR_UNTRUSTED;
}

static int read_directory(struct part *p)
{
        uint8_t header[PART_HEADER_BYTES];
        uint64_t offset;
        struct stat st;
        size_t len;
        int err;

        if (fstat(p->fd, &st) != 0)
                return ERR_IO;
        if (st.st_size < PART_HEADER_BYTES + PART_TRAILER_BYTES)
                return ERR_FORMAT;
        err = read_at(p->fd, header, sizeof(header), 0);
        if (!err)
                err = part_header_parse(&p->version, header);
        if (!err)
                err = read_tail(p, (uint64_t)st.st_size, &offset, &len);
        return err ? err
                   : part_directory_parse(&p->dir, (struct text){ p->dir_bytes.data, len }, offset);
}

int part_open(struct part **out, struct folder *folder, uint64_t id, struct column_scratch *scratch)
{
        AUTO(part_close_at) struct part *p = mem_zero(1, sizeof(*p));
        char name[PART_NAME_MAX];
        int err;

        if (!p)
                return ERR_MEMORY;
        p->fd = -1;
        p->scratch = scratch;
        buffer_init(&p->dir_bytes, PART_DIRECTORY_MAX + 1);
        buffer_init(&p->chunk, PART_BYTES_MAX);
        buffer_init(&p->text_bytes, TEXT_ALL_BYTES_MAX);
        err = file_open_read(&p->fd, folder, part_name(name, id));
        if (!err)
                err = read_directory(p);
        if (!err && p->dir.id != id)
                err = ERR_FORMAT; /* one file under another's name */
        if (!err)
                *out = MOVE(p);
        return err;
}

struct part *part_close(struct part *p)
{
        if (!p)
                return NULL;
        file_close_at(&p->fd);
        buffer_done(&p->dir_bytes);
        buffer_done(&p->chunk);
        buffer_done(&p->text_bytes);
        mem_free(p->addresses);
        mem_free(p->texts);
        mem_free(p);
        return NULL;
}

void part_close_at(struct part **p)
{
        *p = part_close(*p);
}

int part_read_columns(
    struct part *p, const struct part_group *group, unsigned first, unsigned count)
{
        struct part_chunk from = part_group_chunk(group, first);
        struct part_chunk last = part_group_chunk(group, first + count - 1);
        size_t len = (size_t)(last.offset - from.offset) + last.len;
        int err;

        buffer_clear(&p->chunk);
        err = buffer_reserve(&p->chunk, len + 1);
        if (!err)
                err = read_at(p->fd, p->chunk.data, len, from.offset);
        if (err)
                return err;
        p->chunk.len = len;
        p->chunk_at = from.offset;
        return 0;
}

/* The chunk among those that were read. */
static int take_chunk(
    struct text *out, const struct part *p, const struct part_group *group, unsigned column)
{
        struct part_chunk c = part_group_chunk(group, column);
        const char *at = p->chunk.data + (c.offset - p->chunk_at);

        if (c.offset < p->chunk_at || c.offset - p->chunk_at + c.len > p->chunk.len)
                return ERR_BUG; /* something else was read meanwhile */
        if ((uint32_t)checksum_of(at, c.len, p->version) != c.checksum)
                return ERR_UNTRUSTED;
        *out = (struct text){ at, c.len };
        return 0;
}

int part_take_column(uint64_t *values, struct part *p, const struct part_group *group,
    unsigned column, struct column_rows wanted)
{
        struct text chunk;
        int err = take_chunk(&chunk, p, group, column);

        return err ? err : column_parse(values, group->rows, wanted, p->scratch, chunk);
}

int part_columns(uint64_t (*values)[COLUMN_ROWS_MAX], struct part *p,
    const struct part_group *group, unsigned first, unsigned count, struct column_rows wanted)
{
        int err = part_read_columns(p, group, first, count);

        for (unsigned c = 0; c < count && !err; c++)
                err = part_take_column(values[c], p, group, first + c, wanted);
        return err;
}

int part_column(uint64_t *values, struct part *p, const struct part_group *group, unsigned column)
{
        return part_columns((uint64_t(*)[COLUMN_ROWS_MAX])values, p, group, column, 1,
            (struct column_rows){ 0, group->rows, NULL, 0 });
}

static int load_address_group(struct part *p, const struct part_group *g, uint64_t *values)
{
        int err = part_column(values, p, g, ADDRESS_HIGH);

        for (size_t i = 0; i < g->rows && !err; i++)
                put_u64_network(p->addresses[p->address_count + i].bytes, values[i]);
        if (!err)
                err = part_column(values, p, g, ADDRESS_LOW);
        for (size_t i = 0; i < g->rows && !err; i++)
                put_u64_network(p->addresses[p->address_count + i].bytes + 8, values[i]);
        if (!err)
                p->address_count += g->rows;
        return err;
}

int part_load_addresses(struct part *p)
{
        const struct part_table_view *table = &p->dir.tables[TABLE_ADDRESSES];
        AUTO(mem_free_at) uint64_t *values = NULL;
        int err = 0;

        if (p->addresses)
                return 0;
        if (table->rows > PART_DICTIONARY_MAX)
                return ERR_LIMIT;
        values = mem_grow(NULL, COLUMN_ROWS_MAX, sizeof(*values));
        p->addresses = mem_zero(table->rows + 1, sizeof(*p->addresses));
        if (!values || !p->addresses)
                return ERR_MEMORY;
        for (uint32_t n = 0; n < table->groups && !err; n++) {
                struct part_group g;

                part_group_at(&g, table, n);
                err = load_address_group(p, &g, values);
        }
        if (err) {
                mem_free(MOVE(p->addresses));
                p->address_count = 0;
        }
        return err;
}

/* The bytes grow while texts point into them, so lengths come first and pointers last. */
static int load_text_group(struct part *p, const struct part_group *g, uint64_t *values)
{
        size_t before = p->text_bytes.len, sum = 0;
        struct text chunk;
        int err = part_column(values, p, g, TEXT_LENGTH);

        if (!err)
                err = part_read_columns(p, g, TEXT_BYTES, 1);
        if (!err)
                err = take_chunk(&chunk, p, g, TEXT_BYTES);
        if (!err)
                err = blob_parse(&p->text_bytes, p->scratch, chunk);
        if (err)
                return err;
        for (size_t i = 0; i < g->rows; i++) {
                if (values[i] > p->text_bytes.len - before - sum)
                        return ERR_FORMAT;
                p->texts[p->text_count++].len = values[i];
                sum += values[i];
        }
        return sum == p->text_bytes.len - before ? 0 : ERR_FORMAT;
}

int part_load_texts(struct part *p)
{
        const struct part_table_view *table = &p->dir.tables[TABLE_TEXTS];
        AUTO(mem_free_at) uint64_t *values = NULL;
        size_t at = 0;
        int err = 0;

        if (p->texts)
                return 0;
        if (table->rows > PART_DICTIONARY_MAX)
                return ERR_LIMIT;
        values = mem_grow(NULL, COLUMN_ROWS_MAX, sizeof(*values));
        p->texts = mem_zero(table->rows + 1, sizeof(*p->texts));
        if (!values || !p->texts)
                return ERR_MEMORY;
        for (uint32_t n = 0; n < table->groups && !err; n++) {
                struct part_group g;

                part_group_at(&g, table, n);
                err = load_text_group(p, &g, values);
        }
        for (size_t i = 0; i < p->text_count; at += p->texts[i++].len)
                p->texts[i].data = p->text_bytes.data + at;
        if (err) {
                mem_free(MOVE(p->texts));
                p->text_count = 0;
                buffer_clear(&p->text_bytes);
        }
        return err;
}

static size_t first_not_below(const struct part *p, const struct ip_address *a, bool after)
{
        size_t low = 0, high = p->address_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = ip_address_compare(&p->addresses[middle], a);

                if (order < 0 || (after && order == 0))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

void part_address_range(size_t *from, size_t *to, const struct part *p, const struct ip_prefix *in)
{
        struct ip_address low, high;

        ip_prefix_range(&low, &high, in);
        *from = first_not_below(p, &low, false);
        *to = first_not_below(p, &high, true);
}

size_t part_first_group(const struct part_table_view *table, struct part_key key)
{
        size_t low = 0, high = table->groups;

        /* The last group that begins below the key may end at or above it. */
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                struct part_group g;

                part_group_at(&g, table, middle);
                if (part_key_compare(g.first, key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low ? low - 1 : 0;
}
