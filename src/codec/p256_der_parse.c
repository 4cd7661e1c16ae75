/* codec/p256_der_parse.c: see key_der_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/p256_der_parse.h"
#include "codec/base64_parse.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
        INTEGER = 0x02,
        BITS = 0x03,
        OCTETS = 0x04,
        UTF8 = 0x0C,
        SEQUENCE = 0x30,
        SET = 0x31,
        CONTEXT_0 = 0xA0,
        CONTEXT_1 = 0xA1,
        POINT_BYTES = 1 + 2 * P256_BYTES,
        PEM_LINE = 64,
        DER_MAX = 4096
};

/* SEQUENCE { id-ecPublicKey, prime256v1 } */
static const uint8_t ALGORITHM[] = { 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02,
        0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
/* SEQUENCE { ecdsa-with-SHA256 } */
static const uint8_t SIGNED_BY[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04,
        0x03, 0x02 };
static const uint8_t COMMON_NAME[] = { 0x06, 0x03, 0x55, 0x04, 0x03 };

/* One value of this kind off the front. Lengths of at most two bytes, in their shortest form. */
static int take(struct text *out, struct text *rest, uint8_t kind)
{
        const uint8_t *p = (const uint8_t *)rest->data;
        size_t head = 2, len;

        if (rest->len < 2 || p[0] != kind)
                return ERR_FORMAT;
        len = p[1];
        if (len == 0x81 && rest->len >= 3 && p[2] >= 0x80) {
                head = 3;
                len = p[2];
        } else if (len == 0x82 && rest->len >= 4 && p[2]) {
                head = 4;
                len = (size_t)p[2] << 8 | p[3];
        } else if (len >= 0x80) {
                return ERR_FORMAT;
        }
        if (len > rest->len - head)
                return ERR_FORMAT;
        *out = (struct text){ rest->data + head, len };
        *rest = (struct text){ rest->data + head + len, rest->len - head - len };
        return 0;
}

static int put(struct buffer *out, uint8_t kind, struct text value)
{
        uint8_t head[4] = { kind, (uint8_t)value.len };
        size_t n = 2;
        int err;

        if (value.len > 0xFFFF)
                return ERR_LIMIT;
        if (value.len >= 0x80) {
                n = value.len > 0xFF ? 4 : 3;
                head[1] = n == 4 ? 0x82 : 0x81;
                head[2] = (uint8_t)(n == 4 ? value.len >> 8 : value.len);
                head[3] = (uint8_t)value.len;
        }
        err = buffer_add(out, head, n);
        return err ? err : buffer_add(out, value.data, value.len);
}

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

/* What was added behind `from` becomes one value of this kind. */
static int wrap(struct buffer *out, size_t from, uint8_t kind)
{
        AUTO(buffer_done) struct buffer inner = BUFFER(DER_MAX);
        int err = buffer_add(&inner, out->data + from, out->len - from);

        if (err)
                return err;
        out->len = from;
        return put(out, kind, view(&inner));
}

int pem_next(struct buffer *out, struct text *rest, const char *label)
{
        char begin[48], end[48];
        AUTO(buffer_done) struct buffer base64 = BUFFER(out->max * 2 + 4);
        struct text line;
        bool inside = false;
        int err = 0;

        (void)snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label);
        (void)snprintf(end, sizeof(end), "-----END %s-----", label);
        while (!err && rest->data && text_split(&line, rest, '\n')) {
                line = text_trim(line);
                if (!inside)
                        inside = text_is(line, begin);
                else if (text_is(line, end))
                        return base64_parse(out, view(&base64));
                else
                        err = buffer_add(&base64, line.data, line.len);
        }
        return err ? err : inside ? ERR_FORMAT : ERR_MISSING;
}

int pem_add(struct buffer *out, const char *label, struct text bytes)
{
        AUTO(buffer_done) struct buffer base64 = BUFFER(bytes.len * 2 + 8);
        int err = base64_add(&base64, bytes);

        if (!err)
                err = buffer_add_format(out, "-----BEGIN %s-----\n", label);
        for (size_t at = 0; !err && at < base64.len; at += PEM_LINE) {
                size_t n = base64.len - at < PEM_LINE ? base64.len - at : PEM_LINE;

                err = buffer_add(out, base64.data + at, n);
                if (!err)
                        err = buffer_add_byte(out, '\n');
        }
        return err ? err : buffer_add_format(out, "-----END %s-----\n", label);
}

