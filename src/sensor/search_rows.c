/* sensor/search_rows.c: see search_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/search_rows.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_set.h"

#include <stdio.h>

enum { HARDWARE_TEXT_MAX = 18 };

struct period_text {
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
};

json_t *search_hit_json(const struct archive_hit *hit)
{
        const struct indicator_view *v = hit->indicator;
        struct text value = indicator_view_value(v);
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX];
        struct period_text p;

        return json_pack("{ss ss ss% ss% ss% ss ss ss ss sI sI}", "host",
            ip_address_write(host, &hit->host), "type", indicator_type_name(v->type), "value",
            value.data, value.len, "family", v->family.data ? v->family.data : "", v->family.len,
            "list", v->source.data ? v->source.data : "", v->source.len, "seen_in",
            packet_place_name(hit->place), "peer", ip_address_write(peer, &hit->peer), "first_at",
            timestamp_write(p.first, hit->first_at), "last_at",
            timestamp_write(p.last, hit->last_at), "flows", (json_int_t)hit->flows, "bytes",
            (json_int_t)hit->bytes);
}

json_t *search_flow_json(const struct ip_address *host, const struct flow *f)
{
        char own[IP_TEXT_MAX], source[IP_TEXT_MAX], destination[IP_TEXT_MAX];
        struct period_text p;

        return json_pack("{ss ss ss ss si ss si ss sI sI sI sI}", "host",
            ip_address_write(own, host), "begin", timestamp_write(p.first, f->begin), "end",
            timestamp_write(p.last, f->end), "source", ip_address_write(source, &f->source),
            "source_port", (int)f->source_port, "destination",
            ip_address_write(destination, &f->destination), "destination_port",
            (int)f->destination_port, "protocol", packet_protocol_name(f->protocol), "packets_out",
            (json_int_t)f->packets_out, "bytes_out", (json_int_t)f->bytes_out, "packets_in",
            (json_int_t)f->packets_in, "bytes_in", (json_int_t)f->bytes_in);
}

json_t *search_name_json(const struct name_sighting *s)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX], answer[IP_TEXT_MAX];
        char at[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss ss ss ss ss% ss?}", "host", ip_address_write(host, &s->host), "at",
            timestamp_write(at, s->at), "peer", ip_address_write(peer, &s->peer), "seen_in",
            packet_place_name(s->place), "name", s->name.data, s->name.len, "answer",
            s->has_answer ? ip_address_write(answer, &s->answer) : NULL);
}

static const char *hardware_write(char out[HARDWARE_TEXT_MAX], const struct trace_candidate *c)
{
        const uint8_t *h = c->hardware;

        out[0] = '\0';
        if (c->has_hardware)
                (void)snprintf(out, HARDWARE_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", h[0], h[1],
                    h[2], h[3], h[4], h[5]);
        return out;
}

json_t *search_candidate_json(const struct trace_candidate *c)
{
        char vi[TRACE_SENTENCE_MAX], en[TRACE_SENTENCE_MAX], hardware[HARDWARE_TEXT_MAX];
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX], at[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss si si s{ss ss} ss? ss sI ss ss}", "host",
            ip_address_write(host, &c->host), "rank", c->rank, "confidence", c->confidence,
            "reason", "vi", trace_reason_write(vi, c, LANGUAGE_VI), "en",
            trace_reason_write(en, c, LANGUAGE_EN), "at", c->at ? timestamp_write(at, c->at) : NULL,
            "peer", c->has_peer ? ip_address_write(peer, &c->peer) : "", "flows",
            (json_int_t)c->flows, "host_name", c->host_name, "hardware",
            hardware_write(hardware, c));
}
