/* indicators/set/set_compare.c: see set_compare.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/set_compare.h"
#include "base/mem.h"
#include "indicators/set/set_layout.h"

#include <string.h>

static bool next_source(struct text *out, struct text *rest)
{
        while (text_split(out, rest, ',')) {
                *out = text_trim(*out);
                if (out->len)
                        return true;
        }
        return false;
}

static bool names(struct text sources, struct text source)
{
        struct text one;

        while (next_source(&one, &sources))
                if (one.len == source.len && memcmp(one.data, source.data, one.len) == 0)
                        return true;
        return false;
}

static struct set_difference *difference_of(struct set_comparison *c, struct text source)
{
        for (size_t i = 0; i < c->source_count; i++)
                if (text_is(source, c->sources[i].name))
                        return &c->sources[i].difference;
        if (c->source_count == COMPARE_SOURCES_MAX) {
                c->sources_beyond++;
                return NULL;
        }
        if (text_copy(c->sources[c->source_count].name, INDICATOR_TEXT_MAX + 1, source))
                return NULL;
        return &c->sources[c->source_count++].difference;
}

static bool find(struct indicator_view *out, const struct indicator_set *set,
    enum indicator_type type, struct text value)
{
        const struct set_table *t = &set->tables[type];
        size_t n = set_value_find(set, type, value);

        if (n == t->count)
                return false;
        set_view_fill(out, set, type, n);
        return true;
}

/* What each list that names it now said before. */
static void count_now(struct set_comparison *c, const struct indicator_view *now,
    const struct indicator_view *before, bool expired)
{
        struct text rest = now->source, source;

        while (next_source(&source, &rest)) {
                struct set_difference *d = difference_of(c, source);

                if (!d)
                        continue;
                if (before && names(before->source, source))
                        d->still++;
                else
                        d->added++;
                d->expired += expired;
        }
}

/* The lists that named it before and do not now. */
static void count_gone(
    struct set_comparison *c, const struct indicator_view *before, const struct indicator_view *now)
{
        struct text rest = before->source, source;

        while (next_source(&source, &rest)) {
                struct set_difference *d = NULL;

                if (!now || !names(now->source, source))
                        d = difference_of(c, source);
                if (d)
                        d->gone++;
        }
}

static int tell(
    struct set_compare_sink sink, enum set_change change, const struct indicator_view *view)
{
        return sink.each ? sink.each(sink.state, change, view) : 0;
}

static int compare_newer(struct set_comparison *c, const struct indicator_set *older,
    const struct indicator_set *newer, enum indicator_type type, time_ms at,
    struct set_compare_sink sink)
{
        const struct set_table *t = &newer->tables[type];
        int err = 0;

        for (size_t n = 0; n < t->count && !err; n++) {
                struct indicator_view now, before;
                bool was = find(&before, older, type, set_entry(t, n)), expired;

                set_view_fill(&now, newer, type, n);
                expired = !indicator_view_is_valid(&now, at);
                c->all.added += !was;
                c->all.still += was;
                c->all.expired += expired;
                count_now(c, &now, was ? &before : NULL, expired);
                err = tell(sink, was ? SET_CHANGE_STILL : SET_CHANGE_ADDED, &now);
        }
        return err;
}

static int compare_older(struct set_comparison *c, const struct indicator_set *older,
    const struct indicator_set *newer, enum indicator_type type, struct set_compare_sink sink)
{
        const struct set_table *t = &older->tables[type];
        int err = 0;

        for (size_t n = 0; n < t->count && !err; n++) {
                struct indicator_view before, now;
                bool is = find(&now, newer, type, set_entry(t, n));

                set_view_fill(&before, older, type, n);
                count_gone(c, &before, is ? &now : NULL);
                if (is)
                        continue;
                c->all.gone++;
                err = tell(sink, SET_CHANGE_GONE, &before);
        }
        return err;
}

int set_compare(struct set_comparison *out, const struct indicator_set *older,
    const struct indicator_set *newer, time_ms at, struct set_compare_sink sink)
{
        int err = 0;

        memset(out, 0, sizeof(*out));
        for (unsigned type = 0; type < INDICATOR_TYPES && !err; type++)
                err = compare_newer(out, older, newer, (enum indicator_type)type, at, sink);
        for (unsigned type = 0; type < INDICATOR_TYPES && !err; type++)
                err = compare_older(out, older, newer, (enum indicator_type)type, sink);
        return err;
}
