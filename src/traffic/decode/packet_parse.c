/* traffic/decode/packet_parse.c: see packet_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/packet_parse.h"

#include <string.h>

/* www.tcpdump.org/linktypes.html; RAW has three numbers, by the system that wrote the file. */
enum link_type {
        LINK_NULL = 0,
        LINK_ETHERNET = 1,
        LINK_PPP = 9,
        LINK_RAW_BSD = 12,
        LINK_RAW_OPENBSD = 14,
        LINK_PPP_SERIAL = 50,
        LINK_PPPOE = 51,
        LINK_RAW = PACKET_LINK_RAW,
        LINK_CISCO_HDLC = 104,
        LINK_LOOP = 108,
        LINK_COOKED = 113,
        LINK_IPV4 = 228,
        LINK_IPV6 = 229,
        LINK_COOKED_2 = 276
};

enum ether_type {
        ETHER_IPV4 = 0x0800,
        ETHER_VLAN = 0x8100,
        ETHER_IPV6 = 0x86DD,
        ETHER_MPLS = 0x8847,
        ETHER_MPLS_MULTICAST = 0x8848,
        ETHER_PPPOE = 0x8864,
        ETHER_QINQ = 0x88A8,
        ETHER_QINQ_OLD = 0x9100,
        ETHER_QINQ_OLDER = 0x9200,
        ETHER_NONE = -1 /* what follows tells by its first four bits: IP version 4 or 6 */
};

enum ip_protocol {
        IP_HOP_BY_HOP = 0,
        IP_IN_IP = 4,
        IP_IPV6_IN_IP = 41,
        IP_ROUTING = 43,
        IP_FRAGMENT = 44,
        IP_GRE = 47,
        IP_AUTHENTICATION = 51,
        IP_DESTINATION = 60,
        IP_MOBILITY = 135,
        IP_HIP = 139,
        IP_SHIM6 = 140
};

/* What is left to read. */
struct cursor {
        const uint8_t *at;
        size_t left;
};

static unsigned get16(const uint8_t *p)
{
        return (unsigned)p[0] << 8 | p[1];
}

/* The next n bytes, or NULL when there are fewer. */
static const uint8_t *take(struct cursor *c, size_t n)
{
        const uint8_t *p = c->at;

        if (c->left < n)
                return NULL;
        c->at += n;
        c->left -= n;
        return p;
}

static struct text rest_of(const struct cursor *c)
{
        return (struct text){ (const char *)c->at, c->left };
}

/* PPP protocol numbers (one or two bytes) of IP, IPv6 and MPLS. */
static int ppp_to_ether(struct cursor *c, int *ether)
{
        const uint8_t *p;
        unsigned protocol;

        if (c->left >= 2 && c->at[0] == 0xFF && c->at[1] == 0x03)
                (void)take(c, 2); /* address and control, which may be left out */
        p = take(c, 1);
        if (!p)
                return ERR_FORMAT;
        protocol = p[0];
        if (!(protocol & 1)) { /* an odd first byte is the whole number */
                p = take(c, 1);
                if (!p)
                        return ERR_FORMAT;
                protocol = protocol << 8 | p[0];
        }
        *ether = protocol == 0x21    ? ETHER_IPV4
                 : protocol == 0x57  ? ETHER_IPV6
                 : protocol == 0x281 ? ETHER_MPLS
                                     : 0;
        return *ether ? 0 : ERR_UNSUPPORTED;
}

static int skip_ethernet(struct cursor *c, int *ether)
{
        static const uint8_t snap[6] = { 0xAA, 0xAA, 0x03, 0, 0, 0 };
        const uint8_t *p = take(c, 14);

        if (!p)
                return ERR_FORMAT;
        *ether = (int)get16(p + 12);
        if (*ether >= 0x600)
                return 0;
        p = take(c, 8); /* a length: 802.2 follows */
        if (!p)
                return ERR_FORMAT;
        if (memcmp(p, snap, sizeof(snap)) != 0)
                return ERR_UNSUPPORTED;
        *ether = (int)get16(p + 6);
        return 0;
}

