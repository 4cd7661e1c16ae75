/* office/intake/list_batches.c: see list_batches.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/list_batches.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/list_rows.h"
#include "office/intake/victim_row_parse.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

struct batch {
        struct db *db;
        const struct clock *clock;
        const struct list_filing *filing;
        const struct list_filing_sink *sink;
        struct list_filed filed;
        char previous[ULID_MAX];
        time_ms now;
};

const char *list_row_key(char out[SHA256_HEX_MAX], const struct victim *row)
{
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 20);
        char src[IP_HEX_MAX], cc[IP_HEX_MAX] = "";
        struct sha256 digest;

        if (row->has_cc_ip)
                (void)ip_address_write_hex(cc, &row->cc_ip);
        /* a text that does not fit leaves a shorter key: still the same for the same row */
        (void)!buffer_add_format(&b, "%s|%d|%.*s|%s|%.*s|%lld|%.*s",
            ip_address_write_hex(src, &row->src_ip), row->src_port, TEXT_ARGS(row->malware), cc,
            TEXT_ARGS(row->cc_host), (long long)(row->seen_at / DAY_MS),
            TEXT_ARGS(row->inner_name));
        digest = sha256_of(b.data ? b.data : "", b.len);
        return sha256_write(out, &digest);
}

static int reasons_add(struct batch *b, const char *list, const char *kind)
{
        const json_t *reasons = json_object_get(b->filing->head, list), *reason;
        size_t i;

        json_array_foreach(reasons, i, reason)
        {
                const json_t *why = json_object_get(reason, "why");
                const char *raw = json_get_text(reason, "raw");
                int err;

                if (i >= LIST_REFUSED_KEPT_MAX)
                        break;
                if (!raw[0])
                        raw = json_get_text(reason, "read");
                if (!raw[0])
                        raw = json_get_text(reason, "value");
                err = list_refused_add(b->db, b->filed.batch_id, json_get_int(reason, "line"), raw,
                    json_get_text(why, "vi"), json_get_text(why, "en"), kind);
                if (err)
                        return err;
        }
        return 0;
}

static int extra_json(char **out, const struct victim *row)
{
        json_t *extra = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:s}", "src_host",
            row->src_host.data, "url", row->url.data, "isp", row->isp.data, "unit", row->unit.data,
            "note", row->note.data, "severity", row->severity.data, "asn", (json_int_t)row->asn,
            "source", row->source.data, "cc_origin", indicator_origin_name(row->cc_origin));

        *out = extra ? json_dumps(extra, JSON_COMPACT) : NULL;
        json_decref(extra);
        return *out ? 0 : ERR_MEMORY;
}

static int file_victim(struct batch *b, const struct victim *row, const char *observation_id)
{
        struct attribution where;
        char finding_id[ULID_MAX] = "";
        struct filed_victim filed = { observation_id, b->filed.source_id, b->filed.batch_id, row,
                &where, false, b->now };
        int err = attribution_find(&where, b->db, row, b->now, false);

        if (err)
                return err;
        if (b->previous[0])
                err = observation_was(&filed.before, b->db, b->previous, row);
        if (!err && b->sink && b->sink->victim)
                err = b->sink->victim(b->sink->state, b->db, &filed, finding_id);
        if (!err && finding_id[0])
                err = observation_finding(b->db, observation_id, finding_id);
        if (!where.unit_id[0])
                b->filed.outside++;
        attribution_done(&where);
        return err;
}

static int file_row(struct batch *b, struct text line, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *root = NULL;
        struct victim row;
        char id[ULID_MAX], *dumped = NULL;
        bool added = false;
        int err = victim_row_parse(&row, &root, line, bad);

        if (err)
                return err;
        if (row.seen_at == 0) /* a list without times speaks of the day it came */
                row.seen_at = b->now;
        err = extra_json(&dumped, &row);
        if (!err)
                err = observation_add(
                    &added, b->db, ulid_make(id, b->clock), b->filed.batch_id, &row, dumped);
        free(dumped);
        if (err)
                return err;
        if (!added) {
                b->filed.duplicate++;
                return 0;
        }
        b->filed.rows++;
        return file_victim(b, &row, id);
}

