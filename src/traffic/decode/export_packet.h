/* traffic/decode/export_packet.h: datagrams of exporters that stand in captured packets. From:
 * packet_each (its sink). To: a traffic_sink. Only UDP, and only what looks like an export
 * (export_datagram_is): the rest of the capture is passed over and counted. Fragments are not put
 * together. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_PACKET_H
#define CANH_TRAFFIC_DECODE_EXPORT_PACKET_H

#include "traffic/decode/export_parse.h"

struct export_capture {
        struct export_state *state; /* borrowed */
        struct traffic_sink sink;
        struct export_counts counts;
        uint64_t passed_over; /* packets that are no exports */
        uint64_t fragments;   /* of UDP, which may have belonged to one */
};

/* As packet_sink.take, for a struct export_capture: hand it to packet_each as
 * (struct packet_sink){ export_packet_take, &capture }. Answers as export_datagram_parse. */
int export_packet_take(
    void *capture, time_ms at, const struct packet *packet, const struct packet_names *names);

#endif
