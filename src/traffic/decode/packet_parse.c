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
        ETHER_ERSPAN_3 = 0x22EB, /* of GRE */
        ETHER_BRIDGED = 0x6558,  /* of GRE and Geneve: a whole Ethernet frame */
        ETHER_VLAN = 0x8100,
        ETHER_IPV6 = 0x86DD,
        ETHER_PPP = 0x880B, /* of GRE version 1: PPTP (RFC 2637) */
        ETHER_MPLS = 0x8847,
        ETHER_MPLS_MULTICAST = 0x8848,
        ETHER_PPPOE = 0x8864,
        ETHER_QINQ = 0x88A8,
        ETHER_ERSPAN = 0x88BE, /* of GRE */
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

enum tunnel_port { PORT_VXLAN = 4789, PORT_GENEVE = 6081 };

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

static bool is_ip_type(unsigned ether)
{
        return ether == ETHER_IPV4 || ether == ETHER_IPV6;
}

/* Behind the last label nothing says what follows (RFC 4928 3). IP by its version, unless its
 * length is wrong and it reads as an Ethernet frame with IP inside: an address of a card may begin
 * with 4 or 6. Zero is the control word of a pseudowire (RFC 4385). */
static bool is_pseudowire(const struct cursor *c)
{
        const uint8_t *p = c->at;
        unsigned version = c->left ? p[0] >> 4 : 0;

        if (version != 4 && version != 6)
                return true;
        if (c->left < 15 || (version == 4 && get16(p + 2) == c->left) ||
            (version == 6 && get16(p + 4) + 40U == c->left))
                return false;
        return is_ip_type(get16(p + 12)) && (p[14] >> 4 == 4 || p[14] >> 4 == 6);
}

static int skip_pseudowire(struct cursor *c, int *ether)
{
        if (c->left && c->at[0] >> 4 == 0 && !take(c, 4))
                return ERR_FORMAT;
        return skip_ethernet(c, ether);
}

/* Labels up to the one marked as last, and the frame of a pseudowire. */
static int skip_mpls(struct cursor *c, int *ether)
{
        for (int i = 0; i < PACKET_HEADERS_MAX; i++) {
                const uint8_t *p = take(c, 4);
                if (!p)
                        return ERR_FORMAT;
                if (p[2] & 1) {
                        *ether = ETHER_NONE;
                        return is_pseudowire(c) ? skip_pseudowire(c, ether) : 0;
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

static void carries(struct packet *out, int link_type, struct cursor c)
{
        out->inner = rest_of(&c);
        out->inner_link = link_type;
}

/* Steps over what stands between GRE and the mirrored frame: nothing in type I, which has no
 * sequence number, 8 bytes in type II, 12 or 20 in type III (draft-foschiano-erspan 4). */
static bool skip_erspan(struct cursor *c, unsigned type, bool has_sequence)
{
        const uint8_t *p;

        if (type == ETHER_ERSPAN)
                return !has_sequence || take(c, 8);
        p = take(c, 12);
        return p && (!(p[11] & 1) || take(c, 8));
}

/* GRE (RFC 2784, 2890) and its version 1 (RFC 2637), up to the packet inside; other kinds of
 * content, and source routes, are left. */
static void find_gre(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 4);
        unsigned flags, type;
        size_t more;

        if (!p)
                return;
        flags = get16(p);
        type = get16(p + 2);
        more = ((flags & 0x8000) ? 4U : 0U) + ((flags & 0x2000) ? 4U : 0U) +
               ((flags & 0x1000) ? 4U : 0U) + ((flags & 0x0080) ? 4U : 0U);
        if ((flags & 0x4000) || (flags & 7) > 1 || !take(&c, more))
                return;
        if ((flags & 7) == 1)
                type = type == ETHER_PPP ? ETHER_PPP : 0;
        if (is_ip_type(type))
                carries(out, LINK_RAW, c);
        else if (type == ETHER_PPP)
                carries(out, LINK_PPP, c);
        else if (type == ETHER_BRIDGED)
                carries(out, LINK_ETHERNET, c);
        else if ((type == ETHER_ERSPAN || type == ETHER_ERSPAN_3) &&
                 skip_erspan(&c, type, flags & 0x1000))
                carries(out, LINK_ETHERNET, c);
}

/* VXLAN (RFC 7348 5) and Geneve (RFC 8926 3.4) are known by their port alone, so the header has to
 * be as they say. */
static void find_udp_tunnel(struct packet *out)
{
        struct cursor c = { (const uint8_t *)out->payload.data, out->payload.len };
        const uint8_t *p = c.left >= 8 ? take(&c, 8) : NULL;

        if (!p)
                return;
        if (out->destination_port == PORT_VXLAN) {
                if (p[0] == 0x08 && p[7] == 0)
                        carries(out, LINK_ETHERNET, c);
        } else if (out->destination_port == PORT_GENEVE) {
                unsigned type = get16(p + 2);
                if (p[0] >> 6 != 0 || p[7] != 0 || !take(&c, (p[0] & 0x3FU) * 4U))
                        return;
                if (type == ETHER_BRIDGED || is_ip_type(type))
                        carries(out, type == ETHER_BRIDGED ? LINK_ETHERNET : LINK_RAW, c);
        }
}

/* Ports, flags and payload, as far as the bytes go. */
static void read_tcp_or_udp(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 4);
        bool tcp = out->protocol == PACKET_TCP;
        size_t least = tcp ? 20 : 8, header = least;

        if (!p)
                return;
        out->source_port = (uint16_t)get16(p);
        out->destination_port = (uint16_t)get16(p + 2);
        out->has_ports = true;
        if (tcp) {
                header = c.left > 8 ? (size_t)(c.at[8] >> 4) * 4 : 0;
                out->tcp_flags = c.left > 9 ? c.at[9] : 0;
        }
        if (header < least || !take(&c, header - 4))
                return;
        out->payload = rest_of(&c);
        if (!tcp)
                find_udp_tunnel(out);
}

static void read_transport(struct packet *out, struct cursor c)
{
        switch (out->protocol) {
        case PACKET_TCP:
        case PACKET_UDP:
                read_tcp_or_udp(out, c);
                return;
        case PACKET_ICMP:
        case PACKET_ICMP6:
                out->icmp_type = c.left > 0 ? c.at[0] : 0;
                out->icmp_code = c.left > 1 ? c.at[1] : 0;
                return;
        case IP_IN_IP:
        case IP_IPV6_IN_IP:
                carries(out, LINK_RAW, c);
                return;
        case IP_GRE:
                find_gre(out, c);
                return;
        default:
                return;
        }
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

static void read_fragment(struct packet *out, unsigned offset, bool more, uint32_t id)
{
        out->is_fragment = offset != 0;
        out->is_first_fragment = offset == 0 && more;
        out->fragment_id = id;
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
                        read_fragment(out, get16(p + 2) >> 3, p[3] & 1,
                            (uint32_t)get16(p + 4) << 16 | get16(p + 6));
                out->protocol = p[0];
                if (out->is_fragment)
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
        out->ip_bytes = (uint32_t)(total ? total : c.left + 20);
        read_fragment(out, get16(p + 6) & 0x1FFF, p[6] & 0x20, get16(p + 4));
        if (!take(&c, header - 20) || out->is_fragment)
                return 0;
        if (total && c.left > total - header)
                c.left = total - header; /* Ethernet fills short frames */
        if (out->protocol == IP_AUTHENTICATION)
                read_extensions(out, c); /* the only one that IPv4 shares */
        else
                read_transport(out, c);
        return 0;
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
        out->ip_bytes = (uint32_t)(40 + (length ? length : c.left));
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
