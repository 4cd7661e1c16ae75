/* The handlers of intake, called with a struct call: what each role sees of its own and of a sister
 * unit, and a list from its bytes to the set in use. The reader's jobs run here in the process;
 * publishing and the keys process answer as the test says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/filing_test_input.h"
#include "centre/api/api_routes.h"
#include "centre/office.h"
#include "centre/reader/job_capture.h"
#include "centre/reader/job_list.h"
#include "system/os/folder.h"

static struct {
        const char *names[8], *values[8];
        size_t count;
        size_t published_bytes, published_hashes;
        int publish_err, certificate_err, signature_err;
        const char *common_name;
} world;
static const char *packs;

struct text call_query(const struct call *call, const char *name)
{
        (void)call;
        for (size_t i = 0; i < world.count; i++)
                if (strcmp(world.names[i], name) == 0)
                        return text_of(world.values[i]);
        return TEXT("");
}

int office_reader_run(struct office *office, struct buffer *out, const char *job,
    const char *options_json, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *options = NULL;

        (void)office;
        if (strcmp(job, "list-preview") == 0)
                return job_list_preview(out, bytes, text_of(options_json), bad);
        if (strcmp(job, "list-rows") == 0)
                return job_list_rows(out, bytes, text_of(options_json), bad);
        assert_string_equal(job, "capture");
        assert_int_equal(json_read(&options, text_of(options_json), NULL), 0);
        return job_capture.run(out, options, bytes, bad);
}

int office_publish_set(
    struct office *office, char *generation, struct text set_bytes, struct text hash_bytes)
{
        (void)office;
        if (world.publish_err)
                return world.publish_err;
        (void)snprintf(generation, 40, "20240115T080000Z-1");
        world.published_bytes = set_bytes.len;
        world.published_hashes = hash_bytes.len;
        return 0;
}

void office_notify_change(struct office *office)
{
        (void)office;
}

void certificate_done(struct certificate *c)
{
        buffer_done(&c->pem);
}

int office_issue_kit(struct certificate *out, struct buffer *key, struct office *office,
    const char *kit_id, int days)
{
        (void)office;
        (void)days;
        buffer_init(&out->pem, 1000);
        assert_int_equal(buffer_add_format(&out->pem, "certificate of %s", kit_id), 0);
        return buffer_add_text(key, "key");
}

int office_authority(struct buffer *pem, char fingerprint[65], struct office *office)
{
        (void)office;
        fingerprint[0] = '\0';
        return buffer_add_text(pem, "authority");
}

int office_check_certificate(char common_name[65], char serial[65], struct office *office,
    struct db *db, struct text pem, struct parse_error *bad)
{
        (void)office;
        (void)db;
        (void)pem;
        (void)bad;
        serial[0] = '\0';
        (void)snprintf(common_name, 65, "%s", world.common_name);
        return world.certificate_err;
}

int office_check_signature(
    struct office *office, struct text pem, struct text data, struct text signature)
{
        (void)office;
        (void)pem;
        (void)data;
        (void)signature;
        return world.signature_err;
}

struct desk {
        struct office_test *o;
        struct office office;
};

static int desk_setup(void **state)
{
        struct desk *d = mem_zero(1, sizeof(*d));
        void *o;

        assert_int_equal(office_setup(&o), 0);
        memset(&world, 0, sizeof(world));
        d->o = o;
        (void)snprintf(d->office.list_folder, OFFICE_PATH_MAX, "%s/lists", d->o->folder);
        (void)snprintf(d->office.packs_folder, OFFICE_PATH_MAX, "%s", packs);
        d->office.clock = &d->o->clock;
        *state = d;
        return 0;
}

static int drop_entry(void *state, const char *name)
{
        return file_remove(state, name);
}

static int desk_teardown(void **state)
{
        static const char *const below[] = { "uploads", "sets" };
        struct desk *d = *state;
        void *o = d->o;
        char path[OFFICE_PATH_MAX + 16];

        for (size_t i = 0; i < ARRAY_LEN(below); i++) {
                struct folder *f = NULL;

                (void)snprintf(path, sizeof(path), "%s/%s", d->office.list_folder, below[i]);
                if (folder_open(&f, path) == 0)
                        (void)!folder_each(f, drop_entry, f);
                (void)folder_close(f);
                (void)rmdir(path);
        }
        (void)rmdir(d->office.list_folder);
        mem_free(d);
        return office_teardown(&o);
}

struct said {
        int err, status;
        json_t *body;
        char text[16384];
};

/* Finds the route by method and pattern, refuses a role below its own as the server does. */
static struct said ask(struct desk *d, const struct route_table *t, enum role role,
    const char *unit, const char *method, const char *pattern, const char *param, struct text body)
{
        struct said said = { .err = ERR_MISSING };
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct reply reply = { 0 };
        struct call call = { .office = &d->office,
                .db = d->o->db,
                .clock = &d->o->clock,
                .scope = { unit, "acc", "An", "127.0.0.1", role },
                .params = { text_of(param) },
                .body = body };

        assert_int_equal(arena_new(&arena, 1 << 24), 0);
        call.arena = arena;
        for (size_t i = 0; i < t->count; i++) {
                const struct route *r = &t->routes[i];

                if (strcmp(r->method, method) != 0 || strcmp(r->pattern, pattern) != 0)
                        continue;
                said.err = role < r->min_role ? ERR_DENIED : r->handle(&reply, &call);
        }
        said.status = reply.status;
        if (!said.err && reply.body.len)
                (void)!json_read(
                    &said.body, (struct text){ reply.body.data, reply.body.len }, NULL);
        (void)snprintf(said.text, sizeof(said.text), "%s", reply.body.data ? reply.body.data : "");
        buffer_done(&reply.body);
        return said;
}

