/* indicators/lists/list_format_json.c: JSON records of any sender: an array of objects, an object
 * with such an array, or an object a line. Nested members become columns with dotted names
 * ("address.ip"), several values of one member stand in one cell; the header aliases and the
 * mapping page do the rest, as with CSV. Read so: n6, Microsoft CTIP (Interflow and Azure), IDEA0,
 * X-ARF, Blueliv, Proki, Spamhaus DROP, pulses of OTX. Lines of an array are the numbers of its
 * records.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"
#include "indicators/lists/json_rows.h"

#include <string.h>

enum { SNIFF_SCORE = 80, NAME_MAX_BYTES = 200, DEPTH_MAX = 8, ARENA_BYTES = 1 << 20 };

struct columns {
        const char *names[LIST_COLUMNS_MAX];
        size_t count;
        struct arena *arena;
};

struct json_table {
        const struct list_rows *rows;
        struct columns columns;
        struct buffer cells[LIST_COLUMNS_MAX];
        bool naming; /* the first pass only collects the columns */
};

/* Words that mean something else, or something more exact, in one sender's records than in
 * general. */
static const struct {
        const char *marker; /* a member that only this sender has */
        const char *name, *means;
} dialects[] = {
        { "indicatorthreattype", "indicatorthreattype", "event class" }, /* CTIP, Interflow */
        { "DataFeed", "DataFeed", "event class" },                       /* CTIP, Azure */
        { "DetectTime", "Category", "event class" },                     /* IDEA0 */
        { "DetectTime", "Target.IP4", "cc_ip" },
        { "Source-Type", "Source", "src_ip" }, /* X-ARF */
        { "Source-Type", "Destination", "cc_ip" },
        { "modified", "category", "event class" }, /* n6 */
        { "address", "category", "event class" },
        { "address", "name", "malware" },
};

static const char *name_here(const json_t *record, const char *name)
{
        for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
                if (strcmp(dialects[i].name, name) == 0 &&
                    json_object_get(record, dialects[i].marker))
                        return dialects[i].means;
        return name;
}

/* The column of this name; a new one when there is room and the columns are being named. */
static size_t column_of(struct json_table *t, const char *name)
{
        struct columns *c = &t->columns;

        for (size_t i = 0; i < c->count; i++)
                if (strcmp(c->names[i], name) == 0)
                        return i;
        if (!t->naming || c->count == LIST_COLUMNS_MAX)
                return LIST_COLUMNS_MAX;
        c->names[c->count] = arena_text(c->arena, text_of(name));
        return c->names[c->count] ? c->count++ : LIST_COLUMNS_MAX;
}

static int add_value(struct json_table *t, const char *name, const json_t *value)
{
        size_t column = column_of(t, name);
        struct buffer *cell;
        int err;

        if (t->naming || column == LIST_COLUMNS_MAX)
                return 0;
        cell = &t->cells[column];
        err = cell->len ? buffer_add_byte(cell, '\n') : 0;
        return err ? err : json_rows_add_scalar(cell, value);
}

static int flatten(
    struct json_table *t, const json_t *record, const char *path, const json_t *value, int depth)
{
        const char *key;
        const json_t *member;
        char name[NAME_MAX_BYTES];
        int err = 0;

        if (depth == DEPTH_MAX)
                return 0;
        if (json_is_array(value)) {
                for (size_t i = 0; i < json_array_size(value) && !err; i++)
                        err = flatten(t, record, path, json_array_get(value, i), depth + 1);
                return err;
        }
        if (!json_is_object(value))
                return json_is_string(value) || json_is_number(value) ? add_value(t, path, value)
                                                                      : 0;
        json_object_foreach((json_t *)(uintptr_t)value, key, member)
        {
                int n = snprintf(name, sizeof(name), "%s%s%s", path, path[0] ? "." : "", key);

                if (n > 0 && (size_t)n < sizeof(name))
                        err = flatten(t, record, name_here(record, name), member, depth + 1);
                if (err)
                        return err;
        }
        return 0;
}

