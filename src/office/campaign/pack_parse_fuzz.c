/* office/campaign/pack_parse_fuzz.c: a pack that parses keeps its own promises; one that does not
 * names a fault.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"
#include "office/campaign/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
        if (!holds)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        static struct pack_faults faults;
        const struct pack *pack = NULL;
        int err;

        if (arena_new(&arena, 16 << 20))
                return 0;
        err = pack_parse(&pack, arena, (struct text){ (const char *)data, size }, &faults);
        check(err != ERR_FORMAT || faults.count > 0);
        if (err)
                return 0;
        check(pack->clause_count > 0 && pack->clause_count <= PACK_CLAUSES_MAX);
        for (size_t i = 0; i < pack->clause_count; i++) {
                const struct pack_clause *c = &pack->clauses[i];

                check(c->owed_by != 0 && c->owed_by < UINT32_C(1) << pack->unit_kind_count);
                check(pack_clause_find(pack, c->id) == c && c->measure_count > 0);
                for (size_t j = 0; j < c->measure_count; j++)
                        check(c->measures[j].kind && text_is_utf8(c->measures[j].title.vi));
        }
        return 0;
}
