/* system/db/db_json.c: see db_json.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/db/db_json.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

enum { COLUMN_NAME_MAX = 64 };

json_t *json_time(time_ms at)
{
        char text[TIMESTAMP_TEXT_MAX];

        return at ? json_string(timestamp_write(text, at)) : json_null();
}

const char *json_get_text(const json_t *object, const char *name)
{
        const char *text = json_string_value(json_object_get(object, name));

        return text ? text : "";
}

int64_t json_get_int(const json_t *object, const char *name)
{
        return json_integer_value(json_object_get(object, name));
}

static json_t *column_json(struct db_query *q, int column, char kind)
{
        struct text t;
        json_t *value = NULL;

        if (kind == 'd')
                return json_time(db_column_int(q, column));
        if (db_column_is_null(q, column))
                return json_null();
        if (kind == 'i')
                return json_integer(db_column_int(q, column));
        if (kind == 'b')
                return json_boolean(db_column_int(q, column) != 0);
        t = db_column_text(q, column);
        if (kind == 'j' && json_read(&value, t, NULL) == 0)
                return value;
        return json_stringn(t.data ? t.data : "", t.len);
}

/* "unit.id": into the object `unit`, which is null when its first column was. */
static int put_nested(json_t *row, struct text name, size_t dot, json_t *value_own)
{
        char outer[COLUMN_NAME_MAX], inner[COLUMN_NAME_MAX];
        json_t *object;

        if (text_copy(outer, sizeof(outer), (struct text){ name.data, dot }) ||
            text_copy(
                inner, sizeof(inner), (struct text){ name.data + dot + 1, name.len - dot - 1 })) {
                json_decref(value_own);
                return ERR_BUG;
        }
        object = json_object_get(row, outer);
        if (!object) {
                bool none = json_is_null(value_own);
                if (json_object_set_new(row, outer, none ? json_null() : json_object())) {
                        json_decref(value_own);
                        return ERR_MEMORY;
                }
                object = json_object_get(row, outer);
        }
        if (json_is_null(object)) {
                json_decref(value_own);
                return 0;
        }
        return json_object_set_new(object, inner, value_own) ? ERR_MEMORY : 0;
}

static int put(json_t *row, struct text name, json_t *value_own)
{
        char flat[COLUMN_NAME_MAX];
        size_t dot = text_find(name, '.');

        if (!value_own)
                return ERR_MEMORY;
        if (dot < name.len)
                return put_nested(row, name, dot, value_own);
        if (text_copy(flat, sizeof(flat), name)) {
                json_decref(value_own);
                return ERR_BUG;
        }
        return json_object_set_new(row, flat, value_own) ? ERR_MEMORY : 0;
}

/* "name:kind" or "name:kind?" */
static int put_word(json_t *row, struct db_query *q, struct text word, int column)
{
        size_t colon = text_find(word, ':');
        bool may_miss = word.len && word.data[word.len - 1] == '?';

        if (colon + 2 + may_miss != word.len)
                return ERR_BUG;
        if (may_miss && db_column_is_null(q, column))
                return 0;
        return put(
            row, (struct text){ word.data, colon }, column_json(q, column, word.data[colon + 1]));
}

static int row_json(json_t **out, struct db_query *q, const char *spec)
{
        AUTO(json_free_at) json_t *row = json_object();
        struct text rest = text_of(spec), word;

        if (!row)
                return ERR_MEMORY;
        for (int column = 0; text_split(&word, &rest, ' '); column++) {
                int err = put_word(row, q, word, column);

                if (err)
                        return err;
        }
        *out = MOVE(row);
        return 0;
}

int db_rows_json(json_t **out, struct db_query *q, const char *spec, size_t max_rows)
{
        AUTO(json_free_at) json_t *rows = json_array();
        int step;

        if (!rows)
                return ERR_MEMORY;
        while ((step = db_step(q)) == 1) {
                json_t *row;
                int err = json_array_size(rows) < max_rows ? row_json(&row, q, spec) : ERR_LIMIT;

                if (err)
                        return err;
                if (json_array_append_new(rows, row))
                        return ERR_MEMORY;
        }
        if (step < 0)
                return step;
        *out = MOVE(rows);
        return 0;
}

int db_row_json(json_t **out, struct db_query *q, const char *spec)
{
        int step = db_step(q);

        if (step < 0)
                return step;
        return step == 1 ? row_json(out, q, spec) : ERR_MISSING;
}
