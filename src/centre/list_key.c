/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/list_key.h"

#include "base/mem.h"
#include "system/os/folder.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdio.h>

enum { KEY_FILE_MODE = 0600, PEM_MAX = 4 << 10, PATH_BYTES_MAX = 1024 };

struct list_key {
        gnutls_privkey_t key;
        gnutls_pubkey_t public_key;
};

static int tls_err(int code)
{
        if (code >= 0)
                return 0;
        return code == GNUTLS_E_MEMORY_ERROR ? ERR_MEMORY : ERR_FORMAT;
}

static int make(gnutls_x509_privkey_t key, const struct folder *keys)
{
        char pem[PEM_MAX];
        size_t len = sizeof(pem);
        int err = tls_err(gnutls_x509_privkey_generate(
            key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));

        if (!err)
                err = tls_err(gnutls_x509_privkey_export_pkcs8(
                    key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, pem, &len));
        if (!err)
                err = file_write_atomic(
                    keys, "lists.key", (struct text){ pem, len }, KEY_FILE_MODE);
        gnutls_memset(pem, 0, sizeof(pem));
        return err;
}

static int load(gnutls_x509_privkey_t key, const struct folder *keys)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(PEM_MAX);
        int err = file_read_all(&pem, keys, "lists.key");

        if (err == ERR_MISSING)
                return make(key, keys);
        if (!err) {
                const gnutls_datum_t bytes = { (unsigned char *)pem.data, (unsigned)pem.len };

                err = tls_err(gnutls_x509_privkey_import(key, &bytes, GNUTLS_X509_FMT_PEM));
                gnutls_memset(pem.data, 0, pem.len);
        }
        return err;
}

static int take(struct list_key *k, const struct folder *keys)
{
        gnutls_x509_privkey_t key;
        int err;

        if (gnutls_x509_privkey_init(&key) != 0)
                return ERR_MEMORY;
        err = load(key, keys);
        if (!err && (gnutls_privkey_init(&k->key) != 0 || gnutls_pubkey_init(&k->public_key) != 0))
                err = ERR_MEMORY;
        if (!err)
                err = tls_err(gnutls_privkey_import_x509(k->key, key, GNUTLS_PRIVKEY_IMPORT_COPY));
        if (!err)
                err = tls_err(gnutls_pubkey_import_privkey(
                    k->public_key, k->key, GNUTLS_KEY_DIGITAL_SIGNATURE, 0));
        gnutls_x509_privkey_deinit(key);
        return err;
}

int list_key_open(struct list_key **out, const char *data_folder)
{
        AUTO(folder_close_at) struct folder *keys = NULL;
        char path[PATH_BYTES_MAX];
        struct list_key *k;
        int err;

        if (snprintf(path, sizeof(path), "%s/keys", data_folder) >= (int)sizeof(path))
                return ERR_LIMIT;
        err = folder_open(&keys, path);
        if (err)
                return err;
        k = mem_zero(1, sizeof(*k));
        if (!k)
                return ERR_MEMORY;
        err = take(k, keys);
        if (err) {
                (void)list_key_close(k);
                return err;
        }
        *out = k;
        return 0;
}

struct list_key *list_key_close(struct list_key *k)
{
        if (k && k->key)
                gnutls_privkey_deinit(k->key);
        if (k && k->public_key)
                gnutls_pubkey_deinit(k->public_key);
        mem_free(k);
        return NULL;
}

int list_key_public(struct buffer *out, const struct list_key *k)
{
        gnutls_datum_t der = { 0 };
        int err = tls_err(gnutls_pubkey_export2(k->public_key, GNUTLS_X509_FMT_DER, &der));

        if (!err)
                err = buffer_add(out, der.data, der.size);
        gnutls_free(der.data);
        return err;
}

int list_key_sign(struct buffer *out, const struct list_key *k, const struct sha256 *digest)
{
        const gnutls_datum_t hash = { (unsigned char *)(uintptr_t)digest->bytes,
                sizeof(digest->bytes) };
        gnutls_datum_t signature = { 0 };
        int err = tls_err(
            gnutls_privkey_sign_hash(k->key, GNUTLS_DIG_SHA256, 0, &hash, &signature));

        if (!err)
                err = buffer_add(out, signature.data, signature.size);
        gnutls_free(signature.data);
        return err;
}
