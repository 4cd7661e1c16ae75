/* A row of a list goes to the unit whose the address was, and its task to who answers for it now.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/attribution.h"
#include "office/registry/registry_fixture.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct attribution found(struct fixture *f, const char *ip, time_ms seen_at)
{
        struct attribution where;
        struct victim row = { .seen_at = seen_at };

        assert_int_equal(ip_address_parse(&row.src_ip, text_of(ip)), 0);
        assert_int_equal(attribution_find(&where, f->db, &row, f->now, true), 0);
        return where;
}

static void a_row_from_before_a_merger_names_the_old_unit_and_tasks_the_new_one(void **state)
{
        struct fixture *f = *state;
        const char *const heirs[] = { f->sibling };
        struct attribution where;
        char range[ULID_MAX], machine[ULID_MAX];

        fixture_add(range, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.0/28", NULL);
        fixture_add(machine, f, "machines", "unit", "HM-X01", "name", "MAY-01", NULL);
        assert_int_equal(unit_close(f->db, &f->clock, &f->office, f->commune, f->now, heirs, 1), 0);
        where = found(f, "203.0.113.3", f->now - DAY_MS);
        assert_string_equal(where.unit_id, f->sibling);
        assert_string_equal(json_get_text(where.unit_then, "id"), f->commune);
        assert_string_equal(where.machine_id, machine);
        assert_non_null(
            strstr(json_get_text(where.reason, "vi"), "Xã Suối Mẫu (nay là Xã Đồi Mẫu)"));
        attribution_done(&where);
        where = found(f, "203.0.113.3", f->now);
        assert_string_equal(where.unit_id, f->sibling);
        assert_null(where.unit_then);
        attribution_done(&where);
}

static void a_row_from_before_the_range_began_belongs_to_nobody(void **state)
{
        struct fixture *f = *state;
        struct attribution where;
        char range[ULID_MAX];

        fixture_add(range, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.0/28", "valid_from",
            "10/01/2024", NULL);
        where = found(f, "203.0.113.3", f->now - 10 * (time_ms)DAY_MS);
        assert_string_equal(where.unit_id, "");
        assert_int_equal(where.confidence, 0);
        attribution_done(&where);
        where = found(f, "203.0.113.3", f->now);
        assert_string_equal(where.unit_id, f->commune);
        attribution_done(&where);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_drop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(a_row_from_before_a_merger_names_the_old_unit_and_tasks_the_new_one),
                FIXED(a_row_from_before_the_range_began_belongs_to_nobody),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
