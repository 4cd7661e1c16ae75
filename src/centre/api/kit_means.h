/* centre/api/kit_means.h: what a check kit looks for: the rules and hashes of the bundle in use,
 * and its generation, so that the centre knows what the kit's sweep proves.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_KIT_MEANS_H
#define CANH_CENTRE_API_KIT_MEANS_H

#include "base/err.h"

#include <jansson.h>

struct bundle;

enum { KIT_MEANS_BYTES_MAX = 48 << 20 };

/* Adds "generation", "rules" and "hashes" ([{"name","text"}]) to the kit; nothing when the bundle
 * is NULL or there is none in use. LIMIT beyond KIT_MEANS_BYTES_MAX. */
MUST_USE int kit_add_means(json_t *kit, struct bundle *bundle);

#endif
