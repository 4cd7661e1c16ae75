/* system/net/line_listener.h: lines that come over TCP connections: syslog of firewalls (RFC 6587:
 * a line feed, or a zero byte, ends a message; or its length stands before it). From: the network.
 * To: a sink, line by line, without the end mark. One thread; it may sit in the caller's own poll()
 * by line_listener_fd. Limits: all in line_listener_options.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_LINE_LISTENER_H
#define CANH_SYSTEM_NET_LINE_LISTENER_H

#include "base/clock.h"
#include "codec/ip_address.h"

struct line_listener;

struct line_listener_options {
        const char *address;      /* numeric: "0.0.0.0", "::" (IPv4 too) */
        uint16_t port;            /* 0 = any free one */
        unsigned connections_max; /* more are closed at once and counted; 0 = 64 */
        unsigned idle_seconds;    /* a connection on which nothing comes; 0 = 600 */
        size_t line_bytes_max;    /* the rest of a longer line is thrown away; 0 = 16 KiB */
        const struct clock *clock;
};

struct received_line {
        struct ip_address source;
        uint16_t source_port;
        struct text bytes; /* lives for the call; never empty */
        bool is_cut;       /* it was longer than line_bytes_max */
};

/* An error closes the connection that the line came on and is handed back. */
struct line_sink {
        int (*take)(void *state, const struct received_line *line);
        void *state;
};

struct line_listener_counts {
        uint64_t lines, bytes, cut_lines;
        uint64_t connections, refused, idle_closed; /* accepted; beyond the limit; for silence */
        unsigned open;
};

/* Errors as udp_listener_open. */
MUST_USE int line_listener_open(
    struct line_listener **out, const struct line_listener_options *options);
struct line_listener *line_listener_close(struct line_listener *l); /* takes NULL, returns NULL */
void line_listener_close_at(struct line_listener **l);
uint16_t line_listener_port(const struct line_listener *l);
int line_listener_fd(const struct line_listener *l); /* readable when there is something to do */
/* Waits at most wait_ms (0 = not at all, -1 = until something comes), accepts who wants to connect,
 * reads once from every connection that has something, and closes those that were silent too long.
 * A last line without an end is handed over when the other side closes. 0 also when nothing
 * came; IO. */
MUST_USE int line_listener_take(struct line_listener *l, int wait_ms, struct line_sink sink);
void line_listener_count(struct line_listener_counts *out, const struct line_listener *l);

#endif
