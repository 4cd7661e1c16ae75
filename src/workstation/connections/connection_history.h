/* workstation/connections/connection_history.h: to whom this machine spoke: remote address and
 * port, by which process, first and last seen. From: system/os/socket_table, every few minutes. To:
 * the report of kind `connections`, the state folder. Only connections that this machine opened;
 * loopback is left out. Content is never looked at. Limits: CONNECTIONS_MAX entries (the longest
 * unseen are dropped and counted), CONNECTION_DAYS_KEPT. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_CONNECTIONS_CONNECTION_HISTORY_H
#define CANH_WORKSTATION_CONNECTIONS_CONNECTION_HISTORY_H

#include "base/buffer.h"
#include "base/clock.h"
#include "codec/ip_address.h"
#include "system/os/socket_table.h"

#include <jansson.h>

enum { CONNECTIONS_MAX = 20000, CONNECTION_DAYS_KEPT = 120, CONNECTIONS_A_REPORT = 5000 };

struct indicator_set;
struct connection_history;

struct connection {
        struct ip_address remote;
        uint16_t port;
        bool udp;
        char process[PROCESS_NAME_MAX];
        time_ms first_at, last_at;
        uint64_t times; /* in how many looks it was there */
};

MUST_USE int connection_history_new(struct connection_history **out, size_t max);
struct connection_history *connection_history_free(struct connection_history *h);
void connection_history_free_at(struct connection_history **h);
/* Notes one connection as there at `now`. */
MUST_USE int connection_history_see(
    struct connection_history *h, const struct connection *c, time_ms now);
/* Puts one in as it is, in place of the same one. */
MUST_USE int connection_history_keep(struct connection_history *h, const struct connection *c);
/* Notes all of a table that this machine opened. */
MUST_USE int connection_history_look(
    struct connection_history *h, const struct socket_table *t, time_ms now);
/* Forgets what was not seen for CONNECTION_DAYS_KEPT. */
void connection_history_age(struct connection_history *h, time_ms now);
size_t connection_history_count(const struct connection_history *h);
const struct connection *connection_history_at(const struct connection_history *h, size_t n);
uint64_t connection_history_dropped(const struct connection_history *h);
/* End of the last report; 0 = none yet. */
time_ms connection_history_reported(const struct connection_history *h);
void connection_history_set_reported(struct connection_history *h, time_ms at);

/* The state file: docs/formats/connection-history.md. */
MUST_USE int connection_history_write(struct buffer *out, const struct connection_history *h);
/* Lines that are damaged are left out, so that one bad line does not lose months. FORMAT when it is
 * no history at all. */
MUST_USE int connection_history_parse(
    struct connection_history **out, struct text bytes, size_t max);

/* The body of a report: what was seen since the last one, with what the set (NULL = none) says of
 * it; at most CONNECTIONS_A_REPORT, listed ones first. *matches counts the listed ones. */
MUST_USE int connection_report(json_t **out, size_t *matches, const struct connection_history *h,
    const struct indicator_set *set, time_ms now);

#endif