static size_t count_in(struct said said, const char *name)
{
        size_t n = json_array_size(json_object_get(said.body, name));

        assert_int_equal(said.err, 0);
        assert_int_equal(said.status, 200);
        json_decref(said.body);
        return n;
}

#define ASK(d, table, role, unit, method, pattern, param, body)                                    \
        ask(d, &(table), role, unit, method, "/api/v1/" pattern, param, text_of(body))

static void fill_both(struct desk *d)
{
        struct list_outcome out;

        assert_int_equal(file_list(d->o, &out, "s1",
                             ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")
                                 ROW("198.51.100.200", "Mirai", "") ROW("192.0.2.1", "X", "")),
            0);
}

static void each_sees_its_own_and_the_office_all(void **state)
{
        static const struct {
                const char *unit;
                size_t findings, incidents, machines;
        } seen[] = { { ROOT, 3, 2, 3 }, { EAST, 1, 1, 2 }, { WEST, 1, 1, 1 } };
        struct desk *d = *state;

        fill_both(d);
        for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
                const char *u = seen[i].unit;

                assert_int_equal(
                    count_in(
                        ASK(d, api_findings, ROLE_UNIT, u, "GET", "findings", "", ""), "findings"),
                    seen[i].findings);
                assert_int_equal(
                    count_in(ASK(d, api_incidents, ROLE_UNIT, u, "GET", "incidents", "", ""),
                        "incidents"),
                    seen[i].incidents);
                assert_int_equal(
                    count_in(
                        ASK(d, api_machines, ROLE_UNIT, u, "GET", "machines", "", ""), "machines"),
                    seen[i].machines);
        }
}

static void a_sister_units_machine_is_not_there(void **state)
{
        struct desk *d = *state;
        struct said own = ASK(d, api_machines, ROLE_UNIT, EAST, "GET", "machines/{id}", PC_A, "");

        assert_int_equal(own.err, 0);
        assert_int_equal(json_array_size(json_object_get(own.body, "proof")), 4);
        json_decref(own.body);
        assert_int_equal(
            ASK(d, api_machines, ROLE_UNIT, WEST, "GET", "machines/{id}", PC_A, "").err,
            ERR_MISSING);
        assert_int_equal(ASK(d, api_machines, ROLE_UNIT, WEST, "POST", "machines/{id}/orders", PC_A,
                             "{\"kind\":\"sweep\"}")
                             .err,
            ERR_MISSING);
        own = ASK(d, api_machines, ROLE_UNIT, EAST, "POST", "machines/{id}/orders", PC_A,
            "{\"kind\":\"sweep\"}");
        assert_int_equal(own.status, 201);
        json_decref(own.body);
        assert_int_equal(COUNT(d->o, "select count(*) from audit where act = 'order'"), 1);
}

