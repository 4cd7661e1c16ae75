/* system/net/udp_listener.c: see udp_listener.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/udp_listener.h"

#include "base/mem.h"
#include "system/net/socket_address.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { RECEIVE_BYTES_USUAL = 8 << 20 };

/* Where the kernel notes its count of drops beside a datagram. */
union note {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(uint32_t))];
};

struct udp_listener {
        int fd;
        uint32_t dropped_seen; /* the kernel's count, which turns over at 2^32 */
        struct udp_listener_counts counts;
        struct mmsghdr messages[UDP_BATCH];
        struct iovec parts[UDP_BATCH];
        struct sockaddr_storage from[UDP_BATCH];
        union note notes[UDP_BATCH];
        char *bytes; /* UDP_BATCH × UDP_DATAGRAM_MAX; untouched pages cost nothing */
};

/* The privileged form goes beyond net.core.rmem_max; without the right the plain one does what it
 * can. */
static void ask_for_room(struct udp_listener *l, size_t wanted)
{
        int bytes = (int)(wanted && wanted < INT32_MAX / 2 ? wanted : RECEIVE_BYTES_USUAL);
        int on = 1, granted = 0;
        socklen_t len = sizeof(granted);

        if (setsockopt(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
                (void)setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
        (void)setsockopt(l->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
        if (getsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &granted, &len) == 0)
                l->counts.receive_bytes = (size_t)granted / 2; /* socket(7): it is doubled */
}

int udp_listener_open(struct udp_listener **out, const struct udp_listener_options *options)
{
        AUTO(udp_listener_close_at) struct udp_listener *l = mem_zero(1, sizeof(*l));
        int err;

        if (!l)
                return ERR_MEMORY;
        l->fd = -1;
        l->bytes = mem_zero(UDP_BATCH, UDP_DATAGRAM_MAX);
        if (!l->bytes)
                return ERR_MEMORY;
        err = socket_bound(&l->fd, SOCK_DGRAM, options->address, options->port);
        if (err)
                return err;
        ask_for_room(l, options->receive_bytes);
        *out = MOVE(l);
        return 0;
}

struct udp_listener *udp_listener_close(struct udp_listener *l)
{
        if (!l)
                return NULL;
        if (l->fd >= 0)
                (void)close(l->fd);
        mem_free(l->bytes);
        mem_free(l);
        return NULL;
}

void udp_listener_close_at(struct udp_listener **l)
{
        *l = udp_listener_close(*l);
}

uint16_t udp_listener_port(const struct udp_listener *l)
{
        return socket_port(l->fd);
}

int udp_listener_fd(const struct udp_listener *l)
{
        return l->fd;
}

void udp_listener_count(struct udp_listener_counts *out, const struct udp_listener *l)
{
        *out = l->counts;
}

static void prepare(struct udp_listener *l)
{
        for (size_t i = 0; i < UDP_BATCH; i++) {
                l->parts[i] = (struct iovec){ l->bytes + i * UDP_DATAGRAM_MAX, UDP_DATAGRAM_MAX };
                l->messages[i].msg_hdr = (struct msghdr){ .msg_name = &l->from[i],
                        .msg_namelen = sizeof(l->from[i]),
                        .msg_iov = &l->parts[i],
                        .msg_iovlen = 1,
                        .msg_control = &l->notes[i],
                        .msg_controllen = sizeof(l->notes[i]) };
        }
}

static void count_drops(struct udp_listener *l, struct msghdr *m)
{
        for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
                uint32_t seen;
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
                        continue;
                memcpy(&seen, CMSG_DATA(c), sizeof(seen));
                l->counts.dropped += (uint32_t)(seen - l->dropped_seen);
                l->dropped_seen = seen;
        }
}

static int hand_over(struct udp_listener *l, size_t n, struct udp_sink sink)
{
        for (size_t i = 0; i < n; i++) {
                struct udp_datagram d = { .bytes = {
                                              l->parts[i].iov_base, l->messages[i].msg_len } };
                int err;
                count_drops(l, &l->messages[i].msg_hdr);
                if (!socket_address_read(&d.source, &d.source_port, &l->from[i]))
                        continue;
                err = sink.take(sink.state, &d);
                if (err) {
                        l->counts.lost += n - i;
                        return err;
                }
                l->counts.datagrams++;
                l->counts.bytes += d.bytes.len;
        }
        return 0;
}

int udp_listener_take(size_t *taken, struct udp_listener *l, int wait_ms, struct udp_sink sink)
{
        struct pollfd p = { .fd = l->fd, .events = POLLIN };
        int n;

        if (taken)
                *taken = 0;
        n = poll(&p, 1, wait_ms);
        if (n < 0 && errno != EINTR)
                return ERR_IO;
        if (n <= 0)
                return 0;
        prepare(l);
        n = recvmmsg(l->fd, l->messages, UDP_BATCH, MSG_DONTWAIT, NULL);
        if (n < 0) /* ECONNREFUSED: an ICMP answer to nothing of ours */
                return errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED ? 0 : ERR_IO;
        if (taken)
                *taken = (size_t)n;
        return hand_over(l, (size_t)n, sink);
}