/* A header of n bytes whose ether type stands at `type_at`. */
static int skip_fixed(struct cursor *c, int *ether, size_t n, size_t type_at)
{
        const uint8_t *p = take(c, n);

        if (!p)
                return ERR_FORMAT;
        *ether = (int)get16(p + type_at);
        return 0;
}

static int skip_pppoe(struct cursor *c, int *ether)
{
        const uint8_t *p = take(c, 6);

        if (!p)
                return ERR_FORMAT;
        return p[1] == 0 ? ppp_to_ether(c, ether) : ERR_UNSUPPORTED; /* code 0: session data */
}

/* Labels up to the one marked as last. Behind them may be an Ethernet pseudowire: that is not read.
 */
static int skip_mpls(struct cursor *c, int *ether)
{
        for (int i = 0; i < PACKET_HEADERS_MAX; i++) {
                const uint8_t *p = take(c, 4);
                if (!p)
                        return ERR_FORMAT;
                if (p[2] & 1) {
                        *ether = ETHER_NONE;
                        return 0;
                }
        }
        return ERR_FORMAT;
}

static int skip_link(struct cursor *c, int *ether, int link_type)
{
        *ether = ETHER_NONE;
        switch (link_type) {
        case LINK_ETHERNET:
                return skip_ethernet(c, ether);
        case LINK_COOKED:
                return skip_fixed(c, ether, 16, 14);
        case LINK_COOKED_2:
                return skip_fixed(c, ether, 20, 0);
        case LINK_CISCO_HDLC:
                return skip_fixed(c, ether, 4, 2);
        case LINK_PPP:
        case LINK_PPP_SERIAL:
                return ppp_to_ether(c, ether);
        case LINK_PPPOE:
                return skip_pppoe(c, ether);
        case LINK_NULL:
        case LINK_LOOP:
                return take(c, 4) ? 0 : ERR_FORMAT; /* the family's number differs by system */
        case LINK_RAW:
        case LINK_RAW_BSD:
        case LINK_RAW_OPENBSD:
        case LINK_IPV4:
        case LINK_IPV6:
                return 0;
        default:
                return ERR_UNSUPPORTED;
        }
}

/* Tags, sessions and labels between the link and IP. */
static int skip_between(struct cursor *c, int *ether)
{
        for (int i = 0; i < PACKET_HEADERS_MAX; i++) {
                int err;
                switch (*ether) {
                case ETHER_VLAN:
                case ETHER_QINQ:
                case ETHER_QINQ_OLD:
                case ETHER_QINQ_OLDER:
                        err = skip_fixed(c, ether, 4, 2);
                        break;
                case ETHER_PPPOE:
                        err = skip_pppoe(c, ether);
                        break;
                case ETHER_MPLS:
                case ETHER_MPLS_MULTICAST:
                        err = skip_mpls(c, ether);
                        break;
                case ETHER_IPV4:
                case ETHER_IPV6:
                case ETHER_NONE:
                        return 0;
                default:
                        return ERR_UNSUPPORTED;
                }
                if (err)
                        return err;
        }
        return ERR_FORMAT;
}

/* The fields of a GRE header (RFC 2784, 2890) up to the IP packet inside; others are left. */
static void find_gre(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 4);
        size_t more;
        unsigned type;

        if (!p || (p[1] & 7) != 0) /* version 1 is PPTP's */
                return;
        type = get16(p + 2);
        more = ((p[0] & 0x80) ? 4U : 0U) + ((p[0] & 0x20) ? 4U : 0U) + ((p[0] & 0x10) ? 4U : 0U);
        if ((type == ETHER_IPV4 || type == ETHER_IPV6) && take(&c, more))
                out->inner = rest_of(&c);
}

