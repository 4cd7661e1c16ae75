/* Starts a PostgreSQL of its own in a temporary folder, on a socket there and nowhere else, runs
 * every migration and prepares every statement of the program on it: that is how the SQL stays in
 * the common subset of both engines. Without PostgreSQL: skipped with a message, a failure when the
 * environment says CI.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/db/schema.h"

#include <glob.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

extern const char *const __start_canh_sql[];
extern const char *const __stop_canh_sql[];

enum { SKIPPED = 77, PATH_ROOM = 512 };

struct server {
        char folder[64];
        char programs[PATH_ROOM]; /* folder of initdb and pg_ctl */
        PGconn *line;
};

static int run(char *const arguments[])
{
        pid_t child = fork();
        int status = -1;

        if (child == 0) {
                execvp(arguments[0], arguments);
                _exit(127);
        }
        return child < 0 || waitpid(child, &status, 0) < 0 ? -1 : status;
}

/* As the user postgres when we are root: initdb refuses root. */
static int run_as_owner(const char *command)
{
        char *const as_root[] = { "runuser", "-u", "postgres", "--", "sh", "-c", (char *)command,
                NULL };
        char *const as_user[] = { "sh", "-c", (char *)command, NULL };

        return run(geteuid() == 0 ? as_root : as_user);
}

static bool find_programs(struct server *s)
{
        glob_t found = { 0 };
        bool ok = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0 &&
                  found.gl_pathc > 0;

        if (ok)
                snprintf(s->programs, sizeof(s->programs), "%.*s",
                    (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) - strlen("/initdb")),
                    found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
        return ok;
}

static bool start(struct server *s)
{
        char command[2048], where[200];

        snprintf(s->folder, sizeof(s->folder), "/tmp/canh_pg_XXXXXX");
        if (!mkdtemp(s->folder) || chmod(s->folder, 0777))
                return false;
        snprintf(command, sizeof(command),
            "%s/initdb -D %s/data -U canh -A trust -E UTF8 --no-locale --no-sync >%s/initdb.log "
            "2>&1 && "
            "%s/pg_ctl -D %s/data -w -t 60 -l %s/server.log "
            "-o \"-c listen_addresses='' -k %s -c fsync=off\" start >/dev/null 2>&1",
            s->programs, s->folder, s->folder, s->programs, s->folder, s->folder, s->folder);
        if (run_as_owner(command) != 0)
                return false;
        snprintf(where, sizeof(where), "host=%s user=canh dbname=postgres", s->folder);
        s->line = PQconnectdb(where);
        return PQstatus(s->line) == CONNECTION_OK;
}

static void show_logs(const struct server *s)
{
        char command[PATH_ROOM];

        snprintf(command, sizeof(command), "cat %s/*.log >&2", s->folder);
        (void)!run_as_owner(command);
}

static void stop(struct server *s)
{
        char command[PATH_ROOM * 2];

        PQfinish(s->line);
        snprintf(command, sizeof(command),
            "%s/pg_ctl -D %s/data -m immediate -w stop >/dev/null 2>&1; rm -rf %s/*", s->programs,
            s->folder, s->folder);
        (void)!run_as_owner(command);
        rmdir(s->folder);
}

static size_t complain(PGconn *line, PGresult *result, const char *sql)
{
        ExecStatusType status = PQresultStatus(result);
        size_t failed = status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;

        if (failed)
                print_error("%s  in: %s\n\n", PQerrorMessage(line), sql);
        PQclear(result);
        return failed;
}

static void every_migration_runs_in_order(void **state)
{
        struct server *s = *state;
        size_t failed = 0;

        for (size_t i = 0; i < schema_scripts_count; i++) {
                struct text rest = text_of(schema_scripts[i].sql), statement;

                while (schema_next_statement(&statement, &rest)) {
                        AUTO(mem_free_at) char *sql = mem_copy_text(statement.data, statement.len);

                        failed += complain(s->line, PQexec(s->line, sql), sql);
                }
        }
        assert_int_equal(failed, 0);
}

static void every_statement_of_the_program_can_be_prepared(void **state)
{
        struct server *s = *state;
        size_t failed = 0, count = 0;

        for (const char *const *sql = __start_canh_sql; sql < __stop_canh_sql; sql++, count++)
                failed += complain(s->line, PQprepare(s->line, "", *sql, 0, NULL), *sql);
        print_message("%zu statements prepared, %zu refused\n", count, failed);
        assert_int_equal(failed, 0);
        assert_true(count > 50);
}

static void a_statement_that_only_sqlite_knows_would_be_noticed(void **state)
{
        struct server *s = *state;
        PGresult *result = PQprepare(
            s->line, "", "insert or ignore into setting values ($1, $2, $3)", 0, NULL);

        assert_int_not_equal(PQresultStatus(result), PGRES_COMMAND_OK);
        PQclear(result);
}

static struct server server;

static int give_server(void **state)
{
        *state = &server;
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_migration_runs_in_order),
                cmocka_unit_test(every_statement_of_the_program_can_be_prepared),
                cmocka_unit_test(a_statement_that_only_sqlite_knows_would_be_noticed),
        };
        int failed;

        if (!find_programs(&server)) {
                print_error(
                    "PostgreSQL is not installed (Debian: postgresql): nothing was tested\n");
                return getenv("CI") ? 1 : SKIPPED;
        }
        if (!start(&server)) {
                print_error("PostgreSQL did not start; what it said:\n");
                show_logs(&server);
                return 1;
        }
        failed = cmocka_run_group_tests(tests, give_server, NULL);
        stop(&server);
        return failed;
}
