/* system/net/download.h: fetches one file from a public web server (libcurl): HTTPS, or HTTP where
 * the publisher has no other; asks only for what changed (RFC 9110 13.1). Limits: the body's max,
 * the time, REDIRECTS_MAX. One thread at a time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_DOWNLOAD_H
#define CANH_SYSTEM_NET_DOWNLOAD_H

#include "base/buffer.h"

#include <stdbool.h>

enum {
        DOWNLOAD_URL_MAX = 1024,
        DOWNLOAD_TAG_MAX = 256,
        DOWNLOAD_REDIRECTS_MAX = 5,
        DOWNLOAD_LOGIN_MAX = 128,
        DOWNLOAD_SECRET_MAX = 512,
        DOWNLOAD_AUTHORITY_MAX = 16 << 10
};

enum download_auth { DOWNLOAD_AUTH_NONE, DOWNLOAD_AUTH_BASIC, DOWNLOAD_AUTH_BEARER };

/* "" = none, for all of them. */
struct download_wish {
        const char *url, *etag, *modified; /* the latter two from the earlier answer */
        const char *accept;                /* media type; "" = any */
        const char *authority;             /* PEM: counts instead of the system's authorities */
        enum download_auth auth;
        const char *login, *secret; /* of BASIC; BEARER has only the secret */
        int timeout_ms;
};

struct download {
        int status;         /* of HTTP: 200, 304 … */
        struct buffer body; /* its max is the caller's limit; empty unless 200 */
        char etag[DOWNLOAD_TAG_MAX],
            modified[DOWNLOAD_TAG_MAX];    /* as the server sent them, or "" */
        char added_last[DOWNLOAD_TAG_MAX]; /* X-TAXII-Date-Added-Last (TAXII 2.1, 3.1.2) */
};

/* The authorities that count, as Debian and Ubuntu keep them; read at each HTTPS download. */
#define DOWNLOAD_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

/* Once in the process, before threads. */
MUST_USE int download_prepare(void);
/* "http(s)://host…", without user and password. */
bool download_is_url(const char *url);
/* Whether a password may travel there: over TLS, or within this machine. */
bool download_is_private(const char *url);
/* "https://host:port" of a URL, without what follows; "" if it is none or does not fit. */
const char *download_origin(char out[DOWNLOAD_URL_MAX], const char *url);
/* 0 whatever the status is; FORMAT: no such URL; DENIED: a password would travel in the clear;
 * CLOSED: not reached or cut off; UNTRUSTED: the certificate does not hold; BUSY: not done in time;
 * LIMIT: larger than out->body.max. A redirection to another server is followed without the
 * password. */
MUST_USE int download_get(struct download *out, const struct download_wish *wish);

#endif
