/* system/os/hash.h: digests by the fastest code that the platform has (files are read by the
 * gigabyte). Any thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_HASH_H
#define CANH_SYSTEM_OS_HASH_H

#include "base/text.h"

enum hash_method { HASH_METHOD_MD5, HASH_METHOD_SHA1, HASH_METHOD_SHA256 };

/* Into 16, 20 or 32 bytes. False when the platform refuses. */
bool hash_bytes(uint8_t *out, enum hash_method method, struct text bytes);

#endif
