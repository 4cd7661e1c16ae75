/* sensor/children_test.c: real processes that count, die, break the rules or are deaf.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/children.h"
#include "base/mem.h"
#include "sensor/role.h"
#include "system/proc/message_parse.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* What a child does after it has told its counts. */
enum deed { WAIT, DIE, BREAK, DEAF, END_AS_TOLD };

struct role_of_test {
        enum deed deed;
        int socket;
        const void *bytes; /* BREAK: what it sends, as it is */
        size_t len;
};

struct world {
        struct children all;
        struct role_of_test roles[2];
        unsigned starts, ends, talks;
};

static const struct sensor_counts told = { .of = { [COUNT_PACKETS] = 5, [COUNT_FLOWS_OPEN] = 7 } };

static int run(void *state)
{
        struct role_of_test *r = state;
        struct role_line line;

        if (role_line_init(&line, r->socket, NULL, NULL) || role_line_tell(&line, &told, true))
                return 9;
        if (r->deed == DIE)
                _exit(1);
        if (r->deed == BREAK && send(r->socket, r->bytes, r->len, 0) < 0)
                return 9;
        while (r->deed != END_AS_TOLD || !line.ending) {
                (void)poll(NULL, 0, 10);
                if (r->deed == END_AS_TOLD && role_line_listen(&line))
                        return 9;
        }
        role_line_done(&line);
        return 0;
}

static int on_talkers(void *state, const struct message *m)
{
        (void)m;
        ((struct world *)state)->talks++;
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_TALKERS, sizeof(struct sensor_talkers),
    sizeof(struct sensor_talkers), ROLE_STATE, false, on_talkers } };
static const struct message_table table = { rules, 1 };

static void on_start(void *state, struct child *c)
{
        (void)c;
        ((struct world *)state)->starts++;
}

static void on_end(void *state, struct child *c)
{
        (void)c;
        ((struct world *)state)->ends++;
}

static int setup(void **state)
{
        struct world *w = mem_zero(1, sizeof(*w));

        assert_non_null(w);
        assert_int_equal(children_init(&w->all), 0);
        w->all.table = &table;
        w->all.state = w;
        w->all.on_start = on_start;
        w->all.on_end = on_end;
        *state = w;
        return 0;
}

static int teardown(void **state)
{
        children_done(&((struct world *)*state)->all);
        mem_free(*state);
        return 0;
}

static struct child *begin(struct world *w, enum deed deed)
{
        size_t n = w->all.count;
        struct child *c = children_add(&w->all);

        w->roles[n].deed = deed;
        c->name = "canh-test";
        c->run = run;
        c->state = &w->roles[n];
        c->socket_of_state = &w->roles[n].socket;
        return c;
}

static struct child *start(struct world *w, enum deed deed)
{
        struct child *c = begin(w, deed);

        assert_int_equal(child_start(&w->all, c), 0);
        return c;
}

static uint64_t counted(const struct world *w, enum sensor_count what)
{
        struct sensor_counts sum;

        children_count(&sum, &w->all);
        return sum.of[what];
}

static void tend_until(struct world *w, const unsigned *what, unsigned is)
{
        for (int i = 0; i < 3000 && *what < is; i++)
                assert_int_equal(children_tend(&w->all, 10), 0);
        assert_int_equal(*what, is);
}

static void tend_until_counted(struct world *w, uint64_t packets)
{
        for (int i = 0; i < 3000 && counted(w, COUNT_PACKETS) < packets; i++)
                assert_int_equal(children_tend(&w->all, 10), 0);
        assert_int_equal(counted(w, COUNT_PACKETS), packets);
}

static void what_a_killed_child_counted_stays_and_what_it_had_does_not(void **state)
{
        struct world *w = *state;
        struct child *c = start(w, WAIT);
        int first;

        tend_until_counted(w, 5);
        first = c->pid;
        assert_int_equal(kill(first, SIGKILL), 0);
        tend_until(w, &w->starts, 2);
        tend_until_counted(w, 10);
        assert_int_not_equal(c->pid, first);
        assert_int_equal(counted(w, COUNT_FLOWS_OPEN), 7);
        assert_int_equal(w->all.restarts, 1);
        assert_int_equal(w->ends, 1);
        assert_true(WIFSIGNALED(c->status));
}

