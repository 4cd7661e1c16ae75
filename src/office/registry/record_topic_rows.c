/* The five tables. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/registry/record_topic.h"
#include "system/db/db.h"

#define SCOPED(unit) " join unit_closure c on c.below_id = " unit " and c.above_id = $1 "
#define BELOW(unit)                                                                                \
        " where ($2 = '' or exists (select 1 from unit_closure f where f.above_id = $2 and "       \
        "f.below_id = " unit "))"

#define UNIT_SELECT                                                                                \
        "select u.id, u.code, u.name, coalesce(p.code, ''), u.kind, u.phone, u.email, "            \
        "u.workstations_declared, u.valid_from, u.valid_until, u.id, u.name from unit u" SCOPED(   \
            "u.id") "left join unit p on p.id = u.parent_id and u.id <> $1"
DB_SQL(units_each, UNIT_SELECT BELOW("u.id") " order by c.depth, u.code");
DB_SQL(units_by_id, UNIT_SELECT " where u.id = $2");
DB_SQL(units_by_key, UNIT_SELECT " where u.code = $2");
DB_SQL(units_insert,
    "insert into unit (id, code, name, parent_id, kind, phone, email, workstations_declared, "
    "valid_from, valid_until, name_folded, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)");
DB_SQL(units_update,
    "update unit set code = $2, name = $3, parent_id = coalesce($4, parent_id), kind = $5, "
    "phone = $6, email = $7, workstations_declared = $8, valid_from = $9, valid_until = $10, "
    "name_folded = $11, updated_at = $12 where id = $1");

#define PERSON_SELECT                                                                              \
        "select p.id, u.code, p.name, p.title, p.phone, p.email, p.valid_from, p.valid_until, "    \
        "u.id, u.name from person p" SCOPED("p.unit_id") "join unit u on u.id = p.unit_id"
DB_SQL(people_each, PERSON_SELECT BELOW("p.unit_id") " order by u.code, p.name, p.id");
DB_SQL(people_by_id, PERSON_SELECT " where p.id = $2");
DB_SQL(people_by_key, PERSON_SELECT " where u.code = $2 and p.name = $3");
DB_SQL(people_insert,
    "insert into person (id, unit_id, name, title, phone, email, valid_from, valid_until, "
    "name_folded, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)");
DB_SQL(people_update,
    "update person set unit_id = $2, name = $3, title = $4, phone = $5, email = $6, "
    "valid_from = $7, valid_until = $8, name_folded = $9, updated_at = $10 where id = $1");

#define RANGE_SELECT                                                                               \
        "select r.id, u.code, r.prefix, r.operator, r.behind_nat, r.dynamic, r.source, r.note, "   \
        "r.valid_from, r.valid_until, u.id, u.name from address_range r" SCOPED(                   \
            "r.unit_id") "join unit u on u.id = r.unit_id"
DB_SQL(ranges_each, RANGE_SELECT BELOW("r.unit_id") " order by r.low, r.high, r.valid_from, r.id");
DB_SQL(ranges_by_id, RANGE_SELECT " where r.id = $2");
DB_SQL(ranges_by_key, RANGE_SELECT " where u.code = $2 and r.prefix = $3");
DB_SQL(ranges_insert,
    "insert into address_range (id, unit_id, prefix, operator, behind_nat, dynamic, source, note, "
    "valid_from, valid_until, low, high, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)");
DB_SQL(ranges_update,
    "update address_range set unit_id = $2, prefix = $3, operator = $4, behind_nat = $5, "
    "dynamic = $6, source = $7, note = $8, valid_from = $9, valid_until = $10, low = $11, "
    "high = $12, updated_at = $13 where id = $1");

#define SYSTEM_SELECT                                                                              \
        "select s.id, u.code, s.code, s.name, s.level, s.purpose, s.owner, s.operator, "           \
        "s.dossier_state, s.decision, u.id, u.name from information_system s" SCOPED(              \
            "s.unit_id") "join unit u on u.id = s.unit_id"
DB_SQL(systems_each, SYSTEM_SELECT BELOW("s.unit_id") " order by s.code");
DB_SQL(systems_by_id, SYSTEM_SELECT " where s.id = $2");
DB_SQL(systems_by_key, SYSTEM_SELECT " where s.code = $2");
DB_SQL(systems_insert,
    "insert into information_system (id, unit_id, code, name, level, purpose, owner, operator, "
    "dossier_state, decision, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)");
DB_SQL(systems_update,
    "update information_system set unit_id = $2, code = $3, name = $4, level = $5, purpose = $6, "
    "owner = $7, operator = $8, dossier_state = $9, decision = $10, updated_at = $11 where id = "
    "$1");

#define MACHINE_SELECT                                                                             \
        "select m.id, u.code, coalesce(s.code, ''), m.name, m.kind, m.serial, m.location, "        \
        "m.state, u.id, u.name from machine m" SCOPED(                                             \
            "m.unit_id") "join unit u on u.id = m.unit_id "                                        \
                         "left join information_system s on s.id = m.system_id"
DB_SQL(machines_each, MACHINE_SELECT BELOW("m.unit_id") " order by u.code, m.name, m.id");
DB_SQL(machines_by_id, MACHINE_SELECT " where m.id = $2");
DB_SQL(machines_by_key, MACHINE_SELECT " where u.code = $2 and m.name = $3");
/* A machine becomes active only by enrolling, revoked only by revoking: a file says neither. */
DB_SQL(machines_insert,
    "insert into machine (id, unit_id, system_id, name, kind, serial, location, state, "
    "name_folded, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, "
    "case when $8 = 'retired' then 'retired' else 'expected' end, $9, $10, $10)");
