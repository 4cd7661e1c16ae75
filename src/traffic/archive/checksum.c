/* traffic/archive/checksum.c: see checksum.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"

static const uint64_t prime_1 = UINT64_C(0x9E3779B185EBCA87),
                      prime_2 = UINT64_C(0xC2B2AE3D27D4EB4F),
                      prime_3 = UINT64_C(0x165667B19E3779F9),
                      prime_4 = UINT64_C(0x85EBCA77C2B2AE63),
                      prime_5 = UINT64_C(0x27D4EB2F165667C5);

static uint64_t turn(uint64_t value, unsigned bits)
{
        return value << bits | value >> (64 - bits);
}

static uint64_t mix(uint64_t lane, uint64_t input)
{
        return turn(lane + input * prime_2, 31) * prime_1;
}

static uint64_t merge(uint64_t hash, uint64_t lane)
{
        return (hash ^ mix(0, lane)) * prime_1 + prime_4;
}

static uint64_t finish(uint64_t hash, const uint8_t *at, size_t left)
{
        for (; left >= 8; at += 8, left -= 8)
                hash = turn(hash ^ mix(0, get_u64(at)), 27) * prime_1 + prime_4;
        if (left >= 4) {
                hash = turn(hash ^ get_u32(at) * prime_1, 23) * prime_2 + prime_3;
                at += 4;
                left -= 4;
        }
        for (; left; at++, left--)
                hash = turn(hash ^ *at * prime_5, 11) * prime_1;
        hash = (hash ^ hash >> 33) * prime_2;
        hash = (hash ^ hash >> 29) * prime_3;
        return hash ^ hash >> 32;
}

uint64_t checksum_of(const void *bytes, size_t len)
{
        const uint8_t *at = bytes;
        uint64_t a = prime_1 + prime_2, b = prime_2, c = 0, d = 0 - prime_1, hash;
        size_t left = len;

        if (left < 32)
                return finish(prime_5 + len, at, left);
        for (; left >= 32; at += 32, left -= 32) {
                a = mix(a, get_u64(at));
                b = mix(b, get_u64(at + 8));
                c = mix(c, get_u64(at + 16));
                d = mix(d, get_u64(at + 24));
        }
        hash = turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d);
        return finish(hash + len, at, left);
}
