/* system/os/windows/wide_text.h: names in UTF-16, as Windows keeps them, and in UTF-8, as the rest
 * of the code does. Any name comes back the same: a lone surrogate, which Windows allows, becomes
 * its three bytes (WTF-8). Pure; built and tested on every platform.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_WIDE_TEXT_H
#define CANH_SYSTEM_OS_WINDOWS_WIDE_TEXT_H

#include "base/text.h"

/* Adds a zero behind; *out_len is without it. LIMIT: no room; FORMAT: not UTF-8 but for lone
 * surrogates. */
MUST_USE int wide_from_text(uint16_t *out, size_t room, size_t *out_len, struct text t);
/* Adds a zero behind. LIMIT: no room. */
MUST_USE int wide_to_text(char *out, size_t room, const uint16_t *wide, size_t len);

#endif