DB_SQL(machines_update,
    "update machine set unit_id = $2, system_id = $3, name = $4, kind = $5, serial = $6, "
    "location = $7, state = case when $8 = 'retired' then 'retired' when state = 'retired' and "
    "$8 = 'expected' then 'expected' else state end, name_folded = $9, updated_at = $10 "
    "where id = $1");

#define ID_FIELD                                                                                   \
        {                                                                                          \
                "id", RECORD_TEXT, false, ULID_LEN, NULL, NULL                                     \
        }
#define FROM_FIELD                                                                                 \
        {                                                                                          \
                "valid_from", RECORD_DAY, false, 0, NULL, "0"                                      \
        }
#define UNTIL_FIELD                                                                                \
        {                                                                                          \
                "valid_until", RECORD_DAY, false, 0, NULL, NULL                                    \
        }

static const struct record_field unit_fields[] = {
        ID_FIELD,
        { "code", RECORD_TEXT, true, 64, NULL, NULL },
        { "name", RECORD_TEXT, true, 300, NULL, NULL },
        { "parent", RECORD_UNIT, false, 64, NULL, NULL },
        { "kind", RECORD_TEXT, true, 40, NULL, NULL },
        { "phone", RECORD_TEXT, false, 100, NULL, NULL },
        { "email", RECORD_TEXT, false, 200, NULL, NULL },
        { "workstations_declared", RECORD_NUMBER, false, 1000000, NULL, "0" },
        FROM_FIELD,
        UNTIL_FIELD,
};
static const struct record_field person_fields[] = {
        ID_FIELD,
        { "unit", RECORD_UNIT, true, 64, NULL, NULL },
        { "name", RECORD_TEXT, true, 200, NULL, NULL },
        { "title", RECORD_TEXT, false, 200, NULL, NULL },
        { "phone", RECORD_TEXT, false, 100, NULL, NULL },
        { "email", RECORD_TEXT, false, 200, NULL, NULL },
        FROM_FIELD,
        UNTIL_FIELD,
};
static const struct record_field range_fields[] = {
        ID_FIELD,
        { "unit", RECORD_UNIT, true, 64, NULL, NULL },
        { "prefix", RECORD_PREFIX, true, 64, NULL, NULL },
        { "operator", RECORD_TEXT, false, 200, NULL, NULL },
        { "behind_nat", RECORD_TRUTH, false, 1, NULL, "1" },
        { "dynamic", RECORD_TRUTH, false, 1, NULL, "0" },
        { "source", RECORD_WORD, true, 20, "manual|import", "manual" },
        { "note", RECORD_TEXT, false, 1000, NULL, NULL },
        FROM_FIELD,
        UNTIL_FIELD,
};
static const struct record_field system_fields[] = {
        ID_FIELD,
        { "unit", RECORD_UNIT, true, 64, NULL, NULL },
        { "code", RECORD_TEXT, true, 64, NULL, NULL },
        { "name", RECORD_TEXT, true, 300, NULL, NULL },
        { "level", RECORD_NUMBER, false, 5, NULL, "0" },
        { "purpose", RECORD_TEXT, false, 1000, NULL, NULL },
        { "owner", RECORD_TEXT, false, 300, NULL, NULL },
        { "operator", RECORD_TEXT, false, 300, NULL, NULL },
        { "dossier_state", RECORD_WORD, true, 20, "none|draft|submitted|approved", "none" },
        { "decision", RECORD_TEXT, false, 200, NULL, NULL },
};
static const struct record_field machine_fields[] = {
        ID_FIELD,
        { "unit", RECORD_UNIT, true, 64, NULL, NULL },
        { "system", RECORD_SYSTEM, false, 64, NULL, NULL },
        { "name", RECORD_TEXT, true, 200, NULL, NULL },
        { "kind", RECORD_WORD, true, 20, "workstation|server|laptop|other", "workstation" },
        { "serial", RECORD_TEXT, false, 100, NULL, NULL },
        { "location", RECORD_TEXT, false, 300, NULL, NULL },
        { "state", RECORD_WORD, true, 20, "expected|active|revoked|retired", "expected" },
};

#define TOPIC(word, fields, extra, key, key2)                                                      \
        {                                                                                          \
#word, fields, ARRAY_LEN(fields), extra,                                           \
                    { key, key2 }, word##_each, word##_by_id, word##_by_key, word##_insert,        \
                            word##_update                                                          \
        }

const struct record_topic record_topics[] = {
        TOPIC(units, unit_fields, RECORD_EXTRA_FOLDED, 1, 0),
        TOPIC(people, person_fields, RECORD_EXTRA_FOLDED, 1, 2),
        TOPIC(ranges, range_fields, RECORD_EXTRA_BOUNDS, 1, 2),
        TOPIC(systems, system_fields, RECORD_EXTRA_NONE, 2, 0),
        TOPIC(machines, machine_fields, RECORD_EXTRA_FOLDED, 1, 3),
};
const size_t record_topics_count = ARRAY_LEN(record_topics);
