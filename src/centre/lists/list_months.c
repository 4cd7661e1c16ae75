/* centre/lists/list_months.c: see list_months.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/list_months.h"
#include "base/mem.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/set_compare.h"
#include "office/intake/list_batches.h"
#include "system/db/db_json.h"

#include <stdio.h>
#include <string.h>

enum { MONTH_TEXT_MAX = 24, MONTHS_SHOWN = 60, MONTHS_OF_YEAR = 12 };

struct month {
        int year, month; /* 1..12 */
};

static const char *month_write(char out[MONTH_TEXT_MAX], struct month m)
{
        (void)snprintf(out, MONTH_TEXT_MAX, "%04d-%02d", m.year, m.month);
        return out;
}

static struct month month_after(struct month m, int step)
{
        int all = m.year * MONTHS_OF_YEAR + m.month - 1 + step;

        return (struct month){ all / MONTHS_OF_YEAR, all % MONTHS_OF_YEAR + 1 };
}

static struct month month_of(time_ms at)
{
        struct civil_time c;

        civil_time_from_utc(&c, at, ZONE_VIETNAM_MINUTES);
        return (struct month){ c.year, c.month };
}

/* The first moment behind it. */
static time_ms month_end(struct month m)
{
        struct month next = month_after(m, 1);
        const struct civil_time c = { .year = next.year, .month = next.month, .day = 1 };
        time_ms at = 0;

        return civil_time_to_utc(&at, &c, ZONE_VIETNAM_MINUTES) ? 0 : at;
}

static int month_parse(struct month *out, struct text t, struct parse_error *bad)
{
        uint64_t year, month;

        if (t.len != 7 || t.data[4] != '-' ||
            text_to_u64(&year, (struct text){ t.data, 4 }, 9998) ||
            text_to_u64(&month, (struct text){ t.data + 5, 2 }, MONTHS_OF_YEAR) || !month || !year)
                return parse_error_set(
                    bad, 0, "Tháng phải có dạng 2024-01.", "A month is written 2024-01.");
        *out = (struct month){ (int)year, (int)month };
        return 0;
}

/* One side: of each source the newest version that had come by then. */
struct side {
        time_ms end;
        bool is_newer;
        json_t *versions; /* source: version */
        struct indicator_set *set;
};

static void side_done(struct side *s)
{
        json_free_at(&s->versions);
        s->set = indicator_set_free(s->set);
}

static time_ms received_at(const json_t *version)
{
        time_ms at = 0;

        return json_field_time(&at, version, "received_at", NULL) ? 0 : at;
}

/* Versions come oldest first. One that a person took out of use, with none behind it, is gone by
 * the newer month; one that a newer version replaced was there in its time. */
static int choose(struct side *s, const json_t *all)
{
        json_t *version;
        size_t i;

        s->versions = json_object();
        if (!s->versions)
                return ERR_MEMORY;
        json_array_foreach(all, i, version)
        {
                if (received_at(version) < s->end &&
                    json_object_set(s->versions, json_get_text(version, "source"), version))
                        return ERR_MEMORY;
        }
        return 0;
}

static int leave_out_withdrawn(struct side *s, const json_t *newest)
{
        const char *source;
        json_t *version;
        void *next;

        if (!s->is_newer)
                return 0;
        json_object_foreach_safe(s->versions, next, source, version)
        {
                if (json_object_get(newest, source) == version &&
                    !json_is_true(json_object_get(version, "active")))
                        (void)json_object_del(s->versions, source);
        }
        return 0;
}

/* A set that is lost or damaged is none: its source shows as gone, and the status page says why. */
static int merge(struct side *s, struct office *office)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        const char *source;
        json_t *version;
        int err = indicator_builder_new(&builder, BUILDER_INDICATORS_MAX);

        json_object_foreach(s->versions, source, version)
        {
                AUTO(indicator_set_free_at) struct indicator_set *set = NULL;

                if (!err && shelf_load_set(&set, office, json_get_text(version, "store")) == 0)
                        err = indicator_builder_add_set(builder, set);
        }
        return err ? err : indicator_builder_finish(&s->set, builder);
}

