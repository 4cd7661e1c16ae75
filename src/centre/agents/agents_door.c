/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/agents_door.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/agents/sensor_door.h"
#include "centre/bundle.h"
#include "centre/office.h"
#include "centre/rate.h"
#include "centre/web/reply.h"
#include "codec/json_fields.h"
#include "codec/unicode.h"
#include "office/intake/agent_reports.h"
#include "office/intake/sweep_orders.h"
#include "office/registry/machines.h"
#include "office/registry/trail.h"
#include "office/traffic/sensor_report_parse.h"
#include "centre/agents/agent_rows.h"
#include "system/db/db.h"

#include <sodium.h>

enum { REQUEST_BYTES_MAX = 32 << 10, DOOR_ARENA_MAX = 4 << 20 };

struct door_route {
        const char *method, *path; /* a path that ends in '/' takes one more part */
        bool open;
        int (*handle)(struct visit *v, struct text rest);
};

static int refuse(struct visit *v, int status, const char *code, const char *vi, const char *en)
{
        return reply_problem(&v->reply, &v->call, status, code, vi, en);
}

static int add_certificate(json_t *answer, struct office *office, const struct certificate *c)
{
        AUTO(buffer_done) struct buffer authority = BUFFER(2 * CERTIFICATE_PEM_MAX);
        int err = office_authority(&authority, NULL, office);

        if (!err && (json_object_set_new(
                         answer, "certificate", json_stringn(c->pem.data, c->pem.len)) != 0 ||
                        json_object_set_new(
                            answer, "authority", json_stringn(authority.data, authority.len)) != 0))
                err = ERR_MEMORY;
        return err;
}

struct enrolment {
        struct text token, csr, hostname, os_name, machine_key, kind;
        char machine_id[ULID_MAX], unit_id[ULID_MAX];
        struct certificate certificate;
};

static int read_enrolment(struct enrolment *e, const json_t *body, struct parse_error *bad)
{
        int err = json_field_text(&e->token, body, "token", 200, bad);

        if (!err)
                err = json_field_text(&e->csr, body, "csr", 8 << 10, bad);
        if (!err)
                err = json_field_text(&e->hostname, body, "hostname", 255, bad);
        if (!err)
                err = json_field_text_or_none(&e->os_name, body, "os_name", 255, bad);
        if (!err)
                err = json_field_text_or_none(&e->kind, body, "kind", 16, bad);
        return err ? err : json_field_text(&e->machine_key, body, "machine_key", 64, bad);
}

/* The token, and the row of the machine. */
static int enrol_rows(struct visit *v, struct enrolment *e)
{
        struct machine_enrolment wish = {
                .name = e->hostname, .os_name = e->os_name, .new_id = e->machine_id
        };
        struct db *db = v->call.db;
        const struct clock *clock = v->call.clock;
        int err = enrol_token_use(e->unit_id, db, clock, e->token);

        if (err)
                return err;
        wish.unit_id = e->unit_id;
        wish.machine_key = arena_text(v->call.arena, e->machine_key);
        if (!wish.machine_key)
                return ERR_MEMORY;
        return machine_enrol(e->machine_id, NULL, db, clock, &wish);
}

/* Which machine this is, with nothing kept. */
static int enrol_rehearse(struct visit *v, struct enrolment *e)
{
        int err = db_begin(v->call.db);

        (void)ulid_make(e->machine_id, v->call.clock);
        if (!err)
                err = enrol_rows(v, e);
        db_rollback(v->call.db);
        return err;
}

