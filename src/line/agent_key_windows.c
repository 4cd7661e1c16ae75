/* line/agent_key_windows.c: agent_key.h by CNG and Windows' certificate calls.
 * SPDX-License-Identifier: Apache-2.0 */
#include "line/agent_key.h"
#include "codec/p256_der_parse.h"
#include "base/mem.h"
#include "system/os/windows/certificate.h"

#include <sodium.h>
#include <string.h>
#include <windows.h>
#include <bcrypt.h>

enum { DER_MAX = 16 << 10 };

/* BCRYPT_ECCPRIVATE_BLOB and BCRYPT_ECCPUBLIC_BLOB: the second ends before the secret. */
struct key_blob {
        BCRYPT_ECCKEY_BLOB head;
        struct p256_key key;
};

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

static void key_free_at(BCRYPT_KEY_HANDLE *k)
{
        if (*k)
                (void)BCryptDestroyKey(*k);
}

static void algorithm_close_at(BCRYPT_ALG_HANDLE *a)
{
        if (*a)
                (void)BCryptCloseAlgorithmProvider(*a, 0);
}

static void wiped_at(struct key_blob *blob)
{
        sodium_memzero(blob, sizeof(*blob));
}

static int algorithm_open(BCRYPT_ALG_HANDLE *out)
{
        return BCryptOpenAlgorithmProvider(out, BCRYPT_ECDSA_P256_ALGORITHM, NULL, 0) >= 0
                   ? 0
                   : ERR_UNSUPPORTED;
}

int agent_key_make(struct buffer *out_pem)
{
        AUTO(algorithm_close_at) BCRYPT_ALG_HANDLE algorithm = NULL;
        AUTO(key_free_at) BCRYPT_KEY_HANDLE key = NULL;
        AUTO(buffer_done) struct buffer der = BUFFER(DER_MAX);
        AUTO(wiped_at) struct key_blob blob = { 0 };
        ULONG len = 0;
        int err = algorithm_open(&algorithm);

        if (err)
                return err;
        if (BCryptGenerateKeyPair(algorithm, &key, 256, 0) < 0 ||
            BCryptFinalizeKeyPair(key, 0) < 0 ||
            BCryptExportKey(
                key, NULL, BCRYPT_ECCPRIVATE_BLOB, (UCHAR *)&blob, sizeof(blob), &len, 0) < 0 ||
            len != sizeof(blob))
                return ERR_BUG;
        err = p256_key_write(&der, &blob.key);
        if (!err)
                err = pem_add(out_pem, "PRIVATE KEY", view(&der));
        if (der.data)
                sodium_memzero(der.data, der.room);
        return err;
}

static int sign(struct buffer *out, const struct p256_key *with, struct text bytes)
{
        AUTO(algorithm_close_at) BCRYPT_ALG_HANDLE algorithm = NULL;
        AUTO(key_free_at) BCRYPT_KEY_HANDLE key = NULL;
        AUTO(wiped_at)
        struct key_blob blob = { { BCRYPT_ECDSA_PRIVATE_P256_MAGIC, P256_BYTES }, *with };
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        struct p256_signature signature;
        ULONG len = 0;
        int err = algorithm_open(&algorithm);

        if (err)
                return err;
        if (BCryptImportKeyPair(algorithm, NULL, BCRYPT_ECCPRIVATE_BLOB, &key, (UCHAR *)&blob,
                sizeof(blob), 0) < 0 ||
            BCryptSignHash(key, NULL, digest.bytes, sizeof(digest.bytes), (UCHAR *)&signature,
                sizeof(signature), &len, 0) < 0 ||
            len != sizeof(signature))
                return ERR_BUG;
        return p256_signature_write(out, &signature);
}

int agent_key_sign(struct buffer *out, struct text key_pem, struct text bytes)
{
        struct p256_key key;
        int err = p256_key_from_pem(&key, key_pem);

        if (!err)
                err = sign(out, &key, bytes);
        sodium_memzero(&key, sizeof(key));
        return err;
}