static int file_rows(struct batch *b, struct parse_error *bad)
{
        struct text rest = b->filing->rows, line;
        size_t count = 0;

        while (text_split(&line, &rest, '\n')) {
                int err;

                if (line.len == 0)
                        continue;
                if (++count > LIST_FILE_ROWS_MAX)
                        return ERR_LIMIT;
                err = file_row(b, line, bad);
                if (err)
                        return err;
        }
        return 0;
}

static int tell_gone(struct batch *b)
{
        AUTO(json_free_at) json_t *gone = NULL;
        const json_t *row;
        size_t i;
        int err;

        if (!b->previous[0] || !b->sink || !b->sink->gone)
                return 0;
        err = observations_gone(&gone, b->db, b->previous, b->filed.batch_id);
        if (err)
                return err;
        json_array_foreach(gone, i,
            row) if ((err = b->sink->gone(b->sink->state, b->db, json_get_text(row, "finding_id"),
                          b->filed.batch_id))) return err;
        b->filed.gone = json_array_size(gone);
        return 0;
}

/* EXISTS for a file that is in use; one that was withdrawn is in use again. */
static int meet_same(struct batch *b, bool *again)
{
        AUTO(json_free_at) json_t *same = NULL;
        int err = list_batch_same(&same, b->db, b->filed.source_id, b->filing->sha256);

        if (err == ERR_MISSING)
                return 0;
        if (!err)
                err = text_copy(b->filed.batch_id, ULID_MAX, text_of(json_get_text(same, "id")));
        if (err)
                return err;
        if (json_is_true(json_object_get(same, "active")))
                return ERR_EXISTS;
        *again = true;
        return list_batch_reactivate(b->db, b->filed.batch_id);
}

static int file_inside(struct batch *b, struct parse_error *bad)
{
        bool again = false;
        int err = list_source_put(b->filed.source_id, b->db, b->clock, b->filing);

        if (err == ERR_DENIED)
                return parse_error_set(bad, 0,
                    "Nguồn này đã dùng cho loại danh sách khác: hãy đặt tên nguồn khác",
                    "this source is used for the other kind of list: name another source");
        if (err || (err = meet_same(b, &again)) || again)
                return err;
        if ((err = list_batch_previous(b->previous, b->db, b->filed.source_id)))
                return err;
        (void)ulid_make(b->filed.batch_id, b->clock);
        if ((err = list_batch_add(
                 b->db, b->filed.batch_id, b->filed.source_id, b->filing, b->now)) ||
            (err = reasons_add(b, "refused", "refused")) ||
            (err = reasons_add(b, "warned", "warned")))
                return err;
        if (strcmp(b->filing->kind, "victim") != 0)
                return 0;
        if ((err = file_rows(b, bad)) || (err = tell_gone(b)))
                return err;
        return list_batch_count(b->db, &b->filed);
}

int list_batch_file_within(struct list_filed *out, struct db *db, const struct clock *clock,
    const struct list_filing *filing, const struct list_filing_sink *sink, struct parse_error *bad)
{
        struct batch b = {
                .db = db, .clock = clock, .filing = filing, .sink = sink, .now = clock_now(clock)
        };
        int err = file_inside(&b, bad);

        if (!err)
                err = audit_add(db, clock, filing->scope, "file", "list", b.filed.batch_id,
                    filing->scope->unit_id, NULL);
        if (!err || err == ERR_EXISTS)
                *out = b.filed;
        return err;
}

int list_batch_file(struct list_filed *out, struct db *db, const struct clock *clock,
    const struct list_filing *filing, const struct list_filing_sink *sink, struct parse_error *bad)
{
        struct list_filed filed = { 0 };
        int err = db_begin(db);

        if (err)
                return err;
        err = list_batch_file_within(&filed, db, clock, filing, sink, bad);
        if (err == ERR_EXISTS)
                *out = filed;
        if (!err)
                err = db_commit(db);
        if (err) {
                db_rollback(db);
                return err;
        }
        *out = filed;
        return 0;
}

int list_batch_newest(char id[ULID_MAX], struct db *db, const char *source)
{
        AUTO(json_free_at) json_t *known = NULL;
        int err = list_source_json(&known, db, source);

        id[0] = '\0';
        if (err)
                return err == ERR_MISSING ? 0 : err;
        return list_batch_previous(id, db, json_get_text(known, "id"));
}

