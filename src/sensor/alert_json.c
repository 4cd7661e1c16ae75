/* sensor/alert_json.c: see alert_json.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/alert_json.h"
#include "codec/timestamp.h"

#include <string.h>

static bool is_text(const char *at, size_t room)
{
        const char *end = memchr(at, '\0', room);

        return end && text_is_utf8((struct text){ at, (size_t)(end - at) });
}

bool alert_record_is_sound(const struct alert_record *r)
{
        const struct live_alert *a = &r->alert;

        return is_text(r->id, sizeof(r->id)) && ulid_is_valid(text_of(r->id)) &&
               is_text(a->value, sizeof(a->value)) && is_text(a->family, sizeof(a->family)) &&
               is_text(a->list, sizeof(a->list)) && a->type < INDICATOR_TYPES &&
               a->place <= PACKET_PLACE_CERTIFICATE && a->first_at <= a->last_at;
}

json_t *alert_json(const struct alert_record *r)
{
        const struct live_alert *a = &r->alert;
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX];
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss ss ss ss ss ss si ss ss ss ss ss ss ss sb si sI s{}}", "id", r->id,
            "kind", "listed", "at", timestamp_write(first, a->first_at), "last_at",
            timestamp_write(last, a->last_at), "host", ip_address_write(host, &a->host), "peer",
            ip_address_write(peer, &a->peer), "port", (int)a->port, "protocol",
            packet_protocol_name(a->protocol), "seen_in", packet_place_name(a->place), "type",
            indicator_type_name(a->type), "value", a->value, "family", a->family, "list", a->list,
            "origin", a->sinkhole ? "sinkhole" : "", "spoke", (int)a->spoke, "confidence",
            a->confidence, "times", (json_int_t)a->times, "evidence");
}
