/* traffic/decode/packet_parse.h: the bytes of one packet to addresses, ports and payload.
 * From: traffic/capture. To: traffic/match, traffic/flow. Pure; any thread; at most
 * PACKET_HEADERS_MAX headers deep.
 *
 * Reads Ethernet (II and SNAP), VLAN and QinQ, Linux cooked v1 and v2, NFLOG, raw IP, loopback,
 * PPP, PPPoE, MPLS and its Ethernet pseudowires, Cisco HDLC, FDDI, open 802.11 (plain, radiotap,
 * PPI), the tags of data centres (NSH, VN-Tag, FabricPath, MAC in MAC); IPv4 and IPv6 with
 * extension headers and fragments; TCP, UDP, ICMP; the ports of SCTP, DCCP and UDP-Lite. Finds, and
 * leaves to packet_each, what a packet carries: IP in IP, 6in4, GRE with IP, Ethernet, PPP or
 * ERSPAN I to III, VXLAN (UDP 4789, 8472), Geneve (6081), GTP-U (2152), Teredo.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_PACKET_PARSE_H
#define CANH_TRAFFIC_DECODE_PACKET_PARSE_H

#include "model/packet.h"

enum { PACKET_HEADERS_MAX = 16, PACKET_LINK_RAW = 101 };

/* link_type is libpcap's (www.tcpdump.org/linktypes.html). A packet cut by the capture is read as
 * far as it goes. UNSUPPORTED: no IP inside, or a link type that is not read. FORMAT: cut or wrong
 * before both addresses. */
MUST_USE int packet_parse(struct packet *out, int link_type, struct text bytes);

#endif
