/* system/os/windows/certificate.c: see certificate.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/certificate.h"
#include "base/mem.h"

#include <string.h>

enum { DER_MAX = 16 << 10 };
#define PEM_END "-----END CERTIFICATE-----"

void certificates_done(struct certificates *c)
{
        for (unsigned i = 0; i < c->count; i++)
                (void)CertFreeCertificateContext(c->at[i]);
        c->count = 0;
}

/* How far the first block reaches; 0 when there is none. */
static size_t block_bytes(struct text pem)
{
        size_t end = sizeof(PEM_END) - 1;

        for (size_t i = 0; i + end <= pem.len; i++)
                if (memcmp(pem.data + i, PEM_END, end) == 0)
                        return i + end;
        return 0;
}

static int load(struct certificates *c, struct text pem)
{
        AUTO(mem_free_at) BYTE *der = mem_zero(DER_MAX, 1);
        size_t len;

        if (!der)
                return ERR_MEMORY;
        while ((len = block_bytes(pem)) > 0) {
                DWORD bytes = DER_MAX;

                if (c->count == CERTIFICATES_MAX ||
                    !CryptStringToBinaryA(
                        pem.data, (DWORD)len, CRYPT_STRING_BASE64HEADER, der, &bytes, NULL, NULL))
                        return ERR_UNTRUSTED;
                c->at[c->count] = CertCreateCertificateContext(X509_ASN_ENCODING, der, bytes);
                if (!c->at[c->count])
                        return ERR_UNTRUSTED;
                c->count++;
                pem.data += len;
                pem.len -= len;
        }
        return c->count ? 0 : ERR_UNTRUSTED;
}

int certificates_load(struct certificates *out, struct text pem)
{
        struct certificates c = { .count = 0 };
        int err = load(&c, pem);

        if (err)
                certificates_done(&c);
        else
                *out = c;
        return err;
}

bool certificate_is_for(PCCERT_CONTEXT c, const char *purpose)
{
        AUTO(mem_free_at) CERT_ENHKEY_USAGE *usage = NULL;
        DWORD bytes = 0;

        if (!CertGetEnhancedKeyUsage(c, CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG, NULL, &bytes))
                return false;
        usage = mem_zero(1, bytes);
        if (!usage ||
            !CertGetEnhancedKeyUsage(c, CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG, usage, &bytes))
                return false;
        for (DWORD i = 0; i < usage->cUsageIdentifier; i++)
                if (strcmp(usage->rgpszUsageIdentifier[i], purpose) == 0)
                        return true;
        return false;
}

bool certificate_is_issued_by(PCCERT_CONTEXT subject, PCCERT_CONTEXT authority)
{
        return CertCompareCertificateName(X509_ASN_ENCODING, &subject->pCertInfo->Issuer,
                   &authority->pCertInfo->Subject) &&
               CertVerifyTimeValidity(NULL, subject->pCertInfo) == 0 &&
               CertVerifyTimeValidity(NULL, authority->pCertInfo) == 0 &&
               CryptVerifyCertificateSignatureEx(0, X509_ASN_ENCODING,
                   CRYPT_VERIFY_CERT_SIGN_SUBJECT_CERT, (void *)(uintptr_t)subject,
                   CRYPT_VERIFY_CERT_SIGN_ISSUER_CERT, (void *)(uintptr_t)authority, 0, NULL);
}

bool certificate_point(uint8_t out[CERTIFICATE_POINT_BYTES], PCCERT_CONTEXT c)
{
        const CRYPT_BIT_BLOB *bits = &c->pCertInfo->SubjectPublicKeyInfo.PublicKey;
        const CRYPT_ALGORITHM_IDENTIFIER *kind = &c->pCertInfo->SubjectPublicKeyInfo.Algorithm;

        if (bits->cbData != 1 + CERTIFICATE_POINT_BYTES || bits->pbData[0] != 4 ||
            strcmp(kind->pszObjId, szOID_ECC_PUBLIC_KEY) != 0)
                return false;
        memcpy(out, bits->pbData + 1, CERTIFICATE_POINT_BYTES);
        return true;
}
