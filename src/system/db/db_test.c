/* SPDX-License-Identifier: Apache-2.0 */
#include "system/db/db.h"

#include "base/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

DB_SQL(add_setting, "insert into setting (name, value, updated_at) values ($1, $2, $3)");
DB_SQL(swapped, "select $2, $1, $2");
DB_SQL(count_settings, "select count(*) from setting");
DB_SQL(value_of, "select value from setting where name = $1");
DB_SQL(add_orphan,
    "insert into session (token_hash, account_id, csrf, created_at, used_at, until_at, address) "
    "values ('a', 'nobody', '', 0, 0, 0, '')");

struct place {
        char folder[64];
        char url[96];
};

static int make_place(void **state)
{
        struct place *p = mem_zero(1, sizeof(*p));

        snprintf(p->folder, sizeof(p->folder), "/tmp/canh_db_XXXXXX");
        if (!mkdtemp(p->folder))
                return -1;
        snprintf(p->url, sizeof(p->url), "sqlite:%s/a.db", p->folder);
        *state = p;
        return 0;
}

static int drop_place(void **state)
{
        struct place *p = *state;
        static const char *const names[] = { "a.db", "a.db-wal", "a.db-shm", "a.db-journal" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                char path[128];

                snprintf(path, sizeof(path), "%s/%s", p->folder, names[i]);
                unlink(path);
        }
        rmdir(p->folder);
        mem_free(p);
        return 0;
}

static struct db *open_migrated(const struct place *p)
{
        struct db *db = NULL;

        assert_int_equal(db_open(&db, p->url), 0);
        assert_int_equal(db_migrate(db, NULL), 0);
        return db;
}

static int64_t count(struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;

        assert_int_equal(db_query_begin(&q, db, count_settings), 0);
        assert_int_equal(db_step(q), 1);
        return db_column_int(q, 0);
}

static void parameters_go_where_their_number_says(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        AUTO(db_query_done) struct db_query *q = NULL;

        assert_int_equal(db_query_begin(&q, db, swapped), 0);
        db_bind_text(q, 1, TEXT("Sự cố"));
        db_bind_int(q, 2, INT64_MAX);
        assert_int_equal(db_step(q), 1);
        assert_true(db_column_int(q, 0) == INT64_MAX);
        assert_true(text_is(db_column_text(q, 1), "Sự cố"));
        assert_int_equal(db_step(q), 0);
        assert_int_equal(db_step(q), 0); /* and not from the start again */
}

static void a_wrong_bind_is_said_by_the_next_step(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        AUTO(db_query_done) struct db_query *q = NULL;

        assert_int_equal(db_query_begin(&q, db, swapped), 0);
        db_bind_int(q, 3, 1);
        assert_int_equal(db_step(q), ERR_BUG);
        assert_int_equal(db_step(q), ERR_BUG);
}

static void broken_rules_have_their_own_errors(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        int64_t changed = 0;

        assert_int_equal(db_run(db, &changed, add_setting, "tti", "a", "1", (int64_t)0), 0);
        assert_int_equal(changed, 1);
        assert_int_equal(db_run(db, NULL, add_setting, "tti", "a", "2", (int64_t)0), ERR_EXISTS);
        assert_int_equal(
            db_run(db, NULL, add_setting, "tti", "b", (char *)NULL, (int64_t)0), ERR_DENIED);
        assert_int_equal(db_run(db, NULL, add_orphan, ""), ERR_DENIED);
        assert_int_equal(count(db), 1);
}

static void one_statement_can_run_inside_itself(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        AUTO(db_query_done) struct db_query *outer = NULL;

        assert_int_equal(db_query_begin(&outer, db, count_settings), 0);
        assert_int_equal(db_step(outer), 1);
        assert_int_equal(count(db), 0);
        assert_int_equal(db_column_int(outer, 0), 0);
}

static void what_is_rolled_back_was_never_there(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);

        assert_int_equal(db_begin(db), 0);
        assert_int_equal(db_begin(db), ERR_BUG); /* they do not nest */
        assert_int_equal(db_run(db, NULL, add_setting, "tti", "a", "1", (int64_t)0), 0);
        db_rollback(db);
        db_rollback(db);
        assert_int_equal(count(db), 0);
        assert_int_equal(db_commit(db), ERR_BUG);
}

static void a_newer_schema_is_refused_with_its_number(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        int64_t found = 0;

        assert_int_equal(db_migrate(db, &found), 0); /* again: no effect */
        assert_true(found >= 1);
        assert_int_equal(db_run(db, NULL, "pragma user_version = 9001", ""), 0);
        assert_int_equal(db_migrate(db, &found), ERR_UNSUPPORTED);
        assert_int_equal(found, 9001);
}

static void a_full_disk_leaves_nothing_half_written(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        char big[4000];
        int err = 0;

        memset(big, 'x', sizeof(big) - 1);
        big[sizeof(big) - 1] = '\0';
        assert_int_equal(db_run(db, NULL, add_setting, "tti", "before", "1", (int64_t)0), 0);
        /* no page more than there are now, whatever the schema is */
        assert_int_equal(db_run(db, NULL, "pragma max_page_count = 1", ""), 0);
        assert_int_equal(db_begin(db), 0);
        for (int i = 0; i < 1000 && !err; i++) {
                char name[16];

                snprintf(name, sizeof(name), "n%d", i);
                err = db_run(db, NULL, add_setting, "tti", name, big, (int64_t)0);
        }
        assert_int_equal(err, ERR_IO);
        db_rollback(db);
        assert_int_equal(count(db), 1);
        assert_int_equal(db_run(db, NULL, "pragma max_page_count = 100000", ""), 0);
        assert_int_equal(db_run(db, NULL, add_setting, "tti", "after", big, (int64_t)0), 0);
        assert_int_equal(count(db), 2);
}

