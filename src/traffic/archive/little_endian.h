/* traffic/archive/little_endian.h: numbers in the archive's files: least byte first, no alignment.
 * For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_LITTLE_ENDIAN_H
#define CANH_TRAFFIC_ARCHIVE_LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint16_t get_u16(const uint8_t *at)
{
        return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t get_u32(const uint8_t *at)
{
        return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
               (uint32_t)at[3] << 24;
}

static inline uint64_t get_u64(const uint8_t *at)
{
        return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

static inline void put_u16(uint8_t *at, uint16_t value)
{
        at[0] = (uint8_t)value;
        at[1] = (uint8_t)(value >> 8);
}

static inline void put_u32(uint8_t *at, uint32_t value)
{
        for (int i = 0; i < 4; i++)
                at[i] = (uint8_t)(value >> (8 * i));
}

static inline void put_u64(uint8_t *at, uint64_t value)
{
        put_u32(at, (uint32_t)value);
        put_u32(at + 4, (uint32_t)(value >> 32));
}

/* Addresses are kept as two numbers, most significant first, whose order is theirs. */
static inline uint64_t get_u64_network(const uint8_t *at)
{
        return __builtin_bswap64(get_u64(at));
}

static inline void put_u64_network(uint8_t *at, uint64_t value)
{
        put_u64(at, __builtin_bswap64(value));
}

#endif
