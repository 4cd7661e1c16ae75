/* Units with all that hangs on them, and the rows that an office enters by hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/campaign.h"
#include "office/campaign/pack.h"
#include "office/incident/findings.h"
#include "office/intake/machine_detail.h"
#include "office/registry/record.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

/* What the letter in force calls the kind; a kind that it does not name keeps its word. c NULL: no
 * letter is loaded. */
static int add_kind_label(json_t *unit, const struct campaign *c)
{
        const char *kind = json_get_text(unit, "kind");
        int i = c ? pack_unit_kind_index(c->pack, text_of(kind)) : -1;
        json_t *label = i < 0 ? json_both(kind, kind)
                              : json_both(c->pack->unit_kinds[i].title.vi.data,
                                    c->pack->unit_kinds[i].title.en.data);

        return json_object_set_new(unit, "kind_label", label) ? ERR_MEMORY : 0;
}

/* *out stays NULL when no letter is loaded. */
static int letter_in_force(struct campaign **out, struct call *call)
{
        int err = campaign_open(out, call->arena, call->db, TEXT(""));

        return err == ERR_MISSING ? 0 : err;
}

static int list_units(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *units = NULL;
        struct campaign *c = NULL;
        size_t i;
        json_t *unit;
        int err = units_json(&units, call->db, &call->scope, clock_now(call->clock));

        if (!err)
                err = letter_in_force(&c, call);
        if (err)
                return err;
        json_array_foreach(units, i, unit)
        {
                err = add_kind_label(unit, c);
                if (err)
                        return err;
        }
        return reply_json(reply, 200, json_pack("{s:O}", "units", units));
}

static int add_joined(json_t *unit, struct call *call, const char *id)
{
        const struct finding_filter filter = { .state = "open", .unit_id = id };
        json_t *machines, *findings;
        int err = machines_json(
            &machines, call->db, &call->scope, clock_now(call->clock), id, "", "");

        if (err)
                return err;
        if (json_object_set_new(
                unit, "machines_total", json_integer((json_int_t)json_array_size(machines))) ||
            json_object_set_new(unit, "machines", machines))
                return ERR_MEMORY;
        err = findings_json(&findings, call->db, &call->scope, &filter);
        if (err)
                return err;
        return json_object_set_new(unit, "findings", findings) ? ERR_MEMORY : 0;
}

static int add_cells(json_t *unit, struct call *call, const char *id)
{
        struct campaign *c = NULL;
        json_t *cells = NULL;
        int err = letter_in_force(&c, call);

        if (!err && c)
                err = campaign_refresh(call->db, call->clock, MINUTE_MS);
        if (!err)
                err = add_kind_label(unit, c);
        if (!err && c)
                err = campaign_cells_json(&cells, call->db, call->clock, &call->scope, c, id);
        if (err)
                return err;
        return json_object_set_new(unit, "cells", cells ? cells : json_object()) ? ERR_MEMORY : 0;
}

static int reply_unit(struct reply *reply, struct call *call, int status, const char *id)
{
        AUTO(json_free_at) json_t *unit = NULL;
        int err = unit_json(&unit, call->db, &call->scope, clock_now(call->clock), id);

        if (!err)
                err = add_joined(unit, call, id);
        if (!err)
                err = add_cells(unit, call, id);
        return err ? err : reply_json(reply, status, json_incref(unit));
}

static int get_unit(struct reply *reply, struct call *call)
{
        return reply_unit(reply, call, 200, registry_param(call, 0));
}

static json_t *value_json(const struct record_field *f, const struct record *r, size_t i)
{
        char at_text[TIMESTAMP_TEXT_MAX];
        const char *value = r->values[i];
        int64_t number = 0;

        if ((f->kind == RECORD_UNIT && value[0]))
                return json_pack(
                    "{s:s,s:s,s:s}", "id", r->unit_id, "name", r->unit_name, "code", value);
        if (f->kind != RECORD_NUMBER && f->kind != RECORD_TRUTH && f->kind != RECORD_DAY)
                return json_string(value);
        if (!value[0] || text_to_i64(&number, text_of(value)))
                return json_null();
        if (f->kind == RECORD_TRUTH)
                return json_boolean(number != 0);
        return f->kind == RECORD_DAY ? json_string(timestamp_write(at_text, number))
                                     : json_integer(number);
}

static int record_json(json_t **out, const struct record_topic *t, const struct record *r)
{
        AUTO(json_free_at) json_t *object = json_object();
        size_t count;
        const struct record_field *fields = record_fields(&count, t);

        for (size_t i = 0; i < count; i++)
                if (json_object_set_new(object, fields[i].name, value_json(&fields[i], r, i)))
                        return ERR_MEMORY;
        *out = MOVE(object);
        return 0;
}

