/* system/os/memory_file.h: bytes that travel between processes as a handle to sealed memory:
 * whoever gets it can be sure that nobody changes or shortens it while it is read.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_MEMORY_FILE_H
#define CANH_SYSTEM_OS_MEMORY_FILE_H

#include "base/buffer.h"
#include "base/text.h"

/* *out is a handle at offset 0, sealed against every change; the caller closes it. */
MUST_USE int memory_file_make(int *out, const char *name, struct text bytes);
/* The whole content, mapped: *out lives until memory_file_unmap. UNTRUSTED unless it is sealed,
 * LIMIT above max. */
MUST_USE int memory_file_map(struct text *out, int fd, size_t max_bytes);
void memory_file_unmap(struct text *mapped); /* takes what map gave, or an empty text */

#endif
