/* codec/base64_parse.c: see base64_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/base64_parse.h"

#include <sodium.h>

int base64_parse(struct buffer *out, struct text t)
{
        size_t len = 0;
        int err = buffer_reserve(out, t.len);

        if (err)
                return err;
        if (!t.len || sodium_base642bin((uint8_t *)out->data + out->len, t.len, t.data, t.len, NULL,
                          &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
                return ERR_FORMAT;
        out->len += len;
        out->data[out->len] = '\0';
        return 0;
}

int base64_add(struct buffer *out, struct text bytes)
{
        size_t need = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
        int err = buffer_reserve(out, need);

        if (err)
                return err;
        (void)sodium_bin2base64(out->data + out->len, need, (const uint8_t *)bytes.data, bytes.len,
            sodium_base64_VARIANT_ORIGINAL);
        out->len += need - 1;
        return 0;
}
