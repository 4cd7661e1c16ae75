/* traffic/archive/little_endian.h: numbers in the archive's files: least byte first, no alignment.
 * For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_LITTLE_ENDIAN_H
#define CANH_TRAFFIC_ARCHIVE_LITTLE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t get_u16(const uint8_t *at)
{
        uint16_t value;

        memcpy(&value, at, sizeof(value));
        return le16toh(value);
}

static inline uint32_t get_u32(const uint8_t *at)
{
        uint32_t value;

        memcpy(&value, at, sizeof(value));
        return le32toh(value);
}

static inline uint64_t get_u64(const uint8_t *at)
{
        uint64_t value;

        memcpy(&value, at, sizeof(value));
        return le64toh(value);
}

static inline void put_u16(uint8_t *at, uint16_t value)
{
        value = htole16(value);
        memcpy(at, &value, sizeof(value));
}

static inline void put_u32(uint8_t *at, uint32_t value)
{
        value = htole32(value);
        memcpy(at, &value, sizeof(value));
}

static inline void put_u64(uint8_t *at, uint64_t value)
{
        value = htole64(value);
        memcpy(at, &value, sizeof(value));
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