static int victim_of(struct victim *row, const json_t *shown)
{
        *row = (struct victim){ .src_port = -1, .cc_port = -1 };
        row->malware = text_of(json_get_text(shown, "malware"));
        row->family = text_of(json_get_text(shown, "family"));
        row->inner_name = text_of(json_get_text(shown, "inner_name"));
        row->has_cc_ip = ip_address_parse(&row->cc_ip, text_of(json_get_text(shown, "cc_ip"))) == 0;
        if (json_field_time(&row->seen_at, shown, "seen_at", NULL))
                row->seen_at = 0;
        return ip_address_parse(&row->src_ip, text_of(json_get_text(shown, "address")));
}

static const char *delta_of(bool before, bool ever)
{
        if (before)
                return "still";
        return ever ? "returned" : "new";
}

static int enrich_victim(
    json_t *shown, struct db *db, const char *source_id, const char *previous, time_ms now)
{
        struct attribution where;
        struct victim row;
        bool before = false, ever = false;
        int err;

        if (victim_of(&row, shown))
                return 0;
        if (row.seen_at == 0)
                row.seen_at = now;
        if (previous[0] && (err = observation_was(&before, db, previous, &row)))
                return err;
        if (source_id[0] && (err = observation_ever(&ever, db, source_id, "", &row)))
                return err;
        err = attribution_find(&where, db, &row, now, true);
        if (err)
                return err;
        if (json_object_set_new(
                shown, "unit", where.unit ? json_incref(where.unit) : json_null()) ||
            json_object_set_new(
                shown, "range", where.range[0] ? json_string(where.range) : json_null()) ||
            json_object_set(shown, "machines", where.machines) ||
            json_object_set_new(
                shown, "machine_total", json_integer((json_int_t)where.machine_total)) ||
            json_object_set_new(shown, "confidence", json_integer(where.confidence)) ||
            json_object_set(shown, "reason", where.reason) ||
            json_object_set_new(shown, "delta", json_string(delta_of(before, ever))))
                err = ERR_MEMORY;
        attribution_done(&where);
        return err;
}

/* What the batch before had and this file has not. */
static int preview_gone(json_t **out, struct db *db, const char *previous, const json_t *victims)
{
        AUTO(json_free_at) json_t *before = NULL;
        AUTO(json_free_at) json_t *here = json_object();
        AUTO(json_free_at) json_t *gone = json_array();
        json_t *row;
        size_t i;
        int err = here && gone ? 0 : ERR_MEMORY;

        json_array_foreach(victims, i,
            row) if (!err && json_object_set_new(here, json_get_text(row, "address"), json_true()))
            err = ERR_MEMORY;
        if (!err && previous[0])
                err = observations_of(&before, db, previous);
        if (err)
                return err;
        json_array_foreach(
            before, i, row) if (!json_object_get(here, json_get_text(row, "address")) &&
                                json_array_append(gone, row)) return ERR_MEMORY;
        *out = MOVE(gone);
        return 0;
}

int list_preview_enrich(
    json_t *preview, struct db *db, const struct clock *clock, const char *source)
{
        AUTO(json_free_at) json_t *known = NULL;
        json_t *victims = json_object_get(preview, "victims"), *shown, *gone;
        char previous[ULID_MAX] = "";
        const char *source_id = "";
        size_t i;
        int err = list_source_json(&known, db, source);

        if (err && err != ERR_MISSING)
                return err;
        if (!err) {
                source_id = json_get_text(known, "id");
                err = list_batch_previous(previous, db, source_id);
                if (err)
                        return err;
        }
        json_array_foreach(victims, i, shown) if ((err = enrich_victim(shown, db, source_id,
                                                       previous, clock_now(clock)))) return err;
        /* only a whole view of the file can say who is gone */
        if (json_get_int(json_object_get(preview, "more"), "victims") > 0)
                previous[0] = '\0';
        err = preview_gone(&gone, db, previous, victims);
        if (err)
                return err;
        return json_object_set_new(preview, "gone", gone) ? ERR_MEMORY : 0;
}
