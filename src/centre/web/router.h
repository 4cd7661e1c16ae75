/* centre/web/router.h: from a whole HTTP request to a handler and back: route, session, role, CSRF,
 * body, then the handler; its reply with the headers that every reply carries.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_WEB_ROUTER_H
#define CANH_CENTRE_WEB_ROUTER_H

#include "centre/web/route.h"
#include "system/net/http_server.h"

/* For http_server_options; state is the office. */
enum http_verdict router_answer(void *state, struct http_request *request);
size_t router_body_limit(void *state, const char *method, const char *path);

/* Does the pattern fit? Fills params with what {…} stood for: views of path, not decoded. */
bool router_match(struct text params[ROUTE_PARAMS_MAX], const char *pattern, const char *path);

/* All tables of the program (centre/api/api_routes.c), ended by a table without routes. */
extern const struct route_table *const api_tables[];

#endif
