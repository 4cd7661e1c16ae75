/* indicators/set/indicator_set.h: a compact set of indicators that answers "is this one listed?".
 * From: indicator_builder (centre, canh) or bytes of a set file (agent, canh). To: traffic/match,
 * workstation/connections, workstation/sweep. Layout: docs/formats/indicator-set.md.
 * Limit: SET_BYTES_MAX. A set never changes: any number of threads may ask it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_INDICATOR_SET_H
#define CANH_INDICATORS_SET_INDICATOR_SET_H

#include "base/buffer.h"
#include "codec/ip_address.h"
#include "model/indicator.h"

struct indicator_set;

enum { SET_BYTES_MAX = 256 << 20, SET_SHORT_VALUE_MAX = 72 };

/* What a lookup found. The texts live as long as the set; the struct may be copied. */
struct indicator_view {
        enum indicator_type type;
        struct text family, source; /* source: the lists that name it, joined by ", " */
        int confidence;             /* 1..100, CONFIDENCE_UNKNOWN */
        time_ms valid_until;        /* 0 = no end; kept in whole days, end of the day in UTC */
        enum indicator_origin origin;
        bool subdomains;
        struct text long_value; /* NAME and URL */
        char short_value[SET_SHORT_VALUE_MAX];
};

struct indicator_counts {
        size_t of[INDICATOR_TYPES];
        size_t total, bytes;
};

/* Checks bytes (treated as hostile: every offset, order and checksum) and keeps a copy. *out
 * belongs to the caller. FORMAT (see *bad), UNTRUSTED if the checksum fails, LIMIT. */
MUST_USE int indicator_set_parse(
    struct indicator_set **out, struct text bytes, struct parse_error *bad);
/* Adds the file's bytes to out. */
MUST_USE int indicator_set_write(struct buffer *out, const struct indicator_set *set);
/* The same bytes as a view. */
struct text indicator_set_bytes(const struct indicator_set *set);
struct indicator_set *indicator_set_free(struct indicator_set *set);
void indicator_set_free_at(struct indicator_set **set);

/* Each: true and *out filled when listed. The address itself first, then the longest prefix around
 * it. Entries past valid_until are found too: the caller knows which moment counts. */
bool indicator_set_find_address(
    struct indicator_view *out, const struct indicator_set *set, const struct ip_address *address);
/* The quick question for packets: is this IPv4 address, or a prefix around it, listed? */
bool indicator_set_has_v4(const struct indicator_set *set, uint32_t host_order);
/* Any case, with or without final dot: the very name, then names above it that say `subdomains`. */
bool indicator_set_find_name(
    struct indicator_view *out, const struct indicator_set *set, struct text name);
/* A URL with or without scheme; http and https are the same, the fragment does not count. */
bool indicator_set_find_url(
    struct indicator_view *out, const struct indicator_set *set, struct text url);
/* type is MD5, SHA1, SHA256 or CERTIFICATE; hash has 16, 20, 32 or 20 bytes. */
bool indicator_set_find_hash(struct indicator_view *out, const struct indicator_set *set,
    enum indicator_type type, const uint8_t *hash);

/* How many entries of a stand not in b, by value alone. */
size_t indicator_set_lacking(const struct indicator_set *a, const struct indicator_set *b);

/* How many entries are past their validity at this moment. */
size_t indicator_set_expired(const struct indicator_set *set, time_ms at);

struct text indicator_view_value(const struct indicator_view *view);
/* As a list would say it; the texts are those of *view. */
struct indicator indicator_of_view(const struct indicator_view *view);
bool indicator_view_is_valid(const struct indicator_view *view, time_ms at);
void indicator_set_count(struct indicator_counts *out, const struct indicator_set *set);
/* The n-th entry of a type, 0 <= n < counts.of[type], in the order of the values. */
void indicator_set_at(struct indicator_view *out, const struct indicator_set *set,
    enum indicator_type type, size_t n);

/* The same for IPV4, IPV6 and PREFIX without its texts, and cheaper; an address has 128 bits. */
struct ip_prefix indicator_set_prefix_at(
    const struct indicator_set *set, enum indicator_type type, size_t n);

#endif
