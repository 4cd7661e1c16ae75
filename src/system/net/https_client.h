/* system/net/https_client.h: asks one server over mutual TLS; one request at a time, the connection
 * stays open between them. The server must hold a certificate for servers from the one authority we
 * know, or, at enrolment, from the authority with a known fingerprint. The host name does not
 * count: only our authority can have signed it. Limits: the answer's bytes, the time of each
 * request. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_HTTPS_CLIENT_H
#define CANH_SYSTEM_NET_HTTPS_CLIENT_H

#include "base/buffer.h"
#include "base/text.h"
#include "codec/digest.h"

struct https_client;

enum { HTTPS_HEAD_MAX = 16 << 10 };

struct https_client_options {
        const char *url;                  /* "https://host:port" */
        struct text authority;            /* PEM; empty: the fingerprint counts */
        const struct sha256 *fingerprint; /* of the authority's DER; NULL: the PEM counts */
        struct text certificate, key;     /* our own, PEM; both may be empty (enrolment) */
};

struct https_answer {
        int status;
        struct buffer body; /* its max is the caller's limit */
};

/* Nothing is connected yet. FORMAT for a bad url, UNTRUSTED for bad PEM. Keeps copies. */
MUST_USE int https_client_new(struct https_client **out, const struct https_client_options *o);
struct https_client *https_client_free(struct https_client *c);
void https_client_free_at(struct https_client **c);
/* body empty: none is sent. UNTRUSTED: another server; CLOSED: not reached or cut off; BUSY: no
 * answer in time; LIMIT: the answer is larger than answer->body.max; FORMAT: no HTTP. After a
 * failure the next request connects anew. */
MUST_USE int https_client_ask(struct https_client *c, struct https_answer *answer,
    const char *method, const char *path, struct text body, int timeout_ms);
/* Ends the connection, if there is one; to be used before a long sleep. */
void https_client_hang_up(struct https_client *c);

#endif
