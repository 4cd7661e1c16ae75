/* system/os/windows/stored_key.h: our key where Schannel finds it. Schannel signs with keys of a
 * key store only, so the one of the state folder is put there under a name of its own for as long
 * as the connection is used. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_STORED_KEY_H
#define CANH_SYSTEM_OS_WINDOWS_STORED_KEY_H

#include "base/text.h"

#include <windows.h>
#include <wincrypt.h>

struct stored_key;

/* Binds the certificate to the key (PKCS#8 in PEM). UNTRUSTED: not such a key; UNSUPPORTED: this
 * Windows has no store for P-256 keys (wine has none). */
MUST_USE int stored_key_new(struct stored_key **out, PCCERT_CONTEXT certificate, struct text pem);
/* Takes it out of the store. Takes NULL, returns NULL. */
struct stored_key *stored_key_free(struct stored_key *k);

#endif
