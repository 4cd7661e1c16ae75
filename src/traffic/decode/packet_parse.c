/* traffic/decode/packet_parse.c: see packet_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/packet_parse.h"

#include "traffic/decode/packet_link_parse.h"

#include <string.h>

enum ip_protocol {
        IP_HOP_BY_HOP = 0,
        IP_IN_IP = 4,
        IP_IPV6_IN_IP = 41,
        IP_DCCP = 33,
        IP_ROUTING = 43,
        IP_FRAGMENT = 44,
        IP_GRE = 47,
        IP_AUTHENTICATION = 51,
        IP_DESTINATION = 60,
        IP_MOBILITY = 135,
        IP_SCTP = 132,
        IP_UDP_LITE = 136,
        IP_ETHERNET = 143, /* of SRv6 (RFC 8986) */
        IP_HIP = 139,
        IP_SHIM6 = 140
};

enum tunnel_port {
        PORT_GTP = 2152,
        PORT_TEREDO = 3544,
        PORT_GRE = 4754, /* RFC 8086 */
        PORT_VXLAN = 4789,
        PORT_GENEVE = 6081,
        PORT_VXLAN_LINUX = 8472
};

enum { FRAME_FILL_MAX = 6 }; /* of the least Ethernet frame behind an empty IPv6 packet */

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

/* A word of the second version that IP cannot begin with stands before the packet, or not. */
static bool skip_wccp(struct cursor *c)
{
        return c->left && (c->at[0] >> 4 == 4 || take(c, 4));
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
        if (is_ip_type(type) || (type == ETHER_WCCP && skip_wccp(&c)))
                carries(out, LINK_RAW, c);
        else if (type == ETHER_PPP)
                carries(out, LINK_PPP, c);
        else if (type == ETHER_BRIDGED)
                carries(out, LINK_ETHERNET, c);
        else if ((type == ETHER_ERSPAN || type == ETHER_ERSPAN_3) &&
                 skip_erspan(&c, type, flags & 0x1000))
                carries(out, LINK_ETHERNET, c);
}

static bool has_port(const struct packet *p, uint16_t port)
{
        return p->source_port == port || p->destination_port == port;
}

/* VXLAN (RFC 7348 5): other flags are of its extensions, reserved bytes are ignored. */
static void find_vxlan(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 8);

        if (p && (p[0] & 0x08))
                carries(out, LINK_ETHERNET, c);
}

/* Geneve (RFC 8926 3.4). */
static void find_geneve(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 8);
        unsigned type;

        if (!p || p[0] >> 6 != 0 || p[7] != 0 || !take(&c, (p[0] & 0x3FU) * 4U))
                return;
        type = get16(p + 2);
        if (type == ETHER_BRIDGED || is_ip_type(type))
                carries(out, type == ETHER_BRIDGED ? LINK_ETHERNET : LINK_RAW, c);
}

/* GTP version 1, a user's packet (3GPP TS 29.281 5.1): what a mobile network carries. */
static void find_gtp(struct packet *out, struct cursor c)
{
        const uint8_t *p = take(&c, 8), *more;
        unsigned next;

        if (!p || p[0] >> 4 != 3 || p[1] != 0xFF)
                return;
        if (p[0] & 7) {
                more = take(&c, 4);
                next = more && (p[0] & 4) ? more[3] : 0;
                while (next) { /* each is longer than nothing: it ends with the packet */
                        more = c.left && c.at[0] ? take(&c, c.at[0] * 4U) : NULL;
                        if (!more)
                                return;
                        next = c.at[-1];
                }
        }
        carries(out, LINK_RAW, c);
}

/* Teredo (RFC 4380 5.1.1): IPv6 out of a network that has none, with who asks or whence it came
 * before it. The length has to fit: the port alone says little. Between hosts and relays the ports
 * are any: there one of the addresses has to be Teredo's, 2001::/32. */
static void find_teredo(struct packet *out, struct cursor c)
{
        static const uint8_t prefix[4] = { 0x20, 0x01, 0, 0 };

        if (c.left >= 4 && get16(c.at) == 1 && !take(&c, c.at[2] + c.at[3] + 13U))
                return;
        if (c.left >= 8 && get16(c.at) == 0)
                (void)take(&c, 8);
        if (c.left < 40 || c.at[0] >> 4 != 6 || get16(c.at + 4) + 40U != c.left)
                return;
        if (has_port(out, PORT_TEREDO) || memcmp(c.at + 8, prefix, sizeof(prefix)) == 0 ||
            memcmp(c.at + 24, prefix, sizeof(prefix)) == 0)
                carries(out, LINK_RAW, c);
}

/* Known by their port alone (but Teredo), so the header has to be as they say. The answer of some
 * comes from that port. */
static void find_udp_tunnel(struct packet *out)
{
        struct cursor c = { (const uint8_t *)out->payload.data, out->payload.len };

        if (has_port(out, PORT_VXLAN) || has_port(out, PORT_VXLAN_LINUX))
                find_vxlan(out, c);
        else if (has_port(out, PORT_GENEVE))
                find_geneve(out, c);
        else if (has_port(out, PORT_GTP))
                find_gtp(out, c);
        else if (has_port(out, PORT_GRE))
                find_gre(out, c);
        else
                find_teredo(out, c);
}

/* False when they are cut off. */
static bool read_ports(struct packet *out, struct cursor *c)
{
        const uint8_t *p = take(c, 4);

        if (!p)
                return false;
        out->source_port = (uint16_t)get16(p);
        out->destination_port = (uint16_t)get16(p + 2);
        out->has_ports = true;
        return true;
}

/* Ports, flags and payload, as far as the bytes go. */
static void read_tcp_or_udp(struct packet *out, struct cursor c)
{
        bool tcp = out->protocol == PACKET_TCP;
        size_t least = tcp ? 20 : 8, header = least;

        if (!read_ports(out, &c))
                return;
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
        case IP_DCCP:
        case IP_SCTP:
        case IP_UDP_LITE:
                (void)read_ports(out, &c);
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
        case IP_ETHERNET:
                carries(out, LINK_ETHERNET, c);
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
        if (length == 0 && c.left > FRAME_FILL_MAX) /* a jumbogram, or cut later by the card */
                length = c.left;
        out->ip_bytes = (uint32_t)(40 + length);
        if (c.left > length)
                c.left = length;
        read_extensions(out, c);
        return 0;
}

int packet_parse(struct packet *out, int link_type, struct text bytes)
{
        struct cursor c = { (const uint8_t *)bytes.data, bytes.len };
        struct packet packet = { 0 };
        int ether = ETHER_NONE;
        int err = packet_link_parse(&c, &ether, link_type);

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
