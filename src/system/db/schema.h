/* system/db/schema.h: the migrations that are built into the program (tools/embed_sql.py), and how
 * a script falls apart into statements. Only the engines and their tests include it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_DB_SCHEMA_H
#define CANH_SYSTEM_DB_SCHEMA_H

#include "base/text.h"

struct schema_script {
        int64_t number; /* 1, 2, 3 … */
        const char *name;
        const char *sql;
};

extern const struct schema_script schema_scripts[];
extern const size_t schema_scripts_count;

/* Takes the next statement off *rest, without its semicolon and without comments before it; false
 * at the end. A semicolon in a quoted text, a quoted name or a comment does not count. */
bool schema_next_statement(struct text *out, struct text *rest);

#endif
