/* sensor/proc_syslog.c: hands on the messages of syslog that firewalls, routers and DHCP servers
 * send, over UDP (RFC 5426) and TCP (RFC 6587: counted, or ended by a line feed).
 * Rights kept: its two sockets and the connections that others open to them, the input ring. Never:
 * files, parsing beyond where a message ends, calling anybody. Messages accepted: SENSOR_END. Sent:
 * SENSOR_COUNTS. A message for which the ring has no room is dropped and counted there; over TCP it
 * waits a little, so that the sender feels it. One longer than 16 KiB is counted and not looked at.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_syslog.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/listen_address.h"
#include "sensor/role.h"
#include "system/net/line_listener.h"
#include "system/net/udp_listener.h"
#include "system/proc/shared_ring.h"

#include <poll.h>
#include <string.h>

/* A firewall may have nothing to say for a night; one that is gone is found by keepalive. */
enum { WAIT_MS = 500, ROOM_TCP_MS = 200, CALLERS_MAX = 256, SILENT_SECONDS = 24 * 60 * 60 };

struct syslog {
        struct role_line line;
        struct shared_ring *ring;
        struct udp_listener *udp;
        struct line_listener *tcp;
        struct sensor_counts counts;
        char record[sizeof(struct input_record) + UDP_DATAGRAM_MAX];
};

static void syslog_done(struct syslog **at)
{
        struct syslog *s = *at;

        if (!s)
                return;
        s->udp = udp_listener_close(s->udp);
        s->tcp = line_listener_close(s->tcp);
        s->ring = shared_ring_close(s->ring);
        role_line_done(&s->line);
        mem_free(s);
}

static struct text without_end(struct text t)
{
        while (t.len && (t.data[t.len - 1] == '\n' || t.data[t.len - 1] == '\r' ||
                            t.data[t.len - 1] == '\0'))
                t.len--;
        return t;
}

static void hand_on(struct syslog *s, const struct ip_address *sender, uint16_t port,
    struct text bytes, int wait_ms)
{
        struct input_record r = { .at = clock_now(&clock_real),
                .kind = INPUT_LOG_MESSAGE,
                .sender = *sender,
                .sender_port = port };

        bytes = without_end(bytes);
        if (!bytes.len || bytes.len > sizeof(s->record) - sizeof(r))
                return;
        r.bytes = (uint32_t)bytes.len;
        memcpy(s->record, &r, sizeof(r));
        memcpy(s->record + sizeof(r), bytes.data, bytes.len);
        (void)!shared_ring_put(s->ring, (struct text){ s->record, sizeof(r) + bytes.len }, wait_ms);
}

static int on_datagram(void *state, const struct udp_datagram *d)
{
        hand_on(state, &d->source, d->source_port, d->bytes, 0);
        return 0;
}

static int on_line(void *state, const struct received_line *line)
{
        struct syslog *s = state;

        if (!line->is_cut) /* counted by who cut it */
                hand_on(s, &line->source, line->source_port, line->bytes, ROOM_TCP_MS);
        return 0;
}

static int sockets_open(struct syslog *s, const char *address)
{
        struct listen_address at;
        struct udp_listener_options udp = { .address = at.host };
        struct line_listener_options tcp = { .address = at.host,
                .connections_max = CALLERS_MAX,
                .idle_seconds = SILENT_SECONDS,
                .clock = &clock_real };
        int err = listen_address_parse(&at, text_of(address));

        if (err)
                return err;
        udp.port = tcp.port = at.port;
        err = udp_listener_open(&s->udp, &udp);
        return err ? err : line_listener_open(&s->tcp, &tcp);
}

static void count(struct syslog *s)
{
        struct udp_listener_counts udp;
        struct line_listener_counts tcp;

        udp_listener_count(&udp, s->udp);
        line_listener_count(&tcp, s->tcp);
        s->counts.of[COUNT_DROPS] = udp.dropped;
        s->counts.of[COUNT_LOG_CUT] = tcp.cut_lines;
        s->counts.of[COUNT_LOG_CALLERS_REFUSED] = tcp.refused;
}

static int loop(struct syslog *s)
{
        int err = 0;

        while (!err && !s->line.ending) {
                struct pollfd p[] = { { .fd = udp_listener_fd(s->udp), .events = POLLIN },
                        { .fd = line_listener_fd(s->tcp), .events = POLLIN },
                        { .fd = s->line.socket, .events = POLLIN } };

                (void)poll(p, ARRAY_LEN(p), WAIT_MS);
                err = udp_listener_take(NULL, s->udp, 0, (struct udp_sink){ on_datagram, s });
                if (!err)
                        err = line_listener_take(s->tcp, 0, (struct line_sink){ on_line, s });
                count(s);
                if (!err)
                        err = role_line_tell(&s->line, &s->counts, false);
                if (!err)
                        err = role_line_listen(&s->line);
        }
        return err ? err : role_line_tell(&s->line, &s->counts, true);
}

int proc_syslog_run(void *state)
{
        struct proc_syslog *proc = state;
        AUTO(syslog_done) struct syslog *s = mem_zero(1, sizeof(*s));
        int err = s ? role_line_init(&s->line, proc->socket, NULL, NULL) : ERR_MEMORY;

        if (!err)
                err = shared_ring_open(&s->ring, proc->ring, proc->bell);
        if (!err)
                err = sockets_open(s, proc->address);
        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor syslog", "%s: %s", proc->address, err_text(err));
        if (!err)
                err = role_confine("sensor syslog", CONFINE_LISTEN, NULL, CONFINE_READ);
        if (err)
                return ROLE_CANNOT_START;
        err = loop(s);
        if (err && err != ERR_CLOSED)
                log_line(
                    LOG_LEVEL_WARNING, "sensor syslog", "%s: %s", proc->address, err_text(err));
        return err ? 1 : 0;
}