DB_SQL(test_incident_of, "select id from incident where unit_id = $1");

static void incident_id(char out[ULID_MAX], struct desk *d, const char *unit)
{
        AUTO(db_query_done) struct db_query *q = NULL;

        assert_int_equal(db_query_begin(&q, d->o->db, test_incident_of), 0);
        db_bind_string(q, 1, unit);
        assert_int_equal(db_step(q), 1);
        assert_int_equal(text_copy(out, ULID_MAX, db_column_text(q, 0)), 0);
}

static int move(struct desk *d, const char *id, const char *body)
{
        struct said s = ASK(
            d, api_incidents, ROLE_OFFICE, ROOT, "POST", "incidents/{id}/moves", id, body);

        json_decref(s.body);
        return s.err ? s.err : s.status;
}

static void an_incident_moves_only_as_allowed_and_closes_with_proof(void **state)
{
        struct desk *d = *state;
        char id[ULID_MAX];
        struct said s;

        fill_both(d);
        incident_id(id, d, EAST);
        assert_int_equal(move(d, id, "{\"to\":\"closed\"}"), 400);
        assert_int_equal(move(d, id, "{\"to\":\"triage\"}"), 204);
        assert_int_equal(move(d, id, "{\"to\":\"dismissed\"}"), 400);
        assert_int_equal(move(d, id, "{\"to\":\"contained\"}"), 204);
        assert_int_equal(move(d, id, "{\"to\":\"eradicated\"}"), 204);
        assert_int_equal(move(d, id, "{\"to\":\"recovered\"}"), 204);
        assert_int_equal(move(d, id, "{\"to\":\"closed\"}"), 400);
        d->o->now += MINUTE_MS;
        assert_int_equal(file_sweep(d->o, PC_A, 1, "", true), 0);
        assert_int_equal(move(d, id, "{\"to\":\"closed\"}"), 204);
        assert_int_equal(COUNT(d->o, "select count(*) from finding where state = 'closed'"), 1);
        s = ASK(d, api_incidents, ROLE_UNIT, EAST, "GET", "incidents/{id}", id, "");
        assert_int_equal(s.err, 0);
        assert_string_equal(json_get_text(s.body, "state"), "closed");
        assert_int_equal(json_array_size(json_object_get(s.body, "machines")), 1);
        json_decref(s.body);
        assert_int_equal(
            ASK(d, api_incidents, ROLE_UNIT, WEST, "GET", "incidents/{id}", id, "").err,
            ERR_MISSING);
}

static void an_entry_of_the_future_is_refused_and_a_correction_is_a_new_one(void **state)
{
        struct desk *d = *state;
        char id[ULID_MAX];
        struct said s;

        fill_both(d);
        incident_id(id, d, EAST);
        s = ASK(d, api_incidents, ROLE_UNIT, EAST, "POST", "incidents/{id}/entries", id,
            "{\"body\":\"Đã rút dây mạng\",\"at\":\"2024-01-16T08:00:00Z\"}");
        assert_int_equal(s.status, 400);
        json_decref(s.body);
        s = ASK(d, api_incidents, ROLE_UNIT, EAST, "POST", "incidents/{id}/entries", id,
            "{\"body\":\"Đã rút dây mạng\"}");
        assert_int_equal(s.status, 204);
        s = ASK(d, api_incidents, ROLE_UNIT, EAST, "POST", "incidents/{id}/entries", id,
            "{\"body\":\"x\",\"correction_of\":\"01HKNONE000000000000000000\"}");
        assert_int_equal(s.err, ERR_MISSING);
}

