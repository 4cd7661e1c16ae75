/* sensor/proc_reader.c: hands on the packets of one capture file.
 * Rights kept: the open file, the input ring. Never: other files, network. Messages accepted:
 * SENSOR_END. Sent: SENSOR_COUNTS. Nothing is dropped: it waits for room in the ring.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_reader.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/role.h"
#include "system/proc/shared_ring.h"
#include "traffic/capture/capture_file.h"

#include <stdio.h>
#include <string.h>

enum { ROOM_MS = 60000 };

struct reader {
        struct role_line line;
        struct shared_ring *ring;
        struct capture_file *file;
        struct sensor_counts counts;
        void *record; /* sizeof(struct input_record) + CAPTURE_PACKET_MAX */
};

static void reader_done(struct reader *r)
{
        r->file = capture_file_close(r->file);
        r->ring = shared_ring_close(r->ring);
        role_line_done(&r->line);
        mem_free(r->record);
}

static int hand_on(struct reader *r, const struct capture_packet *p)
{
        struct input_record *record = r->record;

        *record = (struct input_record){ .at = p->at,
                .kind = INPUT_PACKET,
                .link_type = p->link_type,
                .wire_bytes = (uint32_t)p->wire_bytes,
                .bytes = (uint32_t)p->bytes.len };
        if (p->bytes.len)
                memcpy(record + 1, p->bytes.data, p->bytes.len);
        r->counts.of[COUNT_PACKETS]++;
        return shared_ring_put(
            r->ring, (struct text){ r->record, sizeof(*record) + p->bytes.len }, ROOM_MS);
}

static int loop(struct reader *r, const char *path)
{
        struct parse_error bad = { 0 };
        struct capture_packet packet;
        int err = 0;

        while (!err && !r->line.ending) {
                err = capture_file_next(&packet, r->file, &bad);
                if (err)
                        break;
                err = hand_on(r, &packet);
                if (!err && r->counts.of[COUNT_PACKETS] % 4096 == 0)
                        err = role_line_listen(&r->line);
                if (!err)
                        err = role_line_tell(&r->line, &r->counts, false);
        }
        if (err == ERR_FORMAT) {
                log_line(LOG_LEVEL_WARNING, "sensor reader", "%s: packet %zu: %s", path, bad.line,
                    bad.why_en);
                r->counts.of[COUNT_UNREADABLE]++;
        }
        return err == ERR_CLOSED || err == ERR_FORMAT ? role_line_tell(&r->line, &r->counts, true)
                                                      : err;
}

int proc_reader_run(void *state)
{
        struct proc_reader *proc = state;
        AUTO(reader_done) struct reader r = { 0 };
        struct parse_error bad = { 0 };
        FILE *stream = fdopen(proc->file, "rb");
        int err = stream ? role_line_init(&r.line, proc->socket, NULL, NULL) : ERR_MEMORY;

        r.record = mem_zero(1, sizeof(struct input_record) + CAPTURE_PACKET_MAX);
        if (!err && r.record)
                err = shared_ring_open(&r.ring, proc->ring, proc->bell);
        if (!err)
                err = role_confine("sensor reader", CONFINE_MESSAGES, NULL, CONFINE_READ);
        if (!err)
                err = r.record ? capture_file_open_own(&r.file, stream, &bad) : ERR_MEMORY;
        if (!err)
                err = loop(&r, proc->path);
        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor reader", "%s: %s %s", proc->path, err_text(err),
                    bad.why_en);
        return err ? 1 : 0;
}
