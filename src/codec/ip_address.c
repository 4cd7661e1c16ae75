/* codec/ip_address.c: see ip_address.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/ip_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped_head[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };

struct ip_address ip_address_from_v4(uint32_t host_order)
{
        struct ip_address a;

        memcpy(a.bytes, mapped_head, sizeof(mapped_head));
        for (int i = 0; i < 4; i++)
                a.bytes[12 + i] = (uint8_t)(host_order >> (24 - 8 * i));
        return a;
}

bool ip_address_is_v4(const struct ip_address *a)
{
        uint64_t zeros;
        uint32_t ones;

        memcpy(
            &zeros, a->bytes, sizeof(zeros)); /* no call: this is asked for every packet and row */
        memcpy(&ones, a->bytes + sizeof(zeros), sizeof(ones));
        return zeros == 0 && memcmp(&ones, mapped_head + sizeof(zeros), sizeof(ones)) == 0;
}

uint32_t ip_address_v4(const struct ip_address *a)
{
        const uint8_t *b = a->bytes + 12;

        return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

int ip_address_compare(const struct ip_address *a, const struct ip_address *b)
{
        return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int parse_v4(struct ip_address *out, struct text t)
{
        uint32_t value = 0;
        size_t at = 0;

        for (int part = 0; part < 4; part++) {
                unsigned number = 0;
                size_t digits = 0;

                if (part && (at >= t.len || t.data[at++] != '.'))
                        return ERR_FORMAT;
                while (at < t.len && t.data[at] >= '0' && t.data[at] <= '9' && digits < 4) {
                        number = number * 10 + (unsigned)(t.data[at++] - '0');
                        digits++;
                }
                if (digits == 0 || digits > 3 || number > 255)
                        return ERR_FORMAT;
                if (digits > 1 && t.data[at - digits] == '0')
                        return ERR_FORMAT; /* octal or decimal? RFC 6943: do not guess */
                value = value << 8 | number;
        }
        if (at != t.len)
                return ERR_FORMAT;
        *out = ip_address_from_v4(value);
        return 0;
}

int ip_address_parse(struct ip_address *out, struct text t)
{
        char zero_ended[IP_TEXT_MAX];
        struct ip_address a;

        if (text_find(t, ':') == t.len)
                return parse_v4(out, t);
        if (text_find(t, '\0') != t.len || text_copy(zero_ended, sizeof(zero_ended), t))
                return ERR_FORMAT;
        if (inet_pton(AF_INET6, zero_ended, a.bytes) != 1)
                return ERR_FORMAT;
        *out = a;
        return 0;
}

static void clear_host_bits(struct ip_prefix *p)
{
        for (size_t i = 0; i < 16; i++) {
                size_t first = i * 8;
                if (first >= p->bits)
                        p->base.bytes[i] = 0;
                else if (first + 8 > p->bits)
                        p->base.bytes[i] &= (uint8_t)(0xFF00u >> (p->bits - first));
        }
}

int ip_prefix_parse(struct ip_prefix *out, struct text t, bool strict)
{
        size_t slash = text_find(t, '/');
        struct ip_prefix p, clean;
        uint64_t bits, most;
        int err;

        err = ip_address_parse(&p.base, (struct text){ t.data, slash });
        if (err)
                return err;
        most = ip_address_is_v4(&p.base) && text_find(t, ':') == t.len ? 32 : 128;
        bits = most;
        if (slash < t.len) {
                struct text number = { t.data + slash + 1, t.len - slash - 1 };
                if (text_to_u64(&bits, number, most) || (number.len > 1 && number.data[0] == '0'))
                        return ERR_FORMAT;
        }
        p.bits = (uint8_t)(bits + (128 - most));
        clean = p;
        clear_host_bits(&clean);
        if (strict && ip_address_compare(&clean.base, &p.base) != 0)
                return ERR_FORMAT;
        *out = clean;
        return 0;
}

static char *write_byte(char *at, unsigned byte)
{
        if (byte >= 100)
                *at++ = (char)('0' + byte / 100);
        if (byte >= 10)
                *at++ = (char)('0' + byte / 10 % 10);
        *at++ = (char)('0' + byte % 10);
        return at;
}

/* By hand: snprintf was a tenth of building a set of two million rows. */
static void write_v4(char out[IP_TEXT_MAX], const uint8_t b[4])
{
        char *at = out;

        for (size_t i = 0; i < 4; i++) {
                if (i)
                        *at++ = '.';
                at = write_byte(at, b[i]);
        }
        *at = '\0';
}

const char *ip_address_write(char out[IP_TEXT_MAX], const struct ip_address *a)
{
        const uint8_t *b = a->bytes;

        if (ip_address_is_v4(a))
                write_v4(out, b + 12);
        else if (!inet_ntop(AF_INET6, b, out, IP_TEXT_MAX))
                out[0] = '\0';
        return out;
}

const char *ip_prefix_write(char out[IP_PREFIX_TEXT_MAX], const struct ip_prefix *p)
{
        char address[IP_TEXT_MAX];
        bool v4 = p->bits >= 96 && ip_address_is_v4(&p->base);

        (void)snprintf(out, IP_PREFIX_TEXT_MAX, "%s/%d", ip_address_write(address, &p->base),
            v4 ? p->bits - 96 : p->bits);
        return out;
}

const char *ip_address_write_hex(char out[IP_HEX_MAX], const struct ip_address *a)
{
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < 16; i++) {
                out[i * 2] = digits[a->bytes[i] >> 4];
                out[i * 2 + 1] = digits[a->bytes[i] & 15];
        }
        out[32] = '\0';
        return out;
}

bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_address *a)
{
        struct ip_prefix cut = { *a, p->bits };

        clear_host_bits(&cut);
        return ip_address_compare(&cut.base, &p->base) == 0;
}

