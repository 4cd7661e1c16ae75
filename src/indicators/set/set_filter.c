/* indicators/set/set_filter.c: one bit per hash, 16 bits per entry: about one false "maybe" in 16.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/set_layout.h"

enum { BITS_PER_ENTRY = 16, BITS_LOG_MIN = 10, BITS_LOG_MAX = 32 };

uint64_t set_hash(const void *bytes, size_t len)
{
        const uint8_t *b = bytes;
        uint64_t h = len * UINT64_C(0x9E3779B97F4A7C15);

        for (; len >= 8; b += 8, len -= 8) {
                h = (h ^ get_u64(b)) * UINT64_C(0xD6E8FEB86659FD93);
                h ^= h >> 32;
        }
        for (; len; b++, len--)
                h = (h ^ *b) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
        return h * UINT64_C(0xD6E8FEB86659FD93);
}

int set_filter_init(struct set_filter *f, size_t count)
{
        unsigned log = BITS_LOG_MIN;
        uint64_t *words;

        while (log < BITS_LOG_MAX && (UINT64_C(1) << log) < (uint64_t)count * BITS_PER_ENTRY)
                log++;
        words = mem_zero((size_t)1 << (log - 6), sizeof(*words));
        if (!words)
                return ERR_MEMORY;
        *f = (struct set_filter){ .words = words, .shift = 64 - log };
        return 0;
}

void set_filter_done(struct set_filter *f)
{
        mem_free(f->words);
        f->words = NULL;
}

void set_filter_add(struct set_filter *f, uint64_t hash)
{
        uint64_t bit = hash >> f->shift;

        f->words[bit >> 6] |= UINT64_C(1) << (bit & 63);
}
