/* indicators/lists/json_rows.c: see json_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/json_rows.h"
#include "base/mem.h"

const enum list_field json_column_fields[JSON_COLUMNS] = { [JSON_VALUE] = FIELD_VALUE,
        [JSON_CERTIFICATE] = FIELD_CERTIFICATE,
        [JSON_FAMILY] = FIELD_FAMILY,
        [JSON_FIRST_SEEN] = FIELD_FIRST_SEEN,
        [JSON_LAST_SEEN] = FIELD_LAST_SEEN,
        [JSON_VALID_UNTIL] = FIELD_VALID_UNTIL,
        [JSON_CONFIDENCE] = FIELD_CONFIDENCE,
        [JSON_ORIGIN] = FIELD_ORIGIN,
        [JSON_NOTE] = FIELD_NOTE };

int json_rows_sniff(const struct list_sample *sample, const char *const *words, int score)
{
        struct text t = text_trim(sample->head);

        if (!text_starts(t, "{") && !text_starts(t, "["))
                return 0;
        for (; *words; words++)
                if (list_sample_has(sample, *words))
                        return score;
        return 0;
}

int json_rows_add_scalar(struct buffer *out, const json_t *value)
{
        if (json_is_string(value))
                return buffer_add(out, json_string_value(value), json_string_length(value));
        if (json_is_integer(value))
                return buffer_add_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        if (json_is_real(value))
                return buffer_add_format(out, "%.15g", json_real_value(value));
        return 0;
}

struct text json_rows_text(const json_t *object, const char *name)
{
        const json_t *value = json_object_get(object, name);

        return json_is_string(value)
                   ? (struct text){ json_string_value(value), json_string_length(value) }
                   : (struct text){ "", 0 };
}

static int each_line(struct text bytes, const struct list_rows *rows,
    int (*take)(void *state, size_t line, const json_t *document), void *state)
{
        struct text line;
        size_t number = 0;

        while (text_split(&line, &bytes, '\n')) {
                AUTO(json_free_at) json_t *document = NULL;
                int err;

                number++;
                line = text_trim(line);
                if (line.len == 0)
                        continue;
                if (line.len <= LIST_CELL_MAX && json_read(&document, line, NULL) == 0) {
                        err = take(state, number, document);
                } else {
                        line.len = line.len > LIST_CELL_MAX ? LIST_CELL_MAX : line.len;
                        err = rows->row(rows->state, number, &line, 1);
                }
                if (err)
                        return err;
        }
        return 0;
}

/* Whether the first line alone is a whole object: then every line is one. */
static bool is_lines(struct text bytes)
{
        AUTO(json_free_at) json_t *first = NULL;
        struct text line, rest = text_trim(bytes);

        return text_split(&line, &rest, '\n') && text_trim(rest).len &&
               json_read(&first, text_trim(line), NULL) == 0 && json_is_object(first);
}

int json_rows_each(struct text bytes, const struct list_rows *rows,
    int (*take)(void *state, size_t line, const json_t *document), void *state,
    struct parse_error *bad)
{
        AUTO(json_free_at) json_t *document = NULL;
        int err;

        if (is_lines(bytes))
                return each_line(bytes, rows, take, state);
        err = json_read(&document, bytes, bad);
        if (err == ERR_FORMAT)
                return parse_error_set(bad, bad ? bad->line : 0,
                    "tệp không phải JSON trọn vẹn (bị cắt hoặc sai cú pháp)",
                    "the file is no complete JSON (cut, or wrongly written)");
        return err ? err : take(state, 0, document);
}
