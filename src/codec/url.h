/* codec/url.h: a web address in the one form in which lists and traffic are compared:
 * host in lower case, port unless usual, path (at least "/"), query; no scheme, user or fragment.
 * "HTTP://Evil.Example:80/a?b#c" becomes "evil.example/a?b". Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_URL_H
#define CANH_CODEC_URL_H

#include "base/text.h"

enum { URL_MAX = 2049 };

/* FORMAT when there is no valid host, or a blank or control character inside; LIMIT when too long.
 */
MUST_USE int url_parse(char out[URL_MAX], struct text t);
/* The host of the form above, without port. */
struct text url_host(struct text canonical);

#endif
