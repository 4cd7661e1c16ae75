/* system/net/udp_listener.h: datagrams that come to an address and port: NetFlow, IPFIX, sFlow,
 * syslog. From: the network. To: a sink, in batches of up to UDP_BATCH. What the kernel had to drop
 * because nobody read in time is counted (SO_RXQ_OVFL). One thread; it may sit in the caller's own
 * poll() by udp_listener_fd. Limits: the kernel's buffer (receive_bytes), 2 MiB of our own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_UDP_LISTENER_H
#define CANH_SYSTEM_NET_UDP_LISTENER_H

#include "codec/ip_address.h"

struct udp_listener;

enum { UDP_BATCH = 32, UDP_DATAGRAM_MAX = 65535 };

struct udp_listener_options {
        const char *address;  /* numeric: "0.0.0.0", "::" (IPv4 too), "192.0.2.1" */
        uint16_t port;        /* 0 = any free one */
        size_t receive_bytes; /* wanted of the kernel for waiting datagrams; 0 = 8 MiB */
};

struct udp_datagram {
        struct ip_address source;
        uint16_t source_port;
        struct text bytes; /* lives for the call */
};

/* An error ends the batch and is handed back; the rest of the batch is lost and counted. */
struct udp_sink {
        int (*take)(void *state, const struct udp_datagram *datagram);
        void *state;
};

struct udp_listener_counts {
        uint64_t datagrams, bytes; /* handed over */
        uint64_t dropped;          /* by the kernel: its buffer was full */
        uint64_t lost;             /* by the sink's error */
        size_t receive_bytes;      /* what the kernel grants: less than wanted when its own limit
                                      (net.core.rmem_max) is lower and we may not raise it */
};

/* The errors of the address are those of the kernel: FORMAT no numeric address, BUSY somebody
 * listens there, DENIED, MISSING the address is not ours. */
MUST_USE int udp_listener_open(
    struct udp_listener **out, const struct udp_listener_options *options);
struct udp_listener *udp_listener_close(struct udp_listener *l); /* takes NULL, returns NULL */
void udp_listener_close_at(struct udp_listener **l);
uint16_t udp_listener_port(const struct udp_listener *l);
int udp_listener_fd(const struct udp_listener *l); /* readable when there is something to take */
/* Waits at most wait_ms (0 = not at all, -1 = until something comes) and hands over at most one
 * batch. 0 also when nothing came or a signal woke it; IO. Call again at once while *taken is
 * UDP_BATCH. `taken` may be NULL. */
MUST_USE int udp_listener_take(
    size_t *taken, struct udp_listener *l, int wait_ms, struct udp_sink sink);
/* dropped is as of the last datagram that came after a drop. */
void udp_listener_count(struct udp_listener_counts *out, const struct udp_listener *l);

#endif