static bool is_bytes(struct text t, const uint8_t *bytes, size_t len)
{
        return t.len >= len && memcmp(t.data, bytes, len) == 0;
}

static int small_integer(struct text *rest, uint8_t value)
{
        struct text t;

        return take(&t, rest, INTEGER) == 0 && t.len == 1 && (uint8_t)t.data[0] == value
                   ? 0
                   : ERR_FORMAT;
}

/* The public point of RFC 5915's optional fields. */
static int point_parse(struct p256_key *out, struct text rest)
{
        struct text field, bits;

        if (rest.len && (uint8_t)rest.data[0] == CONTEXT_0 && take(&field, &rest, CONTEXT_0))
                return ERR_FORMAT;
        if (take(&field, &rest, CONTEXT_1) || take(&bits, &field, BITS) ||
            bits.len != 1 + POINT_BYTES || bits.data[0] != 0 || bits.data[1] != 4)
                return ERR_FORMAT;
        memcpy(out->x, bits.data + 2, P256_BYTES);
        memcpy(out->y, bits.data + 2 + P256_BYTES, P256_BYTES);
        return 0;
}

/* RFC 5915 wants all 32 bytes; GnuTLS writes a number: as many as it needs, and a zero before one
 * that would be negative. */
static bool secret_parse(uint8_t out[P256_BYTES], struct text t)
{
        while (t.len > P256_BYTES && t.data[0] == 0) {
                t.data++;
                t.len--;
        }
        if (!t.len || t.len > P256_BYTES)
                return false;
        memset(out, 0, P256_BYTES);
        memcpy(out + P256_BYTES - t.len, t.data, t.len);
        return true;
}

int p256_key_parse(struct p256_key *out, struct text pkcs8)
{
        struct text all = pkcs8, outer, inner, octets, secret;
        struct p256_key key;

        if (take(&outer, &all, SEQUENCE) || all.len || small_integer(&outer, 0) ||
            !is_bytes(outer, ALGORITHM, sizeof(ALGORITHM)))
                return ERR_FORMAT;
        outer.data += sizeof(ALGORITHM);
        outer.len -= sizeof(ALGORITHM);
        if (take(&octets, &outer, OCTETS) || take(&inner, &octets, SEQUENCE) ||
            small_integer(&inner, 1) || take(&secret, &inner, OCTETS) ||
            !secret_parse(key.secret, secret) || point_parse(&key, inner))
                return ERR_FORMAT;
        *out = key;
        return 0;
}

int p256_key_from_pem(struct p256_key *out, struct text pem)
{
        AUTO(buffer_done) struct buffer der = BUFFER(DER_MAX);
        struct text rest = pem;
        int err = pem_next(&der, &rest, "PRIVATE KEY");

        if (!err)
                err = p256_key_parse(out, view(&der));
        if (der.data)
                sodium_memzero(der.data, der.room);
        return err == ERR_MEMORY || !err ? err : ERR_UNTRUSTED;
}

static int add_point(struct buffer *out, const struct p256_key *key)
{
        size_t from = out->len;
        int err = buffer_add(out, "\0\4", 2);

        if (!err)
                err = buffer_add(out, key->x, P256_BYTES);
        if (!err)
                err = buffer_add(out, key->y, P256_BYTES);
        return err ? err : wrap(out, from, BITS);
}

int p256_key_write(struct buffer *out, const struct p256_key *key)
{
        AUTO(buffer_done) struct buffer point = BUFFER(DER_MAX);
        AUTO(buffer_done) struct buffer inner = BUFFER(DER_MAX);
        AUTO(buffer_done) struct buffer all = BUFFER(DER_MAX);
        int err = add_point(&point, key);

        if (!err)
                err = put(&inner, INTEGER, (struct text){ "\1", 1 });
        if (!err)
                err = put(&inner, OCTETS, (struct text){ (const char *)key->secret, P256_BYTES });
        if (!err)
                err = put(&inner, CONTEXT_1, view(&point));
        if (!err)
                err = wrap(&inner, 0, SEQUENCE);
        if (!err)
                err = put(&all, INTEGER, (struct text){ "\0", 1 });
        if (!err)
                err = buffer_add(&all, ALGORITHM, sizeof(ALGORITHM));
        if (!err)
                err = put(&all, OCTETS, view(&inner));
        if (inner.data)
                sodium_memzero(inner.data, inner.room);
        if (!err)
                err = put(out, SEQUENCE, view(&all));
        if (all.data)
                sodium_memzero(all.data, all.room);
        return err;
}

