/* workstation/sweep/path_text.c: see path_text.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/path_text.h"
#include "base/text.h"
#include "system/os/places.h"

#include <string.h>

/* Bytes of the character at p, 0 when it is none. */
static size_t character_at(const char *p, size_t left)
{
        unsigned char c = (unsigned char)*p;
        size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

        return n <= left && text_is_utf8((struct text){ p, n }) ? n : 0;
}

int path_text_add(struct buffer *out, const char *path)
{
        size_t len = strlen(path);

        for (size_t i = 0; i < len;) {
                unsigned char c = (unsigned char)path[i];
                size_t n = character_at(path + i, len - i);
                bool plain = n && c >= 0x20 && c != 0x7F;
                int err = c == '/' ? buffer_add_byte(out, place_separator())
                          : plain  ? buffer_add(out, path + i, n)
                                   : buffer_add_format(out, "\\x%02X", c);

                if (err)
                        return err;
                i += plain ? n : 1;
        }
        return 0;
}
