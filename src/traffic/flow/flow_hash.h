/* traffic/flow/flow_hash.h: hashes with a secret seed, so that a sender cannot choose packets that
 * fall together. A folded multiplication of 64 bits: fast, not proven as SipHash is; a sender who
 * cannot see our memory or measure single packets learns nothing of the seed. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FLOW_HASH_H
#define CANH_TRAFFIC_FLOW_FLOW_HASH_H

#include "codec/ip_address.h"

#include <string.h>

enum { FLOW_SEED_WORDS = 6 };

struct flow_seed {
        uint64_t words[FLOW_SEED_WORDS];
};

/* Spreads the caller's random number (splitmix64). */
static inline struct flow_seed flow_seed_of(uint64_t random)
{
        struct flow_seed seed;

        for (int i = 0; i < FLOW_SEED_WORDS; i++) {
                uint64_t z = random += UINT64_C(0x9E3779B97F4A7C15);
                z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
                z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
                seed.words[i] = (z ^ (z >> 31)) | 1;
        }
        return seed;
}

static inline uint64_t flow_hash_fold(uint64_t a, uint64_t b)
{
        __extension__ unsigned __int128 product = (unsigned __int128)a * b;

        return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two ends of two words each, and one word more. */
static inline uint64_t flow_hash_ends(
    const struct flow_seed *s, const uint64_t a[2], const uint64_t b[2], uint64_t more)
{
        uint64_t h = flow_hash_fold(a[0] ^ s->words[0], a[1] ^ s->words[1]);

        h ^= flow_hash_fold(b[0] ^ s->words[2], b[1] ^ s->words[3]);
        return flow_hash_fold(h ^ s->words[4], more ^ s->words[5]);
}

static inline void flow_hash_words(uint64_t out[2], const struct ip_address *a)
{
        memcpy(out, a->bytes, sizeof(a->bytes));
}

static inline uint64_t flow_hash_addresses(const struct flow_seed *s, const struct ip_address *a,
    const struct ip_address *b, uint64_t more)
{
        uint64_t x[2], y[2];

        flow_hash_words(x, a);
        flow_hash_words(y, b);
        return flow_hash_ends(s, x, y, more);
}

static inline uint64_t flow_hash_text(const struct flow_seed *s, struct text t)
{
        uint64_t h = s->words[0] ^ t.len;

        while (t.len) {
                uint64_t word = 0;
                size_t n = t.len < sizeof(word) ? t.len : sizeof(word);
                memcpy(&word, t.data, n);
                h = flow_hash_fold(h ^ s->words[1], word ^ s->words[2]);
                t.data += n;
                t.len -= n;
        }
        return h;
}

#endif
