/* office/documents/xml_text.c. SPDX-License-Identifier: Apache-2.0 */
#include "office/documents/xml_text.h"

#include <unistr.h>

static const char *escape_of(ucs4_t c)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                break;
        }
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF)
                return "\xEF\xBF\xBD";
        return NULL;
}

int xml_add_text(struct buffer *out, struct text t)
{
        int err = 0;

        for (size_t i = 0; i < t.len && !err;) {
                ucs4_t c;
                int n = u8_mbtoucr(&c, (const uint8_t *)t.data + i, t.len - i);
                const char *escape = n > 0 ? escape_of(c) : "\xEF\xBF\xBD";

                n = n > 0 ? n : 1;
                err = escape ? buffer_add_text(out, escape)
                             : buffer_add(out, t.data + i, (size_t)n);
                i += (size_t)n;
        }
        return err;
}