static int enrol_for_good(struct visit *v, struct enrolment *e)
{
        struct db *db = v->call.db;
        char rehearsed[ULID_MAX];
        int err = db_begin(db);

        memcpy(rehearsed, e->machine_id, ULID_MAX);
        if (!err)
                err = enrol_rows(v, e);
        if (!err && strcmp(rehearsed, e->machine_id) != 0)
                err = ERR_BUSY; /* the same machine enrolled meanwhile: it asks again */
        if (!err)
                err = machine_set_certificate(
                    db, v->call.clock, e->machine_id, e->certificate.serial, e->certificate.until);
        if (!err && text_is(e->kind, "sensor"))
                err = machine_set_kind(db, v->call.clock, e->machine_id, "sensor");
        if (!err)
                err = registry_changed(db, v->call.clock, "machine", e->machine_id, e->unit_id);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

/* The other processes are asked between two transactions, so that nobody waits for them with the
 * database locked; the token is spent only in the second. */
static int enrol_machine(struct visit *v, struct enrolment *e, struct parse_error *bad)
{
        int err = enrol_rehearse(v, e);

        if (!err)
                err = office_issue_certificate(
                    &e->certificate, v->call.office, e->csr, e->machine_id, bad);
        return err ? err : enrol_for_good(v, e);
}

static int answer_enrolled(struct visit *v, const struct enrolment *e)
{
        AUTO(json_free_at) json_t *answer = NULL;
        const char *unit_name = "";
        int err = agent_rows_unit_name(&unit_name, v->call.arena, v->call.db, e->unit_id);

        if (err)
                return err;
        answer = json_pack("{s:s,s:s%,s:s}", "machine", e->machine_id, "name", e->hostname.data,
            e->hostname.len, "unit", unit_name);
        if (!answer)
                return ERR_MEMORY;
        err = add_certificate(answer, v->call.office, &e->certificate);
        return err ? err : reply_json(&v->reply, 201, MOVE(answer));
}

static int enrol(struct visit *v, struct text rest)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct enrolment e = { 0 };
        int err;

        (void)rest;
        if (!rate_take(v->call.office->enrol_rate, text_of(http_peer(v->request))))
                return refuse(v, 429, "slow_down", "Quá nhiều lần đăng ký, xin chờ.",
                    "Too many enrolments, please wait.");
        err = call_json(&body, &v->call, &bad);
        if (!err)
                err = read_enrolment(&e, body, &bad);
        if (err)
                return reply_bad_input(&v->reply, &v->call, &bad);
        err = enrol_machine(v, &e, &bad);
        if (!err)
                err = answer_enrolled(v, &e);
        certificate_done(&e.certificate);
        if (err == ERR_UNTRUSTED)
                return refuse(v, 403, "bad_token",
                    "Mã đăng ký không đúng, đã dùng hết hoặc quá hạn.",
                    "The token is wrong, used up or too old.");
        if (err == ERR_FORMAT)
                return reply_bad_input(&v->reply, &v->call, &bad);
        if (!err)
                office_notify_change(v->call.office);
        return err;
}

static int renew(struct visit *v, struct text rest)
{
        AUTO(json_free_at) json_t *body = NULL, *answer = json_object();
        struct certificate made = { 0 };
        struct parse_error bad = { 0 };
        struct text csr;
        int err;

        (void)rest;
        err = call_json(&body, &v->call, &bad);
        if (!err)
                err = json_field_text(&csr, body, "csr", 8 << 10, &bad);
        if (!err)
                err = office_issue_certificate(&made, v->call.office, csr, v->machine_id, &bad);
        if (err == ERR_FORMAT)
                return reply_bad_input(&v->reply, &v->call, &bad);
        if (!err)
                err = db_begin(v->call.db);
        if (!err)
                err = machine_set_certificate(
                    v->call.db, v->call.clock, v->machine_id, made.serial, made.until);
        if (!err)
                err = db_commit(v->call.db);
        if (!err)
                err = answer ? add_certificate(answer, v->call.office, &made) : ERR_MEMORY;
        db_rollback(v->call.db);
        certificate_done(&made);
        return err ? err : reply_json(&v->reply, 200, MOVE(answer));
}

/* The sequence of `work` stands for what the agent was told: orders and bundle. Asking with another
 * one is answered at once. */
static int64_t work_sequence(const json_t *orders, const char *manifest_sha256)
{
        char *text = json_dumps(orders, JSON_COMPACT | JSON_SORT_KEYS);
        struct sha256 digest;
        char both[SHA256_HEX_MAX * 2];
        uint64_t n = 0;

        digest = sha256_of(text ? text : "", text ? strlen(text) : 0);
        free(text);
        (void)sha256_write(both, &digest);
        (void)snprintf(both + SHA256_HEX_MAX - 1, SHA256_HEX_MAX, "%s", manifest_sha256);
        digest = sha256_of(both, strlen(both));
        memcpy(&n, digest.bytes, sizeof(n));
        return (int64_t)(n >> 11); /* 53 bits: exact in every JSON reader */
}

