/* office/traffic/coverage_rows.c: see coverage.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/coverage.h"

#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <stdlib.h>

enum { SENSORS_MAX = 1000 };

DB_SQL(watch_last, "select since_at, until_at from sensor_coverage where machine_id = $1"
                   " order by since_at desc limit 1");
DB_SQL(watch_longer,
    "update sensor_coverage set until_at = $1 where machine_id = $2 and since_at = $3");
DB_SQL(watch_add, "insert into sensor_coverage (machine_id, since_at, until_at) values ($1, $2, $3)"
                  " on conflict (machine_id, since_at) do update set until_at = excluded.until_at");
DB_SQL(watches_old, "delete from sensor_coverage where machine_id = $1 and until_at < $2");
DB_SQL(watches_of, "select since_at, until_at from sensor_coverage where machine_id = $1"
                   " order by since_at limit 200000");
DB_SQL(asked_of, "select p.sensor_id, s.body from traffic_part p"
                 " left join sensor_status s on s.machine_id = p.sensor_id where p.order_id = $1"
                 " order by p.sensor_id limit 1000");

struct watch {
        time_ms since, until;
};

static int last_watch(struct watch *out, struct db *db, const char *sensor_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, watch_last);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        got = db_step(q);
        *out = (struct watch){ 0, 0 };
        if (got == 1)
                *out = (struct watch){ db_column_int(q, 0), db_column_int(q, 1) };
        return got < 0 ? got : 0;
}

int sensor_coverage_add(
    struct db *db, const char *sensor_id, time_ms since, time_ms until, bool goes_on)
{
        struct watch last;
        int err = last_watch(&last, db, sensor_id);

        if (err)
                return err;
        if (last.until && since >= last.since &&
            since <= last.until + (goes_on ? (time_ms)COVERAGE_QUIET_MS : 0)) {
                if (until > last.until)
                        err = db_run(db, NULL, watch_longer, "iti", until, sensor_id, last.since);
        } else {
                err = db_run(db, NULL, watch_add, "tii", sensor_id, since, until);
        }
        return err ? err
                   : db_run(db, NULL, watches_old, "ti", sensor_id,
                         until - (time_ms)SENSOR_COVERAGE_DAYS * DAY_MS);
}

struct watches {
        struct watch *of;
        size_t count, room;
};

static int watches_take(struct watches *w, time_ms since, time_ms until)
{
        if (until <= since)
                return 0;
        if (w->count == w->room) {
                size_t room = w->room ? w->room * 2 : 256;
                struct watch *grown = mem_grow(w->of, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                w->of = grown;
                w->room = room;
        }
        w->of[w->count++] = (struct watch){ since, until };
        return 0;
}

/* The time that the archive of a sensor reaches back to; 0 = not known. */
static time_ms kept_from(const json_t *sensor)
{
        const json_t *archive = json_object_get(json_object_get(sensor, "body"), "archive");
        time_ms from = 0;

        return archive && json_field_time(&from, archive, "first_at", NULL) == 0 ? from : 0;
}

/* What the archive no longer has was watched in vain; what it has from before the first status was
 * put into it, or seen before the centre knew the sensor. */
static int watches_find(struct watches *w, struct db *db, const json_t *sensor)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        time_ms from = kept_from(sensor);
        bool is_first = true;
        int got = 0, err = db_query_begin(&q, db, watches_of);

        if (err)
                return err;
        db_bind_string(q, 1, json_get_text(sensor, "id"));
        while (!err && (got = db_step(q)) == 1) {
                time_ms since = db_column_int(q, 0);

                if (from && (is_first || from > since))
                        since = from;
                is_first = false;
                err = watches_take(w, since, db_column_int(q, 1));
        }
        return err ? err : got;
}

static int earlier_first(const void *x, const void *y)
{
        const struct watch *a = x, *b = y;

        return (a->since > b->since) - (a->since < b->since);
}

struct cover {
        json_t *gaps;
        time_ms seen;
        int64_t more;
};

static int gap_take(struct cover *c, time_ms since, time_ms until)
{
        if (until - since < COVERAGE_GAP_MIN_MS) {
                c->seen += until - since;
                return 0;
        }
        if (json_array_size(c->gaps) >= COVERAGE_GAPS_SHOWN) {
                c->more++;
                return 0;
        }
        return json_array_append_new(c->gaps,
                   json_pack("{soso}", "since", json_time(since), "until", json_time(until)))
                   ? ERR_MEMORY
                   : 0;
}

