/* codec/domain_name_fuzz.c: a name that is taken is lower case ASCII, fits its room, and taken
 * again is the same name; each parent is shorter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/domain_name.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char name[DOMAIN_NAME_MAX], again[DOMAIN_NAME_MAX];
        struct text rest;
        size_t parents = 0;

        if (domain_name_parse(name, (struct text){ (const char *)data, size }))
                return 0;
        rest = text_of(name);
        if (rest.len >= DOMAIN_NAME_MAX || domain_name_parse(again, rest) ||
            strcmp(name, again) != 0)
                abort();
        for (size_t i = 0; i < rest.len; i++)
                if ((unsigned char)name[i] >= 0x7F || name[i] <= ' ' ||
                    (name[i] >= 'A' && name[i] <= 'Z'))
                        abort();
        for (; rest.len; rest = domain_name_parent(rest))
                if (++parents > DOMAIN_NAME_MAX)
                        abort();
        return 0;
}
