/* traffic/archive/checksum.h: sums that tell damage, not malice: XXH3 (64 bits, seed 0) in parts
 * and indexes; XXH64 (seed 0) in the manifest, the journal and files of version 1. Pure; for this
 * folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_CHECKSUM_H
#define CANH_TRAFFIC_ARCHIVE_CHECKSUM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

uint64_t checksum_xxh3(const void *bytes, size_t len);
uint64_t checksum_xxh64(const void *bytes, size_t len);

/* The same of bytes that come in pieces. */
struct checksum;
MUST_USE int checksum_new(struct checksum **out, uint32_t version);
void checksum_add(struct checksum *c, const void *bytes, size_t len);
uint64_t checksum_value(const struct checksum *c);
struct checksum *checksum_free(struct checksum *c); /* takes NULL, returns NULL */
void checksum_free_at(struct checksum **c);

/* Of a part or an index of that version. */
static inline uint64_t checksum_of(const void *bytes, size_t len, uint32_t version)
{
        return version == 1 ? checksum_xxh64(bytes, len) : checksum_xxh3(bytes, len);
}

#endif
