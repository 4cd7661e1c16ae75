/* sensor/proc_capture.c: hands on the packets of one interface.
 * Rights kept: the open capture handle, the input ring. Never: files, parsing (it does not look
 * into a packet), the network in any other way. Messages accepted: SENSOR_END. Sent: SENSOR_COUNTS.
 * A packet for which the ring has no room is dropped and counted there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_capture.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/role.h"
#include "system/net/packet_fanout.h"
#include "system/proc/shared_ring.h"
#include "traffic/capture/capture_live.h"

#include <string.h>

struct capture {
        struct role_line line;
        struct shared_ring *ring;
        struct capture_live *live;
        struct sensor_counts counts;
};

static void capture_done(struct capture *c)
{
        c->live = capture_live_close(c->live);
        c->ring = shared_ring_close(c->ring);
        role_line_done(&c->line);
}

static int on_packet(void *state, const struct capture_packet *packet)
{
        struct capture *c = state;
        struct input_record *r = shared_ring_reserve(c->ring, sizeof(*r) + packet->bytes.len);

        if (!r)
                return 0;
        *r = (struct input_record){ .at = packet->at,
                .kind = INPUT_PACKET,
                .link_type = packet->link_type,
                .wire_bytes = (uint32_t)packet->wire_bytes,
                .bytes = (uint32_t)packet->bytes.len };
        if (packet->bytes.len)
                memcpy(r + 1, packet->bytes.data, packet->bytes.len);
        shared_ring_commit(c->ring);
        return 0;
}

static int handle_open(struct capture *c, const struct proc_capture *proc)
{
        const struct sensor_settings *s = proc->settings;
        const struct capture_live_options options = { .interface = proc->interface,
                .filter = s->filter,
                .snap_bytes = s->snap_bytes,
                .buffer_bytes = (size_t)s->buffer_mib << 20,
                .promiscuous = true };
        char why[CAPTURE_WHY_MAX];
        int err = capture_live_open(&c->live, &options, why);

        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor capture", "%s: %s %s", proc->interface,
                    err_text(err), why);
        if (!err && proc->group)
                err = packet_fanout_join(capture_live_handle(c->live), proc->group);
        return err;
}

static int counts_tell(struct capture *c)
{
        struct capture_live_counts live;
        int err = capture_live_count(&live, c->live);

        if (err)
                return err;
        c->counts.of[COUNT_PACKETS] = live.received;
        c->counts.of[COUNT_DROPS] = live.dropped;
        return role_line_tell(&c->line, &c->counts, true);
}

static int loop(struct capture *c)
{
        time_ms told = 0;
        int err = 0;

        while (!err && !c->line.ending) {
                err = capture_live_each(c->live, on_packet, c);
                if (err || clock_steady(&clock_real) - told < ROLE_TELL_MS)
                        continue;
                told = clock_steady(&clock_real);
                err = counts_tell(c);
                if (!err)
                        err = role_line_listen(&c->line);
        }
        return err ? err : counts_tell(c);
}

int proc_capture_run(void *state)
{
        struct proc_capture *proc = state;
        AUTO(capture_done) struct capture c = { 0 };
        int err = role_line_init(&c.line, proc->socket, NULL, NULL);

        if (!err)
                err = shared_ring_open(&c.ring, proc->ring, proc->bell);
        if (!err)
                err = handle_open(&c, proc);
        if (!err)
                err = role_confine("sensor capture", CONFINE_CAPTURE, NULL, CONFINE_READ);
        if (err)
                return ROLE_CANNOT_START;
        err = loop(&c);
        if (err && err != ERR_CLOSED)
                log_line(
                    LOG_LEVEL_WARNING, "sensor capture", "%s: %s", proc->interface, err_text(err));
        return err ? 1 : 0;
}
