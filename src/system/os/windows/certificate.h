/* system/os/windows/certificate.h: certificates by Windows' own calls: who issued one, what for,
 * and the point of a P-256 key. Any thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_CERTIFICATE_H
#define CANH_SYSTEM_OS_WINDOWS_CERTIFICATE_H

#include "base/text.h"

#include <windows.h>
#include <wincrypt.h>

enum { CERTIFICATES_MAX = 4, CERTIFICATE_POINT_BYTES = 64 };

struct certificates {
        PCCERT_CONTEXT at[CERTIFICATES_MAX];
        unsigned count;
};

/* All of a PEM text, at least one. UNTRUSTED. */
MUST_USE int certificates_load(struct certificates *out, struct text pem);
void certificates_done(struct certificates *c);
/* Name, signature and time of both hold now. */
bool certificate_is_issued_by(PCCERT_CONTEXT subject, PCCERT_CONTEXT authority);
/* Whether it says itself that it is for this (an OID). */
bool certificate_is_for(PCCERT_CONTEXT c, const char *purpose);
/* x and y; false for any other key than P-256. */
bool certificate_point(uint8_t out[CERTIFICATE_POINT_BYTES], PCCERT_CONTEXT c);

#endif
