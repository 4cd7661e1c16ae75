/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/registry_fixture.h"

#include "base/mem.h"
#include "office/registry/record.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void set_field(struct fixture *f, struct record *r, const struct record_topic *t,
    const char *name, const char *value)
{
        struct parse_error bad = { 0 };
        size_t count;
        const struct record_field *fields = record_fields(&count, t);

        for (size_t i = 0; i < count; i++) {
                if (strcmp(fields[i].name, name) == 0) {
                        assert_int_equal(record_set(r, f->arena, t, i, text_of(value), &bad), 0);
                        return;
                }
        }
        fail_msg("no field %s", name);
}

void fixture_add(char id[ULID_MAX], struct fixture *f, const char *topic, ...)
{
        const struct record_topic *t = record_topic_of(text_of(topic));
        struct parse_error bad = { 0 };
        struct record r;
        const char *name;
        va_list pairs;

        record_init(&r, t);
        va_start(pairs, topic);
        while ((name = va_arg(pairs, const char *)))
                set_field(f, &r, t, name, va_arg(pairs, const char *));
        va_end(pairs);
        if (record_save(id, f->db, &f->clock, &f->office, f->arena, t, &r, true, &bad))
                fail_msg("%s", bad.why_en);
}

int fixture_make(void **state)
{
        struct fixture *f = mem_zero(1, sizeof(*f));

        f->now = 1705305600000; /* 2024-01-15 */
        f->clock = clock_fixed(&f->now);
        assert_int_equal(arena_new(&f->arena, 16 << 20), 0);
        assert_int_equal(db_open(&f->db, "sqlite::memory:"), 0);
        assert_int_equal(db_migrate(f->db, NULL), 0);
        assert_int_equal(
            unit_create_root(f->root, f->db, &f->clock, "HM", "UBND huyện Mẫu", "district"), 0);
        f->office = (struct scope){ .unit_id = f->root,
                .account_id = "",
                .actor = "Cán bộ",
                .address = "192.0.2.1",
                .role = ROLE_ADMINISTRATOR };
        fixture_add(f->commune, f, "units", "code", "HM-X01", "name", "Xã Suối Mẫu", "kind",
            "commune", "parent", "HM", NULL);
        fixture_add(f->school, f, "units", "code", "HM-T01", "name", "Trường THCS Suối Mẫu", "kind",
            "school", "parent", "HM-X01", NULL);
        fixture_add(f->sibling, f, "units", "code", "HM-X02", "name", "Xã Đồi Mẫu", "kind",
            "commune", "parent", "HM", NULL);
        f->unit = f->office;
        f->unit.unit_id = f->commune;
        f->unit.role = ROLE_UNIT;
        *state = f;
        return 0;
}

int fixture_drop(void **state)
{
        struct fixture *f = *state;

        db_close(f->db);
        arena_free(f->arena);
        mem_free(f);
        return 0;
}
