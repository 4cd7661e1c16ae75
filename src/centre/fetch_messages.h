/* centre/fetch_messages.h: what web and fetch say to each other. Web's question: FETCH_GET with
 * struct fetch_wish. The answer: FETCH_GOT with struct fetch_result and the bytes as a handle to
 * sealed memory (empty unless the status is 200).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_FETCH_MESSAGES_H
#define CANH_CENTRE_FETCH_MESSAGES_H

#include "system/net/download.h"

enum fetch_message { FETCH_GET = 1, FETCH_GOT = 2 };
enum { FETCH_BYTES_MAX = 64 << 20, FETCH_TIMEOUT_MS = 120000 };

/* The texts are zero-ended, "" = none; see struct download_wish. */
struct fetch_wish {
        char url[DOWNLOAD_URL_MAX], etag[DOWNLOAD_TAG_MAX], modified[DOWNLOAD_TAG_MAX];
        char accept[64], login[DOWNLOAD_LOGIN_MAX], secret[DOWNLOAD_SECRET_MAX];
        char authority[DOWNLOAD_AUTHORITY_MAX];
        uint32_t auth; /* enum download_auth */
};

struct fetch_result {
        int32_t err, status;
        char etag[DOWNLOAD_TAG_MAX], modified[DOWNLOAD_TAG_MAX], added_last[DOWNLOAD_TAG_MAX];
};

#endif
