/* office/campaign/matrix_bench.c: 60 units × 12 clauses over 1,500 machines, from rows to cells and
 * from cells to the page. Target: < 50 ms, the first time and for evaluation and page together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/campaign/campaign.h"
#include "office/campaign/test_office.h"
#include "system/db/db.h"

#include <unistd.h>

enum { UNITS = 60, MACHINES = 1500, ROUNDS = 20 };

static void must(int err)
{
        if (err)
                abort();
}

/* The pack with its last columns repeated until there are twelve. */
static void twelve_clauses(struct buffer *out, const struct buffer *pack)
{
        AUTO(json_free_at) json_t *root = NULL;
        json_t *clauses;
        char *text;

        must(json_read(&root, (struct text){ pack->data, pack->len }, NULL));
        clauses = json_object_get(root, "clauses");
        for (int i = 0; json_array_size(clauses) < PACK_CLAUSES_MAX; i++) {
                json_t *copy = json_deep_copy(json_array_get(clauses, 1));

                must(json_object_set_new(copy, "id", json_sprintf("x%d", i)));
                must(json_array_append_new(clauses, copy));
        }
        text = json_dumps(root, JSON_COMPACT);
        must(buffer_add_text(out, text));
        free(text);
}

static void fill(struct db *db, const struct clock *clock)
{
        AUTO(buffer_done)
        struct buffer pack = BUFFER(PACK_BYTES_MAX), twelve = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;
        char id[ULID_MAX];

        must(db_begin(db));
        for (int i = 0; i < UNITS; i++) {
                char unit[16];

                (void)snprintf(unit, sizeof(unit), "U%d", i);
                test_office_unit(db, unit, "ROOT", "commune", MACHINES / UNITS);
        }
        for (int i = 0; i < MACHINES; i++) {
                char machine[16], unit[16];

                (void)snprintf(machine, sizeof(machine), "M%d", i);
                (void)snprintf(unit, sizeof(unit), "U%d", i % UNITS);
                test_office_machine(db, machine, unit, clock_now(clock) - HOUR_MS,
                    i % 7 ? clock_now(clock) - HOUR_MS : 0);
        }
        must(db_commit(db));
        test_office_pack(&pack);
        twelve_clauses(&twelve, &pack);
        must(campaign_load(id, db, clock, (struct text){ twelve.data, twelve.len }, &faults));
}

static double milliseconds(time_ms from, int rounds)
{
        return (double)(clock_steady(&clock_real) - from) / rounds;
}

/* Both kinds of place: memory is what the code costs, a file is what an office has. */
static int measure(const char *place, const char *url)
{
        AUTO(db_close_at) struct db *db = test_office_open_at(url);
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct scope scope = test_office_scope("ROOT", ROLE_OFFICE);
        struct campaign *c;
        size_t changed;
        time_ms start;
        double first, again, page;

        fill(db, &clock_real);
        must(arena_new(&arena, 16 << 20));
        must(campaign_open(&c, arena, db, TEXT("")));
        start = clock_steady(&clock_real);
        must(campaign_evaluate(db, &clock_real, c, &changed));
        first = milliseconds(start, 1);
        start = clock_steady(&clock_real);
        for (int i = 0; i < ROUNDS; i++)
                must(campaign_evaluate(db, &clock_real, c, NULL));
        again = milliseconds(start, ROUNDS);
        start = clock_steady(&clock_real);
        for (int i = 0; i < ROUNDS; i++) {
                AUTO(json_free_at) json_t *m = NULL;

                must(campaign_matrix_json(&m, db, &clock_real, &scope, c));
        }
        page = milliseconds(start, ROUNDS);
        (void)printf("matrix in %s, %d units x %zu clauses, %d machines: first %.1f ms (%zu cells "
                     "written), again %.1f ms,"
                     " page %.1f ms\n",
            place, UNITS, c->pack->clause_count, MACHINES, first, changed, again, page);
        return first < 50 && again + page < 50 ? 0 : 1;
}

int main(void)
{
        char folder[] = "/tmp/canh_matrix_XXXXXX", url[64], path[64];
        static const char *const names[] = { "a.db", "a.db-wal", "a.db-shm" };
        int failed;

        must(mkdtemp(folder) ? 0 : ERR_IO);
        (void)snprintf(url, sizeof(url), "sqlite:%s/a.db", folder);
        failed = measure("memory", "sqlite::memory:") + measure("a file", url);
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
                (void)unlink(path);
        }
        (void)rmdir(folder);
        return failed;
}
