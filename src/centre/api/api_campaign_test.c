/* centre/api/api_campaign_test.c: the handlers around a directive, over a database in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "centre/api/api_campaign.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/campaign.h"
#include "office/campaign/test_office.h"
#include "system/db/db.h"

struct desk {
        struct db *db;
        struct clock clock;
        time_ms now;
        struct reply reply;
        int err;
};

static int open_desk(void **state)
{
        static struct desk d;
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;
        char id[ULID_MAX];

        d = (struct desk){ .db = test_office_open() };
        assert_int_equal(timestamp_parse(&d.now, TEXT("2024-01-20T08:00:00+07:00")), 0);
        d.clock = clock_fixed(&d.now);
        test_office_unit(d.db, "XA1", "ROOT", "commune", 1);
        test_office_unit(d.db, "XA2", "ROOT", "commune", 3);
        test_office_machine(d.db, "M1", "XA1", d.now - HOUR_MS, d.now - HOUR_MS);
        test_office_machine(d.db, "M2", "XA2", d.now - HOUR_MS, 0);
        test_office_pack(&json);
        assert_int_equal(
            campaign_load(id, d.db, &d.clock, (struct text){ json.data, json.len }, &faults), 0);
        *state = &d;
        return 0;
}

static int close_desk(void **state)
{
        struct desk *d = *state;

        buffer_done(&d->reply.body);
        db_close(d->db);
        return 0;
}

static const struct route *find_route(
    const struct route_table *t, const char *method, const char *pattern)
{
        for (size_t i = 0; i < t->count; i++)
                if (strcmp(t->routes[i].method, method) == 0 &&
                    strcmp(t->routes[i].pattern, pattern) == 0)
                        return &t->routes[i];
        fail_msg("no route %s %s", method, pattern);
        return NULL;
}

/* Calls as `unit` with `role`; the answer as JSON (NULL when it is none), the status in d->reply.
 */
static json_t *ask(struct desk *d, const struct route_table *t, const char *method,
    const char *pattern, struct scope scope, const char *p0, const char *p1, const char *body)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct call call = { .db = d->db,
                .clock = &d->clock,
                .scope = scope,
                .language = LANGUAGE_VI,
                .params = { text_of(p0), text_of(p1) },
                .body = text_of(body),
                .connection = NULL };
        json_t *json = NULL;

        assert_int_equal(arena_new(&arena, 16 << 20), 0);
        call.arena = arena;
        buffer_done(&d->reply.body);
        d->reply = (struct reply){ 0 };
        d->err = find_route(t, method, pattern)->handle(&d->reply, &call);
        if (d->err || !d->reply.body.len || d->reply.file_name.len)
                return NULL;
        assert_int_equal(
            json_read(&json, (struct text){ d->reply.body.data, d->reply.body.len }, NULL), 0);
        return json;
}

static void matrix_and_proof_carry_every_field_of_the_contract(void **state)
{
        static const char *const fields[] = { "directive", "as_of", "clauses", "units", "totals",
                "columns" };
        static const char *const proof_fields[] = { "unit", "clause", "state", "proved_by", "as_of",
                "due_at", "late_days", "seen", "expected", "measures", "evidence", "waiver",
                "attestations", "urges" };
        struct desk *d = *state;
        struct scope office = test_office_scope("ROOT", ROLE_OFFICE);
        json_t *m = ask(d, &api_matrix, "GET", "/api/v1/matrix", office, "", "", "");

        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
                assert_non_null(json_object_get(m, fields[i]));
        assert_int_equal(json_array_size(json_object_get(m, "units")), 2);
        json_decref(m);
        m = ask(d, &api_matrix, "GET", "/api/v1/matrix/{unit}/{clause}", office, "XA2", "1b", "");
        for (size_t i = 0; i < ARRAY_LEN(proof_fields); i++)
                assert_non_null(json_object_get(m, proof_fields[i]));
        json_decref(m);
}

static void another_units_cell_is_missing(void **state)
{
        struct desk *d = *state;
        struct scope unit = test_office_scope("XA1", ROLE_UNIT);

        assert_null(
            ask(d, &api_matrix, "GET", "/api/v1/matrix/{unit}/{clause}", unit, "XA2", "1b", ""));
        assert_int_equal(d->err, ERR_MISSING);
        assert_null(ask(d, &api_directives, "POST", "/api/v1/attestations", unit, "", "",
            "{\"unit\":\"XA2\",\"clause\":\"1d\",\"measure\":\"told\",\"body\":\"x\"}"));
        assert_int_equal(d->err, ERR_MISSING);
}

static void an_attestation_and_a_waiver_are_kept(void **state)
{
        struct desk *d = *state;
        struct scope office = test_office_scope("ROOT", ROLE_OFFICE),
                     unit = test_office_scope("XA1", ROLE_UNIT);
        AUTO(json_free_at) json_t *waiver = NULL;
        json_t *said = ask(d, &api_directives, "POST", "/api/v1/attestations", unit, "", "",
            "{\"unit\":\"XA1\",\"clause\":\"1d\",\"measure\":\"told\",\"body\":\"Đã họp ngày "
            "18/01\"}");

        assert_int_equal(d->reply.status, 201);
        json_decref(said);
        json_decref(ask(d, &api_directives, "POST", "/api/v1/attestations", unit, "", "",
            "{\"unit\":\"XA1\",\"clause\":\"1b\",\"measure\":\"swept\",\"body\":\"Máy sạch\"}"));
        assert_int_equal(d->reply.status, 400);
        json_decref(ask(d, &api_waivers, "POST", "/api/v1/waivers", office, "", "",
            "{\"unit\":\"XA2\",\"clause\":\"1b\",\"reason\":\"Chờ "
            "máy\",\"until\":\"2024-01-10T00:00:00Z\"}"));
        assert_int_equal(d->reply.status, 400);
        waiver = ask(d, &api_waivers, "POST", "/api/v1/waivers", office, "", "",
            "{\"unit\":\"XA2\",\"clause\":\"1b\",\"reason\":\"Chờ "
            "máy\",\"until\":\"2024-02-01T00:00:00Z\"}");
        assert_int_equal(d->reply.status, 201);
        (void)ask(d, &api_waivers, "DELETE", "/api/v1/waivers/{id}", office,
            json_string_value(json_object_get(waiver, "id")), "", "");
        assert_int_equal(d->err, 0);
        assert_int_equal(d->reply.status, 204);
}

