/* sensor/proc_print.c: prints each alert as a line of JSON.
 * Rights kept: standard output, the alerts ring. Never: files, network, foreign bytes. Messages
 * accepted: SENSOR_END. Sent: none.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_print.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "sensor/alert_json.h"
#include "sensor/role.h"
#include "system/proc/shared_ring.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 500 };

struct print {
        struct role_line line;
        struct shared_ring *alerts;
};

static void print_done(struct print *p)
{
        p->alerts = shared_ring_close(p->alerts);
        role_line_done(&p->line);
}

static int print_one(struct text record)
{
        AUTO(json_free_at) json_t *o = NULL;
        AUTO(mem_free_at) char *text = NULL;
        struct alert_record r;

        if (record.len != sizeof(r))
                return ERR_UNTRUSTED;
        memcpy(&r, record.data, sizeof(r));
        if (!alert_record_is_sound(&r))
                return ERR_UNTRUSTED;
        o = alert_json(&r);
        text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        if (!text)
                return ERR_MEMORY;
        return puts(text) < 0 || fflush(stdout) != 0 ? ERR_IO : 0;
}

static int print_all(struct print *p)
{
        struct text record;
        int err;

        while ((err = shared_ring_next(&record, p->alerts)) == 0) {
                err = print_one(record);
                if (err)
                        return err;
                shared_ring_release(p->alerts);
        }
        return err == ERR_MISSING ? 0 : err;
}

int proc_print_run(void *state)
{
        struct proc_print *proc = state;
        AUTO(print_done) struct print p = { 0 };
        int err = role_line_init(&p.line, proc->socket, NULL, NULL);

        if (!err)
                err = shared_ring_open(&p.alerts, proc->alerts, proc->bell);
        if (!err)
                err = role_confine("sensor print", CONFINE_MESSAGES, NULL, CONFINE_READ);
        while (!err) {
                bool last = p.line.ending;

                err = print_all(&p);
                if (err || last)
                        break;
                shared_ring_wait(&p.alerts, 1, p.line.socket, WAIT_MS);
                err = role_line_listen(&p.line);
        }
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "sensor print", "ends: %s", err_text(err));
        return role_status(err);
}
