/* base/mem.h: allocation that a test can make fail, and locals that free themselves.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_MEM_H
#define CANH_BASE_MEM_H

#include "base/err.h"

#include <stdint.h>

/* A local that is cleaned by `fn(&local)` when its scope ends. */
#define AUTO(fn) __attribute__((cleanup(fn)))

/* The value of `ptr`, which becomes NULL: ownership leaves the scope. */
#define MOVE(ptr)                                                                                  \
        ({                                                                                         \
                __auto_type moved_ = (ptr);                                                        \
                (ptr) = NULL;                                                                      \
                moved_;                                                                            \
        })

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* `count` zeroed elements of `size` bytes; NULL when there is no memory or the product overflows.
 * The caller frees it with mem_free. */
MUST_USE void *mem_zero(size_t count, size_t size);

/* As realloc for `count` elements; on failure NULL and `old` is untouched. */
MUST_USE void *mem_grow(void *old, size_t count, size_t size);

/* A copy with a zero byte behind it; the caller frees it. */
MUST_USE char *mem_copy_text(const char *text, size_t len);

void mem_free(void *ptr);

/* For AUTO(mem_free_at) on any `T *local`. */
void mem_free_at(void *ptr_to_ptr);

/* Makes the n-th allocation from now on (1 = the next) fail once; 0 switches it off. Has an effect
 * only in builds with -Dfail_at=true. Returns how many allocations were made since the last call.
 */
uint64_t mem_fail_at(uint64_t n);

#endif
