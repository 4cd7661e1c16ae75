/* traffic/decode/packet_link_parse.c: see packet_link_parse.h. SPDX-License-Identifier: Apache-2.0
 */
#include "traffic/decode/packet_link_parse.h"

#include "traffic/decode/packet_parse.h"

#include <string.h>

/* A header of n bytes whose ether type stands at `type_at`. */
static int skip_fixed(struct cursor *c, int *ether, size_t n, size_t type_at)
{
        const uint8_t *p = take(c, n);

        if (!p)
                return ERR_FORMAT;
        *ether = (int)get16(p + type_at);
        return 0;
}

/* PPP protocol numbers (one or two bytes) of IP, IPv6 and MPLS. */
static int ppp_to_ether(struct cursor *c, int *ether)
{
        const uint8_t *p;
        unsigned protocol;

        if (c->left >= 2 && (c->at[0] & 0x7F) == 0x0F && c->at[1] == 0)
                return skip_fixed(c, ether, 4, 2); /* Cisco HDLC on the same line */
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

/* IEEE 802.2 with SNAP, up to the ether type. */
static int skip_snap(struct cursor *c, int *ether)
{
        static const uint8_t snap[6] = { 0xAA, 0xAA, 0x03, 0, 0, 0 };
        const uint8_t *p = take(c, 8);

        if (!p)
                return ERR_FORMAT;
        if (memcmp(p, snap, sizeof(snap)) != 0)
                return ERR_UNSUPPORTED;
        *ether = (int)get16(p + 6);
        return 0;
}

static int skip_ethernet(struct cursor *c, int *ether)
{
        const uint8_t *p = take(c, 14);

        if (!p)
                return ERR_FORMAT;
        *ether = (int)get16(p + 12);
        return *ether >= 0x600 ? 0 : skip_snap(c, ether); /* a length: 802.2 follows */
}

/* An Ethernet frame behind n bytes of data centres' own. */
static int skip_to_frame(struct cursor *c, int *ether, size_t n)
{
        return take(c, n) ? skip_ethernet(c, ether) : ERR_FORMAT;
}

/* The length counts words of 4 bytes, and tells the rest of the header by what stands last. */
static int skip_nsh(struct cursor *c, int *ether)
{
        const uint8_t *p = take(c, 4);
        size_t words = p ? p[1] & 0x3FU : 0;
        unsigned next = p ? p[3] : 0;

        if (words < 2 || !take(c, words * 4 - 4))
                return ERR_FORMAT;
        if (next == 3)
                return skip_ethernet(c, ether);
        *ether = next == 1 ? ETHER_IPV4 : next == 2 ? ETHER_IPV6 : ETHER_MPLS;
        return next == 1 || next == 2 || next == 5 ? 0 : ERR_UNSUPPORTED;
}

static int skip_pppoe(struct cursor *c, int *ether)
{
        const uint8_t *p = take(c, 6);

        if (!p)
                return ERR_FORMAT;
        return p[1] == 0 ? ppp_to_ether(c, ether) : ERR_UNSUPPORTED; /* code 0: session data */
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

/* IEEE 802.11 (9.2.4): frames of data that are not encrypted. Several packets in one frame
 * (A-MSDU) are not read. `padded`: some cards fill the header up to whole words. */
static int skip_wireless(struct cursor *c, int *ether, bool padded)
{
        const uint8_t *p = c->left >= 2 ? c->at : NULL;
        size_t header = 24;
        bool quality;

        if (!p)
                return ERR_FORMAT;
        if ((p[0] & 0x0F) != 0x08 || (p[0] & 0x40) || (p[1] & 0x40)) /* no data; encrypted */
                return ERR_UNSUPPORTED;
        quality = p[0] & 0x80;
        header += ((p[1] & 3) == 3 ? 6U : 0U) + (quality ? 2U : 0U);
        if (c->left < header)
                return ERR_FORMAT;
        if (quality && (p[header - 2] & 0x80))
                return ERR_UNSUPPORTED;
        header += quality && (p[1] & 0x80) ? 4U : 0U; /* high throughput control */
        if (padded)
                header = (header + 3) / 4 * 4;
        return take(c, header) ? skip_snap(c, ether) : ERR_FORMAT;
}

/* www.radiotap.org: a length, words that say what is present, of which only the flags count. */
static int skip_radiotap(struct cursor *c, int *ether)
{
        const uint8_t *p = c->left >= 8 ? c->at : NULL;
        size_t length = p ? (size_t)(p[2] | p[3] << 8) : 0, at = 8;
        uint8_t flags = 0;

        if (!p || length < at || length > c->left)
                return ERR_FORMAT;
        for (size_t word = 4; (p[word + 3] & 0x80) && at + 4 <= length; word += 4)
                at += 4;
        if (p[4] & 1) /* the card's clock: 8 bytes, aligned */
                at = (at + 7) / 8 * 8 + 8;
        if ((p[4] & 2) && at < length)
                flags = p[at];
        (void)take(c, length);
        return skip_wireless(c, ether, flags & 0x20);
}

/* CACE's per-packet information: a length and the link type of what follows. */
static int skip_ppi(struct cursor *c, int *ether)
{
        const uint8_t *p = c->left >= 8 ? c->at : NULL;
        size_t length = p ? (size_t)(p[2] | p[3] << 8) : 0;

        if (!p || length < 8 || !take(c, length))
                return ERR_FORMAT;
        if (p[4] != LINK_WIRELESS || p[5] || p[6] || p[7])
                return ERR_UNSUPPORTED;
        return skip_wireless(c, ether, false);
}

/* Pieces of a length and a kind, in the byte order of the machine, which libpcap sees to; piece 9
 * is the packet. */
static int skip_nflog(struct cursor *c)
{
        enum { PIECE_HEADER = 4, PIECE_PACKET = 9, PIECES_MAX = 64 };
        const uint8_t *p = take(c, 4); /* family, version, resource */

        for (int i = 0; p && i < PIECES_MAX; i++) {
                uint16_t length, kind;
                p = c->left >= PIECE_HEADER ? c->at : NULL;
                if (!p)
                        break;
                memcpy(&length, p, sizeof(length));
                memcpy(&kind, p + 2, sizeof(kind));
                if (length < PIECE_HEADER)
                        return ERR_FORMAT;
                if ((kind & 0x7FFF) == PIECE_PACKET) {
                        if (c->left > length)
                                c->left = length;
                        (void)take(c, PIECE_HEADER);
                        return 0;
                }
                p = take(c, ((size_t)length + 3) / 4 * 4);
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
        case LINK_FDDI:
                return take(c, 13) ? skip_snap(c, ether) : ERR_FORMAT;
        case LINK_WIRELESS:
                return skip_wireless(c, ether, false);
        case LINK_RADIOTAP:
                return skip_radiotap(c, ether);
        case LINK_PPI:
                return skip_ppi(c, ether);
        case LINK_NFLOG:
                return skip_nflog(c);
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
                case ETHER_VNTAG:
                        err = skip_fixed(c, ether, 6, 4);
                        break;
                case ETHER_METADATA:
                        err = skip_fixed(c, ether, 8, 6);
                        break;
                case ETHER_FABRIC_PATH:
                        err = skip_to_frame(c, ether, 2);
                        break;
                case ETHER_MAC_IN_MAC:
                        err = skip_to_frame(c, ether, 4);
                        break;
                case ETHER_NSH:
                        err = skip_nsh(c, ether);
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

int packet_link_parse(struct cursor *c, int *ether, int link_type)
{
        int err = skip_link(c, ether, link_type);

        return err ? err : skip_between(c, ether);
}