void ip_prefix_range(struct ip_address *low, struct ip_address *high, const struct ip_prefix *p)
{
        struct ip_address top = p->base;

        for (size_t i = 0; i < 16; i++) {
                size_t first = i * 8;
                if (first >= p->bits)
                        top.bytes[i] = 0xFF;
                else if (first + 8 > p->bits)
                        top.bytes[i] |= (uint8_t)(0xFF >> (p->bits - first));
        }
        *low = p->base;
        *high = top;
}

/* IANA IPv6 Special-Purpose Address Registry, as of 2024. */
static const struct {
        const char *prefix;
        enum ip_scope scope;
} special[] = {
        { "::1/128", IP_SCOPE_LOOPBACK },
        { "::/128", IP_SCOPE_RESERVED },
        { "100::/64", IP_SCOPE_RESERVED },
        { "2001:db8::/32", IP_SCOPE_DOCUMENTATION },
        { "3fff::/20", IP_SCOPE_DOCUMENTATION },
        { "fc00::/7", IP_SCOPE_PRIVATE },
        { "fe80::/10", IP_SCOPE_LINK_LOCAL },
        { "ff00::/8", IP_SCOPE_MULTICAST },
};

static enum ip_scope v4_scope(uint32_t a)
{
        /* The IPv4 registry in numbers: this is asked for every packet and every list row. */
        if (a >> 28 >= 0xE)
                return a >> 28 == 0xE ? IP_SCOPE_MULTICAST : IP_SCOPE_RESERVED;
        switch (a >> 24) {
        case 0:
                return IP_SCOPE_RESERVED;
        case 10:
                return IP_SCOPE_PRIVATE;
        case 100:
                return (a >> 22) == (100u << 2 | 1) ? IP_SCOPE_PRIVATE : IP_SCOPE_PUBLIC;
        case 127:
                return IP_SCOPE_LOOPBACK;
        case 169:
                return (a >> 16) == 0xA9FE ? IP_SCOPE_LINK_LOCAL : IP_SCOPE_PUBLIC;
        case 172:
                return (a >> 20) == 0xAC1 ? IP_SCOPE_PRIVATE : IP_SCOPE_PUBLIC;
        case 192:
                if ((a >> 16) == 0xC0A8)
                        return IP_SCOPE_PRIVATE;
                if ((a >> 8) == 0xC00002)
                        return IP_SCOPE_DOCUMENTATION;
                return (a >> 8) == 0xC00000 ? IP_SCOPE_RESERVED : IP_SCOPE_PUBLIC;
        case 198:
                if ((a >> 17) == 0x6309)
                        return IP_SCOPE_RESERVED;
                return (a >> 8) == 0xC63364 ? IP_SCOPE_DOCUMENTATION : IP_SCOPE_PUBLIC;
        case 203:
                return (a >> 8) == 0xCB0071 ? IP_SCOPE_DOCUMENTATION : IP_SCOPE_PUBLIC;
        default:
                return IP_SCOPE_PUBLIC;
        }
}

enum ip_scope ip_address_scope(const struct ip_address *a)
{
        if (ip_address_is_v4(a))
                return v4_scope(ip_address_v4(a));
        for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
                struct ip_prefix p;
                if (ip_prefix_parse(&p, text_of(special[i].prefix), true) == 0 &&
                    ip_prefix_contains(&p, a))
                        return special[i].scope;
        }
        return IP_SCOPE_PUBLIC;
}

const char *ip_scope_name(enum ip_scope scope)
{
        static const char *const names[] = { "public", "private", "documentation", "loopback",
                "link_local", "multicast", "reserved" };

        return names[scope];
}