struct second_writer {
        const char *url;
        int err;
};

static void *write_second(void *state)
{
        struct second_writer *w = state;
        AUTO(db_close_at) struct db *db = NULL;

        w->err = db_open(&db, w->url);
        w->err = w->err ? w->err : db_begin(db);
        w->err = w->err ? w->err : db_run(db, NULL, add_setting, "tti", "second", "1", (int64_t)0);
        w->err = w->err ? w->err : db_commit(db);
        return NULL;
}

static void two_writers_wait_for_each_other(void **state)
{
        AUTO(db_close_at) struct db *a = open_migrated(*state);
        AUTO(db_close_at) struct db *b = open_migrated(*state);
        struct second_writer second = { .url = ((struct place *)*state)->url, .err = ERR_BUG };
        pthread_t thread;

        assert_int_equal(db_begin(a), 0);
        assert_int_equal(db_run(a, NULL, add_setting, "tti", "a", "1", (int64_t)0), 0);
        assert_int_equal(count(b), 0); /* a reader is not held up and sees what was */
        assert_int_equal(pthread_create(&thread, NULL, write_second, &second), 0);
        usleep(20000); /* long enough to meet the lock; the outcome is the same if it was not */
        assert_int_equal(db_commit(a), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(second.err, 0);
        assert_int_equal(count(b), 2);
}

/* Writes rows and says each number down the pipe once it is committed, until it is killed. */
static void write_until_killed(const char *url, int pipe_fd)
{
        struct db *db = NULL;

        if (db_open(&db, url))
                _exit(1);
        for (int32_t i = 0;; i++) {
                char name[16];

                snprintf(name, sizeof(name), "n%d", i);
                if (db_run(db, NULL, add_setting, "tti", name, name, (int64_t)0))
                        _exit(1);
                if (write(pipe_fd, &i, sizeof(i)) != sizeof(i))
                        _exit(1);
        }
}

static void every_acknowledged_row_survives_a_kill(void **state)
{
        AUTO(db_close_at) struct db *db = open_migrated(*state);
        int pipes[2];
        int32_t last = -1, seen;
        pid_t child;

        db = db_close(db);
        assert_int_equal(pipe(pipes), 0);
        child = fork();
        if (child == 0)
                write_until_killed(((struct place *)*state)->url, pipes[1]);
        close(pipes[1]);
        for (int i = 0; i < 50; i++) {
                assert_int_equal(read(pipes[0], &last, sizeof(last)), sizeof(last));
        }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(pipes[0], &seen, sizeof(seen)) == sizeof(seen))
                last = seen;
        close(pipes[0]);
        db = open_migrated(*state);
        for (int32_t i = 0; i <= last; i++) {
                AUTO(db_query_done) struct db_query *q = NULL;
                char name[16];

                snprintf(name, sizeof(name), "n%d", i);
                assert_int_equal(db_query_begin(&q, db, value_of), 0);
                db_bind_string(q, 1, name);
                assert_int_equal(db_step(q), 1);
                assert_true(text_is(db_column_text(q, 0), name));
        }
}

static void a_database_is_private_and_a_missing_folder_is_said(void **state)
{
        const struct place *p = *state;
        struct db *db = open_migrated(p), *none = NULL;
        struct stat st;

        assert_int_equal(stat(p->url + strlen("sqlite:"), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        db_close(db);
        assert_int_equal(db_open(&none, "sqlite:/nonexistent/folder/a.db"), ERR_MISSING);
        assert_int_equal(db_open(&none, "mysql:a"), ERR_UNSUPPORTED);
        assert_null(none);
}

static void a_connection_comes_back_without_open_work(void **state)
{
        struct place *p = *state;
        struct db_pool *pool = NULL;
        struct db *db = open_migrated(p);

        db_close(db);
        assert_int_equal(db_pool_new(&pool, p->url, 1), 0);
        db = db_pool_take(pool);
        assert_int_equal(db_begin(db), 0);
        assert_int_equal(db_run(db, NULL, add_setting, "tti", "a", "1", (int64_t)0), 0);
        db_pool_give(pool, db);
        db = db_pool_take(pool);
        assert_int_equal(count(db), 0);
        db_pool_give(pool, db);
        db_pool_free(pool);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PLACED(parameters_go_where_their_number_says),
                PLACED(a_wrong_bind_is_said_by_the_next_step),
                PLACED(broken_rules_have_their_own_errors),
                PLACED(one_statement_can_run_inside_itself),
                PLACED(what_is_rolled_back_was_never_there),
                PLACED(a_newer_schema_is_refused_with_its_number),
                PLACED(a_full_disk_leaves_nothing_half_written),
                PLACED(two_writers_wait_for_each_other),
                PLACED(every_acknowledged_row_survives_a_kill),
                PLACED(a_database_is_private_and_a_missing_folder_is_said),
                PLACED(a_connection_comes_back_without_open_work),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
