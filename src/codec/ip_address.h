/* codec/ip_address.h: IPv4 and IPv6 addresses and prefixes as values.
 * IPv4 is kept as the IPv4-mapped IPv6 address (RFC 4291 2.5.5.2), so that one comparison serves
 * both. Pure; any thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_IP_ADDRESS_H
#define CANH_CODEC_IP_ADDRESS_H

#include "base/text.h"

struct ip_address {
        uint8_t bytes[16]; /* network order; ::ffff:a.b.c.d for IPv4 */
};

/* The first `bits` of base; the rest of base is zero. bits counts from the front of the 16 bytes:
 * an IPv4 /24 has bits 120. */
struct ip_prefix {
        struct ip_address base;
        uint8_t bits;
};

enum { IP_TEXT_MAX = 46, IP_PREFIX_TEXT_MAX = 50, IP_HEX_MAX = 33 };

/* Strict text form: dotted quad without leading zeros (RFC 6943 3.1.1), or RFC 4291 IPv6 without
 * zone. FORMAT else. */
MUST_USE int ip_address_parse(struct ip_address *out, struct text t);
/* "a.b.c.d/n" or "v6/n"; without "/n" the whole address. FORMAT if host bits are set and `strict`;
 * else they are cleared. */
MUST_USE int ip_prefix_parse(struct ip_prefix *out, struct text t, bool strict);
/* Canonical text (RFC 5952); returns out. */
const char *ip_address_write(char out[IP_TEXT_MAX], const struct ip_address *a);
const char *ip_prefix_write(char out[IP_PREFIX_TEXT_MAX], const struct ip_prefix *p);
/* 32 lower-case hex digits: sorts as text in the order of the addresses; for database ranges. */
const char *ip_address_write_hex(char out[IP_HEX_MAX], const struct ip_address *a);
struct ip_address ip_address_from_v4(uint32_t host_order);
bool ip_address_is_v4(const struct ip_address *a);
uint32_t ip_address_v4(const struct ip_address *a); /* host order; only if is_v4 */
int ip_address_compare(const struct ip_address *a, const struct ip_address *b);
bool ip_prefix_contains(const struct ip_prefix *p, const struct ip_address *a);
void ip_prefix_range(struct ip_address *low, struct ip_address *high, const struct ip_prefix *p);

/* What an address is for, by the IANA special-purpose registries (RFC 6890 and its updates). */
enum ip_scope {
        IP_SCOPE_PUBLIC,
        IP_SCOPE_PRIVATE,       /* RFC 1918, RFC 4193, shared RFC 6598 */
        IP_SCOPE_DOCUMENTATION, /* RFC 5737, RFC 3849 */
        IP_SCOPE_LOOPBACK,
        IP_SCOPE_LINK_LOCAL,
        IP_SCOPE_MULTICAST,
        IP_SCOPE_RESERVED /* 0.0.0.0/8, 240.0.0.0/4, benchmarking … */
};
enum ip_scope ip_address_scope(const struct ip_address *a);
const char *ip_scope_name(enum ip_scope scope); /* "private" … */

#endif
