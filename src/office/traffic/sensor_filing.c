/* office/traffic/sensor_filing.c: what a sensor sends becomes rows, see sensors.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/timestamp.h"
#include "codec/unicode.h"
#include "office/intake/machine_detail.h"
#include "office/registry/addresses.h"
#include "office/registry/machines.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "office/traffic/coverage.h"
#include "office/traffic/orders.h"
#include "office/traffic/sensor_rows.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <string.h>

/* A private address is of the sensor's own unit and those below it: elsewhere it is another host.
 */
static int machine_find(
    struct traffic_place *out, struct db *db, const char *unit_id, const char *host)
{
        const struct scope scope = { .unit_id = unit_id, .account_id = "", .actor = "" };
        AUTO(json_free_at) json_t *machine = NULL;
        int err = machine_by_address_json(&machine, db, &scope, host);

        if (err)
                return err;
        err = text_copy(out->machine_id, ULID_MAX, text_of(json_get_text(machine, "id")));
        if (!err)
                err = text_copy(out->machine_name, sizeof(out->machine_name),
                    text_of(json_get_text(machine, "name")));
        return err ? err
                   : text_copy(out->unit_id, ULID_MAX, text_of(json_get_text(machine, "unit_id")));
}

/* Whose range holds the address at that time, and who answers for that unit now? Inner addresses
 * repeat, so of those only the ranges of the sensor's own unit and below it count; what the whole
 * office has on file of an outer address counts for every sensor. */
static int unit_by_range(struct traffic_place *place, struct db *db, const struct clock *clock,
    const char *sensor_unit_id, const char *host, time_ms at)
{
        AUTO(json_free_at) json_t *now = NULL;
        struct range_owner owner;
        struct ip_address ip;
        char unit[ULID_MAX];
        int err;

        if (ip_address_parse(&ip, text_of(host)))
                return 0;
        err = registry_unit_below_of_address(unit, db, sensor_unit_id, &ip, at);
        if (err == ERR_MISSING && ip_address_scope(&ip) != IP_SCOPE_PRIVATE) {
                err = registry_unit_of_address(&owner, db, &ip, at);
                if (!err)
                        err = text_copy(unit, ULID_MAX, text_of(owner.unit_id));
        }
        if (!err)
                err = registry_unit_answering(&now, db, unit, clock_now(clock));
        if (err)
                return err == ERR_MISSING ? 0 : err;
        return text_copy(place->unit_id, ULID_MAX, text_of(json_get_text(now, "id")));
}

int traffic_place_find(struct traffic_place *out, struct db *db, const struct clock *clock,
    const char *sensor_id, const char *host, time_ms at)
{
        struct traffic_place place = { .machine_id = "" };
        char unit[ULID_MAX];
        int err = sensor_unit(unit, db, sensor_id);

        if (!err)
                err = machine_find(&place, db, unit, host);
        if (err != ERR_MISSING) {
                if (!err)
                        *out = place;
                return err;
        }
        err = text_copy(place.unit_id, ULID_MAX, text_of(unit));
        if (!err)
                err = unit_by_range(&place, db, clock, unit, host, at);
        if (!err)
                *out = place;
        return err;
}

int traffic_place_of_lease(struct traffic_place *out, struct db *db, const struct clock *clock,
    const char *sensor_id, const char *host, const char *leased_name, time_ms at)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(1024);
        struct text rest = text_of(leased_name), name;
        struct traffic_place place = { .machine_id = "" };
        char unit[ULID_MAX];
        int err = sensor_unit(unit, db, sensor_id);

        (void)text_split(&name, &rest, '.'); /* without its domain */
        if (!err && (unicode_add_folded(&folded, name) || !folded.data))
                return traffic_place_find(out, db, clock, sensor_id, host, at);
        if (!err)
                err = sensor_machine_named(&place, db, unit, folded.data);
        if (err == ERR_MISSING) {
                err = text_copy(place.unit_id, ULID_MAX, text_of(unit));
                if (!err)
                        err = unit_by_range(&place, db, clock, unit, host, at);
        }
        if (!err)
                *out = place;
        return err;
}

static json_t *count_json(const struct sensor_status_said *s, const char *name)
{
        return json_integer(json_integer_value(json_object_get(s->counts, name)));
}

static json_t *archive_json(const struct sensor_status_said *s)
{
        time_ms first = json_integer_value(json_object_get(s->counts, "archive_first_at"));
        time_ms last = json_integer_value(json_object_get(s->counts, "archive_last_at"));

        return json_pack("{so so so so so so so}", "bytes", count_json(s, "archive_bytes"), "flows",
            count_json(s, "archive_flows"), "partitions", count_json(s, "archive_partitions"),
            "damaged", count_json(s, "archive_damaged"), "failures",
            count_json(s, "archive_failures"), "first_at", json_time(first), "last_at",
            json_time(last));
}

