/* system/os/windows/unicode_windows.c: what the agent needs of codec/unicode.h, by Windows' own
 * tables. SPDX-License-Identifier: Apache-2.0 */
#include "codec/unicode.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <windows.h>

enum { UNITS = 1024 };

static void points_of(uint32_t *out, size_t *count, const wchar_t *wide, size_t len)
{
        size_t n = 0;

        for (size_t i = 0; i < len; i++) {
                uint32_t c = wide[i];

                if (IS_HIGH_SURROGATE(c) && i + 1 < len && IS_LOW_SURROGATE(wide[i + 1]))
                        c = 0x10000 + ((c - HIGH_SURROGATE_START) << 10) +
                            (wide[++i] - (uint32_t)LOW_SURROGATE_START);
                out[n++] = c;
        }
        *count = n;
}

int unicode_lower_points(uint32_t *out, size_t *count, size_t room, struct text t)
{
        wchar_t wide[UNITS], lower[UNITS], composed[UNITS];
        size_t len = 0;
        int n;

        if (!text_is_utf8(t) || wide_from_text((uint16_t *)wide, UNITS, &len, t))
                return ERR_FORMAT;
        n = LCMapStringW(LOCALE_INVARIANT, LCMAP_LOWERCASE, wide, (int)len, lower, UNITS);
        n = n > 0 ? NormalizeString(NormalizationC, lower, n, composed, UNITS) : 0;
        if (n <= 0 || (size_t)n > room)
                return ERR_FORMAT;
        points_of(out, count, composed, (size_t)n);
        return 0;
}

void *memmem(const void *in, size_t in_len, const void *what, size_t len)
{
        const char *p = in;

        for (size_t i = 0; i + len <= in_len; i++)
                if (memcmp(p + i, what, len) == 0)
                        return (void *)(uintptr_t)(p + i);
        return NULL;
}
