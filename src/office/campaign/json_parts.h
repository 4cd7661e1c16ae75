/* office/campaign/json_parts.h: small values that several pages share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_JSON_PARTS_H
#define CANH_OFFICE_CAMPAIGN_JSON_PARTS_H

#include "base/clock.h"
#include "office/evidence/measure.h"

#include <jansson.h>

json_t *json_of_text(struct text t);
json_t *json_of_words(struct words w);
json_t *json_of_time(time_ms at); /* RFC 3339; null for 0 */

#endif
