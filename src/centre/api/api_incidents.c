/* centre/api/api_incidents.c: incidents, their timeline, owner and moves.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/incident/incidents.h"
#include "office/intake/machine_detail.h"
#include "system/db/db_json.h"

static int get_incidents(struct reply *reply, struct call *call)
{
        json_t *incidents;
        int err = incidents_json(&incidents, call->db, &call->scope, call_word(call, "state"));

        return err ? err : reply_named(reply, "incidents", incidents);
}

/* The machines that the findings name, each once. */
static int add_machines(json_t *incident, struct call *call)
{
        AUTO(json_free_at) json_t *done = json_object();
        json_t *machines = json_array(), *finding;
        size_t i;

        if (!done || !machines || json_object_set_new(incident, "machines", machines))
                return ERR_MEMORY;
        json_array_foreach(json_object_get(incident, "findings"), i, finding)
        {
                const char *id = json_get_text(json_object_get(finding, "machine"), "id");
                json_t *machine;
                int err;

                if (!id[0] || json_object_get(done, id))
                        continue;
                err = machine_brief_json(
                    &machine, call->db, &call->scope, clock_now(call->clock), id);
                if (err == ERR_MISSING)
                        continue;
                if (err)
                        return err;
                if (json_array_append_new(machines, machine) ||
                    json_object_set_new(done, id, json_true()))
                        return ERR_MEMORY;
        }
        return 0;
}

static int get_incident(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *incident = NULL;
        const char *id = call_param(call, 0);
        int err = id ? incident_json(&incident, call->db, &call->scope,
                           intake_rules(call->office->packs_folder), id)
                     : ERR_MEMORY;

        if (!err)
                err = add_machines(incident, call);
        return err ? err : reply_json(reply, 200, MOVE(incident));
}

static int done(struct reply *reply, struct call *call, int err, const struct parse_error *bad)
{
        if (err)
                return reply_refused(reply, call, err, bad);
        office_notify_change(call->office);
        reply_nothing(reply);
        return 0;
}

static int post_move(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0);
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err)
                err = incident_move(call->db, call->clock, &call->scope, id,
                    json_get_text(body, "to"), json_get_text(body, "reason"), &bad);
        return done(reply, call, err, &bad);
}

static int post_entry(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0), *correction;
        time_ms at = 0;
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err && json_is_string(json_object_get(body, "at")))
                err = json_field_time(&at, body, "at", &bad);
        correction = json_get_text(body, "correction_of");
        if (!err)
                err = incident_add_entry(call->db, call->clock, &call->scope, id,
                    json_get_text(body, "body"), at, correction[0] ? correction : NULL, &bad);
        return done(reply, call, err, &bad);
}

static int post_owner(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0), *account;
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        account = json_get_text(body, "account");
        if (!err)
                err = incident_set_owner(
                    call->db, call->clock, &call->scope, id, account[0] ? account : NULL);
        return done(reply, call, err, &bad);
}

static const struct route routes[] = {
        { "GET", "/api/v1/incidents", ROLE_UNIT, 0, get_incidents },
        { "GET", "/api/v1/incidents/{id}", ROLE_UNIT, 0, get_incident },
        { "POST", "/api/v1/incidents/{id}/moves", ROLE_UNIT, 0, post_move },
        { "POST", "/api/v1/incidents/{id}/entries", ROLE_UNIT, 0, post_entry },
        { "POST", "/api/v1/incidents/{id}/owner", ROLE_OFFICE, 0, post_owner },
};

const struct route_table api_incidents = { routes, ARRAY_LEN(routes) };
