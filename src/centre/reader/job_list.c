/* centre/reader/job_list.c: see job_list.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_list.h"
#include "base/mem.h"
#include "centre/reader/jobs.h"
#include "codec/json_fields.h"
#include "codec/json_write.h"
#include "indicators/lists/list_json.h"
#include "indicators/lists/warning_list.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

enum { OURS_MAX = 20000, WARNINGS_MAX = 256, NAME_BYTES_MAX = 512, VICTIMS_MAX = 4 << 20 };

/* The options with what their views point into. */
struct job_options {
        const json_t *json;
        struct ip_prefix *ours;
        struct warning_list **warnings;
        struct buffer passed_over; /* why some of them are not used, as members of a JSON array */
        struct list_mapping map[FIELDS];
        struct list_options list;
};

static void options_done(struct job_options *o)
{
        for (size_t i = 0; o->warnings && i < o->list.warnings_count; i++)
                o->warnings[i] = warning_list_free(o->warnings[i]);
        mem_free(o->warnings);
        mem_free(o->ours);
        buffer_done(&o->passed_over);
}

static int add_passed_over(struct job_options *o, const struct parse_error *why)
{
        int err = buffer_add_text(&o->passed_over, o->passed_over.len ? ",{" : "{");

        if (!err)
                err = json_add_text_member(&o->passed_over, "vi", text_of(why->why_vi));
        if (!err)
                err = json_add_text_member(&o->passed_over, "en", text_of(why->why_en));
        return err ? err : buffer_add_byte(&o->passed_over, '}');
}

static int take_ours(struct job_options *o, struct parse_error *bad)
{
        const json_t *array = json_object_get(o->json, "ours"), *item;
        size_t i, count = json_array_size(array);

        if (count > OURS_MAX)
                return ERR_LIMIT;
        o->ours = mem_zero(count, sizeof(*o->ours));
        if (!o->ours)
                return ERR_MEMORY;
        json_array_foreach(array, i, item)
        {
                if (!json_is_string(item) ||
                    ip_prefix_parse(&o->ours[i], text_of(json_string_value(item)), false))
                        return parse_error_set(bad, 0, "dải địa chỉ của mình không hợp lệ",
                            "one of our own ranges is not valid");
        }
        o->list.ours = o->ours;
        o->list.ours_count = count;
        return 0;
}

/* A list that cannot be used does not stop the import: the preview names it. */
static int take_warnings(struct job_options *o)
{
        const json_t *array = json_object_get(o->json, "warning_lists"), *item;
        size_t i, count = json_array_size(array), *used = &o->list.warnings_count;

        if (count > WARNINGS_MAX)
                return ERR_LIMIT;
        o->warnings = mem_zero(count, sizeof(struct warning_list *));
        if (!o->warnings)
                return ERR_MEMORY;
        json_array_foreach(array, i, item)
        {
                struct parse_error why = { 0 };
                int err = warning_list_parse(&o->warnings[*used],
                    (struct text){ json_string_value(item), json_string_length(item) }, &why);
                if (!err)
                        (*used)++;
                else if (err == ERR_MEMORY || (err = add_passed_over(o, &why)))
                        return err;
        }
        o->list.warnings = (const struct warning_list *const *)o->warnings;
        return 0;
}

static int take_map(struct job_options *o, struct parse_error *bad)
{
        json_t *map = json_object_get(o->json, "map"), *column; /* the macro below wants them so */
        const char *name;

        json_object_foreach(map, name, column)
        {
                struct list_mapping *m = &o->map[o->list.map_count];
                if (o->list.map_count == FIELDS || !json_is_integer(column) ||
                    json_integer_value(column) < 0 ||
                    json_integer_value(column) >= LIST_COLUMNS_MAX ||
                    list_field_of_id(&m->field, text_of(name)))
                        return parse_error_set(bad, 0, "bảng gán cột không hợp lệ",
                            "the mapping of columns is not valid");
                m->column = (size_t)json_integer_value(column);
                o->list.map_count++;
        }
        o->list.map = o->map;
        return 0;
}

static int take_origin(struct job_options *o, struct parse_error *bad)
{
        struct text word;
        int err = json_field_text_or_none(&word, o->json, "origin", NAME_BYTES_MAX, bad);

        for (unsigned i = 0; i < INDICATOR_ORIGINS && !err; i++)
                if (text_is(word, indicator_origin_name((enum indicator_origin)i))) {
                        o->list.origin = (enum indicator_origin)i;
                        return 0;
                }
        return err || !word.len ? err
                                : parse_error_set(bad, 0, "vai trò là sinkhole, control hoặc scan",
                                      "the role is sinkhole, control or scan");
}

