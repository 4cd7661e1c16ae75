/* traffic/archive/index_layout.h: the index file: on which days was this address, or a name below
 * this one, met, and by which of our hosts? Drawn in docs/formats/flow-archive.md. For this folder
 * only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_LAYOUT_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_LAYOUT_H

#include "base/buffer.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/part_layout.h"

#define INDEX_MAGIC "CANHINDX"

enum {
        INDEX_VERSION = 2,
        INDEX_VERSION_DAYS = 1, /* knew days only */
        INDEX_HEADER_BYTES = 80,
        INDEX_HEADER_BYTES_DAYS = 64,
        INDEX_BLOCK_BYTES = 32, /* of the filter */
        INDEX_SKIP_BYTES = 24,
        INDEX_PAGE_KEYS = 256,
        INDEX_FILTER_BITS = 12, /* for each key: 0.5 % of strangers pass */
        INDEX_DAYS_MAX = 4096,  /* of one key */
        INDEX_HOSTS_MAX = 4096, /* of one key: beyond it they are not told */
        INDEX_HOSTS_ALL_MAX = 1 << 24,
        INDEX_BYTES_MAX = 256 << 20,
        INDEX_PAGE_BYTES_MAX = 8 << 20
};

/* In which tables of the parts a key stands. */
enum index_kind {
        INDEX_FLOWS = 1,   /* the remote end; of a host: the internal one */
        INDEX_BETWEEN = 2, /* either end of TABLE_BETWEEN */
        INDEX_NAMES = 4,   /* the answer; of a host: who asked */
        INDEX_OTHERS = 8,  /* the peer of a name or translation; of a host: translations, leases */
        INDEX_KINDS = 16   /* above all */
};

/* What an index knows of one key. */
struct index_posting {
        uint32_t kinds;
        const uint32_t *days; /* rising */
        size_t day_count;
        const uint32_t *hosts; /* numbers in the index's table of hosts, rising: the internal ends
                                  of all flows of TABLE_FLOWS with this key on these days */
        size_t host_count;     /* 0: they are not told */
};

/* Days as the index counts them: 0 is the odd one, others are one more than their number. */
static inline uint32_t index_day(int day)
{
        return (uint32_t)(day + 1);
}

/* Names stand among the addresses, as a hash. */
#define INDEX_NAME_LOW UINT64_C(0x6e616d652e2e2e2e)

static inline struct part_key index_name_key(struct text reversed, uint32_t version)
{
        return (
            struct part_key){ checksum_of(reversed.data, reversed.len, version), INDEX_NAME_LOW };
}

/* The filter is that of Parquet's split blocks (hash: the sum of the key's sixteen bytes, most
 * significant first). */
static inline uint64_t index_hash(struct part_key key, uint32_t version)
{
        uint8_t bytes[16];

        put_u64_network(bytes, key.high);
        put_u64_network(bytes + 8, key.low);
        return checksum_of(bytes, sizeof(bytes), version);
}

static inline size_t index_block(uint64_t hash, uint32_t blocks)
{
        return (size_t)((hash >> 32) * blocks >> 32);
}

static inline uint32_t index_bit(uint64_t hash, unsigned word)
{
        static const uint32_t salts[8] = { 0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U };

        return UINT32_C(1) << ((uint32_t)hash * salts[word] >> 27);
}

#endif