static void who_dies_at_once_is_started_ever_more_slowly(void **state)
{
        struct world *w = *state;
        struct child *c = start(w, DIE);
        int wait = 0;

        for (unsigned end = 1; end <= 3; end++) {
                tend_until(w, &w->ends, end);
                assert_true(c->backoff_ms > wait);
                wait = c->backoff_ms;
        }
        assert_int_equal(w->all.restarts, 3);
}

static void one_that_is_to_run_once_is_not_started_again(void **state)
{
        struct world *w = *state;
        struct child *c = begin(w, DIE);

        c->once = true;
        assert_int_equal(child_start(&w->all, c), 0);
        tend_until(w, &w->ends, 1);
        assert_int_equal(children_tend(&w->all, 300), 0);
        assert_int_equal(w->starts, 1);
        assert_false(child_runs(c));
}

/* Each in turn: lengths that lie, kinds that nobody takes, no message at all. */
static void whoever_breaks_the_rules_is_killed_and_the_others_live(void **state)
{
        struct {
                struct message_head head;
                char body[64];
        } bytes[4] = { { { 0 }, "" } };
        const size_t lens[] = { sizeof(bytes[0].head) + 8, sizeof(bytes[0].head) + 8, 3,
                sizeof(bytes[0]) };
        struct world *w = *state;
        struct child *good = start(w, WAIT), *bad = begin(w, BREAK);
        int pid = good->pid;

        message_head_fill(&bytes[0].head, SENSOR_COUNTS, 0, 8);  /* counts are longer */
        message_head_fill(&bytes[1].head, SENSOR_TALKERS, 0, 8); /* talkers too */
        message_head_fill(&bytes[3].head, 77, 0, sizeof(bytes[3].body));
        for (unsigned i = 0; i < ARRAY_LEN(lens); i++) {
                w->roles[1].bytes = &bytes[i];
                w->roles[1].len = lens[i];
                bad->due = 0;
                if (!child_runs(bad))
                        assert_int_equal(child_start(&w->all, bad), 0);
                tend_until(w, &w->ends, i + 1);
                assert_true(WIFSIGNALED(bad->status));
                assert_int_equal(WTERMSIG(bad->status), SIGKILL);
        }
        assert_int_equal(w->talks, 0);
        assert_int_equal(good->pid, pid);
}

static void end_waits_for_who_hands_on_and_kills_the_deaf(void **state)
{
        struct world *w = *state;
        struct child *good = start(w, END_AS_TOLD), *deaf = start(w, DEAF);

        tend_until_counted(w, 10);
        child_end(&w->all, good, 60000);
        assert_true(WIFEXITED(good->status));
        assert_int_equal(WEXITSTATUS(good->status), 0);
        assert_int_equal(w->all.restarts, 0);
        child_end(&w->all, deaf, 50);
        assert_true(WIFSIGNALED(deaf->status));
        assert_int_equal(w->all.restarts, 1);
        assert_int_equal(counted(w, COUNT_PACKETS), 10);
}

static void one_that_was_taken_over_is_replaced(void **state)
{
        struct world *w = *state;
        struct child *c = start(w, WAIT);
        int first = c->pid;

        tend_until_counted(w, 5);
        child_replace(&w->all, c);
        assert_false(child_runs(c));
        tend_until(w, &w->starts, 2);
        assert_int_not_equal(c->pid, first);
        tend_until_counted(w, 10);
}

static void there_is_room_for_so_many(void **state)
{
        struct world *w = *state;

        for (int i = 0; i < CHILDREN_MAX; i++)
                assert_non_null(children_add(&w->all));
        assert_null(children_add(&w->all));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define ONE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
                ONE(what_a_killed_child_counted_stays_and_what_it_had_does_not),
                ONE(who_dies_at_once_is_started_ever_more_slowly),
                ONE(one_that_is_to_run_once_is_not_started_again),
                ONE(whoever_breaks_the_rules_is_killed_and_the_others_live),
                ONE(end_waits_for_who_hands_on_and_kills_the_deaf),
                ONE(one_that_was_taken_over_is_replaced),
                ONE(there_is_room_for_so_many),
#undef ONE
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
