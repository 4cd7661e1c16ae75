/* sensor/proc_listener.c: hands on the datagrams that exporters (NetFlow, IPFIX, sFlow) send.
 * Rights kept: its one socket, the input ring. Never: files, parsing, other sockets. Messages
 * accepted: SENSOR_END. Sent: SENSOR_COUNTS. A datagram for which the ring has no room is dropped
 * and counted there; what the kernel dropped is counted too.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_listener.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/listen_address.h"
#include "sensor/role.h"
#include "system/net/udp_listener.h"
#include "system/proc/shared_ring.h"

#include <string.h>

enum { WAIT_MS = 500 };

struct listener {
        struct role_line line;
        struct shared_ring *ring;
        struct udp_listener *udp;
        struct sensor_counts counts;
};

static void listener_done(struct listener *l)
{
        l->udp = udp_listener_close(l->udp);
        l->ring = shared_ring_close(l->ring);
        role_line_done(&l->line);
}

static int on_datagram(void *state, const struct udp_datagram *d)
{
        struct listener *l = state;
        struct input_record *r = shared_ring_reserve(l->ring, sizeof(*r) + d->bytes.len);

        if (!r)
                return 0;
        *r = (struct input_record){ .at = clock_now(&clock_real),
                .kind = INPUT_EXPORT,
                .sender = d->source,
                .sender_port = d->source_port,
                .bytes = (uint32_t)d->bytes.len };
        if (d->bytes.len)
                memcpy(r + 1, d->bytes.data, d->bytes.len);
        shared_ring_commit(l->ring);
        return 0;
}

static int socket_open(struct listener *l, const char *address)
{
        struct listen_address at;
        struct udp_listener_options options = { .address = at.host };
        int err = listen_address_parse(&at, text_of(address));

        if (err)
                return err;
        options.port = at.port;
        return udp_listener_open(&l->udp, &options);
}

static int loop(struct listener *l)
{
        int err = 0;

        while (!err && !l->line.ending) {
                struct udp_listener_counts c;
                size_t taken;

                err = udp_listener_take(
                    &taken, l->udp, WAIT_MS, (struct udp_sink){ on_datagram, l });
                udp_listener_count(&c, l->udp);
                l->counts.of[COUNT_DROPS] = c.dropped;
                if (!err)
                        err = role_line_tell(&l->line, &l->counts, false);
                if (!err && taken < UDP_BATCH)
                        err = role_line_listen(&l->line);
        }
        return err;
}

int proc_listener_run(void *state)
{
        struct proc_listener *proc = state;
        AUTO(listener_done) struct listener l = { 0 };
        int err = role_line_init(&l.line, proc->socket, NULL, NULL);

        if (!err)
                err = shared_ring_open(&l.ring, proc->ring, proc->bell);
        if (!err)
                err = socket_open(&l, proc->address);
        if (err)
                log_line(
                    LOG_LEVEL_ERROR, "sensor listener", "%s: %s", proc->address, err_text(err));
        if (!err)
                err = role_confine("sensor listener", CONFINE_LISTEN, NULL, CONFINE_READ);
        if (err)
                return ROLE_CANNOT_START;
        err = loop(&l);
        if (err && err != ERR_CLOSED)
                log_line(
                    LOG_LEVEL_WARNING, "sensor listener", "%s: %s", proc->address, err_text(err));
        return err ? 1 : 0;
}
