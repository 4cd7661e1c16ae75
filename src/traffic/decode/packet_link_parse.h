/* traffic/decode/packet_link_parse.h: from the first byte of a frame to the IP packet: link
 * headers, tags, sessions and labels. From: packet_parse.c. Pure; any thread; at most
 * PACKET_HEADERS_MAX tags or labels. For this folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_PACKET_LINK_PARSE_H
#define CANH_TRAFFIC_DECODE_PACKET_LINK_PARSE_H

#include "base/text.h"

/* www.tcpdump.org/linktypes.html; RAW has three numbers, by the system that wrote the file. */
enum link_type {
        LINK_NULL = 0,
        LINK_ETHERNET = 1,
        LINK_PPP = 9,
        LINK_FDDI = 10,
        LINK_RAW_BSD = 12,
        LINK_RAW_OPENBSD = 14,
        LINK_PPP_SERIAL = 50,
        LINK_PPPOE = 51,
        LINK_RAW = 101,
        LINK_CISCO_HDLC = 104,
        LINK_WIRELESS = 105, /* IEEE 802.11 */
        LINK_LOOP = 108,
        LINK_COOKED = 113,
        LINK_RADIOTAP = 127, /* 802.11 behind what the radio says */
        LINK_PPI = 192,      /* another form of the same */
        LINK_IPV4 = 228,
        LINK_IPV6 = 229,
        LINK_NFLOG = 239, /* Linux: what netfilter logs */
        LINK_COOKED_2 = 276
};

enum ether_type {
        ETHER_IPV4 = 0x0800,
        ETHER_ERSPAN_3 = 0x22EB, /* of GRE */
        ETHER_BRIDGED = 0x6558,  /* of GRE and Geneve: a whole Ethernet frame */
        ETHER_VLAN = 0x8100,
        ETHER_WCCP = 0x883E, /* of GRE: what a router hands to a cache */
        ETHER_IPV6 = 0x86DD,
        ETHER_PPP = 0x880B, /* of GRE version 1: PPTP (RFC 2637) */
        ETHER_MPLS = 0x8847,
        ETHER_MPLS_MULTICAST = 0x8848,
        ETHER_PPPOE = 0x8864,
        ETHER_QINQ = 0x88A8,
        ETHER_MAC_IN_MAC = 0x88E7, /* 802.1ah */
        ETHER_FABRIC_PATH = 0x8903,
        ETHER_METADATA = 0x8909, /* Cisco's security group */
        ETHER_VNTAG = 0x8926,
        ETHER_NSH = 0x894F,    /* RFC 8300 */
        ETHER_ERSPAN = 0x88BE, /* of GRE */
        ETHER_QINQ_OLD = 0x9100,
        ETHER_QINQ_OLDER = 0x9200,
        ETHER_NONE = -1 /* what follows tells by its first four bits: IP version 4 or 6 */
};

/* What is left to read. */
struct cursor {
        const uint8_t *at;
        size_t left;
};

static inline unsigned get16(const uint8_t *p)
{
        return (unsigned)p[0] << 8 | p[1];
}

/* The next n bytes, or NULL when there are fewer. */
static inline const uint8_t *take(struct cursor *c, size_t n)
{
        const uint8_t *p = c->at;

        if (c->left < n)
                return NULL;
        c->at += n;
        c->left -= n;
        return p;
}

static inline struct text rest_of(const struct cursor *c)
{
        return (struct text){ (const char *)c->at, c->left };
}

static inline bool is_ip_type(unsigned ether)
{
        return ether == ETHER_IPV4 || ether == ETHER_IPV6;
}

/* Moves *c to the IP packet; *ether becomes ETHER_IPV4, ETHER_IPV6 or ETHER_NONE. UNSUPPORTED: no
 * IP inside, or a link type that is not read. FORMAT: cut. */
MUST_USE int packet_link_parse(struct cursor *c, int *ether, int link_type);

#endif
