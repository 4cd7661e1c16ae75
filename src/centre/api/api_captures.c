/* centre/api/api_captures.c: a capture that somebody brings is held against the set in use; what
 * our machines did becomes contact findings. The packets are read by the reader, and not kept.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/api/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_set.h"
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

/* Which end is ours; *remote is the other one. */
static int our_machine(
    json_t **machine, const char **remote, struct call *call, const json_t *match)
{
        const char *source = json_get_text(match, "source");
        const char *destination = json_get_text(match, "destination");
        int err = machine_by_address_json(machine, call->db, &call->scope, source);

        *remote = destination;
        if (err != ERR_MISSING)
                return err;
        *remote = source;
        return machine_by_address_json(machine, call->db, &call->scope, destination);
}

static int file_match(size_t *findings, struct call *call, const json_t *match)
{
        AUTO(json_free_at) json_t *machine = NULL;
        const char *remote;
        struct filed_contact contact;
        bool created = false;
        time_ms at = clock_now(call->clock), last = at;
        int err = our_machine(&machine, &remote, call, match);

        if (err)
                return err == ERR_MISSING ? 0 : err;
        (void)!json_field_time(&at, match, "at", NULL);
        if (json_field_time(&last, match, "last_at", NULL))
                last = at;
        contact = (struct filed_contact){ json_get_text(machine, "id"),
                json_get_text(machine, "unit_id"), json_get_text(machine, "name"), text_of(remote),
                text_of(json_get_text(match, "value")), text_of(json_get_text(match, "family")),
                text_of(json_get_text(match, "list")), TEXT(""),
                (int)json_get_int(match, "destination_port"), at, last };
        err = intake_file_contact(
            &created, call->db, call->clock, intake_rules(call->office->packs_folder), &contact);
        *findings += created;
        return err;
}

static int file_matches(size_t *findings, struct call *call, const json_t *answer)
{
        const json_t *match;
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
