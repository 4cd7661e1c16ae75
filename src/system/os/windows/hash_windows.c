/* system/os/windows/hash_windows.c: hash.h by CNG. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/hash.h"

#include <stdatomic.h>
#include <windows.h>
#include <bcrypt.h>

enum { STEP = 1 << 30 };

/* Opened once for the life of the program: to open one costs more than a small file's digest. */
static BCRYPT_ALG_HANDLE algorithm_of(enum hash_method method)
{
        static const wchar_t *const names[] = { BCRYPT_MD5_ALGORITHM, BCRYPT_SHA1_ALGORITHM,
                BCRYPT_SHA256_ALGORITHM };
        static _Atomic(BCRYPT_ALG_HANDLE) open[3];
        BCRYPT_ALG_HANDLE now = open[method], none = NULL;

        if (now)
                return now;
        if (BCryptOpenAlgorithmProvider(&now, names[method], NULL, 0) < 0)
                return NULL;
        if (atomic_compare_exchange_strong(&open[method], &none, now))
                return now;
        (void)BCryptCloseAlgorithmProvider(now, 0);
        return none;
}

bool hash_bytes(uint8_t *out, enum hash_method method, struct text bytes)
{
        static const ULONG sizes[] = { 16, 20, 32 };
        BCRYPT_ALG_HANDLE algorithm = algorithm_of(method);
        BCRYPT_HASH_HANDLE hash = NULL;
        bool good = algorithm && BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0) >= 0;

        while (good && bytes.len) {
                ULONG step = bytes.len < STEP ? (ULONG)bytes.len : STEP;

                good = BCryptHashData(hash, (UCHAR *)(uintptr_t)bytes.data, step, 0) >= 0;
                bytes.data += step;
                bytes.len -= step;
        }
        good = good && BCryptFinishHash(hash, out, sizes[method], 0) >= 0;
        if (hash)
                (void)BCryptDestroyHash(hash);
        return good;
}
