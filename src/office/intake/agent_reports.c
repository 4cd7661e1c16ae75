/* office/intake/agent_reports.c: see agent_reports.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/agent_reports.h"
#include "base/mem.h"
#include "office/registry/trail.h"
#include "office/intake/report_rows.h"
#include "office/registry/machine_life.h"
#include "system/db/db.h"

struct filing {
        struct db *db;
        const struct clock *clock;
        const struct report *report;
        const struct report_sink *sink;
        struct report_machine machine;
        time_ms now;
        int64_t dropped;
};

static int sender_machine(
    struct filing *f, const struct report_sender *sender, struct parse_error *bad)
{
        int err;

        if (!sender->machine_id)
                err = f->report->machine.len ? ERR_DENIED
                                             : report_machine_by_key(&f->machine, f->db, f->clock,
                                                   sender->kit_unit_id, f->report);
        else if (!text_is(f->report->machine, sender->machine_id))
                err = ERR_DENIED;
        else
                err = report_machine_find(&f->machine, f->db, sender->machine_id);
        if (err == ERR_MISSING || err == ERR_DENIED) {
                (void)parse_error_set(bad, 0, "Báo cáo mang mã của máy khác với chứng thư",
                    "the report names another machine than the certificate");
                return ERR_DENIED;
        }
        if (err)
                return err;
        if (text_is(text_of(f->machine.state), "revoked") ||
            text_is(text_of(f->machine.state), "retired")) {
                (void)parse_error_set(bad, 0, "Máy này đã bị thu hồi quyền gửi báo cáo",
                    "this machine may no longer report");
                return ERR_DENIED;
        }
        return 0;
}

/* A kit has no counter; a machine's own begins at 1. */
static int sequence_check(
    const struct filing *f, const struct report_sender *sender, struct parse_error *bad)
{
        if ((f->report->sequence == 0) == (sender->machine_id == NULL))
                return 0;
        return parse_error_set(bad, 0,
            "Số thứ tự của báo cáo sai: máy đếm từ 1, bộ kiểm tra luôn ghi 0",
            "the report's sequence is wrong: a machine counts from 1, a check kit writes 0");
}

static int time_check(const struct filing *f, struct parse_error *bad)
{
        if (f->report->made_at <= f->now + REPORT_FUTURE_MS)
                return 0;
        (void)parse_error_set(bad, 0, "Báo cáo ghi giờ ở tương lai: kiểm tra đồng hồ của máy",
            "the report was made in the future: check the machine's clock");
        return ERR_UNTRUSTED;
}

static int file_hits(struct filing *f)
{
        const struct report_sweep *s = &f->report->sweep;

        for (size_t i = 0; i < s->hit_count; i++) {
                const struct report_hit *h = &s->hits[i];
                char hit_id[ULID_MAX];
                struct filed_hit filed = { f->machine.id, f->machine.unit_id, f->machine.name,
                        hit_id, h->path, h->sha256, h->rule, h->quarantined, false, s->ended_at };
                int err = sweep_hit_put(
                    hit_id, &filed.first_time, f->db, f->clock, s, h, f->machine.id);

                if (!err && f->sink && f->sink->hit)
                        err = f->sink->hit(f->sink->state, f->db, &filed);
                if (err)
                        return err;
        }
        return 0;
}

static int file_sweep(struct filing *f)
{
        const struct report_sweep *s = &f->report->sweep;
        struct filed_sweep filed = { f->machine.id, f->machine.unit_id, s->id.data, false, 0 };
        struct sweep_judged judged;
        int err;

        /* what was ordered before is answered first: the sink may order anew */
        if ((err = sweep_judge(&judged, f->db, s, f->now)) ||
            (err = sweep_row_add(f->db, f->report, f->machine.id, &judged)) ||
            (err = sweep_orders_swept(f->db, s, f->machine.id, &judged, f->now)) ||
            (err = file_hits(f)))
                return err;
        if (s->complete && (err = sweep_hits_gone(f->db, s, f->machine.id)))
                return err;
        filed.proves = judged.until > 0;
        if (filed.proves &&
            (err = machine_swept(f->db, f->machine.id, s->id.data, s->ended_at, f->now)))
                return err;
        if ((err = sweep_orders_swept(f->db, s, f->machine.id, &judged, f->now)) ||
            (err = sweeps_bound(&f->dropped, f->db, f->machine.id)) ||
            (err = sweep_hits_open(&filed.open_hits, f->db, f->machine.id)))
                return err;
        return f->sink && f->sink->swept ? f->sink->swept(f->sink->state, f->db, &filed) : 0;
}

