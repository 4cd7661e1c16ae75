/* base/mem.c: see mem.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef CANH_FAIL_AT
static _Atomic uint64_t made, fail_number; /* the only state: test builds alone have it */

/* tests/fail_at/run.py runs a test program once with the number 0, to learn how many allocations it
 * makes, and then once for each: CANH_FAIL_AT is the number, CANH_FAIL_COUNT the file for the sum.
 */
__attribute__((constructor)) static void begin_count(void)
{
        const char *number = getenv("CANH_FAIL_AT");

        if (number)
                fail_number = strtoull(number, NULL, 10);
}

__attribute__((destructor)) static void end_count(void)
{
        const char *path = getenv("CANH_FAIL_COUNT");
        FILE *f = path ? fopen(path, "we") : NULL;
        char text[24];
        int len = snprintf(text, sizeof(text), "%llu\n", (unsigned long long)made);

        if (!f)
                return;
        (void)fwrite(text, 1, (size_t)len, f);
        (void)fclose(f);
}

static bool must_fail(void)
{
        return ++made == fail_number;
}

uint64_t mem_fail_at(uint64_t n)
{
        uint64_t before = made;

        made = 0;
        fail_number = n;
        return before;
}
#else
static bool must_fail(void)
{
        return false;
}

uint64_t mem_fail_at(uint64_t n)
{
        (void)n;
        return 0;
}
#endif

void *mem_zero(size_t count, size_t size)
{
        return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *mem_grow(void *old, size_t count, size_t size)
{
        size_t bytes;

        if (must_fail() || __builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes))
                return NULL;
        return realloc(old, bytes);
}

char *mem_copy_text(const char *text, size_t len)
{
        char *copy = mem_zero(len + 1, 1);

        if (copy && len)
                memcpy(copy, text, len);
        return copy;
}

void mem_free(void *ptr)
{
        free(ptr);
}

void mem_free_at(void *ptr_to_ptr)
{
        void *ptr;

        memcpy(&ptr, ptr_to_ptr, sizeof(ptr));
        free(ptr);
}