static int take_record(struct json_table *t, size_t line, const json_t *record)
{
        static const struct list_why too_long = {
                "bản ghi JSON có một trường dài quá giới hạn của một ô",
                "a member of the JSON record is longer than a cell may be"
        };
        struct text views[LIST_COLUMNS_MAX];
        int err;

        for (size_t i = 0; i < t->columns.count; i++)
                buffer_clear(&t->cells[i]);
        err = flatten(t, record, "", record, 0);
        if (t->naming || (err && err != ERR_LIMIT))
                return err;
        for (size_t i = 0; i < t->columns.count; i++)
                views[i] = (struct text){ t->cells[i].len ? t->cells[i].data : "",
                        t->cells[i].len };
        if (err == ERR_LIMIT)
                return list_rows_refuse(t->rows, line, views, t->columns.count, &too_long);
        return t->rows->row(t->rows->state, line, views, t->columns.count);
}

/* The records of an answer stand under one of these names. */
static const json_t *records_of(const json_t *document)
{
        static const char *const names[] = { "data", "results", "events", "items", "records",
                "response", "indicators", "crimeServers" };

        for (size_t i = 0; i < ARRAY_LEN(names) && json_is_object(document); i++) {
                const json_t *records = json_object_get(document, names[i]);
                if (json_is_array(records) && json_is_object(json_array_get(records, 0)))
                        return records;
        }
        return document;
}

static int take_document(void *state, size_t line, const json_t *document)
{
        struct json_table *t = state;
        const json_t *records = records_of(document);
        int err = 0;

        if (json_is_object(records))
                return take_record(t, line ? line : 1, records);
        for (size_t i = 0; i < json_array_size(records) && !err; i++) {
                const json_t *record = json_array_get(records, i);
                struct text cell;

                if (json_is_object(record)) {
                        err = take_record(t, line ? line : i + 1, record);
                } else if (json_is_string(record) && !t->naming) {
                        cell = (struct text){ json_string_value(record),
                                json_string_length(record) };
                        err = t->rows->row(t->rows->state, line ? line : i + 1, &cell, 1);
                }
        }
        return err;
}

static int no_row(void *state, size_t line, const struct text *cells, size_t count)
{
        (void)state;
        (void)line;
        (void)cells;
        (void)count;
        return 0;
}

static void table_free_at(struct json_table **t)
{
        if (!*t)
                return;
        for (size_t i = 0; i < LIST_COLUMNS_MAX; i++)
                buffer_done(&(*t)->cells[i]);
        arena_free_at(&(*t)->columns.arena);
        mem_free(*t);
}

static int header(struct json_table *t)
{
        struct text names[LIST_COLUMNS_MAX];

        for (size_t i = 0; i < t->columns.count; i++)
                names[i] = text_of(t->columns.names[i]);
        return t->columns.count ? t->rows->row(t->rows->state, 1, names, t->columns.count) : 0;
}

static int read_records(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        AUTO(table_free_at) struct json_table *t = mem_zero(1, sizeof(*t));
        static const struct list_rows nobody = { .row = no_row };
        int err;

        if (!t)
                return ERR_MEMORY;
        t->rows = rows;
        t->naming = true;
        for (size_t i = 0; i < LIST_COLUMNS_MAX; i++)
                buffer_init(&t->cells[i], LIST_CELL_MAX);
        err = arena_new(&t->columns.arena, ARENA_BYTES);
        if (!err)
                err = json_rows_each(bytes, &nobody, take_document, t, bad);
        if (!err)
                err = header(t);
        t->naming = false;
        return err ? err : json_rows_each(bytes, rows, take_document, t, bad);
}

static int sniff(const struct list_sample *sample)
{
        struct text t = text_trim(sample->head), inner;

        if (t.len < 2 || (t.data[0] != '{' && t.data[0] != '['))
                return 0;
        inner = text_trim((struct text){ t.data + 1, t.len - 1 });
        return text_starts(inner, "\"") || (t.data[0] == '[' && text_starts(inner, "{"))
                   ? SNIFF_SCORE
                   : 0;
}

extern const struct list_format list_format_json;
const struct list_format list_format_json = { .id = "json",
        .vi = "Bản ghi JSON (n6, CTIP, IDEA0, X-ARF và các nguồn khác)",
        .en = "JSON records (n6, CTIP, IDEA0, X-ARF and others)",
        .sniff = sniff,
        .read = read_records,
        .header_first = true,
        .utc = true };
