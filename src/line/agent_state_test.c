/* line/agent_state_test.c: what was taken into the outbox survives, numbers never repeat.
 * SPDX-License-Identifier: Apache-2.0 */
#include "line/agent_key.h"
#include "line/agent_state.h"
#include "codec/base64_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"

#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char place[64];

static int place_open(void **state)
{
        struct agent_state *s = NULL;

        (void)snprintf(place, sizeof(place), "/tmp/canh-agent-XXXXXX");
        if (!mkdtemp(place) || agent_state_open(&s, place))
                return -1;
        *state = s;
        return 0;
}

static int remove_it(const char *path, const struct stat *st, int kind, struct FTW *f)
{
        (void)st;
        (void)kind;
        (void)f;
        return remove(path);
}

static int place_close(void **state)
{
        (void)agent_state_close(*state);
        return nftw(place, remove_it, 20, FTW_DEPTH | FTW_PHYS);
}

static int put(const struct agent_state *s)
{
        return agent_report_put_own(s, "01HM6W2GE0ABCDEFGHJKMNPQRS", "heartbeat",
            json_pack("{si}", "queue", 0), &clock_real);
}

static void report_stays_until_it_is_acknowledged_and_keeps_its_identifier(void **state)
{
        const struct agent_state *s = *state;
        AUTO(buffer_done) struct buffer first = BUFFER(10000);
        AUTO(buffer_done) struct buffer again = BUFFER(10000);
        uint64_t n = 0;

        assert_int_equal(put(s), 0);
        assert_int_equal(put(s), 0);
        assert_int_equal(agent_report_next(&first, &n, s), 0);
        assert_int_equal(n, 1);
        assert_int_equal(agent_report_next(&again, &n, s), 0);
        assert_string_equal(first.data, again.data);
        assert_int_equal(agent_report_acknowledge(s, 1), 0);
        assert_int_equal(agent_report_next(&again, &n, s), 0);
        assert_int_equal(n, 2);
        assert_int_equal(agent_report_refused(s, 2), 0);
        assert_int_equal(agent_report_next(&again, &n, s), ERR_MISSING);
}

/* A child writes reports until it is killed, again and again. */
static void kill_at_any_moment_repeats_no_number_and_leaves_whole_reports(void **state)
{
        const struct agent_state *s = *state;
        uint64_t last = 0, n;

        for (int round = 0; round < 10; round++) {
                pid_t child = fork();

                if (child == 0)
                        for (;;)
                                if (put(s))
                                        _exit(1);
                (void)usleep((useconds_t)(3000 + randombytes_uniform(20000)));
                (void)kill(child, SIGKILL);
                assert_int_equal(waitpid(child, NULL, 0), child);
                for (;;) {
                        AUTO(buffer_done) struct buffer b = BUFFER(10000);
                        AUTO(json_free_at) json_t *o = NULL;
                        int64_t inside;

                        if (agent_report_next(&b, &n, s) == ERR_MISSING)
                                break;
                        assert_true(n > last);
                        last = n;
                        assert_int_equal(json_read(&o, (struct text){ b.data, b.len }, NULL), 0);
                        assert_int_equal(
                            json_field_i64(&inside, o, "sequence", 1, INT64_MAX, NULL), 0);
                        assert_int_equal((uint64_t)inside, n);
                        assert_int_equal(agent_report_acknowledge(s, n), 0);
                }
        }
        assert_int_equal(agent_sequence_take(&n, s, 1), 0);
        assert_true(n > last);
        assert_int_equal(agent_sequence_take(&n, s, 100000), 0);
        assert_int_equal(n, 100000);
}

static void full_disk_takes_no_report_and_loses_none(void **state)
{
        const struct agent_state *s = *state;
        pid_t child;
        int status = 0;

        assert_int_equal(put(s), 0);
        child = fork();
        if (child == 0) {
                struct rlimit r = { .rlim_cur = 20, .rlim_max = 20 };

                (void)signal(SIGXFSZ, SIG_IGN);
                _exit(setrlimit(RLIMIT_FSIZE, &r) == 0 && put(s) == ERR_LIMIT ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(agent_report_count(s), 1);
}

static void damaged_number_file_stops_rather_than_repeats(void **state)
{
        const struct agent_state *s = *state;

        assert_int_equal(
            file_write_atomic(agent_state_folder(s), "sequence", TEXT("12x\n"), 0600), 0);
        assert_int_equal(put(s), ERR_FORMAT);
        assert_int_equal(agent_report_count(s), 0);
}

static void key_asks_for_a_certificate_and_signs(void **state)
{
        AUTO(buffer_done) struct buffer key = BUFFER(4096);
        AUTO(buffer_done) struct buffer request = BUFFER(4096);
        AUTO(buffer_done) struct buffer signature = BUFFER(200);
        AUTO(buffer_done) struct buffer base64 = BUFFER(400);
        AUTO(buffer_done) struct buffer back = BUFFER(400);

        (void)state;
        assert_int_equal(agent_key_make(&key), 0);
        assert_int_equal(
            agent_key_request(&request, (struct text){ key.data, key.len }, "may-01"), 0);
        assert_non_null(strstr(request.data, "BEGIN NEW CERTIFICATE REQUEST"));
        assert_null(strstr(request.data, "PRIVATE"));
        assert_int_equal(
            agent_key_sign(&signature, (struct text){ key.data, key.len }, TEXT("x")), 0);
        assert_int_equal(base64_add(&base64, (struct text){ signature.data, signature.len }), 0);
        assert_int_equal(base64_parse(&back, (struct text){ base64.data, base64.len }), 0);
        assert_int_equal(back.len, signature.len);
        assert_memory_equal(back.data, signature.data, back.len);
        assert_int_equal(
            agent_signature_check(TEXT("no pem"), TEXT("x"), TEXT("y")), ERR_UNTRUSTED);
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_PLACE(report_stays_until_it_is_acknowledged_and_keeps_its_identifier),
                WITH_PLACE(kill_at_any_moment_repeats_no_number_and_leaves_whole_reports),
                WITH_PLACE(full_disk_takes_no_report_and_loses_none),
                WITH_PLACE(damaged_number_file_stops_rather_than_repeats),
                cmocka_unit_test(key_asks_for_a_certificate_and_signs),
        };

        if (sodium_init() < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