static int take_options(struct job_options *o, const json_t *options, struct parse_error *bad)
{
        struct text kind;
        int64_t zone = 0;
        int err = json_is_object(options) ? 0 : ERR_FORMAT;

        o->json = options;
        buffer_init(&o->passed_over, JOB_LIST_OUT_MAX);
        if (!err)
                err = json_field_text_or_none(
                    &o->list.file_name, o->json, "file_name", NAME_BYTES_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&o->list.as, o->json, "as", NAME_BYTES_MAX, bad);
        if (!err)
                err = json_field_text_or_none(
                    &o->list.source, o->json, "source", NAME_BYTES_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&kind, o->json, "kind", NAME_BYTES_MAX, bad);
        if (!err && json_object_get(o->json, "zone_minutes"))
                err = json_field_i64(&zone, o->json, "zone_minutes", -14 * 60, 14 * 60, bad);
        if (err)
                return err;
        o->list.zone_minutes = (int)zone;
        o->list.kind = text_is(kind, "victim")      ? LIST_KIND_VICTIM
                       : text_is(kind, "indicator") ? LIST_KIND_INDICATOR
                                                    : LIST_KIND_UNKNOWN;
        err = take_origin(o, bad);
        if (!err)
                err = take_ours(o, bad);
        if (!err)
                err = take_warnings(o);
        return err ? err : take_map(o, bad);
}

/* One JSON array under construction, cut after `most` members and counted on. */
struct part {
        struct buffer json;
        size_t count, most;
};

static int part_begin(struct part *p, bool *wanted)
{
        *wanted = p->count++ < p->most;
        return *wanted && p->json.len ? buffer_add_byte(&p->json, ',') : 0;
}

/* A victim's address in the preview: all its rows as one line. */
struct shown_victim {
        struct ip_address address;
        size_t rows;
        time_ms seen_at;
        char malware[LIST_NAME_MAX];
};

struct job {
        struct part refused, warned;
        struct shown_victim *victims; /* preview */
        size_t victim_count, victims_more;
        struct buffer *rows; /* rows: victim lines */
        struct indicator_builder *builder;
};

static void job_done(struct job *j)
{
        buffer_done(&j->refused.json);
        buffer_done(&j->warned.json);
        mem_free(j->victims);
        (void)indicator_builder_free(j->builder);
}

static int add_reason(struct part *part, const char *kind, const struct list_reason *reason)
{
        bool wanted;
        int err = part_begin(part, &wanted);

        return err || !wanted ? err : list_json_reason(&part->json, kind, reason);
}

static int on_refused(void *state, const struct list_reason *reason)
{
        struct job *j = state;

        return add_reason(&j->refused, "refused", reason);
}

static int on_warned(void *state, const struct list_reason *reason)
{
        struct job *j = state;

        return add_reason(&j->warned, "warned", reason);
}

static int on_indicator(void *state, const struct indicator *indicator)
{
        struct job *j = state;

        return j->builder ? indicator_builder_add(j->builder, indicator) : 0;
}

static int keep_victim(struct job *j, const struct victim *v)
{
        struct shown_victim *shown;

        for (size_t i = 0; i < j->victim_count; i++) {
                shown = &j->victims[i];
                if (ip_address_compare(&shown->address, &v->src_ip) == 0) {
                        shown->rows++;
                        if (v->seen_at > shown->seen_at)
                                shown->seen_at = v->seen_at;
                        return 0;
                }
        }
        if (j->victim_count == JOB_LIST_ROWS_SHOWN) {
                j->victims_more++;
                return 0;
        }
        shown = &j->victims[j->victim_count++];
        *shown = (struct shown_victim){ .address = v->src_ip, .rows = 1, .seen_at = v->seen_at };
        return text_copy(shown->malware, sizeof(shown->malware), v->malware);
}

static int on_victim(void *state, const struct victim *victim)
{
        struct job *j = state;
        int err;

        if (!j->rows)
                return keep_victim(j, victim);
        err = list_json_victim(j->rows, victim);
        return err ? err : buffer_add_byte(j->rows, '\n');
}

static int add_bool_member(struct buffer *out, const char *name, bool value)
{
        int err = json_add_name(out, name);

        return err ? err : buffer_add_text(out, value ? "true" : "false");
}

static int add_part(struct buffer *out, const char *name, const struct part *part)
{
        int err = json_add_name(out, name);

        if (!err)
                err = buffer_add_byte(out, '[');
        if (!err && part->json.len)
                err = buffer_add(out, part->json.data, part->json.len);
        return err ? err : buffer_add_byte(out, ']');
}

static int add_counts(struct buffer *out, const struct list_counts *counts)
{
        int err = json_add_name(out, "counts");

        return err ? err : list_json_counts(out, counts);
}

