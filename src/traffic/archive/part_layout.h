/* traffic/archive/part_layout.h: the tables and columns of a part file; drawn in
 * docs/formats/flow-archive.md. For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_PART_LAYOUT_H
#define CANH_TRAFFIC_ARCHIVE_PART_LAYOUT_H

#include "codec/ip_address.h"
#include "traffic/archive/column.h"
#include "traffic/archive/little_endian.h"

#define PART_MAGIC "CANHPART"

enum {
        PART_VERSION = 2,        /* 1: other sums */
        PART_HEADER_BYTES = 16,  /* magic, version, zero */
        PART_TRAILER_BYTES = 32, /* directory: offset, length, checksum; checksum of these 24 */
        PART_DIRECTORY_HEAD_BYTES = 56,
        PART_TABLE_BYTES = 16,
        PART_GROUP_HEAD_BYTES = 48,
        PART_CHUNK_BYTES = 8,
        PART_GROUP_ROWS = 2048,
        PART_DAY_ODD = -1, /* facts whose times are not to be believed */
        PART_DAY_MAX = 65535,
        PART_DIRECTORY_MAX = 64 << 20,
        PART_BYTES_MAX = 1 << 30,
        PART_COLUMNS_MAX = 16,
        PART_REPLACED_MAX = 4096
};

#define PART_TIME_OPEN INT64_MAX /* greatest end of a group in which one is not said */

enum part_table {
        TABLE_FLOWS,   /* exactly one end is ours */
        TABLE_BETWEEN, /* none is, or both */
        TABLE_NAMES,
        TABLE_TRANSLATIONS,
        TABLE_LEASES,
        TABLE_ADDRESSES, /* rising; the columns named "id" below count from 0 in here */
        TABLE_TEXTS,     /* rising; labels in reverse order */
        TABLES
};

enum flow_column {
        FLOW_REMOTE_HIGH,
        FLOW_REMOTE_LOW,
        FLOW_INTERNAL, /* id */
        FLOW_BEGIN,
        FLOW_DURATION,
        FLOW_BYTES_OUT, /* source to destination, as in struct flow */
        FLOW_BYTES_IN,
        FLOW_SIDE, /* 0: the source is the internal end; 1: the destination */
        FLOW_PACKETS_OUT,
        FLOW_PACKETS_IN,
        FLOW_INTERNAL_PORT,
        FLOW_REMOTE_PORT,
        FLOW_PROTOCOL,
        FLOW_FLAGS, /* out + 256 * in */
        FLOW_SAMPLING,
        FLOW_COLUMNS
};

enum name_column {
        NAME_TEXT, /* number in TABLE_TEXTS */
        NAME_AT,
        NAME_HOST,   /* id */
        NAME_PEER,   /* id */
        NAME_ANSWER, /* id + 1, 0 = none */
        NAME_PLACE,
        NAME_COLUMNS
};

enum translation_column {
        TRANSLATION_BEGIN,
        TRANSLATION_END, /* 0 = not said */
        TRANSLATION_INNER,
        TRANSLATION_OUTER,
        TRANSLATION_PEER, /* id + 1, 0 = none */
        TRANSLATION_INNER_PORT,
        TRANSLATION_OUTER_PORT,
        TRANSLATION_PEER_PORT,
        TRANSLATION_PROTOCOL,
        TRANSLATION_COLUMNS
};

enum lease_column {
        LEASE_BEGIN,
        LEASE_END, /* 0 = not said */
        LEASE_ADDRESS,
        LEASE_HARDWARE,  /* 2^48 + the six bytes as a number, 0 = none */
        LEASE_HOST_NAME, /* number in TABLE_TEXTS + 1, 0 = none */
        LEASE_COLUMNS
};

enum { ADDRESS_HIGH, ADDRESS_LOW, ADDRESS_COLUMNS };
enum { TEXT_LENGTH, TEXT_BYTES, TEXT_COLUMNS };

struct part_table_shape {
        unsigned columns;
        enum column_nature nature[PART_COLUMNS_MAX];
};

/* part_parse.c */
extern const struct part_table_shape part_shapes[TABLES];

/* The key by which a table's rows rise, of a group's first row: flows the remote address; names and
 * others 0 and their first column; addresses themselves; texts their first sixteen bytes. */
struct part_key {
        uint64_t high, low;
};

static inline int part_key_compare(struct part_key a, struct part_key b)
{
        if (a.high != b.high)
                return a.high < b.high ? -1 : 1;
        return (a.low > b.low) - (a.low < b.low);
}

/* An address as a key, and back. */
static inline struct part_key part_key_of(const struct ip_address *a)
{
        return (struct part_key){ get_u64_network(a->bytes), get_u64_network(a->bytes + 8) };
}

static inline struct ip_address part_key_address(struct part_key key)
{
        struct ip_address a;

        put_u64_network(a.bytes, key.high);
        put_u64_network(a.bytes + 8, key.low);
        return a;
}

#endif