static json_t *difference_json(const struct set_difference *d)
{
        return json_pack("{s:I,s:I,s:I,s:I}", "added", (json_int_t)d->added, "still",
            (json_int_t)d->still, "gone", (json_int_t)d->gone, "expired", (json_int_t)d->expired);
}

static json_t *version_json(const json_t *version)
{
        return version ? json_pack("{s:O,s:O}", "list", json_object_get(version, "list"),
                             "received_at", json_object_get(version, "received_at"))
                       : json_null();
}

static int add_source(json_t *sources, const char *name, const struct set_difference *d,
    const struct side *older, const struct side *newer)
{
        json_t *one = difference_json(d);

        if (!one || json_array_append_new(sources, one) ||
            json_object_set_new(one, "source", json_string(name)) ||
            json_object_set_new(one, "old", version_json(json_object_get(older->versions, name))) ||
            json_object_set_new(one, "new", version_json(json_object_get(newer->versions, name))))
                return ERR_MEMORY;
        return 0;
}

static json_t *months_json(const json_t *all, struct month now)
{
        json_t *months = json_array();
        struct month m = json_array_size(all) ? month_of(received_at(json_array_get(all, 0))) : now;
        struct month first = month_after(now, 1 - MONTHS_SHOWN);
        char text[MONTH_TEXT_MAX];

        if (m.year < first.year || (m.year == first.year && m.month < first.month))
                m = first;
        for (; months && (m.year < now.year || (m.year == now.year && m.month <= now.month));
             m = month_after(m, 1))
                if (json_array_append_new(months, json_string(month_write(text, m)))) {
                        json_decref(months);
                        return NULL;
                }
        return months;
}

static int compare(json_t **out, struct side *older, struct side *newer, time_ms at)
{
        AUTO(mem_free_at) struct set_comparison *c = mem_zero(1, sizeof(*c));
        AUTO(json_free_at) json_t *sources = json_array();
        int err = c && sources
                      ? set_compare(c, older->set, newer->set, at, (struct set_compare_sink){ 0 })
                      : ERR_MEMORY;

        for (size_t i = 0; !err && i < c->source_count; i++)
                err = add_source(
                    sources, c->sources[i].name, &c->sources[i].difference, older, newer);
        if (err)
                return err;
        *out = json_pack("{s:O,s:o}", "sources", sources, "all", difference_json(&c->all));
        return *out ? 0 : ERR_MEMORY;
}

static int take_months(struct month *older, struct month *newer, struct text first,
    struct text second, struct month now, struct parse_error *bad)
{
        int err = 0;

        *newer = now;
        if (second.len)
                err = month_parse(newer, second, bad);
        *older = month_after(*newer, -1);
        if (!err && first.len)
                err = month_parse(older, first, bad);
        return err;
}

int list_months_json(json_t **out, struct office *office, struct db *db, struct text first,
    struct text second, struct parse_error *bad)
{
        AUTO(side_done) struct side older = { 0 };
        AUTO(side_done) struct side newer = { .is_newer = true };
        AUTO(side_done) struct side newest = { .end = INT64_MAX };
        AUTO(json_free_at) json_t *all = NULL;
        AUTO(json_free_at) json_t *told = NULL;
        time_ms now = clock_now(office->clock);
        struct month a, b;
        char text_a[MONTH_TEXT_MAX], text_b[MONTH_TEXT_MAX];
        int err = take_months(&a, &b, first, second, month_of(now), bad);

        if (!err)
                err = list_versions_json(&all, db);
        if (err)
                return err;
        older.end = month_end(a);
        newer.end = month_end(b);
        if ((err = choose(&older, all)) || (err = choose(&newer, all)) ||
            (err = choose(&newest, all)) || (err = leave_out_withdrawn(&newer, newest.versions)) ||
            (err = merge(&older, office)) || (err = merge(&newer, office)) ||
            (err = compare(&told, &older, &newer, now < newer.end ? now : newer.end)))
                return err;
        if (json_object_set_new(told, "old", json_string(month_write(text_a, a))) ||
            json_object_set_new(told, "new", json_string(month_write(text_b, b))) ||
            json_object_set_new(told, "months", months_json(all, month_of(now))))
                return ERR_MEMORY;
        *out = MOVE(told);
        return 0;
}