int agent_key_request(struct buffer *out_pem, struct text key_pem, const char *common_name)
{
        AUTO(buffer_done) struct buffer body = BUFFER(DER_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(DER_MAX);
        AUTO(buffer_done) struct buffer request = BUFFER(DER_MAX);
        struct p256_key key;
        int err = p256_key_from_pem(&key, key_pem);

        if (!err)
                err = p256_request_body_write(&body, &key, common_name);
        if (!err)
                err = sign(&signature, &key, view(&body));
        sodium_memzero(&key, sizeof(key));
        if (!err)
                err = p256_request_write(&request, view(&body), view(&signature));
        return err ? err : pem_add(out_pem, "CERTIFICATE REQUEST", view(&request));
}

/* The point of a P-256 certificate; false for any other key. */
static bool point_of(struct p256_key *out, PCCERT_CONTEXT c)
{
        uint8_t point[CERTIFICATE_POINT_BYTES];

        if (!certificate_point(point, c))
                return false;
        *out = (struct p256_key){ .x = { 0 } };
        memcpy(out->x, point, P256_BYTES);
        memcpy(out->y, point + P256_BYTES, P256_BYTES);
        return true;
}

static int verify(const struct p256_key *point, struct text bytes, struct text signature)
{
        AUTO(algorithm_close_at) BCRYPT_ALG_HANDLE algorithm = NULL;
        AUTO(key_free_at) BCRYPT_KEY_HANDLE key = NULL;
        struct key_blob blob = { { BCRYPT_ECDSA_PUBLIC_P256_MAGIC, P256_BYTES }, *point };
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        struct p256_signature bare;
        int err = p256_signature_parse(&bare, signature);

        if (err)
                return ERR_UNTRUSTED;
        err = algorithm_open(&algorithm);
        if (err)
                return err;
        if (BCryptImportKeyPair(algorithm, NULL, BCRYPT_ECCPUBLIC_BLOB, &key, (UCHAR *)&blob,
                offsetof(struct key_blob, key.secret), 0) < 0 ||
            BCryptVerifySignature(
                key, NULL, digest.bytes, sizeof(digest.bytes), (UCHAR *)&bare, sizeof(bare), 0) < 0)
                return ERR_UNTRUSTED;
        return 0;
}

int agent_signature_check(struct text authority_pem, struct text bytes, struct text signature)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        struct p256_key point;
        int err = certificates_load(&c, authority_pem);

        if (err)
                return err;
        if (c.count < 2 || !certificate_is_issued_by(c.at[1], c.at[0]) ||
            !certificate_is_for(c.at[1], szOID_PKIX_KP_CODE_SIGNING) || !point_of(&point, c.at[1]))
                return ERR_UNTRUSTED;
        return verify(&point, bytes, signature);
}

static time_ms time_of(FILETIME t)
{
        int64_t ticks = (int64_t)((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime);

        return (ticks - 116444736000000000) / 10000; /* 100 ns, from 1601 to 1970 */
}

int agent_certificate_check(
    time_ms *from, time_ms *until, struct text certificate_pem, struct text key_pem)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        struct p256_key key, point;
        int err = certificates_load(&c, certificate_pem);

        if (!err)
                err = p256_key_from_pem(&key, key_pem);
        if (err)
                return err;
        sodium_memzero(key.secret, sizeof(key.secret));
        if (!point_of(&point, c.at[0]) || memcmp(&point, &key, sizeof(key)) != 0)
                return ERR_UNTRUSTED;
        *from = time_of(c.at[0]->pCertInfo->NotBefore);
        *until = time_of(c.at[0]->pCertInfo->NotAfter);
        return 0;
}

bool agent_authority_is(struct text authority_pem, const struct sha256 *fingerprint)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        struct sha256 digest;

        if (certificates_load(&c, authority_pem))
                return false;
        digest = sha256_of(c.at[0]->pbCertEncoded, c.at[0]->cbCertEncoded);
        return memcmp(&digest, fingerprint, sizeof(digest)) == 0;
}
