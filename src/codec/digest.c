/* codec/digest.c: see digest.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/digest.h"

#include <sodium.h>
#include <string.h>

struct sha256 sha256_of(const void *bytes, size_t len)
{
        struct sha256 d;

        (void)crypto_hash_sha256(d.bytes, bytes, len);
        return d;
}

void hex_write(char *out, const uint8_t *bytes, size_t len)
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < len; i++) {
                out[i * 2] = digits[bytes[i] >> 4];
                out[i * 2 + 1] = digits[bytes[i] & 15];
        }
        out[len * 2] = '\0';
}

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

int hex_parse(uint8_t *out, size_t len, struct text t)
{
        if (t.len != len * 2)
                return ERR_FORMAT;
        for (size_t i = 0; i < t.len; i++)
                if (hex_digit(t.data[i]) < 0)
                        return ERR_FORMAT;
        for (size_t i = 0; i < len; i++)
                out[i] = (uint8_t)(hex_digit(t.data[i * 2]) << 4 | hex_digit(t.data[i * 2 + 1]));
        return 0;
}

const char *sha256_write(char out[SHA256_HEX_MAX], const struct sha256 *d)
{
        hex_write(out, d->bytes, sizeof(d->bytes));
        return out;
}

int sha256_parse(struct sha256 *out, struct text hex)
{
        return hex_parse(out->bytes, sizeof(out->bytes), hex);
}
