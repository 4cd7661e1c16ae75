/* office/intake/report_parse.c: see report_parse.h. Every count is bounded before memory is taken.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/report_parse.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"

#include <sodium.h>

static const char *const kind_names[REPORT_KINDS] = { "inventory", "sweep", "connections",
        "heartbeat" };

enum { COUNT_MAX = INT32_MAX };
#define BYTES_MAX ((int64_t)1 << 60)

const char *report_kind_name(enum report_kind kind)
{
        return kind_names[kind];
}

static int bad_field(struct parse_error *bad, const char *name)
{
        return parse_error_quote(
            bad, 0, "Trường «%s» không đúng", "field «%s» is not right", name, strlen(name));
}

static int field_ulid(struct text *out, const json_t *object, const char *name, bool optional,
    struct parse_error *bad)
{
        struct text t;
        int err = optional ? json_field_text_or_none(&t, object, name, ULID_LEN, bad)
                           : json_field_text(&t, object, name, ULID_LEN, bad);

        if (err)
                return err;
        if (!(optional && t.len == 0) && !ulid_is_valid(t))
                return bad_field(bad, name);
        *out = t;
        return 0;
}

static int field_count_or_none(
    int64_t *out, const json_t *object, const char *name, int64_t max, struct parse_error *bad)
{
        const json_t *value = json_object_get(object, name);

        *out = 0;
        if (!value || json_is_null(value))
                return 0;
        return json_field_i64(out, object, name, 0, max, bad);
}

static int field_hex(
    struct text *out, const json_t *object, const char *name, struct parse_error *bad)
{
        struct sha256 digest;
        struct text t;
        int err = json_field_text(&t, object, name, SHA256_HEX_MAX, bad);

        if (err)
                return err;
        if (sha256_parse(&digest, t))
                return bad_field(bad, name);
        *out = t;
        return 0;
}

static int array_count(
    size_t *out, const json_t *body, const char *name, size_t max, struct parse_error *bad)
{
        json_t *array;
        int err = json_field_array(&array, body, name, max, bad);

        if (!err)
                *out = json_array_size(array);
        return err;
}

static int texts_check(
    const json_t *array, size_t max_bytes, const char *name, struct parse_error *bad)
{
        const json_t *value;
        size_t i;

        json_array_foreach(
            array, i, value) if (!json_is_string(value) ||
                                 json_string_length(value) > max_bytes) return bad_field(bad, name);
        return 0;
}

static int addresses_check(const json_t *array, struct parse_error *bad)
{
        const json_t *value;
        size_t i;

        json_array_foreach(array, i, value)
        {
                struct ip_address address;
                if (!json_is_string(value) ||
                    ip_address_parse(&address, text_of(json_string_value(value))))
                        return bad_field(bad, "addresses");
        }
        return 0;
}

static int inventory_parse(struct report_inventory *out, json_t *body, struct parse_error *bad)
{
        json_t *os;
        int err;

        out->body = body;
        if ((err = json_field_text(&out->hostname, body, "hostname", REPORT_NAME_MAX, bad)) ||
            (err = json_field_object(&os, body, "os", bad)) ||
            (err = json_field_text(&out->os_name, os, "name", REPORT_NAME_MAX, bad)) ||
            (err = json_field_text_or_none(&out->os_id, os, "id", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text_or_none(
                 &out->os_version, os, "version", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text_or_none(&out->os_build, os, "build", REPORT_WORD_MAX, bad)) ||
            (err = json_field_array(
                 &out->addresses, body, "addresses", REPORT_ADDRESSES_MAX, bad)) ||
            (err = addresses_check(out->addresses, bad)) ||
            (err = array_count(&out->packages, body, "packages", REPORT_PACKAGES_MAX, bad)) ||
            (err = array_count(&out->listeners, body, "listeners", REPORT_LISTENERS_MAX, bad)))
                return err;
        return array_count(&out->accounts, body, "accounts", REPORT_ACCOUNTS_MAX, bad);
}

static int hit_parse(struct report_hit *out, const json_t *item, struct parse_error *bad)
{
        struct text action;
        int err;

        if (!json_is_object(item))
                return bad_field(bad, "hits");
        if ((err = json_field_text(&out->path, item, "path", REPORT_PATH_MAX, bad)) ||
            (err = field_hex(&out->sha256, item, "sha256", bad)) ||
            (err = json_field_i64(&out->size_bytes, item, "bytes", 0, BYTES_MAX, bad)) ||
            (err = json_field_text(&out->engine, item, "engine", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text(&out->rule, item, "rule", REPORT_NAME_MAX, bad)) ||
            (err = json_field_text_or_none(&action, item, "action", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text_or_none(
                 &out->quarantine_id, item, "quarantine_id", REPORT_WORD_MAX, bad)))
                return err;
        if (!text_is(out->engine, "yara") && !text_is(out->engine, "hash") &&
            !text_is(out->engine, "clamav"))
                return bad_field(bad, "engine");
        out->quarantined = text_is(action, "quarantined");
        return 0;
}

static int sweep_figures(struct report_sweep *out, const json_t *body, struct parse_error *bad)
{
        int err;

        if ((err = json_field_i64(&out->rules, body, "rules", 0, COUNT_MAX, bad)) ||
            (err = json_field_i64(&out->hashes, body, "hashes", 0, COUNT_MAX, bad)) ||
            (err = json_field_i64(&out->files, body, "files", 0, BYTES_MAX, bad)) ||
            (err = json_field_i64(&out->bytes, body, "bytes", 0, BYTES_MAX, bad)) ||
            (err = json_field_i64(&out->skipped, body, "skipped", 0, BYTES_MAX, bad)))
                return err;
        return json_field_i64(&out->failed, body, "failed", 0, BYTES_MAX, bad);
}

static int sweep_head(struct report_sweep *out, const json_t *body, struct parse_error *bad)
{
        int err;

        if ((err = field_ulid(&out->id, body, "sweep", false, bad)) ||
            (err = json_field_time(&out->started_at, body, "started_at", bad)) ||
            (err = json_field_time(&out->ended_at, body, "ended_at", bad)) ||
            (err = json_field_text(&out->reason, body, "reason", REPORT_WORD_MAX, bad)) ||
            (err = field_ulid(&out->order, body, "order", true, bad)) ||
            (err = json_field_bool(&out->complete, body, "complete", bad)) ||
            (err = json_field_text_or_none(
                 &out->generation, body, "generation", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text_or_none(
                 &out->stopped_why, body, "stopped_why", REPORT_NAME_MAX, bad)) ||
            (err = json_field_array(&out->roots, body, "roots", REPORT_ROOTS_MAX, bad)) ||
            (err = texts_check(out->roots, REPORT_PATH_MAX, "roots", bad)))
                return err;
        if (out->ended_at < out->started_at)
                return parse_error_set(bad, 0, "Lượt rà quét kết thúc trước khi bắt đầu",
                    "the sweep ends before it begins");
        return 0;
}

static int sweep_parse(
    struct report_sweep *out, void **rows, const json_t *body, struct parse_error *bad)
{
        struct report_hit *hits;
        json_t *list, *item;
        size_t i;
        int err;

        if ((err = sweep_head(out, body, bad)) || (err = sweep_figures(out, body, bad)) ||
            (err = json_field_array(&list, body, "hits", REPORT_HITS_MAX, bad)))
                return err;
        *rows = hits = mem_zero(json_array_size(list) + 1, sizeof(*hits));
        if (!hits)
                return ERR_MEMORY;
        json_array_foreach(list, i, item) if ((err = hit_parse(&hits[i], item, bad))) return err;
        out->hits = hits;
        out->hit_count = json_array_size(list);
        return 0;
}

static int match_parse(struct report_connection *out, json_t *match, struct parse_error *bad)
{
        int err;

        if (!match || json_is_null(match))
                return 0;
        if (!json_is_object(match))
                return bad_field(bad, "match");
        if ((err = json_field_text(&out->value, match, "value", REPORT_NAME_MAX, bad)) ||
            (err = json_field_text_or_none(&out->family, match, "family", REPORT_NAME_MAX, bad)) ||
            (err = json_field_text_or_none(&out->list, match, "list", REPORT_NAME_MAX, bad)))
                return err;
        out->matched = true;
        return 0;
}

static int connection_parse(
    struct report_connection *out, const json_t *item, struct parse_error *bad)
{
        struct text remote;
        int64_t port;
        int err;

        if (!json_is_object(item))
                return bad_field(bad, "connections");
        if ((err = json_field_text(&remote, item, "remote", IP_TEXT_MAX, bad)) ||
            (err = json_field_i64(&port, item, "port", 0, UINT16_MAX, bad)) ||
            (err = json_field_text(&out->protocol, item, "protocol", 8, bad)) ||
            (err = json_field_text_or_none(&out->process, item, "process", REPORT_NAME_MAX, bad)) ||
            (err = json_field_time(&out->first_at, item, "first_at", bad)) ||
            (err = json_field_time(&out->last_at, item, "last_at", bad)) ||
            (err = json_field_i64(&out->times, item, "times", 1, COUNT_MAX, bad)) ||
            (err = match_parse(out, json_object_get(item, "match"), bad)))
                return err;
        if (ip_address_parse(&out->remote, remote) || out->last_at < out->first_at)
                return bad_field(bad, "connections");
        out->port = (int)port;
        return 0;
}

static int connections_parse(
    struct report_connections *out, void **rows, const json_t *body, struct parse_error *bad)
{
        struct report_connection *connections;
        json_t *list, *item;
        size_t i;
        int err;

        if ((err = json_field_time(&out->from, body, "from", bad)) ||
            (err = json_field_time(&out->to, body, "to", bad)) ||
            (err = field_count_or_none(&out->dropped, body, "dropped", COUNT_MAX, bad)) ||
            (err = json_field_array(&list, body, "connections", REPORT_CONNECTIONS_MAX, bad)))
                return err;
        *rows = connections = mem_zero(json_array_size(list) + 1, sizeof(*connections));
        if (!connections)
                return ERR_MEMORY;
        json_array_foreach(
            list, i, item) if ((err = connection_parse(&connections[i], item, bad))) return err;
        out->connections = connections;
        out->count = json_array_size(list);
        return 0;
}

static int order_parse(struct report_order *out, const json_t *item, struct parse_error *bad)
{
        struct text state;
        int err;

        if (!json_is_object(item))
                return bad_field(bad, "orders_done");
        if ((err = field_ulid(&out->id, item, "id", false, bad)) ||
            (err = json_field_text(&state, item, "state", 8, bad)) ||
            (err = json_field_text_or_none(&out->detail, item, "detail", REPORT_NAME_MAX, bad)))
                return err;
        if (!text_is(state, "done") && !text_is(state, "failed"))
                return bad_field(bad, "state");
        out->failed = text_is(state, "failed");
        return 0;
}

static int heartbeat_parse(
    struct report_heartbeat *out, void **rows, const json_t *body, struct parse_error *bad)
{
        struct report_order *orders;
        json_t *list = json_object_get(body, "orders_done"), *item;
        size_t i;
        int err;

        if ((err = field_count_or_none(
                 &out->uptime_seconds, body, "uptime_seconds", BYTES_MAX, bad)) ||
            (err = field_count_or_none(&out->queue, body, "queue", COUNT_MAX, bad)) ||
            (err = json_field_text_or_none(&out->bundle, body, "bundle", REPORT_WORD_MAX, bad)) ||
            (list && (err = json_field_array(&list, body, "orders_done", REPORT_ORDERS_MAX, bad))))
                return err;
        *rows = orders = mem_zero(json_array_size(list) + 1, sizeof(*orders));
        if (!orders)
                return ERR_MEMORY;
        json_array_foreach(
            list, i, item) if ((err = order_parse(&orders[i], item, bad))) return err;
        out->orders = orders;
        out->order_count = json_array_size(list);
        return 0;
}

static int body_parse(struct report *r, json_t *body, struct parse_error *bad)
{
        switch (r->kind) {
        case REPORT_INVENTORY:
                return inventory_parse(&r->inventory, body, bad);
        case REPORT_SWEEP:
                return sweep_parse(&r->sweep, &r->rows, body, bad);
        case REPORT_CONNECTIONS:
                return connections_parse(&r->connections, &r->rows, body, bad);
        case REPORT_HEARTBEAT:
                return heartbeat_parse(&r->heartbeat, &r->rows, body, bad);
        case REPORT_KINDS:
                break;
        }
        return ERR_BUG;
}

static int kind_of(enum report_kind *out, struct text name, struct parse_error *bad)
{
        for (int kind = 0; kind < REPORT_KINDS; kind++)
                if (text_is(name, kind_names[kind])) {
                        *out = (enum report_kind)kind;
                        return 0;
                }
        (void)parse_error_quote(bad, 0, "Không biết loại báo cáo «%s»",
            "unknown kind of report «%s»", name.data, name.len);
        return ERR_UNSUPPORTED;
}

static int envelope_parse(struct report *r, struct parse_error *bad)
{
        struct text format, kind;
        json_t *body;
        int err;

        if ((err = json_field_text(&format, r->root, "format", REPORT_WORD_MAX, bad)))
                return err;
        if (!text_is(format, "canh-report/1")) {
                (void)parse_error_quote(bad, 0, "Không đọc được dạng «%s»",
                    "cannot read the format «%s»", format.data, format.len);
                return ERR_UNSUPPORTED;
        }
        if ((err = field_ulid(&r->id, r->root, "id", false, bad)) ||
            (err = field_ulid(&r->machine, r->root, "machine", true, bad)) ||
            (err = json_field_text_or_none(
                 &r->machine_key, r->root, "machine_key", REPORT_WORD_MAX, bad)) ||
            (err = json_field_i64(&r->sequence, r->root, "sequence", 0, BYTES_MAX, bad)) ||
            (err = json_field_text(&kind, r->root, "kind", REPORT_WORD_MAX, bad)) ||
            (err = kind_of(&r->kind, kind, bad)) ||
            (err = json_field_time(&r->made_at, r->root, "made_at", bad)) ||
            (err = json_field_text_or_none(&r->agent, r->root, "agent", REPORT_WORD_MAX, bad)) ||
            (err = json_field_text_or_none(&r->way, r->root, "way", REPORT_WORD_MAX, bad)) ||
            (err = json_field_object(&body, r->root, "body", bad)))
                return err;
        return body_parse(r, body, bad);
}

int report_parse(struct report **out, struct text bytes, struct parse_error *bad)
{
        AUTO(report_free_at) struct report *r = NULL;
        int err;

        if (bytes.len > REPORT_BYTES_MAX) {
                (void)parse_error_set(
                    bad, 0, "Báo cáo lớn hơn 8 MiB", "the report is larger than 8 MiB");
                return ERR_LIMIT;
        }
        r = mem_zero(1, sizeof(*r));
        if (!r)
                return ERR_MEMORY;
        err = json_read(&r->root, bytes, bad);
        if (err)
                return err;
        err = envelope_parse(r, bad);
        if (err)
                return err;
        *out = MOVE(r);
        return 0;
}

struct report *report_free(struct report *report)
{
        if (!report)
                return NULL;
        json_decref(report->root);
        mem_free(report->rows);
        mem_free(report);
        return NULL;
}

void report_free_at(struct report **report)
{
        *report = report_free(*report);
}

static int result_fields(struct result_file *f, struct parse_error *bad)
{
        struct text format;
        json_t *reports, *item;
        size_t i;
        int err;

        if ((err = json_field_text(&format, f->root, "format", REPORT_WORD_MAX, bad)))
                return err;
        if (!text_is(format, "canh-result/1")) {
                (void)parse_error_set(bad, 0, "Đây không phải tệp kết quả của canh-agent",
                    "this is not a result file of canh-agent");
                return ERR_UNSUPPORTED;
        }
        if ((err = json_field_text(&f->certificate_pem, f->root, "certificate", 16 << 10, bad)) ||
            (err = json_field_text(&f->signature_base64, f->root, "signature", 1 << 10, bad)) ||
            (err = json_field_array(&reports, f->root, "reports", RESULT_REPORTS_MAX, bad)) ||
            (err = texts_check(reports, REPORT_BYTES_MAX, "reports", bad)))
                return err;
        json_array_foreach(reports, i, item)
            f->reports[i] = (struct text){ json_string_value(item), json_string_length(item) };
        f->report_count = json_array_size(reports);
        if (f->report_count == 0)
                return parse_error_set(
                    bad, 0, "Tệp kết quả không có báo cáo nào", "the result file holds no report");
        return 0;
}

int result_file_parse(struct result_file *out, struct text bytes, struct parse_error *bad)
{
        struct result_file f = { 0 };
        int err;

        if (bytes.len > RESULT_BYTES_MAX) {
                (void)parse_error_set(
                    bad, 0, "Tệp kết quả quá lớn", "the result file is too large");
                return ERR_LIMIT;
        }
        err = json_read(&f.root, bytes, bad);
        if (!err)
                err = result_fields(&f, bad);
        if (err) {
                result_file_done(&f);
                return err;
        }
        *out = f;
        return 0;
}

void result_file_done(struct result_file *file)
{
        json_decref(file->root);
        *file = (struct result_file){ 0 };
}

int result_file_signed_bytes(struct buffer *out, const struct result_file *file)
{
        for (size_t i = 0; i < file->report_count; i++) {
                uint8_t length[8];
                int err;

                for (int b = 0; b < 8; b++)
                        length[b] = (uint8_t)((uint64_t)file->reports[i].len >> (56 - 8 * b));
                if ((err = buffer_add(out, length, sizeof(length))) ||
                    (err = buffer_add(out, file->reports[i].data, file->reports[i].len)))
                        return err;
        }
        return 0;
}

int result_file_signature(struct buffer *out, const struct result_file *file)
{
        uint8_t bytes[1 << 10];
        size_t len = 0;

        if (sodium_base642bin(bytes, sizeof(bytes), file->signature_base64.data,
                file->signature_base64.len, "\r\n ", &len, NULL, sodium_base64_VARIANT_ORIGINAL))
                return ERR_FORMAT;
        return buffer_add(out, bytes, len);
}
