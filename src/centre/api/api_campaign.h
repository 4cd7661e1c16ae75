/* centre/api/api_campaign.h: what the topics around a directive share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_CAMPAIGN_H
#define CANH_CENTRE_API_API_CAMPAIGN_H

#include "centre/web/route.h"

struct campaign;

/* The directive ("" = the newest active one) with its cells brought up to date. MISSING. */
MUST_USE int call_campaign(struct campaign **out, struct call *call, struct text directive_id);

#endif
