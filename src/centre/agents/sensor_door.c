/* centre/agents/sensor_door.c: see sensor_door.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/sensor_door.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_words.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "centre/rate.h"
#include "centre/web/reply.h"
#include "codec/json_fields.h"
#include "office/traffic/orders.h"
#include "office/traffic/quiets.h"
#include "office/traffic/sensors.h"

static int only_sensors(struct visit *v)
{
        bool is = false;
        int err = sensor_is_one(&is, v->call.db, v->machine_id);

        return err ? err : is ? 0 : ERR_DENIED;
}

int sensor_door_status(struct visit *v, struct text rest)
{
        struct parse_error bad = { 0 };
        int err = only_sensors(v);

        (void)rest;
        if (!err)
                err = sensor_status_file(
                    v->call.db, v->call.clock, v->machine_id, v->call.body, &bad);
        if (err)
                return err == ERR_FORMAT ? reply_bad_input(&v->reply, &v->call, &bad) : err;
        office_notify_change(v->call.office);
        reply_nothing(&v->reply);
        return 0;
}

/* A listed thing that a host of ours spoke to is a contact, as if the machine's agent had told it;
 * with a name the other end is the name, not the resolver. */
static int on_alert(void *state, struct db *db, const struct sensor_alert_said *a,
    const struct traffic_place *place, char finding_id[ULID_MAX])
{
        const struct visit *v = state;
        bool is_address = text_starts(a->type, "ip") || text_is(a->type, "prefix");
        const struct filed_contact contact = {
                .machine_id = place->machine_id[0] ? place->machine_id : NULL,
                .unit_id = place->unit_id,
                .machine_name = place->machine_name,
                .remote = is_address ? a->peer : a->value,
                .value = a->value,
                .family = a->family,
                .list = a->list,
                .process = TEXT(""),
                .port = (int)a->port,
                .first_at = a->first_at,
                .last_at = a->last_at,
                .sinkhole = text_is(a->origin, "sinkhole"),
                .source = place->machine_id[0] ? TEXT("") : a->host
        };

        return intake_file_contact_as(
            finding_id, db, v->call.clock, v->call.office->rules, &contact);
}

int sensor_door_reports(struct visit *v, struct text rest)
{
        const struct sensor_sink sink = { on_alert, v };
        struct parse_error bad = { 0 };
        bool filed = false;
        int err = only_sensors(v);

        (void)rest;
        if (!err && !rate_take(v->call.office->report_rate, text_of(v->machine_id)))
                return reply_problem(&v->reply, &v->call, 429, "slow_down", "Gửi quá dày, xin chờ.",
                    "Too many reports, please wait.");
        if (!err)
                err = sensor_report_file(
                    &filed, v->call.db, v->call.clock, v->machine_id, v->call.body, &sink, &bad);
        if (err) {
                log_line(LOG_LEVEL_WARNING, "centre agents", "report of sensor %s refused: %s %s",
                    v->machine_id, err_text(err), bad.why_en);
                return err == ERR_FORMAT ? reply_bad_input(&v->reply, &v->call, &bad) : err;
        }
        if (filed)
                office_notify_change(v->call.office);
        return reply_json(&v->reply, 200, json_pack("{s:b}", "filed", (int)filed));
}

int sensor_door_set(struct visit *v, struct text rest)
{
        char store[128], order[ULID_MAX];
        uint64_t bytes = 0;
        int fd = -1, err = text_copy(order, sizeof(order), rest);

        if (!err)
                err = traffic_order_store(store, v->call.db, v->machine_id, order);
        if (!err)
                err = shelf_open_set(&fd, &bytes, v->call.office, store);
        if (err)
                return err == ERR_LIMIT ? ERR_MISSING : err;
        v->reply.status = 200;
        http_reply_file_own(v->request, fd, bytes);
        return 0;
}

int sensor_door_work(json_t **out, struct visit *v)
{
        json_t *orders = NULL, *cancelled = NULL, *quiet = NULL;
        int err = only_sensors(v);

        if (err == ERR_DENIED) {
                *out = NULL;
                return 0;
        }
        if (!err)
                err = quiets_of(&quiet, v->call.db, v->call.clock, v->machine_id);
        if (!err)
                err = traffic_orders_of(&orders, &cancelled, v->call.db, v->machine_id);
        if (err) {
                json_decref(quiet);
                return err;
        }
        *out = json_pack("{sososo}", "orders", orders, "cancelled", cancelled, "quiet", quiet);
        return *out ? 0 : ERR_MEMORY;
}
