/* centre/agents/filing_test.h: a small office for tests: two units with an address each, four
 * machines, and the reports and lists that come in. Only tests include it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_FILING_TEST_H
#define CANH_CENTRE_AGENTS_FILING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/incident/findings.h"
#include "office/incident/incidents.h"
#include "office/intake/machine_detail.h"
#include "office/intake/machine_facts.h"
#include "office/intake/sweep_orders.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <unistd.h>

#define ROOT "01HKROOT000000000000000000"
#define EAST "01HKEAST000000000000000000"
#define WEST "01HKWEST000000000000000000"
#define PC_A "01HKPCA0000000000000000000" /* east */
#define PC_B "01HKPCB0000000000000000000" /* east */
#define PC_W "01HKPCW0000000000000000000" /* west */
#define T0 1705305600000LL                /* 2024-01-15T08:00:00Z */

struct office_test {
        char folder[64], url[96];
        time_ms now;
        struct clock clock;
        struct db *db;
        struct incident_rules rules;
};

DB_SQL(test_unit, "insert into unit (id, parent_id, code, name, name_folded, kind, valid_from, "
                  "created_at, updated_at)"
                  " values ($1, $2, $3, $4, $5, 'office', 0, 0, 0)");
DB_SQL(test_above, "insert into unit_closure (above_id, below_id, depth) values ($1, $2, $3)");
DB_SQL(test_range,
    "insert into address_range (id, unit_id, prefix, low, high, valid_from, created_at, updated_at)"
    " values ($1, $2, $3, $4, $5, 0, 0, 0)");
DB_SQL(test_machine,
    "insert into machine (id, unit_id, name, name_folded, machine_key, created_at, updated_at)"
    " values ($1, $2, $3, $4, $5, 0, 0)");

static void test_run_range(struct db *db, const char *id, const char *unit, const char *prefix)
{
        struct ip_prefix p;
        struct ip_address low, high;
        char l[IP_HEX_MAX], h[IP_HEX_MAX];

        assert_int_equal(ip_prefix_parse(&p, text_of(prefix), true), 0);
        ip_prefix_range(&low, &high, &p);
        assert_int_equal(db_run(db, NULL, test_range, "ttttt", id, unit, prefix,
                             ip_address_write_hex(l, &low), ip_address_write_hex(h, &high)),
            0);
}

static void test_fill(struct db *db)
{
        static const char *const units[][3] = { { ROOT, "UBND", "ubnd" }, { EAST, "Đông", "dong" },
                { WEST, "Tây", "tay" } };
        static const char *const machines[][4] = { { PC_A, EAST, "PC-A", "pc-a" },
                { PC_B, EAST, "PC-B", "pc-b" }, { PC_W, WEST, "PC-W", "pc-w" } };

        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(db_run(db, NULL, test_unit, "ttttt", units[i][0], i ? ROOT : NULL,
                                     units[i][2], units[i][1], units[i][2]),
                    0);
                assert_int_equal(
                    db_run(db, NULL, test_above, "tti", units[i][0], units[i][0], (int64_t)0), 0);
                if (i)
                        assert_int_equal(
                            db_run(db, NULL, test_above, "tti", ROOT, units[i][0], (int64_t)1), 0);
        }
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(
                    db_run(db, NULL, test_machine, "ttttt", machines[i][0], machines[i][1],
                        machines[i][2], machines[i][3], machines[i][3]),
                    0);
        test_run_range(db, "r1", EAST, "198.51.100.0/25");
        test_run_range(db, "r2", WEST, "198.51.100.128/25");
}

static int office_setup(void **state)
{
        struct office_test *o = mem_zero(1, sizeof(*o));

        assert_non_null(o);
        (void)snprintf(o->folder, sizeof(o->folder), "/tmp/canh_filing_XXXXXX");
        assert_non_null(mkdtemp(o->folder));
        (void)snprintf(o->url, sizeof(o->url), "sqlite:%s/a.db", o->folder);
        o->now = T0;
        o->clock = clock_fixed(&o->now);
        assert_int_equal(db_open(&o->db, o->url), 0);
        assert_int_equal(db_migrate(o->db, NULL), 0);
        test_fill(o->db);
        o->rules.count = 1;
        o->rules.rule[0].due_ms = 120LL * HOUR_MS;
        *state = o;
        return 0;
}

static int office_teardown(void **state)
{
        static const char *const names[] = { "a.db", "a.db-wal", "a.db-shm" };
        struct office_test *o = *state;

        (void)db_close(o->db);
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                char path[128];

                (void)snprintf(path, sizeof(path), "%s/%s", o->folder, names[i]);
                (void)unlink(path);
        }
        (void)rmdir(o->folder);
        mem_free(o);
        return 0;
}

static inline int64_t count_of(struct office_test *o, const char *sql)
{
        AUTO(db_query_done) struct db_query *q = NULL;

        assert_int_equal(db_query_begin(&q, o->db, sql), 0);
        assert_int_equal(db_step(q), 1);
        return db_column_int(q, 0);
}
#define COUNT(o, sql)                                                                              \
        ({                                                                                         \
                static const char counted[] = sql;                                                 \
                count_of(o, counted);                                                              \
        })

#endif
