/* codec/ulid.h: identifiers that sort by time: 48 bits of milliseconds, 80 random bits, written in
 * 26 letters of Crockford's base 32 (github.com/ulid/spec). Every row of the office has one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_ULID_H
#define CANH_CODEC_ULID_H

#include "base/clock.h"
#include "base/text.h"

enum { ULID_LEN = 26, ULID_MAX = 27, ULID_RANDOM_BYTES = 10 };

/* Pure form, for tests. */
const char *ulid_write(char out[ULID_MAX], time_ms at, const uint8_t random[ULID_RANDOM_BYTES]);
/* With randomness of the system (libsodium). Returns out. */
const char *ulid_make(char out[ULID_MAX], const struct clock *clock);
bool ulid_is_valid(struct text t);

#endif
