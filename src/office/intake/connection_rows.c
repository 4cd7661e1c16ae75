/* office/intake/connection_rows.c: whom a machine spoke to, one row per remote, port, protocol and
 * process.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/report_rows.h"
#include "system/db/db.h"

DB_SQL(connection_upsert,
    "insert into machine_connection (machine_id, remote, remote_hex, port, protocol, process, "
    "first_at, last_at,"
    " times, family, list) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " on conflict (machine_id, remote, port, protocol, process) do update set"
    " first_at = case when excluded.first_at < machine_connection.first_at then excluded.first_at"
    " else machine_connection.first_at end,"
    " last_at = case when excluded.last_at > machine_connection.last_at then excluded.last_at"
    " else machine_connection.last_at end,"
    " times = machine_connection.times + excluded.times,"
    " family = case when excluded.list = '' then machine_connection.family else excluded.family "
    "end,"
    " list = case when excluded.list = '' then machine_connection.list else excluded.list end");
/* What is listed is kept longest; the rest of the order only makes the bound exact. */
DB_SQL(connections_trim,
    "delete from machine_connection where machine_id = $1 and (remote, port, protocol, process) in"
    " (select remote, port, protocol, process from machine_connection where machine_id = $2"
    " order by case when list = '' then 1 else 0 end, last_at desc, remote, port, protocol, process"
    " limit 40000 offset $3)");

int connection_put(struct db *db, const struct report_connection *c, const char *machine_id)
{
        char remote[IP_TEXT_MAX], hex[IP_HEX_MAX];
        const char *list = c->list.len ? c->list.data : "?";

        return db_run(db, NULL, connection_upsert, "tttittiiitt", machine_id,
            ip_address_write(remote, &c->remote), ip_address_write_hex(hex, &c->remote),
            (int64_t)c->port, c->protocol.data, c->process.data, c->first_at, c->last_at, c->times,
            c->matched ? c->family.data : "", c->matched ? list : "");
}

int connections_bound(int64_t *dropped, struct db *db, const char *machine_id)
{
        return db_run(db, dropped, connections_trim, "tti", machine_id, machine_id,
            (int64_t)CONNECTIONS_PER_MACHINE_MAX);
}
