/* model/indicator.h: one sign of others' malicious infrastructure, as a list names it.
 * From: indicators/lists. To: indicators/set. Never one of our own addresses: that is a victim row
 * (victim.h).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_INDICATOR_H
#define CANH_MODEL_INDICATOR_H

#include "base/clock.h"
#include "base/text.h"

/* The order is that of the set file; a new type goes to the end. */
enum indicator_type {
        INDICATOR_IPV4,
        INDICATOR_IPV6,
        INDICATOR_PREFIX,
        INDICATOR_NAME,
        INDICATOR_URL,
        INDICATOR_MD5,
        INDICATOR_SHA1,
        INDICATOR_SHA256,
        INDICATOR_CERTIFICATE, /* SHA-1 of a TLS certificate */
        INDICATOR_TYPES        /* how many */
};

/* What the list says that the thing is; the order is that of the set file. A sinkhole is run by
 * those who count the victims: whoever speaks to it is infected, but it attacks nobody and to block
 * it would hide the victims. When lists differ the sinkhole counts, else the control server. */
enum indicator_origin {
        INDICATOR_ORIGIN_UNSAID,
        INDICATOR_ORIGIN_SINKHOLE,
        INDICATOR_ORIGIN_CONTROL,
        INDICATOR_ORIGIN_SCAN,
        INDICATOR_ORIGINS /* how many */
};

enum { INDICATOR_VALUE_MAX = 2048, INDICATOR_TEXT_MAX = 255, CONFIDENCE_UNKNOWN = 0 };

/* The texts are views that belong to whoever fills the struct. Times are 0 when the list is silent.
 * The fields stand in the order in which one reads of them. */
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct indicator {
        enum indicator_type type;
        struct text value;  /* canonical: see docs/formats/indicator-set.md */
        struct text family; /* of the malware; empty = not said */
        struct text source; /* the list */
        time_ms first_seen, last_seen;
        time_ms valid_until; /* 0 = no end */
        int confidence;      /* 1..100; CONFIDENCE_UNKNOWN */
        enum indicator_origin origin;
        bool subdomains; /* NAME: names below it match too; else only the very name */
        size_t line;     /* in the list, from 1 */
};

/* "ipv4", "ipv6", "prefix", "name", "url", "md5", "sha1", "sha256", "certificate". */
const char *indicator_type_name(enum indicator_type type);
/* "" for UNSAID, "sinkhole", "control", "scan". */
const char *indicator_origin_name(enum indicator_origin origin);
/* Of two lists' words for one thing. */
enum indicator_origin indicator_origin_join(enum indicator_origin a, enum indicator_origin b);
/* MISSING if there is no such type. */
MUST_USE int indicator_type_of(enum indicator_type *out, struct text name);

#endif