/* A JSON value as the text that record_set reads. */
static int text_of_json(const char **out, struct call *call, const json_t *value)
{
        char number[32];
        const char *text = number;

        if (json_is_object(value)) /* {"id","name"}: as it was given out */
                value = json_object_get(value, "id");
        if (json_is_string(value))
                text = json_string_value(value);
        else if (json_is_integer(value))
                snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        else if (json_is_boolean(value))
                text = json_is_true(value) ? "1" : "0";
        else if (json_is_null(value))
                text = "";
        else
                return ERR_FORMAT;
        *out = arena_text(call->arena, text_of(text));
        return *out ? 0 : ERR_MEMORY;
}

static const json_t *body_value(const json_t *body, const char *name)
{
        const json_t *value = json_object_get(body, name);

        return value || strcmp(name, "parent") != 0 ? value : json_object_get(body, "parent_id");
}

static int overlay(struct record *r, struct call *call, const struct record_topic *t,
    const json_t *body, struct parse_error *bad)
{
        size_t count;
        const struct record_field *fields = record_fields(&count, t);

        for (size_t i = 1; i < count; i++) {
                const json_t *value = body_value(body, fields[i].name);
                const char *text;
                int err;

                if (!value)
                        continue;
                err = text_of_json(&text, call, value);
                if (!err)
                        err = record_set(r, call->arena, t, i, text_of(text), bad);
                if (err)
                        return err;
        }
        return 0;
}

static int save(char id[ULID_MAX], struct call *call, const struct record_topic *t,
    const struct record *r, bool create, struct parse_error *bad)
{
        struct told told = { .act = create ? "create" : "change",
                .kind = record_topic_word(t),
                .topic = "registry" };
        struct record saved = { .unit_id = "" };
        int err = db_begin(call->db);

        if (err)
                return err;
        err = record_save(id, call->db, call->clock, &call->scope, call->arena, t, r, create, bad);
        if (!err)
                err = record_read(&saved, call->arena, call->db, &call->scope, t, id);
        told.id = id;
        told.unit_id = saved.unit_id;
        return registry_finish(err, call, &told);
}

static int reply_record(struct reply *reply, struct call *call, const struct record_topic *t,
    int status, const char *id)
{
        struct record r;
        json_t *body;
        int err;

        if (strcmp(record_topic_word(t), "units") == 0)
                return reply_unit(reply, call, status, id);
        err = record_read(&r, call->arena, call->db, &call->scope, t, id);
        if (!err)
                err = record_json(&body, t, &r);
        return err ? err : reply_json(reply, status, body);
}

