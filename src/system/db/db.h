/* system/db/db.h: the one door to the database. SQLite now; PostgreSQL is another file behind it.
 *
 * SQL stands only in *_rows.c and in schema/, in the common subset of both engines: parameters
 * $1 $2 …, texts, 64-bit integers (times are milliseconds UTC, truth is 0 or 1), `on conflict`,
 * `returning`. Every statement is declared with DB_SQL: a test prepares all on a real PostgreSQL.
 *
 * A db is one connection: one thread at a time (db_pool lends them). Errors inside a query stick:
 * binds never fail by themselves, the next db_step says it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_DB_DB_H
#define CANH_SYSTEM_DB_DB_H

#include "base/text.h"

struct db;
struct db_query;

/* Declares `static const char name[]`-like SQL and registers it in the section that the
 * prepare-everything test reads. Use at file level in a *_rows.c. */
#define DB_SQL(name, sql)                                                                          \
        static const char name[] = sql;                                                            \
        __attribute__((section("canh_sql"), used)) static const char *const name##_registered = name

/* url: "sqlite:PATH" (PATH may be ":memory:"). Opens or creates; WAL, synchronous FULL, foreign
 * keys on, 10 s busy time. MISSING, DENIED, IO, UNSUPPORTED. *out belongs to the caller. */
MUST_USE int db_open(struct db **out, const char *url);
struct db *db_close(struct db *db); /* rolls back what is open; takes NULL, returns NULL */
void db_close_at(struct db **db);

/* Brings the schema to the newest number, each migration in one transaction together with its
 * number. UNSUPPORTED and *found set when the database is newer than this program: nothing is
 * touched. */
MUST_USE int db_migrate(struct db *db, int64_t *found);

/* A whole copy as of one moment in a new file, while others read and write. EXISTS, IO. */
MUST_USE int db_copy(struct db *db, const char *path);

/* Write transactions; they do not nest. db_begin takes the write lock at once (BUSY after 10 s). */
MUST_USE int db_begin(struct db *db);
MUST_USE int db_commit(struct db *db);
void db_rollback(struct db *db); /* no effect when nothing is open */

/* Starts a statement (prepared statements are kept per connection by their address).
 * *out is given back with db_query_done before the connection is. */
MUST_USE int db_query_begin(struct db_query **out, struct db *db, const char *sql);
void db_query_done(struct db_query **q); /* for AUTO */
/* index counts from 1 like $1. The bytes are copied. */
void db_bind_text(struct db_query *q, int index, struct text t);
void db_bind_string(struct db_query *q, int index, const char *zero_ended_or_null);
void db_bind_int(struct db_query *q, int index, int64_t value);
void db_bind_null(struct db_query *q, int index);
/* 1: a row is there; 0: done; negative: EXISTS for a broken unique or primary key, DENIED for a
 * broken foreign key or check, BUSY, IO (also: disk full), MEMORY. */
MUST_USE int db_step(struct db_query *q);
/* Columns count from 0; the view lives until the next step. NULL reads as "" and 0. */
struct text db_column_text(struct db_query *q, int column);
int64_t db_column_int(struct db_query *q, int column);
bool db_column_is_null(struct db_query *q, int column);

/* One statement without rows wanted: format has one letter per parameter, t = const char * (NULL is
 * null), i = int64_t. *changed (may be NULL) is the number of rows touched. */
MUST_USE int db_run(struct db *db, int64_t *changed, const char *sql, const char *format, ...);

/* A fixed number of connections to one database, lent to the threads of a server. */
struct db_pool;
MUST_USE int db_pool_new(struct db_pool **out, const char *url, size_t connections);
struct db_pool *db_pool_free(struct db_pool *pool);
struct db *db_pool_take(struct db_pool *pool);          /* waits for a free one */
void db_pool_give(struct db_pool *pool, struct db *db); /* rolls back what is open */

#endif