static int add_column(struct buffer *out, const struct list_column *c, size_t index)
{
        int err = buffer_add_text(out, index ? ",{" : "{");

        if (!err)
                err = json_add_number_member(out, "index", (int64_t)index, -1);
        if (!err)
                err = json_add_text_member(out, "name", text_of(c->name));
        if (!err && c->field == FIELD_NONE)
                err = buffer_add_text(out, ",\"field\":null");
        else if (!err)
                err = json_add_text_member(out, "field", text_of(list_field_id(c->field)));
        if (!err)
                err = add_bool_member(out, "sure", c->sure);
        if (!err)
                err = buffer_add_text(out, ",\"samples\":[");
        for (size_t i = 0; i < c->sample_count && !err; i++) {
                err = i ? buffer_add_byte(out, ',') : 0;
                if (!err)
                        err = json_add_text(out, text_of(c->samples[i]));
        }
        return err ? err : buffer_add_text(out, "]}");
}

static int add_columns(struct buffer *out, const struct list_summary *s)
{
        int err = buffer_add_text(out, ",\"columns\":[");

        for (size_t i = 0; i < s->column_count && !err; i++)
                err = add_column(out, &s->columns[i], i);
        return err ? err : buffer_add_byte(out, ']');
}

static int add_fields(struct buffer *out)
{
        int err = buffer_add_text(out, ",\"fields\":[");

        for (unsigned i = FIELD_VALUE; i < FIELD_CLASS && !err; i++) {
                err = buffer_add_text(out, i > FIELD_VALUE ? ",{" : "{");
                if (!err)
                        err = json_add_text_member(
                            out, "id", text_of(list_field_id((enum list_field)i)));
                if (!err)
                        err = buffer_add_text(out, ",\"label\":{");
                if (!err)
                        err = json_add_text_member(
                            out, "vi", text_of(list_field_label((enum list_field)i, true)));
                if (!err)
                        err = json_add_text_member(
                            out, "en", text_of(list_field_label((enum list_field)i, false)));
                if (!err)
                        err = buffer_add_text(out, "}}");
        }
        return err ? err : buffer_add_byte(out, ']');
}

static int add_first_rows(struct buffer *out, const struct list_summary *s)
{
        int err = buffer_add_text(out, ",\"first_rows\":[");

        for (size_t i = 0; i < s->first_row_count && !err; i++) {
                err = buffer_add_format(
                    out, "%s{\"line\":%zu,\"cells\":[", i ? "," : "", s->first_rows[i].line);
                for (size_t c = 0; c < s->first_rows[i].cell_count && !err; c++) {
                        err = c ? buffer_add_byte(out, ',') : 0;
                        if (!err)
                                err = json_add_text(out, text_of(s->first_rows[i].cells[c]));
                }
                if (!err)
                        err = buffer_add_text(out, "]}");
        }
        return err ? err : buffer_add_byte(out, ']');
}

static int add_victims(struct buffer *out, const struct job *j)
{
        int err = buffer_add_text(out, ",\"victims\":[");

        for (size_t i = 0; i < j->victim_count && !err; i++) {
                const struct shown_victim *v = &j->victims[i];
                char text[IP_TEXT_MAX];
                err = buffer_add_text(out, i ? ",{" : "{");
                if (!err)
                        err = json_add_text_member(
                            out, "address", text_of(ip_address_write(text, &v->address)));
                if (!err)
                        err = json_add_number_member(out, "rows", (int64_t)v->rows, 0);
                if (!err)
                        err = json_add_time_member(out, "seen_at", v->seen_at);
                if (!err)
                        err = json_add_text_member(out, "malware", text_of(v->malware));
                if (!err)
                        err = buffer_add_byte(out, '}');
        }
        return err ? err : buffer_add_byte(out, ']');
}

static size_t more(const struct part *p)
{
        return p->count > p->most ? p->count - p->most : 0;
}

static int add_head(struct buffer *out, const struct list_summary *s, const struct job_options *o)
{
        int err = buffer_add_byte(out, '{');

        if (!err)
                err = json_add_text_member(out, "file_name", o->list.file_name);
        if (!err)
                err = json_add_text_member(out, "format", text_of(s->format));
        if (!err)
                err = json_add_text_member(out, "encoding", text_of(s->encoding));
        if (!err)
                err = json_add_text_member(out, "kind", text_of(list_kind_name(s->kind)));
        if (!err)
                err = add_bool_member(out, "kind_sure", s->kind_sure);
        if (!err)
                err = json_add_number_member(out, "zone_minutes", o->list.zone_minutes, INT64_MIN);
        return err ? err : json_add_number_member(out, "header_line", (int64_t)s->header_line, -1);
}