static int write_record(struct reply *reply, struct call *call, const char *topic, const char *id)
{
        AUTO(json_free_at) json_t *body = NULL;
        const struct record_topic *t = record_topic_of(text_of(topic));
        struct parse_error bad = { 0 };
        char saved[ULID_MAX];
        struct record r;
        int err = call_json(&body, call, &bad);

        record_init(&r, t);
        if (!err && id)
                err = record_read(&r, call->arena, call->db, &call->scope, t, id);
        if (!err)
                err = overlay(&r, call, t, body, &bad);
        if (!err)
                err = save(saved, call, t, &r, id == NULL, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        return reply_record(reply, call, t, id ? 200 : 201, saved);
}

struct listing {
        json_t *rows;
        const struct record_topic *topic;
};

static int list_row(void *state, const struct record *r)
{
        struct listing *l = state;
        json_t *row;
        int err = record_json(&row, l->topic, r);

        if (err)
                return err;
        return json_array_append_new(l->rows, row) ? ERR_MEMORY : 0;
}

static int list_records(struct reply *reply, struct call *call, const char *topic)
{
        AUTO(json_free_at) json_t *rows = json_array();
        struct listing l = { rows, record_topic_of(text_of(topic)) };
        const char *unit = arena_text(call->arena, call_query(call, "unit"));
        int err = rows && unit ? records_each(call->db, &call->scope, l.topic, unit, list_row, &l)
                               : ERR_MEMORY;

        return err ? err : reply_json(reply, 200, json_pack("{s:O}", topic, rows));
}

static int patch_unit(struct reply *reply, struct call *call)
{
        return write_record(reply, call, "units", registry_param(call, 0));
}

static int post_unit(struct reply *reply, struct call *call)
{
        return write_record(reply, call, "units", NULL);
}

struct closing {
        time_ms at;
        const char *successors[UNIT_SUCCESSORS_MAX];
        size_t count;
};

static int read_closing(
    struct closing *out, struct call *call, const json_t *body, struct parse_error *bad)
{
        const json_t *list = json_object_get(body, "successors"), *one;
        size_t i;

        *out = (struct closing){ .at = clock_now(call->clock) };
        if (json_object_get(body, "at")) {
                int err = json_field_time(&out->at, body, "at", bad);

                if (err)
                        return err;
        }
        if ((list && !json_is_array(list)) || json_array_size(list) > UNIT_SUCCESSORS_MAX)
                return parse_error_set(bad, 0, "Danh sách đơn vị kế thừa không hợp lệ.",
                    "The list of successors is not valid.");
        json_array_foreach(list, i, one)
        {
                const char *id = json_string_value(one);

                if (!id)
                        return parse_error_set(bad, 0, "Mã đơn vị kế thừa không hợp lệ.",
                            "A successor's identifier is not valid.");
                out->successors[out->count++] = id;
        }
        return 0;
}

static int close_in_transaction(
    struct call *call, const char *id, const struct closing *c, const json_t *body)
{
        const struct told told = { .act = "close",
                .kind = "units",
                .id = id,
                .unit_id = id,
                .topic = "registry",
                .detail = body };
        int err = db_begin(call->db);

        if (err)
                return err;
        err = unit_close(call->db, call->clock, &call->scope, id, c->at, c->successors, c->count);
        if (!err && c->count)
                err = findings_hand_over(call->db, call->clock, id, c->successors[0]);
        return registry_finish(err, call, &told);
}

static int post_close(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        const char *id = registry_param(call, 0);
        struct parse_error bad = { 0 };
        struct closing c;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = read_closing(&c, call, body, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        err = close_in_transaction(call, id, &c, body);
        if (err == ERR_FORMAT)
                return reply_problem(reply, call, 400, "not_closable",
                    "Không thể kết thúc: đơn vị gốc, ngày ở tương lai, hoặc đơn vị kế thừa nằm "
                    "trong chính đơn vị này.",
                    "It cannot be closed: the top unit, a day to come, or a successor that stands "
                    "below this very unit.");
        if (err == ERR_EXISTS)
                return reply_problem(reply, call, 409, "closed_already",
                    "Đơn vị đã kết thúc hoạt động.", "The unit has been closed already.");
        return err ? err : reply_unit(reply, call, 200, id);
}

#define TOPIC_HANDLERS(topic)                                                                      \
        static int list_##topic(struct reply *reply, struct call *call)                            \
        {                                                                                          \
                return list_records(reply, call, #topic);                                          \
        }                                                                                          \
        static int post_##topic(struct reply *reply, struct call *call)                            \
        {                                                                                          \
                return write_record(reply, call, #topic, NULL);                                    \
        }                                                                                          \
        static int patch_##topic(struct reply *reply, struct call *call)                           \
        {                                                                                          \
                return write_record(reply, call, #topic, registry_param(call, 0));                 \
        }

TOPIC_HANDLERS(people)
TOPIC_HANDLERS(ranges)
TOPIC_HANDLERS(systems)

static const struct route routes[] = {
        { "GET", "/api/v1/units", ROLE_UNIT, 0, list_units },
        { "POST", "/api/v1/units", ROLE_OFFICE, 0, post_unit },
        { "GET", "/api/v1/units/{id}", ROLE_UNIT, 0, get_unit },
        { "PATCH", "/api/v1/units/{id}", ROLE_OFFICE, 0, patch_unit },
        { "POST", "/api/v1/units/{id}/close", ROLE_OFFICE, 0, post_close },
        { "GET", "/api/v1/people", ROLE_UNIT, 0, list_people },
        { "POST", "/api/v1/people", ROLE_UNIT, 0, post_people },
        { "PATCH", "/api/v1/people/{id}", ROLE_UNIT, 0, patch_people },
        { "GET", "/api/v1/ranges", ROLE_UNIT, 0, list_ranges },
        { "POST", "/api/v1/ranges", ROLE_OFFICE, 0, post_ranges },
        { "PATCH", "/api/v1/ranges/{id}", ROLE_OFFICE, 0, patch_ranges },
        { "GET", "/api/v1/systems", ROLE_UNIT, 0, list_systems },
        { "POST", "/api/v1/systems", ROLE_OFFICE, 0, post_systems },
        { "PATCH", "/api/v1/systems/{id}", ROLE_OFFICE, 0, patch_systems },
};
const struct route_table api_units = { routes, ARRAY_LEN(routes) };