static int work(struct visit *v, struct text rest)
{
        AUTO(json_free_at) json_t *orders = NULL;
        AUTO(json_free_at) json_t *traffic = NULL;
        AUTO(json_free_at) json_t *all = NULL;
        char sha256[SHA256_HEX_MAX] = "", generation[GENERATION_MAX];
        const char *asked = http_query(v->request, "after");
        int64_t after = -1, sequence, last_report = 0;
        int err;

        (void)rest;
        if (asked && text_to_i64(&after, text_of(asked)) != 0)
                return ERR_FORMAT;
        err = sweep_orders_waiting(&orders, v->call.db, v->machine_id);
        if (!err)
                err = agent_rows_last_report(&last_report, v->call.db, v->machine_id);
        if (!err)
                err = bundle_manifest(v->call.office->bundle, NULL, NULL, sha256);
        if (err && err != ERR_MISSING)
                return err;
        err = sensor_door_work(&traffic, v);
        if (err)
                return err;
        office_generation(v->call.office, generation);
        all = json_pack("[OO?]", orders, traffic);
        sequence = work_sequence(all, sha256);
        if (sequence == after && !http_waited(v->request)) {
                v->wait = true;
                return 0;
        }
        if (json_array_size(orders) && sequence != after) {
                err = sweep_orders_mark_sent(v->call.db, v->call.clock, v->machine_id);
                if (err)
                        return err;
        }
        return reply_json(&v->reply, 200,
            json_pack("{s:I,s:O,s:{s:i,s:i,s:i},s:{s:s,s:s},s:I,s:O*}", "sequence",
                (json_int_t)sequence, "orders", orders, "schedule", "inventory_hours", 24,
                "sweep_hours", 24, "connections_minutes", 5, "bundle", "generation", generation,
                "manifest_sha256", sha256, "last_report", (json_int_t)last_report, "traffic",
                traffic));
}

static int bundle(struct visit *v, struct text rest)
{
        AUTO(buffer_done) struct buffer manifest = BUFFER(64 << 10);
        AUTO(buffer_done) struct buffer signature = BUFFER(1 << 10);
        char sha256[SHA256_HEX_MAX], base64[2048];
        int err = bundle_manifest(v->call.office->bundle, &manifest, &signature, sha256);

        (void)rest;
        if (err)
                return err;
        (void)sodium_bin2base64(base64, sizeof(base64), (const unsigned char *)signature.data,
            signature.len, sodium_base64_VARIANT_ORIGINAL);
        return reply_json(&v->reply, 200,
            json_pack("{s:s%,s:s}", "manifest", manifest.data, manifest.len, "signature", base64));
}

static int bundle_file(struct visit *v, struct text rest)
{
        uint64_t bytes = 0;
        int fd = -1;
        int err = bundle_open_file(v->call.office->bundle, &fd, &bytes, rest);

        if (err)
                return err;
        v->reply.status = 200;
        http_reply_file_own(v->request, fd, bytes);
        return 0;
}

static int reports(struct visit *v, struct text rest)
{
        struct report_filed filed;
        struct parse_error bad = { 0 };
        int err;

        (void)rest;
        if (!rate_take(v->call.office->report_rate, text_of(v->machine_id)))
                return refuse(
                    v, 429, "slow_down", "Gửi quá dày, xin chờ.", "Too many reports, please wait.");
        err = intake_file_report(&filed, v->call.db, v->call.clock, v->call.office->rules,
            v->machine_id, v->call.body, &bad);
        if (err) {
                log_line(LOG_LEVEL_WARNING, "centre agents", "report of %s refused: %s %s",
                    v->machine_id, err_text(err), bad.why_en);
                return err == ERR_FORMAT ? reply_bad_input(&v->reply, &v->call, &bad) : err;
        }
        atomic_fetch_add(&v->call.office->rows_dropped, (uint64_t)filed.dropped);
        if (filed.filed)
                office_notify_change(v->call.office);
        return reply_json(
            &v->reply, 200, json_pack("{s:s,s:b}", "id", filed.id, "filed", (int)filed.filed));
}