static int number_parse(uint8_t out[P256_BYTES], struct text *rest)
{
        struct text t;

        if (take(&t, rest, INTEGER) || !t.len || (t.data[0] & 0x80))
                return ERR_FORMAT;
        if (t.len > 1 && t.data[0] == 0) {
                if (!(t.data[1] & 0x80))
                        return ERR_FORMAT;
                t.data++;
                t.len--;
        }
        if (t.len > P256_BYTES)
                return ERR_FORMAT;
        memset(out, 0, P256_BYTES);
        memcpy(out + P256_BYTES - t.len, t.data, t.len);
        return 0;
}

int p256_signature_parse(struct p256_signature *out, struct text der)
{
        struct p256_signature s;
        struct text all = der, pair;

        if (take(&pair, &all, SEQUENCE) || all.len || number_parse(s.r, &pair) ||
            number_parse(s.s, &pair) || pair.len)
                return ERR_FORMAT;
        *out = s;
        return 0;
}

static int add_number(struct buffer *out, const uint8_t number[P256_BYTES])
{
        uint8_t wide[1 + P256_BYTES] = { 0 };
        size_t at = 1;

        memcpy(wide + 1, number, P256_BYTES);
        while (at < P256_BYTES && !wide[at])
                at++;
        if (wide[at] & 0x80)
                at--;
        return put(out, INTEGER, (struct text){ (const char *)wide + at, sizeof(wide) - at });
}

int p256_signature_write(struct buffer *out, const struct p256_signature *signature)
{
        size_t from = out->len;
        int err = add_number(out, signature->r);

        if (!err)
                err = add_number(out, signature->s);
        return err ? err : wrap(out, from, SEQUENCE);
}

static int add_name(struct buffer *out, const char *common_name)
{
        size_t from = out->len;
        int err = buffer_add(out, COMMON_NAME, sizeof(COMMON_NAME));

        if (!err)
                err = put(out, UTF8, text_of(common_name));
        if (!err)
                err = wrap(out, from, SEQUENCE);
        if (!err)
                err = wrap(out, from, SET);
        return err ? err : wrap(out, from, SEQUENCE);
}

int p256_request_body_write(struct buffer *out, const struct p256_key *key, const char *common_name)
{
        AUTO(buffer_done) struct buffer all = BUFFER(DER_MAX);
        size_t from;
        int err;

        if (strlen(common_name) > P256_NAME_MAX)
                return ERR_LIMIT;
        err = put(&all, INTEGER, (struct text){ "\0", 1 });
        if (!err)
                err = add_name(&all, common_name);
        from = all.len;
        if (!err)
                err = buffer_add(&all, ALGORITHM, sizeof(ALGORITHM));
        if (!err)
                err = add_point(&all, key);
        if (!err)
                err = wrap(&all, from, SEQUENCE);
        if (!err)
                err = put(&all, CONTEXT_0, TEXT(""));
        return err ? err : put(out, SEQUENCE, view(&all));
}

int p256_request_write(struct buffer *out, struct text body, struct text signature)
{
        AUTO(buffer_done) struct buffer bits = BUFFER(DER_MAX);
        AUTO(buffer_done) struct buffer all = BUFFER(DER_MAX);
        int err = buffer_add(&bits, "\0", 1);

        if (!err)
                err = buffer_add(&bits, signature.data, signature.len);
        if (!err)
                err = buffer_add(&all, body.data, body.len);
        if (!err)
                err = buffer_add(&all, SIGNED_BY, sizeof(SIGNED_BY));
        if (!err)
                err = put(&all, BITS, view(&bits));
        return err ? err : put(out, SEQUENCE, view(&all));
}