/* Ports and payload, as far as the bytes go. */
static void read_transport(struct packet *out, struct cursor c)
{
        const uint8_t *p;
        size_t header, least = out->protocol == PACKET_UDP ? 8 : 20;

        switch (out->protocol) {
        case PACKET_TCP:
        case PACKET_UDP:
                p = take(&c, 4);
                if (!p)
                        return;
                out->source_port = (uint16_t)get16(p);
                out->destination_port = (uint16_t)get16(p + 2);
                out->has_ports = true;
                header = out->protocol == PACKET_UDP ? 8
                         : c.left > 8                ? (size_t)(c.at[8] >> 4) * 4
                                                     : 0;
                if (header >= least && take(&c, header - 4))
                        out->payload = rest_of(&c);
                return;
        case IP_IN_IP:
        case IP_IPV6_IN_IP:
                out->inner = rest_of(&c);
                return;
        case IP_GRE:
                find_gre(out, c);
                return;
        default:
                return;
        }
}

static int read_ipv4(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 20);
        size_t header, total;

        if (!p || p[0] >> 4 != 4)
                return ERR_FORMAT;
        header = (size_t)(p[0] & 15) * 4;
        total = get16(p + 2);
        if (header < 20 ||
            (total != 0 && total < header)) /* 0: the card cuts it into packets later */
                return ERR_FORMAT;
        out->source = ip_address_from_v4((uint32_t)get16(p + 12) << 16 | get16(p + 14));
        out->destination = ip_address_from_v4((uint32_t)get16(p + 16) << 16 | get16(p + 18));
        out->protocol = p[9];
        out->is_fragment = (get16(p + 6) & 0x1FFF) != 0;
        if (!take(&c, header - 20) || out->is_fragment)
                return 0;
        if (total && c.left > total - header)
                c.left = total - header; /* Ethernet fills short frames */
        read_transport(out, c);
        return 0;
}

/* Steps over one extension header: its length, 0 when `next` is none, or -1 when it is cut. */
static int extension_length(uint8_t next, const struct cursor *c)
{
        switch (next) {
        case IP_HOP_BY_HOP:
        case IP_ROUTING:
        case IP_DESTINATION:
        case IP_MOBILITY:
        case IP_HIP:
        case IP_SHIM6:
                return c->left >= 2 ? (c->at[1] + 1) * 8 : -1;
        case IP_FRAGMENT:
                return 8;
        case IP_AUTHENTICATION:
                return c->left >= 2 ? (c->at[1] + 2) * 4 : -1;
        default:
                return 0;
        }
}

static void read_extensions(struct packet *out, struct cursor c)
{
        for (int i = 0; i < PACKET_HEADERS_MAX; i++) {
                int length = extension_length(out->protocol, &c);
                const uint8_t *p;
                if (length == 0) {
                        read_transport(out, c);
                        return;
                }
                p = length > 0 ? take(&c, (size_t)length) : NULL;
                if (!p)
                        return;
                if (out->protocol == IP_FRAGMENT)
                        out->is_fragment = (get16(p + 2) & 0xFFF8) != 0;
                out->protocol = p[0];
                if (out->is_fragment)
                        return;
        }
}

static int read_ipv6(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 40);
        size_t length;

        if (!p || p[0] >> 4 != 6)
                return ERR_FORMAT;
        memcpy(out->source.bytes, p + 8, 16);
        memcpy(out->destination.bytes, p + 24, 16);
        out->protocol = p[6];
        length = get16(p + 4);
        if (length && c.left > length) /* 0: a jumbogram, or cut later by the card */
                c.left = length;
        read_extensions(out, c);
        return 0;
}

int packet_parse(struct packet *out, int link_type, struct text bytes)
{
        struct cursor c = { (const uint8_t *)bytes.data, bytes.len };
        struct packet packet = { 0 };
        int ether = ETHER_NONE;
        int err = skip_link(&c, &ether, link_type);

        if (!err)
                err = skip_between(&c, &ether);
        if (err)
                return err;
        if (c.left == 0)
                return ERR_FORMAT;
        if (ether == ETHER_NONE)
                ether = c.at[0] >> 4 == 4 ? ETHER_IPV4 : c.at[0] >> 4 == 6 ? ETHER_IPV6 : 0;
        if (!ether)
                return ERR_UNSUPPORTED;
        err = ether == ETHER_IPV4 ? read_ipv4(&packet, c) : read_ipv6(&packet, c);
        if (!err)
                *out = packet;
        return err;
}