static int write_preview(struct buffer *out, const struct job *j, const struct list_summary *s,
    const struct job_options *o)
{
        int err = add_head(out, s, o);

        if (!err)
                err = add_columns(out, s);
        if (!err)
                err = add_fields(out);
        if (!err)
                err = add_counts(out, &s->counts);
        if (!err)
                err = add_first_rows(out, s);
        if (!err)
                err = add_part(out, "refused", &j->refused);
        if (!err)
                err = add_part(out, "warned", &j->warned);
        if (!err)
                err = add_victims(out, j);
        if (!err)
                err = buffer_add_format(out, ",\"passed_over\":[%.*s]", (int)o->passed_over.len,
                    o->passed_over.len ? o->passed_over.data : "");
        return err ? err
                   : buffer_add_format(out,
                         ",\"more\":{\"refused\":%zu,\"warned\":%zu,\"victims\":%zu}}",
                         more(&j->refused), more(&j->warned), j->victims_more);
}

static void init_job(struct job *j, size_t most)
{
        *j = (struct job){ .refused = { BUFFER(JOB_LIST_OUT_MAX), 0, most },
                .warned = { BUFFER(JOB_LIST_OUT_MAX), 0, most } };
}

static struct list_sink sink_of(struct job *j)
{
        return (struct list_sink){ on_indicator, on_victim, on_refused, on_warned, j };
}

static int preview(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(options_done) struct job_options o = { 0 };
        AUTO(job_done) struct job j = { 0 };
        AUTO(list_summary_free_at) struct list_summary *s = NULL;
        struct list_sink sink = sink_of(&j);
        size_t start = out->len;
        int err = take_options(&o, options, bad);

        init_job(&j, JOB_LIST_ROWS_SHOWN);
        j.victims = mem_zero(JOB_LIST_ROWS_SHOWN, sizeof(*j.victims));
        if (!j.victims)
                return ERR_MEMORY;
        if (!err)
                err = list_summary_new(&s);
        if (!err)
                err = list_read(s, bytes, &o.list, &sink, bad);
        if (!err)
                err = write_preview(out, &j, s, &o);
        if (err)
                out->len = start;
        return err;
}

static int write_rows(
    struct buffer *out, struct job *j, const struct list_summary *s, struct text body)
{
        bool set = s->kind == LIST_KIND_INDICATOR;
        int err = buffer_add_text(out, "{\"format\":\"canh-list-rows/1\"");

        if (!err)
                err = json_add_text_member(out, "kind", text_of(list_kind_name(s->kind)));
        if (!err)
                err = json_add_text_member(out, "list_format", text_of(s->format));
        if (!err)
                err = json_add_text_member(out, "encoding", text_of(s->encoding));
        if (!err)
                err = add_counts(out, &s->counts);
        if (!err)
                err = add_part(out, "refused", &j->refused);
        if (!err)
                err = add_part(out, "warned", &j->warned);
        if (!err)
                err = json_add_text_member(out, "body", set ? TEXT("set") : TEXT("rows"));
        if (!err)
                err = json_add_number_member(out, "body_bytes", (int64_t)body.len, -1);
        if (!err)
                err = buffer_add_text(out, "}\n");
        return err ? err : buffer_add(out, body.data ? body.data : "", body.len);
}

static int rows_of(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(options_done) struct job_options o = { 0 };
        AUTO(job_done) struct job j = { 0 };
        AUTO(list_summary_free_at) struct list_summary *s = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(buffer_done) struct buffer rows = BUFFER(JOB_LIST_OUT_MAX);
        struct list_sink sink = sink_of(&j);
        struct text body;
        size_t start = out->len;
        int err = take_options(&o, options, bad);

        init_job(&j, VICTIMS_MAX);
        j.rows = &rows;
        if (!err)
                err = indicator_builder_new(&j.builder, BUILDER_INDICATORS_MAX);
        if (!err)
                err = list_summary_new(&s);
        if (!err)
                err = list_read(s, bytes, &o.list, &sink, bad);
        body = (struct text){ rows.data, rows.len };
        if (!err && s->kind == LIST_KIND_INDICATOR) {
                err = indicator_builder_finish(&set, j.builder);
                body = err ? body : indicator_set_bytes(set);
        }
        if (!err)
                err = write_rows(out, &j, s, body);
        if (err)
                out->len = start;
        return err;
}

int job_list_preview(
    struct buffer *out_json, struct text bytes, struct text options_json, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *options = NULL;
        int err = json_read(&options, options_json, bad);

        return err ? err : preview(out_json, options, bytes, bad);
}

int job_list_rows(
    struct buffer *out, struct text bytes, struct text options_json, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *options = NULL;
        int err = json_read(&options, options_json, bad);

        return err ? err : rows_of(out, options, bytes, bad);
}

const struct reader_job job_preview_list = { "list-preview", 60, 1024, preview };
const struct reader_job job_rows_list = { "list-rows", 60, 1536, rows_of };
