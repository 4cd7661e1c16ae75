/* traffic/archive/checksum.c: see checksum.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/checksum.h"

#include "base/mem.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* No bytes may come as NULL, which memcpy does not take. */
static const void *not_null(const void *bytes)
{
        return bytes ? bytes : "";
}

uint64_t checksum_xxh3(const void *bytes, size_t len)
{
        return XXH3_64bits(not_null(bytes), len);
}

uint64_t checksum_xxh64(const void *bytes, size_t len)
{
        return XXH64(not_null(bytes), len, 0);
}

struct checksum {
        XXH3_state_t *xxh3; /* one of the two */
        XXH64_state_t *xxh64;
};

int checksum_new(struct checksum **out, uint32_t version)
{
        struct checksum *c = mem_zero(1, sizeof(*c));

        if (c && version == 1)
                c->xxh64 = XXH64_createState();
        else if (c)
                c->xxh3 = XXH3_createState();
        if (!c || (c->xxh64 ? XXH64_reset(c->xxh64, 0) != XXH_OK
                            : !c->xxh3 || XXH3_64bits_reset(c->xxh3) != XXH_OK)) {
                (void)checksum_free(c);
                return ERR_MEMORY;
        }
        *out = c;
        return 0;
}

void checksum_add(struct checksum *c, const void *bytes, size_t len)
{
        if (c->xxh64)
                (void)XXH64_update(c->xxh64, not_null(bytes), len);
        else
                (void)XXH3_64bits_update(c->xxh3, not_null(bytes), len);
}

uint64_t checksum_value(const struct checksum *c)
{
        return c->xxh64 ? XXH64_digest(c->xxh64) : XXH3_64bits_digest(c->xxh3);
}

struct checksum *checksum_free(struct checksum *c)
{
        if (!c)
                return NULL;
        (void)XXH64_freeState(c->xxh64);
        (void)XXH3_freeState(c->xxh3);
        mem_free(c);
        return NULL;
}

void checksum_free_at(struct checksum **c)
{
        *c = checksum_free(*c);
}
