/* traffic/archive/manifest_parse.c: see manifest.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/archive.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/manifest.h"
#include "traffic/archive/part_layout.h"

enum { INDEXED = 1, CHECKSUM_BYTES = 8 };

void manifest_done(struct manifest *m)
{
        mem_free(MOVE(m->parts));
        mem_free(MOVE(m->indexes));
}

static int allocate(struct manifest *m, size_t parts, size_t indexes)
{
        m->parts = mem_zero(parts + 1, sizeof(*m->parts));
        m->indexes = mem_zero(indexes + 1, sizeof(*m->indexes));
        if (m->parts && m->indexes)
                return 0;
        manifest_done(m);
        return ERR_MEMORY;
}

static int parse_part(struct manifest_part *out, const uint8_t *at)
{
        *out = (struct manifest_part){ .id = get_u64(at),
                .bytes = get_u64(at + 8),
                .first_at = (time_ms)get_u64(at + 16),
                .last_at = (time_ms)get_u64(at + 24),
                .day = (int32_t)get_u32(at + 64) };
        for (unsigned k = 0; k < FACT_KINDS; k++)
                out->count[k] = get_u64(at + 32 + 8 * k);
        return out->day >= PART_DAY_ODD && out->day <= PART_DAY_MAX ? 0 : ERR_FORMAT;
}

int manifest_parse(struct manifest *out, struct text bytes)
{
        const uint8_t *at = (const uint8_t *)bytes.data;
        struct manifest m = { 0 };
        size_t parts, indexes;
        int err = 0;

        if (bytes.len < MANIFEST_HEAD_BYTES + CHECKSUM_BYTES || memcmp(at, MANIFEST_MAGIC, 8) != 0)
                return ERR_FORMAT;
        if (get_u32(at + 8) != MANIFEST_VERSION)
                return ERR_UNSUPPORTED;
        if (checksum_xxh64(at, bytes.len - CHECKSUM_BYTES) !=
            get_u64(at + bytes.len - CHECKSUM_BYTES))
                return ERR_UNTRUSTED;
        parts = get_u32(at + 32);
        indexes = get_u32(at + 36);
        if (parts > MANIFEST_FILES_MAX || indexes > MANIFEST_FILES_MAX ||
            bytes.len != MANIFEST_HEAD_BYTES + parts * MANIFEST_PART_BYTES +
                             indexes * MANIFEST_INDEX_BYTES + CHECKSUM_BYTES)
                return ERR_FORMAT;
        err = allocate(&m, parts, indexes);
        if (err)
                return err;
        m.is_indexed = get_u32(at + 12) & INDEXED;
        m.next_id = get_u64(at + 16);
        m.journal = get_u64(at + 24);
        at += MANIFEST_HEAD_BYTES;
        for (; m.part_count < parts && !err; at += MANIFEST_PART_BYTES)
                err = parse_part(&m.parts[m.part_count++], at);
        for (; m.index_count < indexes && !err; at += MANIFEST_INDEX_BYTES)
                m.indexes[m.index_count++] = (struct manifest_index){ get_u64(at),
                        get_u64(at + 8) };
        if (err) {
                manifest_done(&m);
                return err;
        }
        *out = m;
        return 0;
}

static int add_part(struct buffer *out, const struct manifest_part *p)
{
        uint8_t entry[MANIFEST_PART_BYTES] = { 0 };

        put_u64(entry, p->id);
        put_u64(entry + 8, p->bytes);
        put_u64(entry + 16, (uint64_t)p->first_at);
        put_u64(entry + 24, (uint64_t)p->last_at);
        for (unsigned k = 0; k < FACT_KINDS; k++)
                put_u64(entry + 32 + 8 * k, p->count[k]);
        put_u32(entry + 64, (uint32_t)p->day);
        return buffer_add(out, entry, sizeof(entry));
}

int manifest_write(struct buffer *out, const struct manifest *m)
{
        uint8_t head[MANIFEST_HEAD_BYTES] = MANIFEST_MAGIC, sum[CHECKSUM_BYTES];
        size_t before = out->len;
        int err;

        put_u32(head + 8, MANIFEST_VERSION);
        put_u32(head + 12, m->is_indexed ? INDEXED : 0);
        put_u64(head + 16, m->next_id);
        put_u64(head + 24, m->journal);
        put_u32(head + 32, (uint32_t)m->part_count);
        put_u32(head + 36, (uint32_t)m->index_count);
        err = buffer_add(out, head, sizeof(head));
        for (size_t i = 0; i < m->part_count && !err; i++)
                err = add_part(out, &m->parts[i]);
        for (size_t i = 0; i < m->index_count && !err; i++) {
                uint8_t entry[MANIFEST_INDEX_BYTES];

                put_u64(entry, m->indexes[i].id);
                put_u64(entry + 8, m->indexes[i].bytes);
                err = buffer_add(out, entry, sizeof(entry));
        }
        if (err)
                return err;
        put_u64(sum, checksum_xxh64(out->data + before, out->len - before));
        return buffer_add(out, sum, sizeof(sum));
}

int manifest_copy(struct manifest *out, const struct manifest *m, size_t more_parts)
{
        struct manifest copy = *m;
        int err = allocate(&copy, m->part_count + more_parts, m->index_count + 1);

        if (err)
                return err;
        if (m->part_count)
                memcpy(copy.parts, m->parts, m->part_count * sizeof(*m->parts));
        if (m->index_count)
                memcpy(copy.indexes, m->indexes, m->index_count * sizeof(*m->indexes));
        *out = copy;
        return 0;
}

int manifest_room_for_indexes(struct manifest *m, size_t count)
{
        struct manifest_index *fresh = mem_zero(count + 1, sizeof(*fresh));

        if (!fresh)
                return ERR_MEMORY;
        mem_free(m->indexes);
        m->indexes = fresh;
        m->index_count = 0;
        return 0;
}

void manifest_count(struct archive_counts *out, const struct manifest *m)
{
        *out = (struct archive_counts){ .partitions = m->part_count };
        for (size_t i = 0; i < m->part_count; i++) {
                const struct manifest_part *p = &m->parts[i];

                out->flows += p->count[FACT_FLOW];
                out->names += p->count[FACT_NAME];
                out->translations += p->count[FACT_TRANSLATION];
                out->leases += p->count[FACT_LEASE];
                out->bytes += p->bytes;
                if (i == 0 || p->first_at < out->first_at)
                        out->first_at = p->first_at;
                if (i == 0 || p->last_at > out->last_at)
                        out->last_at = p->last_at;
        }
        for (size_t i = 0; i < m->index_count; i++)
                out->bytes += m->indexes[i].bytes;
}
