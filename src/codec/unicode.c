/* codec/unicode.c: see unicode.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/unicode.h"
#include "base/mem.h"

#include <unicase.h>
#include <uninorm.h>
#include <unictype.h>
#include <unistr.h>

static void free_units(uint8_t **units)
{
        free(*units);
}

int unicode_add_nfc(struct buffer *out, struct text t)
{
        AUTO(free_units) uint8_t *nfc = NULL;
        size_t len = 0;

        if (!text_is_utf8(t))
                return ERR_FORMAT;
        if (t.len == 0)
                return 0;
        nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)t.data, t.len, NULL, &len);
        return nfc ? buffer_add(out, nfc, len) : ERR_MEMORY;
}

int unicode_lower_points(uint32_t *out, size_t *count, size_t room, struct text t)
{
        AUTO(free_units) uint8_t *lower = NULL;
        size_t len = 0;
        uint32_t *points;

        if (!text_is_utf8(t))
                return ERR_FORMAT;
        lower = u8_tolower((const uint8_t *)t.data, t.len, NULL, UNINORM_NFC, NULL, &len);
        if (!lower)
                return ERR_FORMAT;
        points = u8_to_u32(lower, len, out, &room);
        if (points != out) {
                free(points);
                return ERR_FORMAT;
        }
        *count = room;
        return 0;
}

static int add_folded_char(struct buffer *out, ucs4_t c)
{
        uint8_t bytes[6];
        int n;

        if (uc_is_general_category(c, UC_CATEGORY_M))
                return 0;
        if (c == 0x0111) /* đ has no decomposition */
                c = 'd';
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0)
                return out->len && out->data[out->len - 1] == ' ' ? 0 : buffer_add_byte(out, ' ');
        n = u8_uctomb(bytes, c, sizeof(bytes));
        return n > 0 ? buffer_add(out, bytes, (size_t)n) : ERR_FORMAT;
}

int unicode_add_folded(struct buffer *out, struct text t)
{
        AUTO(free_units) uint8_t *apart = NULL;
        size_t len = 0, before = out->len;

        if (!text_is_utf8(t))
                return ERR_FORMAT;
        if (t.len == 0)
                return 0;
        apart = u8_tolower((const uint8_t *)t.data, t.len, "vi", UNINORM_NFD, NULL, &len);
        if (!apart)
                return ERR_MEMORY;
        for (size_t at = 0; at < len;) {
                ucs4_t c;
                int n = u8_mbtouc(&c, apart + at, len - at);
                int err = add_folded_char(out, c);

                if (err) {
                        out->len = before;
                        return err;
                }
                at += (size_t)n;
        }
        return 0;
}
