/* traffic/archive/column_scratch.h: what writing and reading of chunks use again and again. For
 * column_*.c only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_COLUMN_SCRATCH_H
#define CANH_TRAFFIC_ARCHIVE_COLUMN_SCRATCH_H

#include "traffic/archive/column.h"

#include <zstd.h>

enum {
        AMOUNT_EXACT = 8,        /* values below stand for themselves */
        AMOUNT_CLASS_BITS = 2,   /* mantissa bits that belong to the class */
        AMOUNT_FIRST_LENGTH = 4, /* bits of the least value that has a class */
        AMOUNT_CLASSES = AMOUNT_EXACT + (64 - AMOUNT_FIRST_LENGTH + 1) * 4,
        REST_BYTES_MAX = COLUMN_ROWS_MAX * 61 / 8 + 1,
        SCRATCH_PADDING = 16 /* bits are read eight bytes at a time */
};

struct column_scratch {
        ZSTD_CCtx *writing; /* made at the first use */
        ZSTD_DCtx *reading;
        uint64_t changed[COLUMN_ROWS_MAX];
        uint8_t planes[COLUMN_ROWS_MAX];
        uint8_t rest[REST_BYTES_MAX + SCRATCH_PADDING];
        uint8_t packed[COLUMN_ROWS_MAX + SCRATCH_PADDING];
};

/* How many bits of a value of the class stand in the rest. */
static inline unsigned amount_rest_bits(uint8_t class)
{
        /* 0 and 1: exact values; then one for each length */
        return (uint8_t)(class / 4 - (class > 3));
}

#endif
