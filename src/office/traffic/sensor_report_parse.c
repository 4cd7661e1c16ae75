/* office/traffic/sensor_report_parse.c: see sensor_report_parse.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/sensor_report_parse.h"
#include "base/mem.h"
#include "codec/ip_address.h"

enum { WORD_MAX = 64, TEXT_MAX = 1024, HOST_MAX = IP_TEXT_MAX - 1, EVIDENCE_BYTES_MAX = 4096 };

static int is_format(const json_t *root, const char *format, struct parse_error *bad)
{
        struct text t;
        int err = json_field_text(&t, root, "format", WORD_MAX, bad);

        return err ? err : text_is(t, format) ? 0 : ERR_UNSUPPORTED;
}

static int address_field(
    struct text *out, const json_t *o, const char *name, struct parse_error *bad)
{
        struct ip_address a;
        int err = json_field_text(out, o, name, HOST_MAX, bad);

        if (!err && ip_address_parse(&a, *out))
                err = parse_error_quote(bad, 0, "Không phải địa chỉ IP: %s",
                    "Not an IP address: %s", out->data, out->len);
        return err;
}

static int count_field(int64_t *out, const json_t *o, const char *name, struct parse_error *bad)
{
        return json_field_i64(out, o, name, 0, INT64_MAX, bad);
}

static int talkers_check(const json_t *talkers, struct parse_error *bad)
{
        const json_t *t;
        size_t i;

        json_array_foreach(talkers, i, t)
        {
                struct text host;
                int64_t n;
                int err = address_field(&host, t, "host", bad);

                if (!err)
                        err = count_field(&n, t, "bytes_out", bad);
                if (!err)
                        err = count_field(&n, t, "bytes_in", bad);
                if (!err)
                        err = count_field(&n, t, "flows", bad);
                if (err)
                        return err;
        }
        return 0;
}

static int counts_take(struct sensor_status_said *s, struct parse_error *bad)
{
        json_t *counts, *value;
        const char *name;
        int err = json_field_object(&counts, s->root, "counts", bad);

        if (err)
                return err;
        json_object_foreach(
            counts, name, value) if (!json_is_integer(value) ||
                                     json_integer_value(value) < 0) return parse_error_quote(bad, 0,
            "Số đếm không hợp lệ: %s", "Not a count: %s", name, text_of(name).len);
        s->counts = counts;
        err = count_field(&s->packets, counts, "packets", bad);
        if (!err)
                err = count_field(&s->bytes, counts, "bytes", bad);
        if (!err)
                err = count_field(&s->flows, counts, "flows", bad);
        return err ? err : count_field(&s->drops, counts, "drops", bad);
}

static int status_take(struct sensor_status_said *s, struct parse_error *bad)
{
        json_t *talkers = json_object_get(s->root, "talkers");
        int err = is_format(s->root, "canh-sensor-status/1", bad);

        if (!err)
                err = json_field_time(&s->at, s->root, "at", bad);
        if (!err)
                err = json_field_time(&s->since, s->root, "since", bad);
        if (!err)
                err = json_field_text_or_none(&s->source, s->root, "source", TEXT_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&s->generation, s->root, "generation", WORD_MAX, bad);
        if (!err)
                err = counts_take(s, bad);
        if (!err && json_is_array(talkers)) {
                err = json_field_array(&talkers, s->root, "talkers", SENSOR_TALKERS_MAX, bad);
                if (!err)
                        err = talkers_check(talkers, bad);
                s->talkers = talkers;
        }
        return err;
}

int sensor_status_parse(struct sensor_status_said *out, struct text bytes, struct parse_error *bad)
{
        struct sensor_status_said s = { 0 };
        int err = bytes.len > SENSOR_STATUS_BYTES_MAX ? ERR_LIMIT : json_read(&s.root, bytes, bad);

        if (!err)
                err = status_take(&s, bad);
        if (err)
                sensor_status_done(&s);
        else
                *out = s;
        return err;
}

void sensor_status_done(struct sensor_status_said *s)
{
        json_decref(s->root);
        s->root = NULL;
}

static int one_of(struct text t, const char *const *words, struct parse_error *bad)
{
        for (; *words; words++)
                if (text_is(t, *words))
                        return 0;
        return parse_error_quote(bad, 0, "Không biết từ: %s", "No such word: %s", t.data, t.len);
}

static int alerts_take(struct sensor_report *r, const json_t *body, struct parse_error *bad)
{
        json_t *alerts;
        const json_t *alert;
        size_t i;
        int err = json_field_array(&alerts, body, "alerts", SENSOR_REPORT_ALERTS_MAX, bad);

        if (err)
                return err;
        json_array_foreach(alerts, i, alert)
        {
                struct sensor_alert_said said;

                err = sensor_alert_parse(&said, alert, bad);
                if (err)
                        return err;
        }
        r->alerts = alerts;
        return 0;
}

static int rows_take(struct sensor_report *r, const json_t *body, struct parse_error *bad)
{
        json_t *rows;
        const json_t *row;
        size_t i;
        int err = json_field_array(&rows, body, "rows", SENSOR_REPORT_ROWS_MAX, bad);

        if (err)
                return err;
        json_array_foreach(rows, i, row)
        {
                struct text host;

                err = address_field(&host, row, "host", bad);
                if (err)
                        return err;
        }
        r->rows = rows;
        return 0;
}

static int answer_take(struct sensor_report *r, const json_t *body, struct parse_error *bad)
{
        static const char *const states[] = { "running", "done", "failed", "cancelled", NULL };
        int err = json_field_text(&r->order, body, "order", ULID_LEN, bad);

        if (!err)
                err = json_field_text(&r->state, body, "state", WORD_MAX, bad);
        if (!err)
                err = one_of(r->state, states, bad);
        if (!err)
                err = json_field_text_or_none(&r->detail, body, "detail", TEXT_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&r->why_vi, body, "why_vi", TEXT_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&r->why_en, body, "why_en", TEXT_MAX, bad);
        if (!err)
                err = count_field(&r->done, body, "done", bad);
        if (!err)
                err = count_field(&r->total, body, "total", bad);
        if (!err)
                err = count_field(&r->left_out, body, "left_out", bad);
        if (!err)
                err = count_field(&r->from, body, "from", bad);
        return err ? err : rows_take(r, body, bad);
}

static int report_take(struct sensor_report *r, struct parse_error *bad)
{
        json_t *body = NULL;
        struct text kind = TEXT("");
        int err = is_format(r->root, "canh-report/1", bad);

        if (!err)
                err = json_field_text(&r->id, r->root, "id", ULID_LEN, bad);
        if (!err && !ulid_is_valid(r->id))
                err = parse_error_set(bad, 0, "Mã báo cáo không hợp lệ.", "Not an identifier.");
        if (!err)
                err = json_field_text(&r->machine, r->root, "machine", ULID_LEN, bad);
        if (!err)
                err = json_field_time(&r->made_at, r->root, "made_at", bad);
        if (!err)
                err = json_field_text(&kind, r->root, "kind", WORD_MAX, bad);
        if (!err)
                err = json_field_object(&body, r->root, "body", bad);
        if (err)
                return err;
        r->kind = text_is(kind, "alerts") ? SENSOR_REPORT_ALERTS : SENSOR_REPORT_ANSWER;
        if (r->kind == SENSOR_REPORT_ANSWER && !text_is(kind, "answer"))
                return ERR_UNSUPPORTED;
        return r->kind == SENSOR_REPORT_ALERTS ? alerts_take(r, body, bad)
                                               : answer_take(r, body, bad);
}

int sensor_report_parse(struct sensor_report *out, struct text bytes, struct parse_error *bad)
{
        struct sensor_report r = { 0 };
        int err = bytes.len > SENSOR_REPORT_BYTES_MAX ? ERR_LIMIT : json_read(&r.root, bytes, bad);

        if (!err)
                err = report_take(&r, bad);
        if (err)
                sensor_report_done(&r);
        else
                *out = r;
        return err;
}

void sensor_report_done(struct sensor_report *r)
{
        json_decref(r->root);
        r->root = NULL;
}

static int alert_words(struct sensor_alert_said *a, const json_t *o, struct parse_error *bad)
{
        static const char *const kinds[] = { "listed", "beacon", "scan", "flood", NULL };
        const struct {
                struct text *to;
                const char *name;
        } words[] = { { &a->protocol, "protocol" }, { &a->seen_in, "seen_in" },
                { &a->type, "type" }, { &a->value, "value" }, { &a->family, "family" },
                { &a->list, "list" }, { &a->origin, "origin" } };
        int err = json_field_text(&a->id, o, "id", ULID_LEN, bad);

        if (!err && !ulid_is_valid(a->id))
                err = parse_error_set(bad, 0, "Mã cảnh báo không hợp lệ.", "Not an identifier.");
        if (!err)
                err = json_field_text(&a->kind, o, "kind", WORD_MAX, bad);
        if (!err)
                err = one_of(a->kind, kinds, bad);
        for (size_t i = 0; !err && i < ARRAY_LEN(words); i++)
                err = json_field_text_or_none(words[i].to, o, words[i].name, TEXT_MAX, bad);
        return err;
}

int sensor_alert_parse(struct sensor_alert_said *out, const json_t *alert, struct parse_error *bad)
{
        struct sensor_alert_said a = { .spoke = true };
        json_t *evidence = NULL;
        int err = alert_words(&a, alert, bad);

        if (!err)
                err = address_field(&a.host, alert, "host", bad);
        if (!err)
                err = address_field(&a.peer, alert, "peer", bad);
        if (!err)
                err = json_field_i64(&a.port, alert, "port", 0, UINT16_MAX, bad);
        if (!err)
                err = count_field(&a.times, alert, "times", bad);
        if (!err)
                err = json_field_bool(&a.spoke, alert, "spoke", bad);
        if (!err)
                err = json_field_time(&a.first_at, alert, "at", bad);
        if (!err)
                err = json_field_time(&a.last_at, alert, "last_at", bad);
        if (!err && a.last_at < a.first_at)
                err = parse_error_set(bad, 0, "Cuối trước đầu.", "The end is before the begin.");
        if (!err)
                err = json_field_object(&evidence, alert, "evidence", bad);
        if (!err && json_dumpb(evidence, NULL, 0, JSON_COMPACT) > EVIDENCE_BYTES_MAX)
                err = ERR_LIMIT;
        a.evidence = evidence;
        if (!err)
                *out = a;
        return err;
}
