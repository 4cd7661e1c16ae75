/* office/intake/victim_row_parse.c: see victim_row_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/victim_row_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"

static int number_or(int64_t *out, const json_t *o, const char *name, int64_t none, int64_t max,
    struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);

        *out = none;
        if (!value || json_is_null(value))
                return 0;
        return json_field_i64(out, o, name, none, max, bad);
}

static int time_or_none(time_ms *out, const json_t *o, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);

        *out = 0;
        if (!value || json_is_null(value) || json_string_length(value) == 0)
                return 0;
        return json_field_time(out, o, name, bad);
}

static int texts(struct victim *v, const json_t *o, struct parse_error *bad)
{
        const struct {
                struct text *out;
                const char *name;
        } fields[] = { { &v->malware, "malware" }, { &v->family, "family" },
                { &v->cc_host, "cc_host" }, { &v->protocol, "protocol" },
                { &v->inner_name, "inner_name" }, { &v->src_host, "src_host" }, { &v->url, "url" },
                { &v->isp, "isp" }, { &v->unit, "unit" }, { &v->note, "note" },
                { &v->severity, "severity" }, { &v->source, "source" } };

        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                int err = json_field_text_or_none(
                    fields[i].out, o, fields[i].name, VICTIM_RAW_MAX, bad);
                if (err)
                        return err;
        }
        if (json_is_string(json_object_get(o, "cc_origin")) &&
            strcmp(json_string_value(json_object_get(o, "cc_origin")),
                indicator_origin_name(INDICATOR_ORIGIN_SINKHOLE)) == 0)
                v->cc_origin = INDICATOR_ORIGIN_SINKHOLE;
        return json_field_text_or_none(&v->raw, o, "raw", 4 * VICTIM_RAW_MAX, bad);
}

static int addresses(struct victim *v, const json_t *o, struct parse_error *bad)
{
        struct text src, cc;
        int err;

        if ((err = json_field_text(&src, o, "src_ip", IP_TEXT_MAX, bad)) ||
            (err = json_field_text_or_none(&cc, o, "cc_ip", IP_TEXT_MAX, bad)))
                return err;
        if (ip_address_parse(&v->src_ip, src))
                return parse_error_quote(bad, 0, "«%s» không phải địa chỉ IP",
                    "«%s» is not an address", src.data, src.len);
        v->has_cc_ip = cc.len && ip_address_parse(&v->cc_ip, cc) == 0;
        return 0;
}

int victim_row_parse(struct victim *row, json_t **root, struct text line, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct victim v = { 0 };
        int64_t number, src_port, cc_port;
        int err = json_read(&o, line, bad);

        if (err)
                return err;
        if (!json_is_object(o))
                return parse_error_set(
                    bad, 0, "Dòng không phải đối tượng JSON", "not a JSON object");
        if ((err = addresses(&v, o, bad)) || (err = texts(&v, o, bad)) ||
            (err = time_or_none(&v.seen_at, o, "seen_at", bad)) ||
            (err = number_or(&number, o, "line", 0, INT32_MAX, bad)) ||
            (err = number_or(&src_port, o, "src_port", -1, UINT16_MAX, bad)) ||
            (err = number_or(&cc_port, o, "cc_port", -1, UINT16_MAX, bad)) ||
            (err = number_or(&v.count, o, "count", 0, INT64_MAX / 2, bad)) ||
            (err = number_or(&v.asn, o, "asn", 0, UINT32_MAX, bad)))
                return err;
        v.line = (size_t)number;
        v.src_port = (int)src_port;
        v.cc_port = (int)cc_port;
        *row = v;
        *root = MOVE(o);
        return 0;
}