/* What came as logs: how many lines, and how many of each kind. */
static json_t *logs_json(const struct sensor_status_said *s)
{
        static const char kind[] = "log_kind_";
        json_t *kinds = json_object(), *counts = json_object_get(s->root, "counts"), *value;
        const char *name;

        json_object_foreach(counts, name, value)
        {
                if (!text_starts(text_of(name), kind))
                        continue;
                if (json_object_set(kinds, name + sizeof(kind) - 1, value)) {
                        json_decref(kinds);
                        return NULL;
                }
        }
        return json_pack("{so so so so so so so so so so}", "lines", count_json(s, "log_lines"),
            "taken", count_json(s, "log_taken"), "ignored", count_json(s, "log_ignored"), "refused",
            count_json(s, "log_refused"), "cut", count_json(s, "log_cut"), "shifted",
            count_json(s, "log_shifted"), "translations", count_json(s, "log_translations"),
            "leases", count_json(s, "log_leases"), "callers_refused",
            count_json(s, "log_callers_refused"), "kinds", kinds);
}

static json_t *exports_json(const struct sensor_status_said *s)
{
        return json_pack("{so so so so so so so}", "foreign", count_json(s, "export_foreign"),
            "damaged", count_json(s, "export_damaged"), "templates_refused",
            count_json(s, "export_refused"), "waited", count_json(s, "export_waited"), "dropped",
            count_json(s, "export_dropped"), "lost", count_json(s, "export_lost"), "shifted",
            count_json(s, "export_shifted"));
}

/* As the API shows it: the counts, and rates against the status before. */
static json_t *status_json(const struct sensor_status_said *s, const struct sensor_before *more)
{
        static const char *const shown[] = { "packets", "bytes", "drops", "ring_drops",
                "unreadable", "records", "flows_open", "flows", "flows_refused", "names", "alerts",
                "alerts_left_out", "quieted", "outbox", "restarts" };
        int64_t seconds = more->at > 0 ? more->at / SECOND_MS : 0;
        json_t *o = json_pack("{so so ss% ss% sI sI so so so}", "at", json_time(s->at), "since",
            json_time(s->since), "source", s->source.data, s->source.len, "generation",
            s->generation.data, s->generation.len, "packets_per_second",
            (json_int_t)(seconds ? more->packets / seconds : 0), "bits_per_second",
            (json_int_t)(seconds ? more->bytes * 8 / seconds : 0), "archive", archive_json(s),
            "logs", logs_json(s), "exports", exports_json(s));

        for (size_t i = 0; o && i < ARRAY_LEN(shown); i++)
                if (json_object_set_new(o, shown[i], count_json(s, shown[i]))) {
                        json_decref(o);
                        return NULL;
                }
        return o;
}

static int64_t grown(int64_t now, int64_t before, bool again)
{
        return again || now < before ? now : now - before;
}

/* What came since the status before; `at` holds how long that took. */
static void difference(
    struct sensor_before *out, const struct sensor_status_said *s, const struct sensor_before *b)
{
        bool again = s->since != b->since;
        time_ms from = again ? s->since : b->at;

        *out = (struct sensor_before){ .at = s->at > from ? s->at - from : 0,
                .packets = grown(s->packets, b->packets, again),
                .bytes = grown(s->bytes, b->bytes, again),
                .flows = grown(s->flows, b->flows, again),
                .drops = grown(s->drops, b->drops, again) };
}

static int talkers_file(struct db *db, const struct clock *clock, const char *machine_id,
    const struct sensor_status_said *s)
{
        const json_t *talker;
        size_t i;
        int err = sensor_talkers_clear(db, machine_id);

        json_array_foreach(s->talkers, i, talker)
        {
                struct traffic_place place;

                if (!err)
                        err = traffic_place_find(
                            &place, db, clock, machine_id, json_get_text(talker, "host"), s->at);
                if (!err)
                        err = sensor_talker_add(db, machine_id, talker, &place);
        }
        return err;
}

/* The time since the status before was watched if anything came in it: a mirror port that went
 * dead is no watch. */
static int coverage_file(struct db *db, const char *machine_id, const struct sensor_status_said *s,
    const struct sensor_before *before, const struct sensor_before *more)
{
        bool goes_on = before->at > 0 && s->since == before->since;
        time_ms from = goes_on ? before->at : s->since;

        if (s->at <= from || (more->packets == 0 && more->flows == 0))
                return 0;
        return sensor_coverage_add(db, machine_id, from, s->at, goes_on);
}

