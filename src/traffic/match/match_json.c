/* traffic/match/match_json.c: see match_json.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/match/match_json.h"

#include "codec/timestamp.h"

static json_t *json_of(struct text t)
{
        return json_stringn(t.data ? t.data : "", t.len);
}

int match_json(json_t **out, const struct packet_match_record *r)
{
        char at[TIMESTAMP_TEXT_MAX], last_at[TIMESTAMP_TEXT_MAX], source[IP_TEXT_MAX],
            destination[IP_TEXT_MAX];
        json_t *json = json_pack("{s:s,s:s,s:s,s:i,s:s,s:i,s:s,s:s,s:I,s:s,s:o,s:o,s:o}", "at",
            timestamp_write(at, r->at), "last_at", timestamp_write(last_at, r->last_at), "source",
            ip_address_write(source, &r->source), "source_port", (int)r->source_port, "destination",
            ip_address_write(destination, &r->destination), "destination_port",
            (int)r->destination_port, "protocol", packet_protocol_name(r->protocol), "seen_in",
            packet_place_name(r->place), "packets", (json_int_t)r->packets, "type",
            indicator_type_name(r->indicator.type), "value",
            json_of(indicator_view_value(&r->indicator)), "family", json_of(r->indicator.family),
            "list", json_of(r->indicator.source));

        if (!json)
                return ERR_MEMORY;
        if (r->indicator.origin && json_object_set_new(json, "origin",
                                       json_string(indicator_origin_name(r->indicator.origin)))) {
                json_decref(json);
                return ERR_MEMORY;
        }
        *out = json;
        return 0;
}