/* Walks the watches in the order of their begin; `at` is up to where the time is accounted for. */
static int cover_take(struct cover *c, const struct watches *w, time_ms since, time_ms until)
{
        time_ms at = since;
        int err = 0;

        for (size_t i = 0; w->of && i < w->count && at < until && !err; i++) {
                struct watch one = w->of[i];

                if (one.until > until)
                        one.until = until;
                if (one.until <= at)
                        continue;
                if (one.since > at) {
                        err = gap_take(c, at, one.since < until ? one.since : until);
                        at = one.since;
                }
                if (one.until > at) {
                        c->seen += one.until - at;
                        at = one.until;
                }
        }
        return err || at >= until ? err : gap_take(c, at, until);
}

static int asked_find(json_t **out, struct db *db, const char *order_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, asked_of);

        if (err)
                return err;
        db_bind_string(q, 1, order_id);
        return db_rows_json(out, q, "id:t body:j", SENSORS_MAX);
}

/* All of it only without a gap, nothing only when nothing was watched. */
static json_int_t percent_of(const struct cover *c, time_ms length)
{
        time_ms percent = length > 0 ? c->seen * 100 / length : 0;

        if (percent == 0 && c->seen > 0)
                return 1;
        return percent == 100 && json_array_size(c->gaps) ? 99 : percent;
}

/* {"since","until","percent","gaps","more"} of these watches. */
static int cover_json(json_t **out, const struct watches *w, time_ms since, time_ms until)
{
        struct cover cover = { .gaps = json_array() };
        int err = cover.gaps ? cover_take(&cover, w, since, until) : ERR_MEMORY;

        if (!err) {
                *out = json_pack("{so so sI sO sI}", "since", json_time(since), "until",
                    json_time(until), "percent", percent_of(&cover, until - since), "gaps",
                    cover.gaps, "more", (json_int_t)cover.more);
                err = *out ? 0 : ERR_MEMORY;
        }
        json_decref(cover.gaps);
        return err;
}

static struct watches from_of(const struct watches *all, size_t from)
{
        return (struct watches){ all->of ? all->of + from : NULL, all->count - from, 0 };
}

/* Where each sensor's watches begin among all. */
struct asked {
        json_t *sensors;
        size_t begins[SENSORS_MAX + 1];
};

static int asked_watches(struct watches *w, struct asked *a, struct db *db)
{
        const json_t *sensor;
        size_t i;
        int err = 0;

        json_array_foreach(a->sensors, i, sensor)
        {
                a->begins[i] = w->count;
                if (!err)
                        err = watches_find(w, db, sensor);
        }
        a->begins[json_array_size(a->sensors)] = w->count;
        return err;
}

/* [{"id","percent"}] of each alone. */
static int each_json(
    json_t **out, const struct watches *w, const struct asked *a, time_ms since, time_ms until)
{
        AUTO(json_free_at) json_t *each = json_array();
        size_t count = json_array_size(a->sensors);

        for (size_t i = 0; each && i < count; i++) {
                AUTO(json_free_at) json_t *cover = NULL;
                struct watches own = from_of(w, a->begins[i]);
                int err;

                own.count = a->begins[i + 1] - a->begins[i];
                err = cover_json(&cover, &own, since, until);
                if (!err && json_array_append_new(
                                each, json_pack("{sO sO}", "id",
                                          json_object_get(json_array_get(a->sensors, i), "id"),
                                          "percent", json_object_get(cover, "percent"))))
                        err = ERR_MEMORY;
                if (err)
                        return err;
        }
        *out = MOVE(each);
        return *out ? 0 : ERR_MEMORY;
}

static int coverage_make(
    json_t **out, struct watches *w, const struct asked *a, time_ms since, time_ms until)
{
        AUTO(json_free_at) json_t *cover = NULL;
        json_t *each = NULL;
        time_ms first = until;
        int err;

        for (size_t i = 0; i < w->count; i++)
                if (w->of[i].since < first)
                        first = w->of[i].since;
        if (!since)
                since = first;
        err = each_json(&each, w, a, since, until);
        if (!err && w->count)
                qsort(w->of, w->count, sizeof(w->of[0]), earlier_first);
        if (!err)
                err = cover_json(&cover, w, since, until);
        if (err) {
                json_decref(each);
                return err;
        }
        if (json_object_set_new(cover, "sensors", each))
                return ERR_MEMORY;
        *out = MOVE(cover);
        return 0;
}

int order_coverage_json(
    json_t **out, struct db *db, const char *order_id, time_ms since, time_ms until)
{
        AUTO(mem_free_at) struct asked *asked = mem_zero(1, sizeof(*asked));
        struct watches w = { NULL, 0, 0 };
        int err = asked ? asked_find(&asked->sensors, db, order_id) : ERR_MEMORY;

        if (!err)
                err = asked_watches(&w, asked, db);
        if (!err)
                err = coverage_make(out, &w, asked, since, until);
        mem_free(w.of);
        if (asked)
                json_decref(asked->sensors);
        return err;
}
