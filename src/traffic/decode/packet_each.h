/* traffic/decode/packet_each.h: one captured packet and those it carries, with the names they speak
 * of. From: traffic/capture. To: a sink (traffic/match, traffic/flow). Pure; any thread. Limit:
 * PACKET_TUNNELS_MAX inside each other.
 *
 * A tunnel's outer packet is handed on, then the one inside, and so on to the innermost: who speaks
 * through a tunnel counts, and so does the tunnel. Sums over both count the bytes inside twice.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_PACKET_EACH_H
#define CANH_TRAFFIC_DECODE_PACKET_EACH_H

#include "model/packet.h"

enum { PACKET_TUNNELS_MAX = 3 };

/* UNSUPPORTED or FORMAT as packet_parse says of the outermost packet (the sink was not called),
 * else what the sink said. */
MUST_USE int packet_each(time_ms at, int link_type, struct text bytes, struct packet_sink sink);

#endif