static int file_contact(struct filing *f, const struct report_connection *c)
{
        char remote[IP_TEXT_MAX];
        struct filed_contact filed = { f->machine.id, f->machine.unit_id, f->machine.name,
                text_of(ip_address_write(remote, &c->remote)), c->value, c->family, c->list,
                c->process, c->port, c->first_at, c->last_at, TEXT("") };

        if (!c->matched || !f->sink || !f->sink->contact)
                return 0;
        return f->sink->contact(f->sink->state, f->db, &filed);
}

static int file_connections(struct filing *f)
{
        const struct report_connections *list = &f->report->connections;

        for (size_t i = 0; i < list->count; i++) {
                int err = connection_put(f->db, &list->connections[i], f->machine.id);

                if (!err)
                        err = file_contact(f, &list->connections[i]);
                if (err)
                        return err;
        }
        if (list->count) {
                int err = connections_bound(&f->dropped, f->db, f->machine.id);
                if (err)
                        return err;
        }
        return machine_connections_at(f->db, f->machine.id, list->to < f->now ? list->to : f->now);
}

static int file_heartbeat(struct filing *f)
{
        const struct report_heartbeat *h = &f->report->heartbeat;

        for (size_t i = 0; i < h->order_count; i++) {
                const struct report_order *o = &h->orders[i];
                int err = 0;

                if (!o->failed)
                        err = order_restored(f->db, o->id.data, f->machine.id, f->now);
                if (!err)
                        err = order_done(f->db, o, f->machine.id, f->report->id.data, f->now);
                if (err)
                        return err;
        }
        return 0;
}

static int file_body(struct filing *f)
{
        switch (f->report->kind) {
        case REPORT_INVENTORY:
                return report_inventory_put(f->db, f->report, f->machine.id, f->now);
        case REPORT_SWEEP:
                return file_sweep(f);
        case REPORT_CONNECTIONS:
                return file_connections(f);
        case REPORT_HEARTBEAT:
                return file_heartbeat(f);
        case REPORT_KINDS:
                break;
        }
        return ERR_BUG;
}

/* Pages that show the machine read it again. The heartbeat that tells nothing new wakes nobody. */
static int tell_pages(const struct filing *f)
{
        const struct report *r = f->report;

        if (r->kind == REPORT_HEARTBEAT && !r->heartbeat.order_count)
                return 0;
        return registry_changed(f->db, f->clock, "machine", f->machine.id, f->machine.unit_id);
}

/* The machine's row is written before the body: what the body's rows refer to is there. */
static int file_inside(struct report_filed *out, struct filing *f,
    const struct report_sender *sender, struct text bytes, struct parse_error *bad)
{
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        char hex[SHA256_HEX_MAX];
        bool known = false;
        int err;

        (void)sha256_write(hex, &digest);
        if ((err = sender_machine(f, sender, bad)) || (err = sequence_check(f, sender, bad)) ||
            (err = time_check(f, bad)) ||
            (err = report_is_known(&known, f->db, f->report, f->machine.id, hex)))
                return err;
        if (!known) {
                err = report_row_add(f->db, f->report, f->machine.id, hex, sender->way, f->now);
                if (err == ERR_EXISTS)
                        (void)parse_error_set(bad, 0, "Số thứ tự này đã có ở một báo cáo khác",
                            "this sequence number came with another report");
                if (err || (err = report_machine_seen(f->db, f->report, f->machine.id, f->now)) ||
                    (err = file_body(f)) || (err = tell_pages(f)))
                        return err;
        }
        out->filed = !known;
        out->dropped = f->dropped;
        out->kind = f->report->kind;
        err = text_copy(out->machine_id, ULID_MAX, text_of(f->machine.id));
        return err ? err : text_copy(out->id, ULID_MAX, f->report->id);
}

int agent_report_file(struct report_filed *out, struct db *db, const struct clock *clock,
    const struct report_sender *sender, struct text bytes, const struct report_sink *sink,
    struct parse_error *bad)
{
        AUTO(report_free_at) struct report *report = NULL;
        struct filing f = { .db = db, .clock = clock, .sink = sink, .now = clock_now(clock) };
        struct report_filed filed;
        int err = report_parse(&report, bytes, bad);

        if (err)
                return err;
        f.report = report;
        err = db_begin(db);
        if (err)
                return err;
        err = file_inside(&filed, &f, sender, bytes, bad);
        if (!err)
                err = db_commit(db);
        if (err) {
                db_rollback(db);
                return err;
        }
        *out = filed;
        return 0;
}
