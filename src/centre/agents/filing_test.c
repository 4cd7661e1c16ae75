/* The loop of evidence, from a list or a report to what is open and closed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/filing_test_input.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static void a_report_is_filed_once(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{\"uptime_seconds\":5}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
        assert_true(filed.filed);
        assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
        assert_false(filed.filed);
        assert_int_equal(COUNT(o, "select count(*) from agent_report"), 1);
}

static void a_forged_report_is_refused_and_noted(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{}");
        assert_int_equal(file_text(o, &filed, PC_W, &b), ERR_DENIED);
        assert_int_equal(COUNT(o, "select count(*) from agent_report"), 0);
        assert_int_equal(COUNT(o, "select count(*) from audit where act = 'report_refused'"), 1);
}

static void a_sequence_used_again_is_refused(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
        b.data[strcspn(b.data, "K") + 1] = 'Z'; /* another identifier, the same sequence */
        assert_int_equal(file_text(o, &filed, PC_A, &b), ERR_EXISTS);
}

static void the_same_identifier_with_other_words_is_refused(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{\"queue\":3}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), ERR_EXISTS);
}

static void a_report_of_the_future_is_refused(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, PC_A, 1, "heartbeat", o->now + REPORT_FUTURE_MS, "{}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
        (void)report_text(&b, PC_A, 2, "heartbeat", o->now + REPORT_FUTURE_MS + 1000, "{}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), ERR_UNTRUSTED);
}

DB_SQL(test_revoke, "update machine set state = 'revoked' where id = $1");

static void a_revoked_machine_may_not_report(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        assert_int_equal(db_run(o->db, NULL, test_revoke, "t", PC_A), 0);
        (void)report_text(&b, PC_A, 1, "heartbeat", o->now, "{}");
        assert_int_equal(file_text(o, &filed, PC_A, &b), ERR_DENIED);
}

struct twin {
        struct office_test *office;
        const struct buffer *report;
        int err;
        bool filed;
};

static void *file_as_twin(void *arg)
{
        struct twin *t = arg;
        struct report_filed filed = { 0 };
        struct db *db = NULL;

        t->err = db_open(&db, t->office->url);
        if (!t->err)
                t->err = intake_file_report(&filed, db, &t->office->clock, &t->office->rules, PC_A,
                    (struct text){ t->report->data, t->report->len }, NULL);
        t->filed = filed.filed;
        (void)db_close(db);
        return NULL;
}

static void two_at_once_with_the_same_report_count_once(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);

        for (int n = 1; n <= 20; n++) {
                struct twin twins[2] = { { o, &b, 0, false }, { o, &b, 0, false } };
                pthread_t threads[2];

                (void)report_text(&b, PC_A, n, "heartbeat", o->now, "{}");
                for (int i = 0; i < 2; i++)
                        assert_int_equal(
                            pthread_create(&threads[i], NULL, file_as_twin, &twins[i]), 0);
                for (int i = 0; i < 2; i++) {
                        assert_int_equal(pthread_join(threads[i], NULL), 0);
                        assert_int_equal(twins[i].err, 0);
                }
                assert_int_equal(twins[0].filed + twins[1].filed, 1);
        }
        assert_int_equal(COUNT(o, "select count(*) from agent_report"), 20);
}

static void a_malware_file_opens_an_incident_and_a_clean_sweep_verifies_it(void **state)
{
        struct office_test *o = *state;

        assert_int_equal(file_sweep(o, PC_A, 1, HIT("quarantined"), true), 0);
        assert_int_equal(
            COUNT(o, "select count(*) from finding where kind = 'hit' and state = 'cleaning'"), 1);
        assert_int_equal(
            COUNT(o, "select count(*) from incident where number = 'SC-2024-0001'"), 1);
        assert_int_equal(COUNT(o, "select due_at - detected_at from incident"), 120LL * HOUR_MS);
        assert_int_equal(COUNT(o, "select count(*) from sweep_order where state = 'waiting'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 2, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified' and "
                                  "proof_kind = 'sweep'"),
            1);
        assert_int_equal(COUNT(o, "select count(*) from sweep_order where state = 'waiting'"), 0);
}

static void a_file_left_open_is_not_clean_until_it_is_gone(void **state)
{
        struct office_test *o = *state;

        assert_int_equal(file_sweep(o, PC_A, 1, HIT("none"), true), 0);
        assert_int_equal(file_sweep(o, PC_A, 2, HIT("none"), true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep_hit where state = 'open'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 3, "", false), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep_hit where state = 'open'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 4, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep_hit where state = 'gone'"), 1);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
}

static void a_victim_row_puts_the_named_machine_first_and_closes_when_it_is_clean(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;
        AUTO(json_free_at) json_t *orders = NULL;

        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        assert_int_equal(out.findings, 1);
        assert_int_equal(out.orders, 1);
        assert_int_equal(sweep_orders_waiting(&orders, o->db, PC_A), 0);
        assert_int_equal(json_get_int(json_array_get(orders, 0), "priority"), ORDER_LISTED);
        assert_int_equal(file_sweep(o, PC_B, 1, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'cleaning'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 1, "", false), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'cleaning'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 2, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
}

static void a_sweep_from_before_the_row_proves_nothing(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;
        time_ms began = o->now;

        o->now += HOUR_MS;
        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        o->now = began;
        assert_int_equal(file_sweep(o, PC_A, 1, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 0);
}

static void a_sweep_of_one_folder_closes_no_row_and_answers_no_order(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        o->now += MINUTE_MS;
        assert_int_equal(
            file_sweep_of(o, PC_A, 1, "", true, "[\"/home/an\"]", "20240101T000000Z-1"), 0);
        assert_int_equal(file_sweep_of(o, PC_A, 2, "", true, "[\"/\"]", ""), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep_order where state = 'waiting'"), 1);
        assert_int_equal(
            COUNT(o, "select count(*) from machine where last_sweep_at is not null"), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep where proves_not = 'narrow'"), 1);
        assert_int_equal(COUNT(o, "select count(*) from sweep where proves_not = 'undated'"), 1);
        assert_int_equal(file_sweep(o, PC_A, 3, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
        assert_int_equal(COUNT(o, "select count(*) from sweep_order where state = 'waiting'"), 0);
        assert_int_equal(
            COUNT(o, "select count(*) from machine where last_sweep_at is not null"), 1);
}

DB_SQL(test_require, "insert into setting (name, value, updated_at) values ('sweep_roots', $1, 0)");

static void the_office_says_which_folders_prove(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(db_run(o->db, NULL, test_require, "t", "[\"/home\"]"), 0);
        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        o->now += MINUTE_MS;
        assert_int_equal(
            file_sweep_of(o, PC_A, 1, "", true, "[\"/home\"]", "20240101T000000Z-1"), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
}

DB_SQL(test_indicators, "insert into list_source (id, name, kind, created_at, updated_at)"
                        " values ('src', 'Feodo', 'indicator', 0, 0)");
DB_SQL(test_batch, "insert into list_batch (id, source_id, kind, file_name, file_sha256, format, "
                   "rows_read, rows_good, rows_duplicate, rows_refused, rows_warned, rows_outside, "
                   "received_at, received_by) values ('b', 'src', 'indicator', 'f', 'h', 'csv', 1, "
                   "1, 0, 0, 0, 0, $1, 'an')");

static void rules_older_than_those_in_use_when_the_row_came_prove_nothing_of_it(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(db_run(o->db, NULL, test_indicators, ""), 0);
        assert_int_equal(db_run(o->db, NULL, test_batch, "i", o->now), 0);
        o->now += HOUR_MS;
        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        o->now += HOUR_MS;
        assert_int_equal(file_sweep_of(o, PC_A, 1, "", true, "[\"/\"]", "20240115T075959Z-1"), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep_order where state = 'waiting'"), 1);
        assert_int_equal(file_sweep_of(o, PC_A, 2, "", true, "[\"/\"]", "20240115T080000Z-2"), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
}

static void behind_nat_all_machines_of_the_unit_must_be_clean(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", "")), 0);
        assert_int_equal(out.orders, 2);
        o->now += MINUTE_MS;
        assert_int_equal(file_sweep(o, PC_A, 1, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 0);
        assert_int_equal(file_sweep(o, PC_B, 1, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from finding where state = 'verified'"), 1);
}

static void who_spoke_to_the_control_server_is_found(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct list_outcome out;
        struct report_filed filed;

        (void)report_text(&b, PC_B, 1, "connections", o->now,
            "{\"from\":\"2024-01-15T06:00:00Z\",\"to\":\"2024-01-15T08:00:00Z\",\"connections\":[{"
            "\"remote\":\"203.0.113.9\",\"port\":443,\"protocol\":\"tcp\",\"process\":\"x\","
            "\"first_at\":\"2024-01-15T07:05:00Z\",\"last_at\":\"2024-01-15T07:06:00Z\",\"times\":1"
            "}],\"dropped\":0}");
        assert_int_equal(file_text(o, &filed, PC_B, &b), 0);
        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"cc_ip\":\"203.0.113.9\"")),
            0);
        assert_int_equal(COUNT(o, "select count(*) from finding where machine_id = '" PC_B
                                  "' and confidence = 4"),
            1);
}

static void a_contact_with_a_listed_address_is_a_finding(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        for (int n = 1; n <= 2; n++) {
                (void)report_text(&b, PC_B, n, "connections", o->now,
                    "{\"from\":\"2024-01-15T06:00:00Z\",\"to\":\"2024-01-15T08:00:00Z\","
                    "\"connections\":[{\"remote\":\"203.0.113.9\",\"port\":443,\"protocol\":"
                    "\"tcp\","
                    "\"process\":\"x\",\"first_at\":\"2024-01-15T07:05:00Z\",\"last_at\":"
                    "\"2024-01-15T07:06:00Z\",\"times\":2,\"match\":{\"type\":\"ip\",\"value\":"
                    "\"203.0.113.9\",\"family\":\"Emotet\",\"list\":\"feodo\"}}],\"dropped\":0}");
                assert_int_equal(file_text(o, &filed, PC_B, &b), 0);
        }
        assert_int_equal(COUNT(o, "select count(*) from finding where kind = 'contact'"), 1);
        assert_int_equal(COUNT(o, "select times from machine_connection"), 4);
}

static void the_same_list_counts_once(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out, again;

        assert_int_equal(file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", "")), 0);
        assert_int_equal(file_list(o, &again, "s1", ROW("198.51.100.9", "Emotet", "")), ERR_EXISTS);
        assert_string_equal(again.filed.batch_id, out.filed.batch_id);
        assert_int_equal(COUNT(o, "select count(*) from observation"), 1);
}

static void a_bad_row_leaves_nothing_of_its_list(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(file_list(o, &out, "s1",
                             ROW("198.51.100.9", "Emotet", "") ROW("198.51.100.300", "Emotet", "")),
            ERR_FORMAT);
        assert_int_equal(
            COUNT(o, "select (select count(*) from observation) + (select count(*) from "
                     "list_batch) + (select count(*) from finding) + (select count(*) "
                     "from list_source) + (select count(*) from sweep_order)"),
            0);
}

static void silence_confirms_and_return_reopens(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        o->now += MINUTE_MS;
        assert_int_equal(file_sweep(o, PC_A, 1, "", true), 0);
        o->now += DAY_MS;
        assert_int_equal(file_list(o, &out, "s2", ROW("198.51.100.200", "Mirai", "")), 0);
        assert_int_equal(out.filed.gone, 1);
        assert_int_equal(
            COUNT(o, "select count(*) from finding where state = 'confirmed' and delta "
                     "= 'gone'"),
            1);
        o->now += DAY_MS;
        assert_int_equal(
            file_list(o, &out, "s3",
                "{\"line\":2,\"seen_at\":\"2024-01-17T07:00:00Z\",\"src_ip\":\"198.51.100.9\","
                "\"malware\":\"Emotet\",\"inner_name\":\"pc-a\",\"raw\":\"x\"}"),
            0);
        assert_int_equal(
            COUNT(o, "select count(*) from finding where state = 'cleaning' and delta = "
                     "'returned' and proof_id = ''"),
            1);
        assert_int_equal(
            COUNT(o, "select count(*) from incident_entry where kind = 'returned'"), 1);
}

static void an_address_of_nobody_is_kept_without_a_unit(void **state)
{
        struct office_test *o = *state;
        struct list_outcome out;

        assert_int_equal(file_list(o, &out, "s1", ROW("192.0.2.1", "Emotet", "")), 0);
        assert_int_equal(out.filed.outside, 1);
        assert_int_equal(
            COUNT(o, "select count(*) from finding where state = 'new' and unit_id is null"), 1);
        assert_int_equal(COUNT(o, "select count(*) from incident"), 0);
}

/* n connections to different addresses, all listed or none. */
static void add_connections(struct buffer *b, unsigned net, bool listed)
{
        assert_int_equal(
            buffer_add_text(b, "{\"from\":\"2024-01-15T06:00:00Z\",\"to\":\"2024-01-15T08:00:00Z\","
                               "\"connections\":["),
            0);
        for (unsigned i = 0; i < 15000; i++)
                assert_int_equal(
                    buffer_add_format(b,
                        "%s{\"remote\":\"10.%u.%u.%u\",\"port\":443,\"protocol\":\"tcp\","
                        "\"process\":\"x\",\"first_at\":\"2024-01-15T07:05:00Z\",\"last_at\":"
                        "\"2024-01-15T07:06:00Z\",\"times\":1%s}",
                        i ? "," : "", net, i / 250, i % 250,
                        listed && i < 10
                            ? ",\"match\":{\"type\":\"ip\",\"value\":\"x\",\"family\":\"Emotet\","
                              "\"list\":\"feodo\"}"
                            : ""),
                    0);
        assert_int_equal(buffer_add_text(b, "],\"dropped\":0}"), 0);
}

static void a_machine_keeps_no_more_connections_than_its_limit(void **state)
{
        struct office_test *o = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(8 << 20);
        AUTO(buffer_done) struct buffer body = BUFFER(8 << 20);
        struct report_filed filed;

        for (int n = 1; n <= 2; n++) {
                buffer_clear(&body);
                add_connections(&body, (unsigned)n, n == 1);
                (void)report_text(&b, PC_A, n, "connections", o->now, body.data);
                assert_int_equal(file_text(o, &filed, PC_A, &b), 0);
                assert_int_equal(filed.dropped, n == 1 ? 0 : 30000 - CONNECTIONS_PER_MACHINE_MAX);
        }
        assert_int_equal(
            COUNT(o, "select count(*) from machine_connection"), CONNECTIONS_PER_MACHINE_MAX);
        assert_int_equal(COUNT(o, "select count(*) from machine_connection where list <> ''"), 10);
}

DB_SQL(test_old_sweep,
    "insert into sweep (id, machine_id, report_id, started_at, ended_at, reason, complete, "
    "generation, rules, hashes, roots, files, bytes, skipped, failed, hits, proves_until) select "
    "$1, machine_id, report_id, $2, $3, reason, 1, generation, 1, 1, roots, 1, 1, 0, 0, 0, $4 from "
    "sweep where machine_id = $5 order by ended_at limit 1");

static void add_sweeps(struct office_test *o, int count)
{
        assert_int_equal(db_begin(o->db), 0);
        for (int n = 0; n < count; n++) {
                char id[ULID_MAX];

                o->now += MINUTE_MS;
                assert_int_equal(db_run(o->db, NULL, test_old_sweep, "tiiit",
                                     ulid_make(id, &o->clock), o->now, o->now, o->now, PC_A),
                    0);
        }
        assert_int_equal(db_commit(o->db), 0);
}

static void a_machine_keeps_its_newest_sweeps_and_those_that_prove(void **state)
{
        struct office_test *o = *state;

        assert_int_equal(file_sweep(o, PC_A, 1, HIT("quarantined"), true), 0);
        assert_int_equal(file_sweep(o, PC_A, 2, "", true), 0); /* proves the first's finding */
        add_sweeps(o, SWEEPS_PER_MACHINE_MAX + 9);
        assert_int_equal(file_sweep(o, PC_A, 3, "", true), 0);
        assert_int_equal(COUNT(o, "select count(*) from sweep"), SWEEPS_PER_MACHINE_MAX + 2);
        assert_int_equal(
            COUNT(o, "select count(*) from sweep s join finding f on f.proof_id = s.id"), 1);
}

/* Rows of `count` addresses of both units and outside. The caller frees. */
static char *many_rows(size_t count)
{
        AUTO(buffer_done) struct buffer b = BUFFER(256 << 20);

        for (size_t i = 0; i < count; i++)
                assert_int_equal(
                    buffer_add_format(&b,
                        "{\"line\":%zu,\"seen_at\":\"2024-01-15T07:00:00Z\",\"src_ip\":"
                        "\"198.51.%zu.%zu\",\"malware\":\"M%zu\",\"src_port\":%zu,\"raw\":\"x\"}\n",
                        i + 1, (i / 256) % 200, i % 256, i / 51200, i % 60000),
                    0);
        return buffer_take(&b);
}

static void killed_in_the_middle_a_list_is_whole_or_not_at_all(void **state)
{
        struct office_test *o = *state;
        AUTO(mem_free_at) char *rows = many_rows(800);
        int whole = 0;

        o->db = db_close(o->db);
        for (unsigned round = 0; round < 8; round++) {
                char sha[16];
                int64_t batches, seen;
                pid_t child = fork();

                (void)snprintf(sha, sizeof(sha), "k%u", round);
                if (child == 0) {
                        struct list_outcome out;

                        if (db_open(&o->db, o->url) || file_list(o, &out, sha, rows))
                                _exit(1);
                        _exit(0);
                }
                (void)usleep(10000 + round * 20000);
                if (round < 7) /* the last one is let through: whole is possible at all */
                        (void)kill(child, SIGKILL);
                assert_int_equal(waitpid(child, NULL, 0), child);
                assert_int_equal(db_open(&o->db, o->url), 0);
                batches = COUNT(o, "select count(*) from list_batch");
                seen = COUNT(o, "select count(*) from observation");
                assert_int_equal(seen, batches * 800);
                assert_int_equal(
                    COUNT(o, "select count(*) from observation where finding_id is null"), 0);
                whole += batches > 0;
                o->db = db_close(o->db);
        }
        assert_int_equal(db_open(&o->db, o->url), 0);
        assert_true(whole > 0);
        print_message("lists that were whole: in %d of 8 rounds\n", whole);
}

static void two_hundred_thousand_rows_are_filed(void **state)
{
        struct office_test *o = *state;
        const char *wanted = getenv("CANH_ROWS");
        size_t count = wanted ? strtoul(wanted, NULL, 10) : 20000;
        AUTO(mem_free_at) char *rows = many_rows(count);
        struct list_outcome out;
        struct timespec a, b;

        clock_gettime(CLOCK_MONOTONIC, &a);
        assert_int_equal(file_list(o, &out, "big", rows), 0);
        clock_gettime(CLOCK_MONOTONIC, &b);
        assert_int_equal(out.filed.rows, count);
        print_message("%zu rows in %.1f s, %zu findings\n", count,
            (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, out.findings);
}

static int take_fact(void *state, const struct machine_fact *f)
{
        struct machine_fact *out = state;

        if (text_is(f->id, PC_A))
                *out = *f;
        return 0;
}

static void facts_say_what_was_listed_and_then_swept(void **state)
{
        struct office_test *o = *state;
        struct scope scope = { .unit_id = ROOT };
        struct machine_fact fact = { 0 };
        struct list_outcome out;

        assert_int_equal(
            file_list(o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")), 0);
        assert_int_equal(machine_facts_each(o->db, &scope, take_fact, &fact), 0);
        assert_int_equal(fact.listed_at, T0);
        assert_int_equal(fact.open_victims, 1);
        assert_int_equal(fact.swept_after_listing_at, 0);
        assert_int_equal(file_sweep(o, PC_A, 1, "", true), 0);
        assert_int_equal(machine_facts_each(o->db, &scope, take_fact, &fact), 0);
        assert_int_equal(fact.open_victims, 0);
        assert_int_equal(fact.swept_after_listing_at, T0 + MINUTE_MS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                CASE(a_report_is_filed_once),
                CASE(a_forged_report_is_refused_and_noted),
                CASE(a_sequence_used_again_is_refused),
                CASE(the_same_identifier_with_other_words_is_refused),
                CASE(a_report_of_the_future_is_refused),
                CASE(a_revoked_machine_may_not_report),
                CASE(two_at_once_with_the_same_report_count_once),
                CASE(a_malware_file_opens_an_incident_and_a_clean_sweep_verifies_it),
                CASE(a_file_left_open_is_not_clean_until_it_is_gone),
                CASE(a_victim_row_puts_the_named_machine_first_and_closes_when_it_is_clean),
                CASE(a_sweep_from_before_the_row_proves_nothing),
                CASE(a_sweep_of_one_folder_closes_no_row_and_answers_no_order),
                CASE(the_office_says_which_folders_prove),
                CASE(rules_older_than_those_in_use_when_the_row_came_prove_nothing_of_it),
                CASE(behind_nat_all_machines_of_the_unit_must_be_clean),
                CASE(who_spoke_to_the_control_server_is_found),
                CASE(a_contact_with_a_listed_address_is_a_finding),
                CASE(the_same_list_counts_once),
                CASE(a_bad_row_leaves_nothing_of_its_list),
                CASE(silence_confirms_and_return_reopens),
                CASE(an_address_of_nobody_is_kept_without_a_unit),
                CASE(a_machine_keeps_no_more_connections_than_its_limit),
                CASE(a_machine_keeps_its_newest_sweeps_and_those_that_prove),
                CASE(killed_in_the_middle_a_list_is_whole_or_not_at_all),
                CASE(two_hundred_thousand_rows_are_filed),
                CASE(facts_say_what_was_listed_and_then_swept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
