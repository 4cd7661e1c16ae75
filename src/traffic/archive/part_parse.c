/* traffic/archive/part_parse.c: see part_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/part_parse.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"

const struct part_table_shape part_shapes[TABLES] = {
        [TABLE_FLOWS] = { FLOW_COLUMNS, { [FLOW_REMOTE_HIGH] = COLUMN_ORDERED,
                                            [FLOW_REMOTE_LOW] = COLUMN_ORDERED,
                                            [FLOW_BEGIN] = COLUMN_ORDERED,
                                            [FLOW_DURATION] = COLUMN_AMOUNT,
                                            [FLOW_BYTES_OUT] = COLUMN_AMOUNT,
                                            [FLOW_BYTES_IN] = COLUMN_AMOUNT,
                                            [FLOW_PACKETS_OUT] = COLUMN_AMOUNT,
                                            [FLOW_PACKETS_IN] = COLUMN_AMOUNT } },
        [TABLE_BETWEEN] = { FLOW_COLUMNS, { [FLOW_REMOTE_HIGH] = COLUMN_ORDERED,
                                              [FLOW_REMOTE_LOW] = COLUMN_ORDERED,
                                              [FLOW_BEGIN] = COLUMN_ORDERED,
                                              [FLOW_DURATION] = COLUMN_AMOUNT,
                                              [FLOW_BYTES_OUT] = COLUMN_AMOUNT,
                                              [FLOW_BYTES_IN] = COLUMN_AMOUNT,
                                              [FLOW_PACKETS_OUT] = COLUMN_AMOUNT,
                                              [FLOW_PACKETS_IN] = COLUMN_AMOUNT } },
        [TABLE_NAMES] = { NAME_COLUMNS,
            { [NAME_TEXT] = COLUMN_ORDERED, [NAME_AT] = COLUMN_ORDERED } },
        [TABLE_TRANSLATIONS] = { TRANSLATION_COLUMNS,
            { [TRANSLATION_BEGIN] = COLUMN_ORDERED, [TRANSLATION_END] = COLUMN_ORDERED } },
        [TABLE_LEASES] = { LEASE_COLUMNS,
            { [LEASE_BEGIN] = COLUMN_ORDERED, [LEASE_END] = COLUMN_ORDERED } },
        [TABLE_ADDRESSES] = { ADDRESS_COLUMNS,
            { [ADDRESS_HIGH] = COLUMN_ORDERED, [ADDRESS_LOW] = COLUMN_ORDERED } },
        [TABLE_TEXTS] = { TEXT_COLUMNS, { [TEXT_LENGTH] = COLUMN_CODE } },
};

static size_t entry_bytes(const struct part_table_view *table)
{
        return PART_GROUP_HEAD_BYTES + (size_t)table->columns * PART_CHUNK_BYTES;
}

int part_header_parse(uint32_t *version, const uint8_t header[PART_HEADER_BYTES])
{
        uint32_t said = get_u32(header + 8);

        if (memcmp(header, PART_MAGIC, 8) != 0)
                return ERR_FORMAT;
        if (said < 1 || said > PART_VERSION)
                return ERR_UNSUPPORTED;
        *version = said;
        return 0;
}

int part_trailer_parse(uint64_t *offset, uint64_t *len, uint64_t *checksum,
    const uint8_t trailer[PART_TRAILER_BYTES], uint64_t file_bytes, uint32_t version)
{
        uint64_t from = get_u64(trailer), bytes = get_u64(trailer + 8);

        if (checksum_of(trailer, 24, version) != get_u64(trailer + 24))
                return ERR_UNTRUSTED;
        if (bytes > PART_DIRECTORY_MAX || from < PART_HEADER_BYTES || from > file_bytes ||
            file_bytes - from != bytes + PART_TRAILER_BYTES)
                return ERR_FORMAT;
        *offset = from;
        *len = bytes;
        *checksum = get_u64(trailer + 16);
        return 0;
}

void part_group_at(struct part_group *out, const struct part_table_view *table, size_t n)
{
        const uint8_t *at = table->entries + n * entry_bytes(table);

        *out = (struct part_group){ .first = { get_u64(at), get_u64(at + 8) },
                .begin_least = (time_ms)get_u64(at + 16),
                .end_most = (time_ms)get_u64(at + 24),
                .offset = get_u64(at + 32),
                .rows = get_u32(at + 40),
                .chunks = at + PART_GROUP_HEAD_BYTES };
}

struct part_chunk part_group_chunk(const struct part_group *group, unsigned column)
{
        const uint8_t *at = group->chunks;
        uint64_t offset = group->offset;

        for (; column; column--, at += PART_CHUNK_BYTES)
                offset += get_u32(at);
        return (struct part_chunk){ offset, get_u32(at), get_u32(at + 4) };
}

static int check_group(const struct part_group *g, unsigned columns, uint64_t data_end)
{
        struct part_chunk last = part_group_chunk(g, columns - 1);

        if (g->rows == 0 || g->rows > COLUMN_ROWS_MAX || g->offset < PART_HEADER_BYTES ||
            g->offset > data_end || last.offset + last.len > data_end)
                return ERR_FORMAT;
        return 0;
}

static int check_table(const struct part_table_view *table, uint64_t data_end)
{
        struct part_key before = { 0, 0 };
        uint64_t rows = 0;

        for (uint32_t n = 0; n < table->groups; n++) {
                struct part_group g;
                int err;

                part_group_at(&g, table, n);
                err = check_group(&g, table->columns, data_end);
                if (err || part_key_compare(before, g.first) > 0)
                        return ERR_FORMAT;
                before = g.first;
                rows += g.rows;
        }
        return rows == table->rows ? 0 : ERR_FORMAT;
}

int part_directory_parse(struct part_directory *out, struct text bytes, uint64_t data_end)
{
        const uint8_t *at = (const uint8_t *)bytes.data;
        size_t left = bytes.len, tables_bytes = (size_t)TABLES * PART_TABLE_BYTES;
        struct part_directory d;

        if (left < PART_DIRECTORY_HEAD_BYTES + tables_bytes || get_u32(at + 40) != TABLES)
                return ERR_FORMAT;
        d = (struct part_directory){ .id = get_u64(at),
                .sealed_at = (time_ms)get_u64(at + 8),
                .first_at = (time_ms)get_u64(at + 16),
                .last_at = (time_ms)get_u64(at + 24),
                .day = (int32_t)get_u32(at + 32),
                .replaced_count = get_u32(at + 36) };
        if (d.day < PART_DAY_ODD || d.day > PART_DAY_MAX || d.replaced_count > PART_REPLACED_MAX)
                return ERR_FORMAT;
        at += PART_DIRECTORY_HEAD_BYTES;
        left -= PART_DIRECTORY_HEAD_BYTES + tables_bytes;
        for (unsigned t = 0; t < TABLES; t++, at += PART_TABLE_BYTES)
                d.tables[t] = (struct part_table_view){ get_u64(at), get_u32(at + 8),
                        get_u32(at + 12), NULL };
        for (unsigned t = 0; t < TABLES; t++) {
                struct part_table_view *table = &d.tables[t];

                if (table->columns != part_shapes[t].columns ||
                    table->groups > left / entry_bytes(table))
                        return ERR_FORMAT;
                table->entries = at;
                at += table->groups * entry_bytes(table);
                left -= table->groups * entry_bytes(table);
                if (check_table(table, data_end))
                        return ERR_FORMAT;
        }
        if (left != (size_t)d.replaced_count * 8)
                return ERR_FORMAT;
        d.replaced = at;
        *out = d;
        return 0;
}