static int traffic_changed(
    struct db *db, const struct clock *clock, const char *sensor_id, const char *unit_id)
{
        return registry_changed(db, clock, "traffic", sensor_id, unit_id);
}

static int status_rows(struct db *db, const struct clock *clock, const char *machine_id,
    const struct sensor_status_said *s)
{
        AUTO(json_free_at) json_t *shown = NULL;
        AUTO(mem_free_at) char *body = NULL;
        struct sensor_before before, more;
        char unit[ULID_MAX];
        int err = sensor_before_find(&before, db, machine_id);

        if (!err)
                err = sensor_unit(unit, db, machine_id);
        if (err)
                return err;
        difference(&more, s, &before);
        shown = status_json(s, &more);
        body = shown ? json_dumps(shown, JSON_COMPACT) : NULL;
        if (!body)
                return ERR_MEMORY;
        err = sensor_status_put(db, machine_id, s, body, s->talkers ? s->at : 0);
        if (!err)
                err = sensor_minute_add(db, machine_id, s->at, &more);
        if (!err)
                err = coverage_file(db, machine_id, s, &before, &more);
        if (!err && s->talkers)
                err = talkers_file(db, clock, machine_id, s);
        if (!err)
                err = traffic_changed(db, clock, machine_id, unit);
        return err ? err : machine_heard(db, clock, machine_id);
}

int sensor_status_file(struct db *db, const struct clock *clock, const char *machine_id,
    struct text bytes, struct parse_error *bad)
{
        AUTO(sensor_status_done) struct sensor_status_said said = { 0 };
        int err = sensor_status_parse(&said, bytes, bad);

        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = status_rows(db, clock, machine_id, &said);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

/* A host that was only knocked at did nothing. */
static int alert_file(struct db *db, const struct clock *clock, const char *sensor_id,
    const json_t *alert, const struct sensor_sink *sink)
{
        struct sensor_alert_said a;
        struct traffic_place place;
        char finding[ULID_MAX] = "", host[IP_TEXT_MAX];
        int err = sensor_alert_parse(&a, alert, NULL);

        if (!err)
                err = text_copy(host, sizeof(host), a.host);
        if (!err)
                err = traffic_place_find(&place, db, clock, sensor_id, host, a.last_at);
        if (!err && a.spoke && text_is(a.kind, "listed"))
                err = sink->alert(sink->state, db, &a, &place, finding);
        if (!err)
                err = alert_put(db, sensor_id, &a, &place, finding, clock_now(clock));
        return err ? err : traffic_changed(db, clock, sensor_id, place.unit_id);
}

static int report_rows(struct db *db, const struct clock *clock, const char *machine_id,
    const struct sensor_report *r, const struct sensor_sink *sink)
{
        const json_t *alert;
        size_t i;
        int err = 0;

        if (r->kind == SENSOR_REPORT_ANSWER)
                return traffic_answer_file(db, clock, machine_id, r);
        json_array_foreach(r->alerts, i, alert) if (!err)
            err = alert_file(db, clock, machine_id, alert, sink);
        return err ? err : alerts_bound(db, machine_id);
}

static int report_once(bool *filed, struct db *db, const struct clock *clock,
    const char *machine_id, const struct sensor_report *r, const char *sha256,
    const struct sensor_sink *sink)
{
        char id[ULID_MAX];
        bool known = false;
        int err = text_copy(id, sizeof(id), r->id);

        if (!err)
                err = sensor_report_is_known(&known, db, id, machine_id, sha256);
        if (err || known) {
                *filed = false;
                return err;
        }
        err = report_rows(db, clock, machine_id, r, sink);
        if (!err)
                err = sensor_report_add(db, id, machine_id, sha256, clock_now(clock));
        if (!err)
                err = machine_heard(db, clock, machine_id);
        *filed = !err;
        return err;
}

int sensor_report_file(bool *filed, struct db *db, const struct clock *clock,
    const char *machine_id, struct text bytes, const struct sensor_sink *sink,
    struct parse_error *bad)
{
        AUTO(sensor_report_done) struct sensor_report r = { 0 };
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        char hex[SHA256_HEX_MAX];
        int err = sensor_report_parse(&r, bytes, bad);

        if (!err && !text_is(r.machine, machine_id))
                err = ERR_DENIED;
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = report_once(filed, db, clock, machine_id, &r, sha256_write(hex, &digest), sink);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}
