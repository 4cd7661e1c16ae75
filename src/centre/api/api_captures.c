/* centre/api/api_captures.c: a capture that somebody brings is held against the set in use; what
 * our machines did becomes contact findings. The packets are read by the reader, and not kept.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_set.h"
#include "office/intake/attribution.h"
#include "office/intake/machine_detail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

enum { ANSWER_MAX = 16 << 20 };

static int ask_reader(json_t **out, struct call *call, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER((size_t)SET_BYTES_MAX + BODY_FILE_MAX);
        AUTO(buffer_done) struct buffer answer = BUFFER(ANSWER_MAX);
        char options[64];
        int err = shelf_read_set(&bytes, call->office);

        if (err)
                return err;
        (void)snprintf(options, sizeof(options), "{\"set_bytes\":%zu}", bytes.len);
        if ((err = buffer_add(&bytes, call->body.data, call->body.len)) ||
            (err = office_reader_run(call->office, &answer, "capture", options,
                 (struct text){ bytes.data, bytes.len }, bad)))
                return err;
        return json_read(out, (struct text){ answer.data, answer.len }, bad);
}

/* Who of ours it was: a machine by its address, else a unit by its range at that time. */
struct ours {
        json_t *machine, *unit;
        const char *address, *remote;
};

static void ours_done(struct ours *o)
{
        json_decref(o->machine);
        json_decref(o->unit);
}

static int ours_at(struct ours *o, struct call *call, const char *address, time_ms at)
{
        struct victim row = { .seen_at = at };
        struct attribution where;
        int err = machine_by_address_json(&o->machine, call->db, &call->scope, address);

        if (err != ERR_MISSING)
                return err;
        if (ip_address_parse(&row.src_ip, text_of(address)))
                return ERR_FORMAT;
        err = attribution_find(&where, call->db, &row, clock_now(call->clock), false);
        if (err)
                return err;
        o->unit = where.unit ? json_incref(where.unit) : NULL;
        attribution_done(&where);
        return 0;
}

/* Either end may be ours: the one that asked is looked at first. */
static int find_ours(struct ours *o, struct call *call, const json_t *match, time_ms at)
{
        const char *ends[2] = { json_get_text(match, "source"),
                json_get_text(match, "destination") };
        int err = 0;

        for (int i = 0; i < 2 && !err && !o->machine && !o->unit; i++) {
                o->address = ends[i];
                o->remote = ends[1 - i];
                err = ours_at(o, call, ends[i], at);
        }
        return err;
}

/* A name is the other end, whoever answered for it: the resolver is nobody's control server. */
static struct text remote_of(const struct ours *o, const json_t *match)
{
        const char *type = json_get_text(match, "type");

        if (strncmp(type, "ip", 2) == 0 || strcmp(type, "prefix") == 0)
                return text_of(o->remote);
        return text_of(json_get_text(match, "value"));
}

static int file_match(size_t *findings, struct call *call, json_t *match)
{
        AUTO(ours_done) struct ours o = { 0 };
        struct filed_contact contact;
        bool created = false;
        time_ms at = clock_now(call->clock), last = at;
        int err;

        (void)!json_field_time(&at, match, "at", NULL);
        if (json_field_time(&last, match, "last_at", NULL))
                last = at;
        err = find_ours(&o, call, match, at);
        if (!err &&
            (json_object_set_new(
                 match, "machine", o.machine ? json_incref(o.machine) : json_null()) ||
                json_object_set_new(match, "unit", o.unit ? json_incref(o.unit) : json_null())))
                err = ERR_MEMORY;
        if (err || (!o.machine && !o.unit))
                return err;
        contact = (struct filed_contact){ o.machine ? json_get_text(o.machine, "id") : NULL,
                o.machine ? json_get_text(o.machine, "unit_id") : json_get_text(o.unit, "id"),
                json_get_text(o.machine, "name"), remote_of(&o, match),
                text_of(json_get_text(match, "value")), text_of(json_get_text(match, "family")),
                text_of(json_get_text(match, "list")), TEXT(""),
                (int)json_get_int(match, "destination_port"), at, last,
                o.machine ? TEXT("") : text_of(o.address),
                strcmp(json_get_text(match, "origin"), "sinkhole") == 0 };
        err = intake_file_contact(
            &created, call->db, call->clock, intake_rules(call->office->packs_folder), &contact);
        *findings += created;
        return err;
}

static int file_matches(size_t *findings, struct call *call, json_t *answer)
{
        json_t *match;
        size_t i;
        int err = db_begin(call->db);

        if (err)
                return err;
        json_array_foreach(json_object_get(answer, "matches"), i, match) if (!err)
            err = file_match(findings, call, match);
        if (!err)
                err = db_commit(call->db);
        if (err)
                db_rollback(call->db);
        return err;
}

static int post_capture(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *answer = NULL;
        struct parse_error bad = { 0 };
        size_t findings = 0;
        int err = ask_reader(&answer, call, &bad);

        if (err)
                return reply_refused(reply, call, err, &bad);
        err = file_matches(&findings, call, answer);
        if (err)
                return err;
        office_notify_change(call->office);
        if (json_object_set_new(answer, "findings", json_integer((json_int_t)findings)))
                return ERR_MEMORY;
        return reply_json(reply, 200, MOVE(answer));
}

static const struct route routes[] = {
        { "POST", "/api/v1/captures", ROLE_OFFICE, ROUTE_FILE_BODY, post_capture },
};

const struct route_table api_captures = { routes, ARRAY_LEN(routes) };