static void urges_name_whom_they_reached(void **state)
{
        struct desk *d = *state;
        AUTO(json_free_at)
        json_t *said = ask(d, &api_directives, "POST", "/api/v1/urges",
            test_office_scope("ROOT", ROLE_OFFICE), "", "",
            "{\"clause\":\"1b\",\"units\":[\"XA1\",\"XA2\"]}");

        assert_int_equal(d->reply.status, 200);
        assert_string_equal(
            json_string_value(json_array_get(json_object_get(said, "urged"), 0)), "XA2");
        assert_int_equal(json_array_size(json_object_get(said, "skipped")), 1);
}

static json_t *report(
    struct desk *d, const char *method, const char *tail, const char *id, const char *body)
{
        char pattern[80];

        (void)snprintf(pattern, sizeof(pattern), "/api/v1/reports%s", tail);
        return ask(
            d, &api_reports, method, pattern, test_office_scope("ROOT", ROLE_OFFICE), id, "", body);
}

static void a_report_goes_from_draft_to_issued_and_its_figures_stay(void **state)
{
        struct desk *d = *state;
        AUTO(json_free_at)
        json_t *made = report(d, "POST", "", "",
            "{\"kind\":\"malware-removal\",\"from\":\"2024-01-08T00:00:00Z\",\"until\":\"2024-01-"
            "20T01:00:00Z\"}");
        AUTO(json_free_at) json_t *page = NULL;
        const char *id = json_string_value(json_object_get(made, "id"));

        assert_int_equal(d->reply.status, 201);
        json_decref(report(d, "POST", "/{id}/moves", id, "{\"to\":\"signed\"}"));
        assert_int_equal(d->reply.status, 409);
        json_decref(report(d, "POST", "/{id}/moves", id, "{\"to\":\"submitted\"}"));
        assert_int_equal(d->reply.status, 200);
        json_decref(report(d, "POST", "/{id}/moves", id, "{\"to\":\"signed\"}"));
        assert_int_equal(d->reply.status, 409); /* no number, day, signer yet */
        json_decref(report(d, "PATCH", "/{id}", id,
            "{\"number\":\"12/BC-VHTT\",\"signer\":\"Nguyễn Văn "
            "Mẫu\",\"signed_on\":\"2024-01-21T02:00:00Z\"}"));
        assert_int_equal(d->reply.status, 200);
        json_decref(report(d, "POST", "/{id}/moves", id, "{\"to\":\"signed\"}"));
        assert_int_equal(d->reply.status, 200);
        json_decref(report(d, "PATCH", "/{id}", id, "{\"number\":\"13\"}"));
        assert_int_equal(d->reply.status, 409);
        test_office_machine(
            d->db, "M3", "XA2", d->now, d->now); /* comes too late for this report */
        page = report(d, "GET", "/{id}", id, "");
        assert_string_equal(json_string_value(json_object_get(page, "state")), "signed");
        assert_int_equal(json_array_size(json_object_get(page, "figures")), REMOVAL_FIGURES);
        assert_int_equal(
            json_integer_value(json_object_get(
                json_array_get(json_object_get(page, "figures"), REMOVAL_MACHINES), "value")),
            4);
        assert_int_equal(
            json_integer_value(json_object_get(
                json_array_get(json_object_get(page, "figures"), REMOVAL_SWEPT), "value")),
            1);
        assert_true(json_is_false(json_object_get(json_object_get(page, "sheet"), "draft")));
        assert_int_equal(json_array_size(json_object_get(page, "weak")), 1);
}

static void report_files_come_out(void **state)
{
        struct desk *d = *state;
        AUTO(json_free_at)
        json_t *made = report(d, "POST", "", "",
            "{\"kind\":\"malware-removal\",\"from\":\"2024-01-08T00:00:00Z\",\"until\":\"2024-01-"
            "20T01:00:00Z\"}");
        const char *id = json_string_value(json_object_get(made, "id"));

        (void)report(d, "GET", "/{id}/file.pdf", id, "");
        assert_int_equal(d->err, 0);
        assert_memory_equal(d->reply.body.data, "%PDF-", 5);
        (void)report(d, "GET", "/{id}/file.docx", id, "");
        assert_memory_equal(d->reply.body.data, "PK", 2);
        json_decref(report(d, "POST", "", "",
            "{\"kind\":\"poem\",\"from\":\"2024-01-08T00:00:00Z\",\"until\":\"2024-01-20T01:00:"
            "00Z\"}"));
        assert_int_equal(d->reply.status, 400);
        assert_null(ask(d, &api_reports, "GET", "/api/v1/reports/{id}",
            test_office_scope("XA1", ROLE_UNIT), id, "", ""));
        assert_int_equal(d->err, ERR_MISSING); /* the office's report is not the unit's */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(matrix_and_proof_carry_every_field_of_the_contract),
                TEST(another_units_cell_is_missing),
                TEST(an_attestation_and_a_waiver_are_kept),
                TEST(urges_name_whom_they_reached),
                TEST(a_report_goes_from_draft_to_issued_and_its_figures_stay),
                TEST(report_files_come_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
