/* indicators/lists/list_json.c: see list_json.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_json.h"
#include "base/mem.h"
#include "codec/json_write.h"

static int common(struct buffer *out, const char *kind, const char *type, struct text value,
    struct text family, struct text source)
{
        int err = buffer_add_byte(out, '{');

        if (!err)
                err = json_add_text_member(out, "kind", text_of(kind));
        if (!err)
                err = json_add_text_member(out, "type", text_of(type));
        if (!err)
                err = json_add_text_member(out, "value", value);
        if (!err)
                err = json_add_text_member(out, "family", family);
        return err ? err : json_add_text_member(out, "source", source);
}

static int times(struct buffer *out, time_ms first, time_ms last, int confidence, size_t line)
{
        int err = json_add_time_member(out, "first_seen", first);

        if (!err)
                err = json_add_time_member(out, "last_seen", last);
        if (!err)
                err = json_add_number_member(out, "confidence", confidence, CONFIDENCE_UNKNOWN);
        return err ? err : json_add_number_member(out, "line", (int64_t)line, 0);
}

int list_json_indicator(struct buffer *out, const struct indicator *i)
{
        int err = common(
            out, "indicator", indicator_type_name(i->type), i->value, i->family, i->source);

        if (!err)
                err = times(out, i->first_seen, i->last_seen, i->confidence, i->line);
        if (!err && i->valid_until)
                err = json_add_time_member(out, "valid_until", i->valid_until);
        if (!err && i->origin)
                err = json_add_text_member(
                    out, "origin", text_of(indicator_origin_name(i->origin)));
        if (!err && i->subdomains)
                err = buffer_add_text(out, ",\"subdomains\":true");
        return err ? err : buffer_add_byte(out, '}');
}

static int victim_texts(struct buffer *out, const struct victim *v)
{
        const struct {
                const char *name;
                struct text value;
        } members[] = { { "malware", v->malware }, { "cc_host", v->cc_host },
                { "protocol", v->protocol }, { "inner_name", v->inner_name },
                { "src_host", v->src_host }, { "url", v->url }, { "isp", v->isp },
                { "unit", v->unit }, { "note", v->note }, { "severity", v->severity } };
        int err = 0;

        for (size_t i = 0; i < ARRAY_LEN(members) && !err; i++)
                err = json_add_text_member(out, members[i].name, members[i].value);
        return err;
}

static int victim_numbers(struct buffer *out, const struct victim *v)
{
        int err = json_add_number_member(out, "src_port", v->src_port, -1);

        if (!err)
                err = json_add_number_member(out, "cc_port", v->cc_port, -1);
        if (!err)
                err = json_add_number_member(out, "count", v->count, 0);
        if (!err && v->cc_origin)
                err = json_add_text_member(
                    out, "cc_origin", text_of(indicator_origin_name(v->cc_origin)));
        return err ? err : json_add_number_member(out, "asn", v->asn, 0);
}

int list_json_victim(struct buffer *out, const struct victim *v)
{
        char source[IP_TEXT_MAX], control[IP_TEXT_MAX] = "";
        struct text address = text_of(ip_address_write(source, &v->src_ip));
        bool v4 = ip_address_is_v4(&v->src_ip);
        int err = common(out, "victim", indicator_type_name(v4 ? INDICATOR_IPV4 : INDICATOR_IPV6),
            address, v->family.len ? v->family : v->malware, v->source);

        if (v->has_cc_ip)
                (void)ip_address_write(control, &v->cc_ip);
        if (!err)
                err = times(out, v->seen_at, v->seen_at, CONFIDENCE_UNKNOWN, v->line);
        if (!err)
                err = json_add_time_member(out, "seen_at", v->seen_at);
        if (!err)
                err = json_add_text_member(out, "src_ip", address);
        if (!err)
                err = json_add_text_member(out, "cc_ip", text_of(control));
        if (!err)
                err = victim_texts(out, v);
        if (!err)
                err = victim_numbers(out, v);
        if (!err)
                err = json_add_text_member(out, "raw", v->raw);
        return err ? err : buffer_add_byte(out, '}');
}

int list_json_reason(struct buffer *out, const char *kind, const struct list_reason *r)
{
        int err = buffer_add_byte(out, '{');

        if (!err)
                err = json_add_text_member(out, "kind", text_of(kind));
        if (!err)
                err = json_add_number_member(out, "line", (int64_t)r->line, 0);
        if (!err)
                err = json_add_number_member(out, "column", (int64_t)r->column, 0);
        if (!err)
                err = json_add_text_member(out, "read", r->read);
        if (!err && r->list.len)
                err = json_add_text_member(out, "value", r->read);
        if (!err && r->list.len)
                err = json_add_text_member(out, "list", r->list);
        if (!err)
                err = buffer_add_text(out, ",\"why\":{");
        if (!err)
                err = json_add_text_member(out, "vi", text_of(r->vi));
        if (!err)
                err = json_add_text_member(out, "en", text_of(r->en));
        if (!err)
                err = buffer_add_byte(out, '}');
        if (!err)
                err = json_add_text_member(out, "raw", r->raw);
        return err ? err : buffer_add_byte(out, '}');
}

int list_json_counts(struct buffer *out, const struct list_counts *c)
{
        return buffer_add_format(out,
            "{\"read\":%zu,\"good\":%zu,\"duplicate\":%zu,\"refused\":%zu,\"warned\":%zu}", c->read,
            c->good, c->duplicate, c->refused, c->warned);
}