static void a_unit_cannot_excuse_its_own_finding(void **state)
{
        struct desk *d = *state;
        AUTO(json_free_at) json_t *findings = NULL;
        struct scope root = { .unit_id = EAST };
        struct finding_filter filter = { .kind = "victim" };
        const char *id;
        struct said s;

        fill_both(d);
        assert_int_equal(findings_json(&findings, d->o->db, &root, &filter), 0);
        id = json_get_text(json_array_get(findings, 0), "id");
        assert_int_equal(ASK(d, api_findings, ROLE_UNIT, EAST, "POST", "findings/{id}/moves", id,
                             "{\"to\":\"waived\",\"reason\":\"x\"}")
                             .err,
            ERR_DENIED);
        s = ASK(d, api_findings, ROLE_OFFICE, ROOT, "POST", "findings/{id}/moves", id,
            "{\"to\":\"waived\",\"reason\":\" \"}");
        assert_int_equal(s.status, 400);
        json_decref(s.body);
        assert_int_equal(ASK(d, api_findings, ROLE_OFFICE, ROOT, "POST", "findings/{id}/moves", id,
                             "{\"to\":\"not_ours\",\"reason\":\"máy bẫy\"}")
                             .status,
            204);
}

static struct said preview(struct desk *d, const char *name, const char *bytes)
{
        world.count = 1;
        world.names[0] = "name";
        world.values[0] = name;
        return ASK(d, api_lists, ROLE_OFFICE, ROOT, "POST", "lists/preview", "", bytes);
}

static struct said commit(struct desk *d, const struct said *shown, const char *source)
{
        char body[256];

        (void)snprintf(body, sizeof(body),
            "{\"upload\":\"%s\",\"source\":\"%s\",\"zone_minutes\":420}",
            json_get_text(shown->body, "upload"), source);
        return ASK(d, api_lists, ROLE_OFFICE, ROOT, "POST", "lists", "", body);
}

static const char victims_csv[] =
    "Địa chỉ IP,Thời gian,Mã độc,Tên máy\n198.51.100.9,15/01/2024 14:00,Emotet,pc-a\n"
    "198.51.100.300,15/01/2024 14:00,Emotet,\n";

static void a_list_of_victims_is_seen_and_then_filed_once(void **state)
{
        struct desk *d = *state;
        struct said shown = preview(d, "a.csv", victims_csv), filed, again;
        const json_t *victim;

        assert_int_equal(shown.err, 0);
        assert_int_equal(shown.status, 200);
        assert_string_equal(json_get_text(shown.body, "kind"), "victim");
        victim = json_array_get(json_object_get(shown.body, "victims"), 0);
        assert_string_equal(json_get_text(json_object_get(victim, "unit"), "id"), EAST);
        assert_string_equal(json_get_text(victim, "delta"), "new");
        assert_int_equal(COUNT(d->o, "select count(*) from list_batch"), 0);
        filed = commit(d, &shown, "NCSC");
        assert_int_equal(filed.err, 0);
        assert_int_equal(filed.status, 201);
        assert_int_equal(json_get_int(filed.body, "findings"), 1);
        assert_int_equal(
            COUNT(d->o, "select count(*) from list_refused where kind = 'refused'"), 1);
        json_decref(filed.body);
        json_decref(shown.body);
        shown = preview(d, "a.csv", victims_csv);
        assert_true(json_is_object(json_object_get(shown.body, "already")));
        again = commit(d, &shown, "NCSC");
        assert_int_equal(again.status, 409);
        assert_string_equal(json_get_text(again.body, "code"), "already_imported");
        json_decref(again.body);
        json_decref(shown.body);
}

