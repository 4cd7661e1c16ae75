/* system/db/db_sqlite.c: db.h over SQLite.
 * Invariants: (1) a statement in the cache that is not `busy` is reset and has no bindings; (2)
 * while `in_transaction`, SQLite has one open; when SQLite ended it by itself (full disk), every
 * step answers the error until the owner rolls back, so that nothing of the work is written outside
 * it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/db/db_engine.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <unistd.h>

enum { BUSY_MS = 10000, BUCKETS = 128, PARAMS_MAX = 64 };

struct db_query {
        struct db *db;
        struct db_query *next; /* in the bucket */
        const char *sql;
        sqlite3_stmt *statement;
        uint8_t position[PARAMS_MAX + 1]; /* of $n among SQLite's parameters; 0 = not used */
        int err;
        bool busy, done, kept;
};

struct db {
        sqlite3 *handle;
        struct db_query *buckets[BUCKETS];
        bool in_transaction;
        int lost; /* why SQLite ended the transaction by itself */
};

static int constraint_err(int extended)
{
        switch (extended) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
                return ERR_EXISTS;
        default:
                return ERR_DENIED;
        }
}

static int err_of(sqlite3 *handle, int code)
{
        switch (code & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
                return 0;
        case SQLITE_CONSTRAINT:
                return constraint_err(sqlite3_extended_errcode(handle));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return ERR_BUSY;
        case SQLITE_NOMEM:
                return ERR_MEMORY;
        case SQLITE_TOOBIG:
                return ERR_LIMIT;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
                return ERR_DENIED;
        case SQLITE_ERROR:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_MISMATCH:
                return ERR_BUG;
        default: /* FULL, IOERR, CANTOPEN, CORRUPT, NOTADB … */
                return ERR_IO;
        }
}

/* A new database is readable by its owner only; -wal and -shm take over its rights. The file is
 * never opened by us when it exists: closing that handle would drop SQLite's POSIX locks in this
 * process. */
static int create_private(const char *path)
{
        int fd;

        if (path[0] == ':' || path[0] == '\0')
                return 0;
        fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
                return errno == EEXIST ? 0 : err_from_errno(errno);
        close(fd);
        return 0;
}

static int setup(struct db *db)
{
        static const char *const pragmas[] = { "pragma journal_mode = wal",
                "pragma synchronous = full", "pragma foreign_keys = on",
                "pragma trusted_schema = off", "pragma cell_size_check = on" };

        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_timeout(db->handle, BUSY_MS);
        for (size_t i = 0; i < ARRAY_LEN(pragmas); i++) {
                int code = sqlite3_exec(db->handle, pragmas[i], NULL, NULL, NULL);

                if (code != SQLITE_OK)
                        return err_of(db->handle, code);
        }
        return 0;
}

int db_open(struct db **out, const char *url)
{
        AUTO(db_close_at) struct db *db = NULL;
        const char *path;
        int err, code;

        if (!text_starts(text_of(url), "sqlite:"))
                return ERR_UNSUPPORTED;
        path = url + strlen("sqlite:");
        err = create_private(path);
        if (err)
                return err;
        db = mem_zero(1, sizeof(*db));
        if (!db)
                return ERR_MEMORY;
        code = sqlite3_open_v2(path, &db->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK)
                return err_of(db->handle, code);
        err = setup(db);
        if (err)
                return err;
        *out = MOVE(db);
        return 0;
}

static void query_free(struct db_query *q)
{
        sqlite3_finalize(q->statement);
        mem_free(q);
}

struct db *db_close(struct db *db)
{
        if (!db)
                return NULL;
        for (size_t i = 0; i < BUCKETS; i++) {
                while (db->buckets[i]) {
                        struct db_query *q = db->buckets[i];

                        db->buckets[i] = q->next;
                        query_free(q);
                }
        }
        db_rollback(db);
        sqlite3_close_v2(db->handle);
        mem_free(db);
        return NULL;
}

static int copy_pages(struct db *db, sqlite3 *to)
{
        sqlite3_backup *copy = sqlite3_backup_init(to, "main", db->handle, "main");
        int code;

        if (!copy)
                return err_of(to, sqlite3_errcode(to));
        code = sqlite3_backup_step(copy, -1); /* all in one step: a read transaction, one moment */
        (void)sqlite3_backup_finish(copy);
        return code == SQLITE_DONE ? 0 : err_of(to, code);
}

