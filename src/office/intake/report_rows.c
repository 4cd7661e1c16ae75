/* office/intake/report_rows.c: the envelope of a report, and what it says of its machine.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/report_rows.h"
#include "office/registry/machine_life.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/unicode.h"
#include "system/db/db.h"

DB_SQL(machine_by_id, "select id, unit_id, state, name from machine where id = $1");
DB_SQL(machine_by_key, "select id, unit_id, state, name from machine where machine_key = $1");
DB_SQL(unit_has, "select 1 from unit_closure where above_id = $1 and below_id = $2");
DB_SQL(report_by_id, "select machine_id, sha256 from agent_report where id = $1");
DB_SQL(report_add,
    "insert into agent_report (id, machine_id, kind, sequence, made_at, received_at, sha256, way)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_SQL(report_receipt, "select coalesce(min(sequence), 0) from agent_report where machine_id = $1"
                       " and sequence < 0");
DB_SQL(inventory_put,
    "insert into machine_inventory (machine_id, report_id, at, body, packages, listeners, accounts)"
    " values ($1, $2, $3, $4, $5, $6, $7) on conflict (machine_id) do update set report_id = "
    "excluded.report_id,"
    " at = excluded.at, body = excluded.body, packages = excluded.packages, listeners = "
    "excluded.listeners,"
    " accounts = excluded.accounts where machine_inventory.at <= excluded.at");

static int machine_step(struct report_machine *out, struct db_query *q)
{
        struct report_machine m;
        int step = db_step(q), err;

        if (step != 1)
                return step ? step : ERR_MISSING;
        if ((err = text_copy(m.id, sizeof(m.id), db_column_text(q, 0))) ||
            (err = text_copy(m.unit_id, sizeof(m.unit_id), db_column_text(q, 1))) ||
            (err = text_copy(m.state, sizeof(m.state), db_column_text(q, 2))) ||
            (err = text_copy(m.name, sizeof(m.name), db_column_text(q, 3))))
                return err;
        *out = m;
        return 0;
}

int report_machine_find(struct report_machine *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_by_id);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        return machine_step(out, q);
}

static int find_by_key(struct report_machine *out, struct db *db, const char *key)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_by_key);

        if (err)
                return err;
        db_bind_string(q, 1, key);
        return machine_step(out, q);
}

static int unit_holds(struct db *db, const char *above, const char *below)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_has);

        if (err)
                return err;
        db_bind_string(q, 1, above);
        db_bind_string(q, 2, below);
        err = db_step(q);
        if (err < 0)
                return err;
        return err ? 0 : ERR_DENIED;
}

static int make_machine(struct report_machine *out, struct db *db, const struct clock *clock,
    const char *unit_id, const struct report *report)
{
        struct report_machine m = { .state = "active" };
        struct text name = report->machine_key;
        int err;

        if (report->kind == REPORT_INVENTORY && report->inventory.hostname.len)
                name = report->inventory.hostname;
        if ((err = text_copy(m.name, sizeof(m.name), name)) ||
            (err = text_copy(m.unit_id, sizeof(m.unit_id), text_of(unit_id))) ||
            (err = machine_add(m.id, db, clock, unit_id, name, report->machine_key)))
                return err;
        *out = m;
        return 0;
}

int report_machine_by_key(struct report_machine *out, struct db *db, const struct clock *clock,
    const char *unit_id, const struct report *report)
{
        int err;

        if (report->machine_key.len == 0)
                return ERR_DENIED;
        err = find_by_key(out, db, report->machine_key.data);
        if (err == ERR_MISSING)
                return make_machine(out, db, clock, unit_id, report);
        return err ? err : unit_holds(db, unit_id, out->unit_id);
}

int report_is_known(bool *known, struct db *db, const struct report *report, const char *machine_id,
    const char *sha256)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, report_by_id), step;

        if (err)
                return err;
        db_bind_text(q, 1, report->id);
        step = db_step(q);
        if (step < 0)
                return step;
        if (step == 1 && !text_is(db_column_text(q, 0), machine_id))
                return ERR_DENIED;
        if (step == 1 && !text_is(db_column_text(q, 1), sha256))
                return ERR_EXISTS;
        *known = step == 1;
        return 0;
}

/* A kit's reports have no number: theirs count downwards from -1, apart from the agent's. */
static int next_receipt(int64_t *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, report_receipt);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = db_column_int(q, 0) - 1;
        return 0;
}

int report_row_add(struct db *db, const struct report *report, const char *machine_id,
    const char *sha256, const char *way, time_ms now)
{
        int64_t sequence = report->sequence;
        int err = sequence ? 0 : next_receipt(&sequence, db, machine_id);

        if (err)
                return err;
        return db_run(db, NULL, report_add, "tttiiitt", report->id.data, machine_id,
            report_kind_name(report->kind), sequence, report->made_at, now, sha256, way);
}

int report_machine_seen(
    struct db *db, const struct report *report, const char *machine_id, time_ms now)
{
        return machine_seen(
            db, machine_id, report->made_at, now, report->agent.data, report->sequence);
}

int report_inventory_put(
    struct db *db, const struct report *report, const char *machine_id, time_ms now)
{
        const struct report_inventory *i = &report->inventory;
        char *body = json_dumps(i->body, JSON_COMPACT);
        char *addresses = json_dumps(i->addresses, JSON_COMPACT);
        int err = body && addresses ? 0 : ERR_MEMORY;

        if (!err)
                err = db_run(db, NULL, inventory_put, "ttitiii", machine_id, report->id.data,
                    report->made_at, body, (int64_t)i->packages, (int64_t)i->listeners,
                    (int64_t)i->accounts);
        if (!err)
                err = machine_describe(db, machine_id,
                    &(struct machine_description){ i->os_name.data, i->os_version.data,
                        i->os_build.data, i->os_id.data, addresses },
                    report->made_at, now);
        free(body);
        free(addresses);
        return err;
}
