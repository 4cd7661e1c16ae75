/* base/language.c: see language.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

enum language language_of(const char *tag)
{
        return tag && strncmp(tag, "en", 2) == 0 ? LANGUAGE_EN : LANGUAGE_VI;
}

enum language language_from_environment(void)
{
        static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                const char *value = getenv(names[i]);
                if (!value || !*value)
                        continue;
                if (value[0] == 'C' || strncmp(value, "POSIX", 5) == 0)
                        return LANGUAGE_EN;
                return language_of(value);
        }
        return LANGUAGE_VI;
}

const char *language_tag(enum language l)
{
        return l == LANGUAGE_EN ? "en" : "vi";
}

const char *say(enum language l, const char *vi, const char *en)
{
        return l == LANGUAGE_EN ? en : vi;
}