static void an_indicator_list_is_published_and_withdrawn(void **state)
{
        struct desk *d = *state;
        struct said shown = preview(d, "bad.txt", "185.220.101.4\n185.220.101.5\n"), filed;
        const char *id;

        assert_int_equal(shown.status, 200);
        filed = commit(d, &shown, "blocklist");
        assert_int_equal(filed.err, 0);
        assert_int_equal(filed.status, 201);
        assert_true(world.published_bytes > 0);
        id = json_get_text(json_object_get(filed.body, "batch"), "id");
        assert_int_equal(
            ASK(d, api_lists, ROLE_OFFICE, ROOT, "DELETE", "lists/{id}", id, "").status, 204);
        assert_int_equal(COUNT(d->o, "select count(*) from list_batch where active = 1"), 0);
        json_decref(filed.body);
        json_decref(shown.body);
}

static void a_set_that_cannot_be_published_takes_its_list_back(void **state)
{
        struct desk *d = *state;
        struct said shown = preview(d, "bad.txt", "185.220.101.4\n"), filed;

        world.publish_err = ERR_BUSY;
        filed = commit(d, &shown, "blocklist");
        assert_int_equal(filed.err, ERR_BUSY);
        assert_int_equal(COUNT(d->o, "select count(*) from list_batch where active = 1"), 0);
        json_decref(shown.body);
}

static void lists_belong_to_the_office(void **state)
{
        struct desk *d = *state;
        struct said shown = preview(d, "a.csv", victims_csv);

        assert_int_equal(
            ASK(d, api_lists, ROLE_UNIT, EAST, "POST", "lists", "", "{}").err, ERR_DENIED);
        assert_int_equal(
            ASK(d, api_lists, ROLE_UNIT, EAST, "POST", "lists/preview", "", "x").err, ERR_DENIED);
        assert_int_equal(
            ASK(d, api_lists, ROLE_OFFICE, ROOT, "POST", "lists/preview/{upload}", "../a.db", "{}")
                .err,
            ERR_FORMAT);
        json_decref(shown.body);
}

static struct said carry(struct desk *d, const char *machine)
{
        AUTO(buffer_done) struct buffer report = BUFFER(1 << 16);
        AUTO(json_free_at) json_t *file = NULL;
        struct said said;
        char *text;

        (void)report_text(&report, machine, 1, "heartbeat", d->o->now, "{}");
        file = json_pack("{s:s,s:s,s:[s],s:s}", "format", "canh-result/1", "certificate", "PEM",
            "reports", report.data, "signature", "AAAA");
        text = json_dumps(file, JSON_COMPACT);
        said = ASK(d, api_results, ROLE_UNIT, EAST, "POST", "results", "", text);
        free(text);
        return said;
}

static void a_result_file_is_filed_once_and_only_when_its_signature_holds(void **state)
{
        struct desk *d = *state;
        struct said s;

        world.common_name = PC_A;
        world.signature_err = ERR_UNTRUSTED;
        s = carry(d, PC_A);
        assert_int_equal(s.status, 422);
        json_decref(s.body);
        assert_int_equal(COUNT(d->o, "select count(*) from agent_report"), 0);
        world.signature_err = 0;
        s = carry(d, PC_A);
        assert_int_equal(json_get_int(s.body, "filed"), 1);
        json_decref(s.body);
        s = carry(d, PC_A);
        assert_int_equal(json_get_int(s.body, "duplicate"), 1);
        json_decref(s.body);
        s = carry(d, PC_W); /* the certificate is another machine's */
        assert_int_equal(s.status, 403);
        json_decref(s.body);
}

static int carry_by_kit(struct desk *d, const char *key, int id, int sequence)
{
        AUTO(buffer_done) struct buffer report = BUFFER(1 << 16);
        AUTO(json_free_at) json_t *file = NULL;
        char *text;
        struct said said;

        assert_int_equal(
            buffer_add_format(&report,
                "{\"format\":\"canh-report/1\",\"id\":\"01HKKKKKKK%016d\",\"machine\":\"\","
                "\"machine_key\":\"%s\",\"sequence\":%d,\"kind\":\"heartbeat\",\"made_at\":"
                "\"2024-01-15T08:00:00Z\",\"agent\":\"0.1.0\",\"way\":\"hand\",\"body\":{}}",
                id, key, sequence),
            0);
        file = json_pack("{s:s,s:s,s:[s],s:s}", "format", "canh-result/1", "certificate", "PEM",
            "reports", report.data, "signature", "AAAA");
        text = json_dumps(file, JSON_COMPACT);
        said = ASK(d, api_results, ROLE_UNIT, EAST, "POST", "results", "", text);
        free(text);
        json_decref(said.body);
        return said.err ? said.err : said.status;
}

