/* model/indicator.c: see indicator.h. SPDX-License-Identifier: Apache-2.0 */
#include "model/indicator.h"

static const char *const names[INDICATOR_TYPES] = { "ipv4", "ipv6", "prefix", "name", "url", "md5",
        "sha1", "sha256", "certificate" };

const char *indicator_type_name(enum indicator_type type)
{
        return (unsigned)type < INDICATOR_TYPES ? names[type] : "?";
}

const char *indicator_origin_name(enum indicator_origin origin)
{
        static const char *const words[INDICATOR_ORIGINS] = { "", "sinkhole", "control", "scan" };

        return (unsigned)origin < INDICATOR_ORIGINS ? words[origin] : "";
}

/* The enum stands in that order: the smaller one counts, but for "not said". */
enum indicator_origin indicator_origin_join(enum indicator_origin a, enum indicator_origin b)
{
        if (a == INDICATOR_ORIGIN_UNSAID || b == INDICATOR_ORIGIN_UNSAID)
                return a > b ? a : b;
        return a < b ? a : b;
}

int indicator_type_of(enum indicator_type *out, struct text name)
{
        for (unsigned i = 0; i < INDICATOR_TYPES; i++)
                if (text_is(name, names[i])) {
                        *out = (enum indicator_type)i;
                        return 0;
                }
        return ERR_MISSING;
}
