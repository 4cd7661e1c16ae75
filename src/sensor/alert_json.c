/* sensor/alert_json.c: see alert_json.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/alert_json.h"
#include "codec/timestamp.h"

#include <string.h>

static bool is_text(const char *at, size_t room)
{
        const char *end = memchr(at, '\0', room);

        return end && text_is_utf8((struct text){ at, (size_t)(end - at) });
}

static bool is_listed_sound(const struct live_alert *a)
{
        return is_text(a->value, sizeof(a->value)) && is_text(a->family, sizeof(a->family)) &&
               is_text(a->list, sizeof(a->list)) && a->type < INDICATOR_TYPES &&
               a->place <= PACKET_PLACE_CERTIFICATE && a->first_at <= a->last_at;
}

static bool is_behaviour_sound(const struct traffic_alert *a)
{
        return is_text(a->reason_vi, sizeof(a->reason_vi)) &&
               is_text(a->reason_en, sizeof(a->reason_en)) && a->kind <= TRAFFIC_ALERT_FLOOD_IN &&
               a->at <= a->last_at && a->score >= 0 && a->score <= 1;
}

bool alert_record_is_sound(const struct alert_record *r)
{
        return is_text(r->id, sizeof(r->id)) && ulid_is_valid(text_of(r->id)) &&
               (r->is_behaviour ? is_behaviour_sound(&r->behaviour) : is_listed_sound(&r->listed));
}

static json_t *listed_json(const char *id, const struct live_alert *a)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX];
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss ss ss ss ss ss si ss ss ss ss ss ss ss sb si sI s{}}", "id", id,
            "kind", "listed", "at", timestamp_write(first, a->first_at), "last_at",
            timestamp_write(last, a->last_at), "host", ip_address_write(host, &a->host), "peer",
            ip_address_write(peer, &a->peer), "port", (int)a->port, "protocol",
            packet_protocol_name(a->protocol), "seen_in", packet_place_name(a->place), "type",
            indicator_type_name(a->type), "value", a->value, "family", a->family, "list", a->list,
            "origin", a->sinkhole ? "sinkhole" : "", "spoke", (int)a->spoke, "confidence",
            a->confidence, "times", (json_int_t)a->times, "evidence");
}

/* "beacon", "scan", "flood": the direction and the sort of scan stand in the evidence. */
static const char *behaviour_kind(enum traffic_alert_kind kind)
{
        return kind == TRAFFIC_ALERT_BEACON       ? "beacon"
               : kind <= TRAFFIC_ALERT_SCAN_PORTS ? "scan"
                                                  : "flood";
}

static json_t *behaviour_json(const char *id, const struct traffic_alert *a)
{
        const struct ip_address *other = a->has_peer ? &a->peer : &a->host;
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX];
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss ss ss ss ss ss si ss ss ss ss ss ss ss sb si sI "
                         "s{ss sI sI sI sf s{ss ss}}}",
            "id", id, "kind", behaviour_kind(a->kind), "at", timestamp_write(first, a->at),
            "last_at", timestamp_write(last, a->last_at), "host", ip_address_write(host, &a->host),
            "peer", ip_address_write(peer, other), "port", (int)a->port, "protocol",
            packet_protocol_name(a->protocol), "seen_in", "flows", "type", "", "value", "",
            "family", "", "list", "", "origin", "", "spoke",
            (int)(a->kind != TRAFFIC_ALERT_FLOOD_IN), "confidence", (int)(a->score * 100), "times",
            (json_int_t)a->count, "evidence", "what", traffic_alert_name(a->kind), "bytes",
            (json_int_t)a->bytes, "period_ms", (json_int_t)a->period_ms, "jitter_ms",
            (json_int_t)a->jitter_ms, "score", a->score, "reason", "vi", a->reason_vi, "en",
            a->reason_en);
}

json_t *alert_json(const struct alert_record *r)
{
        return r->is_behaviour ? behaviour_json(r->id, &r->behaviour)
                               : listed_json(r->id, &r->listed);
}
