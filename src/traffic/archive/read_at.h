/* traffic/archive/read_at.h: reads a piece of a file. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_READ_AT_H
#define CANH_TRAFFIC_ARCHIVE_READ_AT_H

#include "base/err.h"

#include <stdint.h>

/* Exactly len bytes. IO; FORMAT: the file ends before. */
MUST_USE int read_at(int fd, void *out, size_t len, uint64_t offset);

#endif
