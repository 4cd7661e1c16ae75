/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/rows_json.h"

#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "system/db/db.h"

static json_t *text_json(struct text t)
{
        return json_stringn(t.data, t.len);
}

static json_t *time_json(time_ms at)
{
        char out[TIMESTAMP_TEXT_MAX];

        return json_string(timestamp_write(out, at));
}

static json_t *value_json(struct db_query *q, int column, char kind)
{
        switch (kind) {
        case 'i':
                return json_integer(db_column_int(q, column));
        case 'b':
                return json_boolean(db_column_int(q, column) != 0);
        case 'm':
                return time_json(db_column_int(q, column));
        case 'j':
                return json_loadb(db_column_text(q, column).data, db_column_text(q, column).len,
                    JSON_DECODE_ANY, NULL);
        case 'o': {
                json_t *id = text_json(db_column_text(q, column));
                json_t *name = text_json(db_column_text(q, column + 1));

                return json_pack("{s:o,s:o}", "id", id, "name", name);
        }
        default:
                return text_json(db_column_text(q, column));
        }
}

static int add_column(json_t *object, struct db_query *q, struct text word, int *column)
{
        char name[64], kind = word.len ? word.data[0] : '\0';
        size_t colon = text_find(word, ':');
        bool may_miss = colon == 2 || kind == 'o';
        int at = *column;
        json_t *value;

        if (colon >= word.len || text_copy(name, sizeof(name),
                                     (struct text){ word.data + colon + 1, word.len - colon - 1 }))
                return ERR_BUG;
        *column += kind == 'o' ? 2 : 1;
        if (may_miss && db_column_is_null(q, at))
                return 0;
        value = value_json(q, at, kind);
        return json_object_set_new(object, name, value) ? ERR_MEMORY : 0;
}

static int current_row(json_t **out, struct db_query *q, const char *spec)
{
        AUTO(json_free_at) json_t *object = json_object();
        struct text rest = text_of(spec), word;
        int column = 0;

        if (!object)
                return ERR_MEMORY;
        while (text_split(&word, &rest, ' ')) {
                int err = word.len ? add_column(object, q, word, &column) : 0;

                if (err)
                        return err;
        }
        *out = MOVE(object);
        return 0;
}

int rows_json(json_t **out, struct db_query *q, const char *spec, size_t max)
{
        AUTO(json_free_at) json_t *rows = json_array();
        int got;

        if (!rows)
                return ERR_MEMORY;
        while ((got = db_step(q)) == 1 && json_array_size(rows) < max) {
                json_t *row;
                int err = current_row(&row, q, spec);

                if (err)
                        return err;
                if (json_array_append_new(rows, row))
                        return ERR_MEMORY;
        }
        if (got < 0)
                return got;
        *out = MOVE(rows);
        return 0;
}

int row_json(json_t **out, struct db_query *q, const char *spec)
{
        int got = db_step(q);

        if (got != 1)
                return got < 0 ? got : ERR_MISSING;
        return current_row(out, q, spec);
}
