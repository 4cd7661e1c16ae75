/* canh/match_facts.h: flows and sightings of names, as if each were a packet, to traffic/match:
 * what a log or an exporter says is matched as what a capture shows. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CANH_MATCH_FACTS_H
#define CANH_CANH_MATCH_FACTS_H

#include "model/flow.h"
#include "traffic/match/packet_match.h"

/* Borrows the match. */
struct traffic_sink match_facts_sink(struct packet_match *match);

#endif