static void a_kit_files_for_machines_of_its_unit_only(void **state)
{
        struct desk *d = *state;
        struct said kit = ASK(d, api_results, ROLE_OFFICE, ROOT, "POST", "check-kits", "",
            "{\"unit\":\"" EAST "\",\"days\":7}");
        char name[65];

        assert_int_equal(kit.status, 201);
        (void)snprintf(name, sizeof(name), "kit:%s", json_get_text(kit.body, "kit"));
        json_decref(kit.body);
        world.common_name = name;
        assert_int_equal(carry_by_kit(d, "pc-b", 1, 0), 200);
        assert_int_equal(carry_by_kit(d, "pc-w", 2, 0), 403);
        assert_int_equal(carry_by_kit(d, "never-seen", 3, 0), 200);
        assert_int_equal(COUNT(d->o, "select count(*) from machine where unit_id = '" EAST "'"), 3);
        world.common_name = "kit:01HKNONE000000000000000000";
        assert_int_equal(carry_by_kit(d, "pc-b", 4, 0), ERR_MISSING);
        assert_int_equal(ASK(d, api_results, ROLE_OFFICE, EAST, "POST", "check-kits", "",
                             "{\"unit\":\"" WEST "\",\"days\":7}")
                             .err,
            ERR_MISSING);
}

static void a_kit_counts_nothing_and_its_reports_are_told_apart_by_identifier(void **state)
{
        struct desk *d = *state;
        struct said kit = ASK(d, api_results, ROLE_OFFICE, ROOT, "POST", "check-kits", "",
            "{\"unit\":\"" EAST "\",\"days\":7}");
        char name[65];

        (void)snprintf(name, sizeof(name), "kit:%s", json_get_text(kit.body, "kit"));
        json_decref(kit.body);
        world.common_name = name;
        for (int id = 1; id <= 3; id++)
                assert_int_equal(carry_by_kit(d, "pc-b", id, 0), 200);
        assert_int_equal(carry_by_kit(d, "pc-a", 4, 0), 200);
        assert_int_equal(carry_by_kit(d, "pc-b", 2, 0), 200); /* brought again */
        assert_int_equal(COUNT(d->o, "select count(*) from agent_report"), 4);
        assert_int_equal(
            COUNT(d->o, "select min(sequence) from agent_report where machine_id = '" PC_B "'"),
            -3);
        assert_int_equal(carry_by_kit(d, "pc-a", 2, 0), ERR_DENIED); /* another machine has it */
        assert_int_equal(carry_by_kit(d, "pc-b", 5, 1), 400);
        assert_int_equal(
            COUNT(d->o, "select report_sequence from machine where id = '" PC_B "'"), 0);
}

#define DESK(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                DESK(each_sees_its_own_and_the_office_all),
                DESK(a_sister_units_machine_is_not_there),
                DESK(an_incident_moves_only_as_allowed_and_closes_with_proof),
                DESK(an_entry_of_the_future_is_refused_and_a_correction_is_a_new_one),
                DESK(a_unit_cannot_excuse_its_own_finding),
                DESK(a_list_of_victims_is_seen_and_then_filed_once),
                DESK(an_indicator_list_is_published_and_withdrawn),
                DESK(a_set_that_cannot_be_published_takes_its_list_back),
                DESK(lists_belong_to_the_office),
                DESK(a_result_file_is_filed_once_and_only_when_its_signature_holds),
                DESK(a_kit_files_for_machines_of_its_unit_only),
                DESK(a_kit_counts_nothing_and_its_reports_are_told_apart_by_identifier),
        };

        packs = argc > 1 ? argv[1] : "packs";
        return cmocka_run_group_tests(tests, NULL, NULL);
}
