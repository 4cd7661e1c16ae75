/* codec/ulid.c: see ulid.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/ulid.h"

#include <sodium.h>
#include <string.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const char *ulid_write(char out[ULID_MAX], time_ms at, const uint8_t random[ULID_RANDOM_BYTES])
{
        uint64_t time = (uint64_t)at;

        for (int i = 9; i >= 0; i--) {
                out[i] = letters[time & 31];
                time >>= 5;
        }
        for (size_t i = 0; i < 16; i++) {
                size_t bit = i * 5, byte = bit / 8, shift = bit % 8;
                unsigned two = (unsigned)random[byte] << 8 |
                               (byte + 1 < ULID_RANDOM_BYTES ? random[byte + 1] : 0u);
                out[10 + i] = letters[two >> (11 - shift) & 31];
        }
        out[ULID_LEN] = '\0';
        return out;
}

const char *ulid_make(char out[ULID_MAX], const struct clock *clock)
{
        uint8_t random[ULID_RANDOM_BYTES];

        randombytes_buf(random, sizeof(random));
        return ulid_write(out, clock_now(clock), random);
}

bool ulid_is_valid(struct text t)
{
        if (t.len != ULID_LEN || t.data[0] > '7')
                return false;
        for (size_t i = 0; i < t.len; i++)
                if (t.data[i] == '\0' || !strchr(letters, t.data[i]))
                        return false;
        return true;
}
