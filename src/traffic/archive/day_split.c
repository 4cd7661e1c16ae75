/* traffic/archive/day_split.c: see day_split.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/day_split.h"
#include "base/mem.h"

enum { FIRST_DAY = 10957, /* 2000-01-01 */ DAYS_AHEAD = 2, ODD = DAYS_AT_ONCE_MAX };

struct splitting {
        struct day_split *split;
        const struct facts *facts;
        int last_day;
        size_t newest; /* the share that was found last: facts come mostly in order */
};

static int day_of(const struct splitting *s, time_ms at)
{
        int64_t day = at / DAY_MS;

        return at >= 0 && day >= FIRST_DAY && day <= s->last_day ? (int)day : PART_DAY_ODD;
}

static size_t share_for(struct splitting *s, int day)
{
        struct day_split *split = s->split;

        if (day == PART_DAY_ODD)
                return ODD;
        if (s->newest < split->count && split->days[s->newest].day == day)
                return s->newest;
        for (size_t i = 0; i < split->count; i++)
                if (split->days[i].day == day)
                        return s->newest = i;
        if (split->count == DAYS_AT_ONCE_MAX)
                return ODD;
        split->days[split->count].day = day;
        return s->newest = split->count++;
}

static int split_kind(struct splitting *s, enum fact_kind kind)
{
        size_t n = s->facts->count[kind], sum = 0;
        uint32_t *rows = mem_zero(n + 1, sizeof(*rows));
        AUTO(mem_free_at) uint16_t *share_of = mem_zero(n + 1, sizeof(*share_of));

        s->split->rows[kind] = rows;
        if (!rows || !share_of)
                return ERR_MEMORY;
        for (size_t i = 0; i < n; i++) {
                share_of[i] = (uint16_t)share_for(s, day_of(s, facts_begin(s->facts, kind, i)));
                s->split->days[share_of[i]].choice.count[kind]++;
        }
        for (size_t d = 0; d <= ODD; d++) {
                struct part_choice *c = &s->split->days[d].choice;

                c->rows[kind] = rows + sum;
                sum += c->count[kind];
                c->count[kind] = 0;
        }
        for (size_t i = 0; i < n; i++) {
                struct part_choice *c = &s->split->days[share_of[i]].choice;

                c->rows[kind][c->count[kind]++] = (uint32_t)i;
        }
        return 0;
}

int day_split_init(struct day_split *split, const struct facts *facts, time_ms now)
{
        struct splitting s = { .split = split,
                .facts = facts,
                .last_day = (int)(now / DAY_MS < PART_DAY_MAX - DAYS_AHEAD
                                      ? now / DAY_MS + DAYS_AHEAD
                                      : PART_DAY_MAX) };
        int err = 0;

        *split = (struct day_split){ 0 };
        for (unsigned k = 0; k < FACT_KINDS && !err; k++)
                err = split_kind(&s, k);
        if (err) {
                day_split_done(split);
                return err;
        }
        split->days[ODD].day = PART_DAY_ODD;
        for (size_t d = 0; d <= ODD; d++)
                split->days[d].choice.facts = facts;
        if (split->count < ODD)
                split->days[split->count] = split->days[ODD];
        split->count++;
        return 0;
}

void day_split_done(struct day_split *split)
{
        for (unsigned k = 0; k < FACT_KINDS; k++)
                mem_free(MOVE(split->rows[k]));
}