int db_copy(struct db *db, const char *path)
{
        sqlite3 *to = NULL;
        int err, fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

        if (fd < 0)
                return err_from_errno(errno);
        close(fd);
        err = err_of(to, sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL));
        if (!err)
                err = copy_pages(db, to);
        if (sqlite3_close(to) != SQLITE_OK && !err)
                err = ERR_IO;
        return err;
}

void db_close_at(struct db **db)
{
        *db = db_close(*db);
}

int db_engine_execute(struct db *db, struct text sql)
{
        sqlite3_stmt *statement = NULL;
        int code;

        if (sql.len > INT32_MAX)
                return ERR_LIMIT;
        code = sqlite3_prepare_v2(db->handle, sql.data, (int)sql.len, &statement, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_step(statement);
        sqlite3_finalize(statement);
        return err_of(db->handle, code);
}

int db_engine_schema(struct db *db, int64_t *out)
{
        struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, "pragma user_version");

        if (err)
                return err;
        got = db_step(q);
        if (got == 1)
                *out = db_column_int(q, 0);
        db_query_done(&q);
        return got == 1 ? 0 : got < 0 ? got : ERR_BUG;
}

int db_engine_set_schema(struct db *db, int64_t number)
{
        char sql[64];

        snprintf(sql, sizeof(sql), "pragma user_version = %lld", (long long)number);
        return db_engine_execute(db, text_of(sql));
}

int db_begin(struct db *db)
{
        int err;

        if (db->in_transaction)
                return ERR_BUG;
        err = db_engine_execute(db, TEXT("begin immediate"));
        if (err)
                return err;
        db->in_transaction = true;
        db->lost = 0;
        return 0;
}

int db_commit(struct db *db)
{
        int err;

        if (!db->in_transaction)
                return ERR_BUG;
        err = db->lost;
        if (!err)
                err = db_engine_execute(db, TEXT("commit"));
        if (err)
                db_rollback(db);
        db->in_transaction = false;
        return err;
}

void db_rollback(struct db *db)
{
        db->in_transaction = false;
        db->lost = 0;
        /* nothing to do about a failure: SQLite rolls back by itself when the file is next opened
         */
        if (db->handle && !sqlite3_get_autocommit(db->handle))
                sqlite3_exec(db->handle, "rollback", NULL, NULL, NULL);
}

static size_t bucket_of(const char *sql)
{
        uintptr_t a = (uintptr_t)sql;

        return (a >> 4 ^ a >> 11) % BUCKETS;
}

static struct db_query *find_kept(struct db *db, const char *sql)
{
        for (struct db_query *q = db->buckets[bucket_of(sql)]; q; q = q->next)
                /* the address may have been used again for other text */
                if (q->sql == sql && !q->busy && strcmp(sqlite3_sql(q->statement), sql) == 0)
                        return q;
        return NULL;
}

/* $1 is a name to SQLite, numbered in order of appearance: keep where each number went. */
static int map_parameters(struct db_query *q)
{
        int count = sqlite3_bind_parameter_count(q->statement);

        for (int i = 1; i <= count; i++) {
                const char *name = sqlite3_bind_parameter_name(q->statement, i);
                uint64_t number;

                if (!name || name[0] != '$' ||
                    text_to_u64(&number, text_of(name + 1), PARAMS_MAX) || number == 0)
                        return ERR_BUG;
                q->position[number] = (uint8_t)i;
        }
        return 0;
}

static int prepare(struct db_query **out, struct db *db, const char *sql)
{
        struct db_query *q = mem_zero(1, sizeof(*q));
        int code, err;

        if (!q)
                return ERR_MEMORY;
        q->db = db;
        q->sql = sql;
        code = sqlite3_prepare_v3(
            db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, NULL);
        err = code == SQLITE_OK ? map_parameters(q) : err_of(db->handle, code);
        if (err) {
                query_free(q);
                return err;
        }
        *out = q;
        return 0;
}

