/* system/os/places.c: see places.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/places.h"
#include "base/mem.h"

const char *place_of_agent(void)
{
        return "/var/lib/canh-agent";
}

size_t places_of_sweep(const char **out, size_t max)
{
        static const char *const paths[] = { "/home", "/root", "/tmp", "/var/tmp", "/dev/shm",
                "/opt", "/srv", "/usr/local", "/var/www" };
        size_t count = 0;

        while (count < ARRAY_LEN(paths) && count < max) {
                out[count] = paths[count];
                count++;
        }
        return count;
}

char place_separator(void)
{
        return '/';
}

size_t place_root_bytes(struct text path)
{
        return text_starts(path, "/") ? 1 : 0;
}
