/* model/packet.c: see packet.h. SPDX-License-Identifier: Apache-2.0 */
#include "model/packet.h"

const char *packet_place_name(enum packet_place place)
{
        static const char *const names[] = { "address", "dns", "tls", "http", "certificate" };

        return names[place];
}

const char *packet_protocol_name(uint8_t protocol)
{
        switch (protocol) {
        case PACKET_TCP:
                return "tcp";
        case PACKET_UDP:
                return "udp";
        case PACKET_ICMP:
                return "icmp";
        case PACKET_ICMP6:
                return "icmp6";
        default:
                return "ip";
        }
}
