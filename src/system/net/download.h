/* system/net/download.h: fetches one file from a public web server (libcurl): HTTPS, or HTTP where
 * the publisher has no other; asks only for what changed (RFC 9110 13.1). Limits: the body's max,
 * the time, REDIRECTS_MAX. One thread at a time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_DOWNLOAD_H
#define CANH_SYSTEM_NET_DOWNLOAD_H

#include "base/buffer.h"

#include <stdbool.h>

enum { DOWNLOAD_URL_MAX = 1024, DOWNLOAD_TAG_MAX = 256, DOWNLOAD_REDIRECTS_MAX = 5 };

struct download {
        int status;         /* of HTTP: 200, 304 … */
        struct buffer body; /* its max is the caller's limit; empty unless 200 */
        char etag[DOWNLOAD_TAG_MAX],
            modified[DOWNLOAD_TAG_MAX]; /* as the server sent them, or "" */
};

/* The authorities that count, as Debian and Ubuntu keep them; read at each HTTPS download. */
#define DOWNLOAD_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

/* Once in the process, before threads. */
MUST_USE int download_prepare(void);
/* "http(s)://host…", without user and password. */
bool download_is_url(const char *url);
/* etag, modified: from the earlier answer, "" = none. 0 whatever the status is; FORMAT: no such
 * URL; CLOSED: not reached or cut off; UNTRUSTED: the certificate does not hold; BUSY: not done in
 * time; LIMIT: larger than out->body.max. */
MUST_USE int download_get(
    struct download *out, const char *url, const char *etag, const char *modified, int timeout_ms);

#endif
