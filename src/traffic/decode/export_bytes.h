/* traffic/decode/export_bytes.h: bytes in network order, read from front to back, never beyond the
 * end. Only for the exporters' files. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_BYTES_H
#define CANH_TRAFFIC_DECODE_EXPORT_BYTES_H

#include "base/text.h"

struct export_bytes {
        const uint8_t *at;
        size_t left;
};

static inline struct export_bytes export_bytes_of(struct text t)
{
        return (struct export_bytes){ (const uint8_t *)t.data, t.len };
}

static inline struct text export_bytes_rest(const struct export_bytes *b)
{
        return (struct text){ (const char *)b->at, b->left };
}

/* The next n bytes, or NULL when there are fewer. */
static inline const uint8_t *export_take(struct export_bytes *b, size_t n)
{
        const uint8_t *p = b->at;

        if (b->left < n)
                return NULL;
        b->at += n;
        b->left -= n;
        return p;
}

static inline uint16_t export_u16(const uint8_t *p)
{
        return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t export_u32(const uint8_t *p)
{
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A number of 1 to 8 bytes. */
static inline uint64_t export_number(const uint8_t *p, size_t n)
{
        uint64_t value = 0;

        if (n == 4)
                return export_u32(p);
        if (n == 2)
                return export_u16(p);
        for (size_t i = 0; i < n; i++)
                value = value << 8 | p[i];
        return value;
}

/* The next set of NetFlow v9 or IPFIX: id and length (header included), then its body. False when
 * the length lies. The caller saw that four bytes are left. */
static inline bool export_take_set(uint16_t *id, struct text *body, struct export_bytes *b)
{
        const uint8_t *p = export_take(b, 4);
        size_t length = export_u16(p + 2);

        if (length < 4 || length - 4 > b->left)
                return false;
        *id = export_u16(p);
        *body = (struct text){ (const char *)export_take(b, length - 4), length - 4 };
        return true;
}

#endif