static bool kept_already(const struct db *db, const char *sql)
{
        for (const struct db_query *q = db->buckets[bucket_of(sql)]; q; q = q->next)
                if (q->sql == sql)
                        return true;
        return false;
}

int db_query_begin(struct db_query **out, struct db *db, const char *sql)
{
        struct db_query *q = find_kept(db, sql);
        int err;

        if (!q) {
                err = prepare(&q, db, sql);
                if (err)
                        return err;
                q->kept = !kept_already(db, sql); /* a statement inside itself: used once */
                if (q->kept) {
                        q->next = db->buckets[bucket_of(sql)];
                        db->buckets[bucket_of(sql)] = q;
                }
        }
        q->busy = true;
        q->done = false;
        q->err = 0;
        *out = q;
        return 0;
}

void db_query_done(struct db_query **q)
{
        struct db_query *own = *q;

        *q = NULL;
        if (!own)
                return;
        if (!own->kept) {
                query_free(own);
                return;
        }
        sqlite3_reset(own->statement);
        sqlite3_clear_bindings(own->statement);
        own->busy = false;
}

static int position(struct db_query *q, int index)
{
        if (index < 1 || index > PARAMS_MAX || q->position[index] == 0) {
                q->err = ERR_BUG;
                return 0;
        }
        return q->position[index];
}

static void keep_bind(struct db_query *q, int code)
{
        if (code != SQLITE_OK && !q->err)
                q->err = err_of(q->db->handle, code);
}

void db_bind_text(struct db_query *q, int index, struct text t)
{
        int at = position(q, index);

        if (at)
                keep_bind(q, sqlite3_bind_text64(q->statement, at, t.data ? t.data : "", t.len,
                                 SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_string(struct db_query *q, int index, const char *zero_ended_or_null)
{
        if (zero_ended_or_null)
                db_bind_text(q, index, text_of(zero_ended_or_null));
        else
                db_bind_null(q, index);
}

void db_bind_int(struct db_query *q, int index, int64_t value)
{
        int at = position(q, index);

        if (at)
                keep_bind(q, sqlite3_bind_int64(q->statement, at, value));
}

void db_bind_null(struct db_query *q, int index)
{
        int at = position(q, index);

        if (at)
                keep_bind(q, sqlite3_bind_null(q->statement, at));
}

static int step(struct db_query *q)
{
        struct db *db = q->db;
        int code;

        if (db->lost)
                return db->lost;
        code = sqlite3_step(q->statement);
        if (code == SQLITE_ROW)
                return 1;
        if (code == SQLITE_DONE) {
                q->done = true;
                return 0;
        }
        q->err = err_of(db->handle, code);
        if (db->in_transaction && sqlite3_get_autocommit(db->handle))
                db->lost = q->err;
        return q->err;
}

int db_step(struct db_query *q)
{
        if (q->err)
                return q->err;
        if (q->done) /* SQLite would start again from the first row */
                return 0;
        return step(q);
}

struct text db_column_text(struct db_query *q, int column)
{
        const void *bytes = sqlite3_column_text(q->statement, column);
        int len = sqlite3_column_bytes(q->statement, column);

        if (!bytes || len < 0)
                return TEXT("");
        return (struct text){ bytes, (size_t)len };
}

int64_t db_column_int(struct db_query *q, int column)
{
        return sqlite3_column_int64(q->statement, column);
}

bool db_column_is_null(struct db_query *q, int column)
{
        return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

static void bind_all(struct db_query *q, const char *format, va_list values)
{
        for (int i = 0; format[i]; i++) {
                if (format[i] == 't')
                        db_bind_string(q, i + 1, va_arg(values, const char *));
                else if (format[i] == 'i')
                        db_bind_int(q, i + 1, va_arg(values, int64_t));
                else
                        q->err = ERR_BUG;
        }
}

int db_run(struct db *db, int64_t *changed, const char *sql, const char *format, ...)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        va_list values;
        int got, err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        va_start(values, format);
        bind_all(q, format, values);
        va_end(values);
        do
                got = db_step(q);
        while (got == 1);
        if (got == 0 && changed)
                *changed = sqlite3_changes64(db->handle);
        return got;
}
