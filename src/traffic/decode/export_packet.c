/* traffic/decode/export_packet.c: see export_packet.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_packet.h"

int export_packet_take(
    void *capture, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        struct export_capture *c = capture;
        struct export_source from = { packet->source, packet->source_port };

        (void)names;
        if (packet->protocol == PACKET_UDP && packet->is_fragment)
                c->fragments++;
        if (packet->protocol != PACKET_UDP || !export_datagram_is(packet->payload)) {
                c->passed_over++;
                return 0;
        }
        return export_datagram_parse(c->state, &from, at, packet->payload, c->sink, &c->counts);
}
