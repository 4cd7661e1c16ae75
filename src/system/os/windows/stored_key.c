/* system/os/windows/stored_key.c: see stored_key.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/stored_key.h"
#include "base/mem.h"
#include "codec/p256_der_parse.h"

#include <bcrypt.h>
#include <ncrypt.h>
#include <stdio.h>
#include <string.h>

enum { DER_MAX = 4096, NAME_UNITS = 64 };

struct stored_key {
        NCRYPT_PROV_HANDLE store;
        NCRYPT_KEY_HANDLE key;
        wchar_t name[NAME_UNITS];
};

struct private_blob {
        BCRYPT_ECCKEY_BLOB head;
        struct p256_key key;
};

static int import(struct stored_key *k, struct private_blob *blob)
{
        NCryptBuffer name = { .cbBuffer = (ULONG)((wcslen(k->name) + 1) * sizeof(wchar_t)),
                .BufferType = NCRYPTBUFFER_PKCS_KEY_NAME,
                .pvBuffer = k->name };
        NCryptBufferDesc named = {
                .ulVersion = NCRYPTBUFFER_VERSION, .cBuffers = 1, .pBuffers = &name
        };

        if (NCryptOpenStorageProvider(&k->store, MS_KEY_STORAGE_PROVIDER, 0) != ERROR_SUCCESS ||
            NCryptImportKey(k->store, 0, BCRYPT_ECCPRIVATE_BLOB, &named, &k->key, (BYTE *)blob,
                sizeof(*blob), NCRYPT_OVERWRITE_KEY_FLAG | NCRYPT_SILENT_FLAG) != ERROR_SUCCESS)
                return ERR_UNSUPPORTED;
        return 0;
}

int stored_key_new(struct stored_key **out, PCCERT_CONTEXT certificate, struct text pem)
{
        struct stored_key *k = mem_zero(1, sizeof(*k));
        struct private_blob blob = { .head = { BCRYPT_ECDSA_PRIVATE_P256_MAGIC, P256_BYTES } };
        CRYPT_KEY_PROV_INFO info = {
                .pwszProvName = (wchar_t *)(uintptr_t)MS_KEY_STORAGE_PROVIDER
        };
        int err = k ? p256_key_from_pem(&blob.key, pem) : ERR_MEMORY;

        if (!err) {
                (void)swprintf(
                    k->name, NAME_UNITS, L"canh-agent-%lu", (unsigned long)GetCurrentProcessId());
                err = import(k, &blob);
        }
        SecureZeroMemory(&blob, sizeof(blob));
        if (!err) {
                info.pwszContainerName = k->name;
                if (!CertSetCertificateContextProperty(
                        certificate, CERT_KEY_PROV_INFO_PROP_ID, 0, &info))
                        err = ERR_UNSUPPORTED;
        }
        if (err) {
                (void)stored_key_free(k);
                return err;
        }
        *out = k;
        return 0;
}

struct stored_key *stored_key_free(struct stored_key *k)
{
        if (k) {
                if (k->key)
                        (void)NCryptDeleteKey(k->key, NCRYPT_SILENT_FLAG);
                if (k->store)
                        (void)NCryptFreeObject(k->store);
                mem_free(k);
        }
        return NULL;
}
