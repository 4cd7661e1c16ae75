/* centre/api/api_results.c: result files carried by hand, and the kits that make them. A file is
 * trusted by its certificate and signature, never by who brings it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/api/kit_means.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "office/registry/kits.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

enum { KIT_DAYS_MAX = 90, SIGNATURE_MAX = 1 << 10 };

struct carried {
        struct call *call;
        struct result_file file;
        struct report_sender sender;
        char name[65], kit_unit[ULID_MAX];
        json_t *kinds;
        size_t filed, duplicate;
        char machine_id[ULID_MAX];
};

static int untrusted(struct parse_error *bad)
{
        if (!bad->why_vi[0])
                (void)parse_error_set(bad, 0,
                    "Chữ ký của tệp kết quả không đúng: tệp đã bị sửa hoặc không phải của ta",
                    "the signature of the result file does not hold: it was altered or is not "
                    "ours");
        return ERR_UNTRUSTED;
}

static int check_trust(struct carried *c, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer data = BUFFER(RESULT_BYTES_MAX + RESULT_REPORTS_MAX * 8);
        AUTO(buffer_done) struct buffer signature = BUFFER(SIGNATURE_MAX);
        struct office *office = c->call->office;
        char serial[65];
        int err;

        err = office_check_certificate(
            c->name, serial, office, c->call->db, c->file.certificate_pem, bad);
        if (err)
                return err == ERR_UNTRUSTED ? untrusted(bad) : err;
        if (result_file_signature(&signature, &c->file))
                return untrusted(bad);
        err = result_file_signed_bytes(&data, &c->file);
        if (err)
                return err;
        err = office_check_signature(office, c->file.certificate_pem,
            (struct text){ data.data, data.len }, (struct text){ signature.data, signature.len });
        return err == ERR_UNTRUSTED ? untrusted(bad) : err;
}

static int find_sender(struct carried *c)
{
        c->sender.way = "hand";
        if (!text_starts(text_of(c->name), "kit:")) {
                c->sender.machine_id = c->name;
                return 0;
        }
        c->sender.kit_unit_id = c->kit_unit;
        return kit_unit(c->kit_unit, c->call->db, c->name + strlen("kit:"));
}

/* One report fails, the others stay filed: each is whole in itself, and the file can be brought
 * again. */
static int file_reports(struct carried *c, struct parse_error *bad)
{
        const struct incident_rules *rules = intake_rules(c->call->office->packs_folder);

        for (size_t i = 0; i < c->file.report_count; i++) {
                struct report_filed filed;
                int err = intake_file_report_of(&filed, c->call->db, c->call->clock, rules,
                    &c->sender, c->file.reports[i], bad);

                if (err)
                        return err;
                atomic_fetch_add(&c->call->office->rows_dropped, (uint64_t)filed.dropped);
                c->filed += filed.filed;
                c->duplicate += !filed.filed;
                if (json_array_append_new(c->kinds, json_string(report_kind_name(filed.kind))) ||
                    text_copy(c->machine_id, ULID_MAX, text_of(filed.machine_id)))
                        return ERR_MEMORY;
        }
        return 0;
}

static int tell(struct reply *reply, struct carried *c)
{
        AUTO(json_free_at) json_t *machine = NULL;
        int err = kit_machine_json(&machine, c->call->db, c->machine_id);

        if (err)
                return err;
        office_notify_change(c->call->office);
        (void)json_object_del(machine, "unit_id");
        return reply_json(reply, 200,
            json_pack("{s:I,s:I,s:O,s:O}", "filed", (json_int_t)c->filed, "duplicate",
                (json_int_t)c->duplicate, "machine", machine, "kinds", c->kinds));
}

static int post_results(struct reply *reply, struct call *call)
{
        struct carried c = { .call = call, .kinds = json_array() };
        struct parse_error bad = { 0 };
        int err = c.kinds ? result_file_parse(&c.file, call->body, &bad) : ERR_MEMORY;

        if (!err)
                err = check_trust(&c, &bad);
        if (!err)
                err = find_sender(&c);
        if (!err)
                err = file_reports(&c, &bad);
        err = err ? reply_refused(reply, call, err, &bad) : tell(reply, &c);
        result_file_done(&c.file);
        json_decref(c.kinds);
        return err;
}

static int add_kit_row(struct call *call, const char *kit_id, const char *unit_id, int64_t days)
{
        time_ms until = clock_now(call->clock) + days * DAY_MS;
        int err = db_begin(call->db);

        if (err)
                return err;
        if (!(err = kit_add(call->db, call->clock, &call->scope, kit_id, unit_id, until)) &&
            !(err = audit_add(call->db, call->clock, &call->scope, "check_kit", "unit", unit_id,
                  unit_id, NULL)))
                err = db_commit(call->db);
        if (err)
                db_rollback(call->db);
        return err;
}

static int kit_file(struct reply *reply, struct call *call, const char *kit_id, int days)
{
        AUTO(json_free_at) json_t *kit = NULL;
        AUTO(certificate_done) struct certificate certificate = { 0 };
        AUTO(buffer_done) struct buffer key = BUFFER(CERTIFICATE_PEM_MAX);
        AUTO(buffer_done) struct buffer authority = BUFFER(CERTIFICATE_PEM_MAX);
        char fingerprint[65];
        int err;

        if ((err = office_issue_kit(&certificate, &key, call->office, kit_id, days)) ||
            (err = office_authority(&authority, fingerprint, call->office)))
                return err;
        reply->file_name = TEXT("canh-kit.json");
        kit = kit_json(kit_id, certificate.pem.data, key.data, authority.data, certificate.until);
        err = kit ? kit_add_means(kit, call->office->bundle) : ERR_MEMORY;
        return err ? err : reply_json(reply, 201, MOVE(kit));
}

static int post_kit(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        char kit_id[ULID_MAX];
        int64_t days;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = json_field_i64(&days, body, "days", 1, KIT_DAYS_MAX, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        err = add_kit_row(call, ulid_make(kit_id, call->clock), json_get_text(body, "unit"), days);
        return err ? err : kit_file(reply, call, kit_id, (int)days);
}

static const struct route routes[] = {
        { "POST", "/api/v1/results", ROLE_UNIT, ROUTE_FILE_BODY, post_results },
        { "POST", "/api/v1/check-kits", ROLE_OFFICE, 0, post_kit },
};

const struct route_table api_results = { routes, ARRAY_LEN(routes) };
