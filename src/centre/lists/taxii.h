/* centre/lists/taxii.h: a collection of a TAXII 2.1 server as a file: finds it (from the address of
 * the discovery, of an API root or of the collection itself), fetches what was added since the last
 * time page by page, and joins it with what was had. From: feed_fetch. The fetch process speaks to
 * the server, the reader reads what it says. Limits: FETCH_BYTES_MAX for all pages,
 * TAXII_PAGES_MAX. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_TAXII_H
#define CANH_CENTRE_LISTS_TAXII_H

#include "base/buffer.h"
#include "base/text.h"
#include "centre/fetch_messages.h"

struct office;

enum { TAXII_PAGES_MAX = 2000, TAXII_PAGE_OBJECTS = 2000 };

struct taxii_wish {
        struct fetch_wish *ask;  /* address, password, authority; the rest is filled in here */
        const char *collection;  /* id, alias or title; "" = the only one */
        const char *added_after; /* "" = all; counts only with `before` */
        struct text before;      /* the bundle of the last time; empty: none */
};

struct taxii_got {
        struct buffer bundle;               /* its max is the caller's limit */
        char added_after[DOWNLOAD_TAG_MAX]; /* for the next time */
        bool unchanged;                     /* nothing was added: the bundle is empty */
};

/* BUSY: fetch or reader are away. Else as download_get and FORMAT, with *bad for people; DENIED:
 * the server wants another password. */
MUST_USE int taxii_fetch(struct taxii_got *out, struct office *office,
    const struct taxii_wish *wish, struct parse_error *bad);

#endif