static const struct door_route routes[] = {
        { "POST", "/agent/v1/enrol", true, enrol },
        { "POST", "/agent/v1/renew", false, renew },
        { "GET", "/agent/v1/work", false, work },
        { "GET", "/agent/v1/bundle", false, bundle },
        { "GET", "/agent/v1/bundle/", false, bundle_file },
        { "POST", "/agent/v1/reports", false, reports },
        { "POST", "/agent/v1/sensor/status", false, sensor_door_status },
        { "POST", "/agent/v1/sensor/reports", false, sensor_door_reports },
        { "GET", "/agent/v1/sensor/sets/", false, sensor_door_set },
};

size_t agents_door_body_limit(void *state, const char *method, const char *path)
{
        (void)state;
        if (strcmp(method, "POST") != 0)
                return 1 << 10;
        if (strcmp(path, "/agent/v1/sensor/status") == 0)
                return SENSOR_STATUS_BYTES_MAX;
        return strcmp(path, "/agent/v1/reports") == 0 ||
                       strcmp(path, "/agent/v1/sensor/reports") == 0
                   ? REPORT_BYTES_MAX
                   : REQUEST_BYTES_MAX;
}

static const struct door_route *find(struct text *rest, const char *method, const char *path)
{
        for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
                size_t n = strlen(routes[i].path);
                bool open_end = routes[i].path[n - 1] == '/';
                if (strcmp(method, routes[i].method) != 0 || strncmp(path, routes[i].path, n) != 0)
                        continue;
                *rest = text_of(path + n);
                if (open_end ? rest->len > 0 : rest->len == 0)
                        return &routes[i];
        }
        return NULL;
}

/* Who is it? 0, or the refusal is in the reply and the answer is 1. */
static int identify(struct visit *v)
{
        const struct http_client *client = http_client(v->request);
        int err;

        if (!client->given || !client->trusted) {
                log_line(LOG_LEVEL_WARNING, "centre agents", "%s: certificate %s",
                    http_peer(v->request), client->given ? client->why : "missing");
                err = refuse(v, client->given ? 403 : 401,
                    client->given ? "certificate" : "no_certificate",
                    "Cần chứng thư còn hiệu lực do đơn vị này cấp.",
                    "A valid certificate of this office is needed.");
                return err ? err : 1;
        }
        err = ulid_is_valid(text_of(client->common_name))
                  ? machine_certificate_check(v->call.db, client->common_name, client->serial)
                  : ERR_UNTRUSTED;
        if (err == ERR_UNTRUSTED || err == ERR_MISSING) {
                log_line(LOG_LEVEL_WARNING, "centre agents",
                    "%s: certificate %s is revoked or of no machine", http_peer(v->request),
                    client->serial);
                err = refuse(v, 403, "revoked",
                    "Chứng thư đã bị thu hồi hoặc máy không còn sử dụng.",
                    "The certificate was revoked or the machine is not in use.");
                return err ? err : 1;
        }
        if (!err)
                err = text_copy(v->machine_id, sizeof(v->machine_id), text_of(client->common_name));
        return err;
}

static int answer(struct visit *v)
{
        struct text rest;
        const struct door_route *route = find(
            &rest, http_method(v->request), http_path(v->request));
        int err;

        if (!route)
                return ERR_MISSING;
        err = route->open ? 0 : identify(v);
        if (err)
                return err < 0 ? err : 0;
        return route->handle(v, rest);
}

enum http_verdict agents_door_answer(void *state, struct http_request *request)
{
        struct office *office = state;
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct visit v = { .request = request,
                .reply = { .status = 500, .body = BUFFER(1 << 20) },
                .call = { .office = office,
                    .clock = office->clock,
                    .body = http_body(request),
                    .connection = request,
                    .language = LANGUAGE_EN } };
        int err = arena_new(&arena, DOOR_ARENA_MAX);

        if (!err) {
                v.call.arena = arena;
                v.call.db = db_pool_take(office->pool);
                err = answer(&v);
                db_pool_give(office->pool, v.call.db);
        }
        if (!err && v.wait)
                return HTTP_WAIT;
        if (err == ERR_IO || err == ERR_BUG || err == ERR_MEMORY)
                log_line(
                    LOG_LEVEL_ERROR, "centre agents", "%s: %s", http_path(request), err_text(err));
        if (err && reply_from_err(&v.reply, &v.call, err) != 0)
                v.reply.status = 500;
        reply_send(request, &v.reply, false);
        return HTTP_REPLY;
}
