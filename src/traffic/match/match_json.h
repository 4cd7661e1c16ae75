/* traffic/match/match_json.h: a match as JSON, with the fields that `canh match` promises.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_MATCH_MATCH_JSON_H
#define CANH_TRAFFIC_MATCH_MATCH_JSON_H

#include "traffic/match/packet_match.h"

#include <jansson.h>

/* An object of at, last_at, source, source_port, destination, destination_port, protocol, seen_in,
 * packets, type, value, family, list. *out belongs to the caller. */
MUST_USE int match_json(json_t **out, const struct packet_match_record *record);

#endif
