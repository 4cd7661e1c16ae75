/* office/campaign/test_office.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/pack.h"
#include "office/campaign/test_office.h"
#include "system/db/db.h"

DB_SQL(test_unit, "insert into unit (id, parent_id, code, name, name_folded, kind, "
                  "workstations_declared, valid_from,"
                  " created_at, updated_at) values ($1, $2, $1, $1, $1, $3, $4, 0, 0, 0)");
DB_SQL(test_closure,
    "insert into unit_closure (above_id, below_id, depth) select above_id, $1, depth + 1 from"
    " unit_closure where below_id = $2 union all select $1, $1, 0");
DB_SQL(test_machine,
    "insert into machine (id, unit_id, name, name_folded, state, os_id, os_version, enrolled_at,"
    " last_seen_at, last_inventory_at, last_sweep_at, last_sweep_id, created_at, updated_at)"
    " values ($1, $2, $1, $1, 'active', 'debian', '12', $3, $3, $3, $4, $5, 0, 0)");
DB_SQL(test_report,
    "insert into agent_report (id, machine_id, kind, sequence, made_at, received_at, sha256)"
    " values ($1, $1, 'sweep', 1, $2, $2, '')");
DB_SQL(test_sweep,
    "insert into sweep (id, machine_id, report_id, started_at, ended_at, reason, complete, "
    "generation,"
    " rules, hashes, roots, files, bytes, skipped, failed, hits) values"
    " ($1, $1, $1, $2, $2, 'schedule', 1, '20240115T083000Z-1', 1, 1, '[]', 10, 10, 0, 0, 0)");
DB_SQL(test_account,
    "insert into account (id, unit_id, login, name, role, password_hash, created_at, updated_at)"
    " values ('ACCOUNT', 'ROOT', 'mau', 'Trần Thị Mẫu', 'office', '', 0, 0)");

static void must(int err)
{
        if (err)
                abort();
}

struct db *test_office_open(void)
{
        return test_office_open_at("sqlite::memory:");
}

struct db *test_office_open_at(const char *url)
{
        struct db *db;
        int64_t found;

        must(db_open(&db, url));
        must(db_migrate(db, &found));
        test_office_unit(db, "ROOT", "", "committee", 0);
        must(db_run(db, NULL, test_account, ""));
        return db;
}

void test_office_unit(
    struct db *db, const char *id, const char *parent, const char *kind, int declared)
{
        must(db_run(
            db, NULL, test_unit, "ttti", id, *parent ? parent : NULL, kind, (int64_t)declared));
        must(db_run(db, NULL, test_closure, "tt", id, parent));
}

void test_office_machine(
    struct db *db, const char *id, const char *unit, time_ms seen_at, time_ms swept_at)
{
        must(db_run(db, NULL, test_machine, "ttiit", id, unit, (int64_t)seen_at, (int64_t)swept_at,
            swept_at ? id : NULL));
        if (!swept_at)
                return;
        must(db_run(db, NULL, test_report, "ti", id, (int64_t)swept_at));
        must(db_run(db, NULL, test_sweep, "ti", id, (int64_t)swept_at));
}

void test_office_pack(struct buffer *out)
{
        test_office_file(out, "tet-2024/pack.json");
}

void test_office_file(struct buffer *out, const char *name)
{
        const char *folder = getenv("CANH_PACKS");
        char path[1024], piece[4096];
        size_t n;
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/%s", folder ? folder : "packs", name);
        f = fopen(path, "rb");
        must(f ? 0 : ERR_MISSING);
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                must(buffer_add(out, piece, n));
        (void)fclose(f);
}

struct scope test_office_scope(const char *unit_id, enum role role)
{
        return (struct scope){ .unit_id = unit_id,
                .account_id = "ACCOUNT",
                .actor = "Trần Thị Mẫu",
                .address = "test",
                .role = role };
}
