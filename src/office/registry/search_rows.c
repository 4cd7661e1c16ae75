/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/unicode.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum { SEARCH_MAX = 50, SEARCH_BYTES_MAX = 400 };

/* like with '!' as escape: both engines understand it, and no backslash rule differs */
DB_SQL(search_all,
    "select page, id, title, detail from ("
    "select 1 as place, 'unit' as page, u.id as id, u.name as title, u.code as detail from unit u "
    "join unit_closure c "
    "on c.below_id = u.id and c.above_id = $1 where u.name_folded like $2 escape '!' or "
    "lower(u.code) like $2 escape '!' "
    "union all select 2, 'machine', m.id, m.name, u.name from machine m join unit_closure c on "
    "c.below_id = m.unit_id "
    "and c.above_id = $1 join unit u on u.id = m.unit_id where m.name_folded like $2 escape '!' "
    "or m.addresses like $2 escape '!' or lower(m.serial) like $2 escape '!' "
    "union all select 3, 'person', p.id, p.name, u.name from person p join unit_closure c on "
    "c.below_id = p.unit_id "
    "and c.above_id = $1 join unit u on u.id = p.unit_id where p.name_folded like $2 escape '!' "
    "union all select 4, 'range', r.id, r.prefix, u.name from address_range r join unit_closure c "
    "on c.below_id = r.unit_id and c.above_id = $1 join unit u on u.id = r.unit_id where r.prefix "
    "like $2 escape '!' "
    "union all select 5, 'system', s.id, s.name, s.code from information_system s join "
    "unit_closure c "
    "on c.below_id = s.unit_id and c.above_id = $1 where lower(s.code) like $2 escape '!' or "
    "lower(s.name) like $2 escape '!' "
    "union all select 6, 'incident', i.id, i.title, i.number from incident i join unit_closure c "
    "on c.below_id = i.unit_id and c.above_id = $1 where lower(i.number) like $2 escape '!' or "
    "lower(i.title) like $2 escape '!' "
    ") as hits order by place, title limit $3");

static int add_pattern(struct buffer *out, struct text folded)
{
        int err = buffer_add_byte(out, '%');

        for (size_t i = 0; i < folded.len && !err; i++) {
                if (strchr("%_!", folded.data[i]))
                        err = buffer_add_byte(out, '!');
                if (!err)
                        err = buffer_add_byte(out, folded.data[i]);
        }
        return err ? err : buffer_add_byte(out, '%');
}

int registry_search_json(json_t **out, struct db *db, const struct scope *scope, struct text words)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(SEARCH_BYTES_MAX);
        AUTO(buffer_done) struct buffer pattern = BUFFER(3 * SEARCH_BYTES_MAX);
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = unicode_add_folded(&folded, text_trim(words));

        if (!err && folded.len == 0) {
                *out = json_array();
                return *out ? 0 : ERR_MEMORY;
        }
        if (!err)
                err = add_pattern(&pattern, (struct text){ folded.data, folded.len });
        if (!err)
                err = db_query_begin(&q, db, search_all);
        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_text(q, 2, (struct text){ pattern.data, pattern.len });
        db_bind_int(q, 3, SEARCH_MAX);
        return db_rows_json(out, q, "page:t id:t title:t detail:t", SEARCH_MAX);
}
