/* traffic/decode/export_frame_parse.c: a sampled packet to a flow of one packet, one also for each
 * packet that it carries, and the names it speaks of. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "traffic/decode/packet_each.h"

struct sampled {
        struct export_context *c;
        struct export_sampling sampling;
        uint64_t bytes;
};

static int give_name(
    struct sampled *s, time_ms at, const struct packet *p, const struct packet_name *name)
{
        /* A name of DNS in what comes from the resolver was asked for by the other side. */
        bool is_answer = name->place == PACKET_PLACE_DNS && p->source_port < p->destination_port;
        struct name_sighting sighting = { .at = at,
                .host = is_answer ? p->destination : p->source,
                .peer = is_answer ? p->source : p->destination,
                .place = name->place,
                .name = text_of(name->text) };

        s->c->counts->names++;
        return traffic_sink_name(s->c->sink, &sighting);
}

static int take(void *state, time_ms at, const struct packet *p, const struct packet_names *names)
{
        struct sampled *s = state;
        struct flow f = { .begin = at,
                .end = at,
                .source = p->source,
                .destination = p->destination,
                .source_port = p->source_port,
                .destination_port = p->destination_port,
                .protocol = p->protocol,
                .packets_out = 1,
                .bytes_out = s->bytes };
        int err = export_flow_give(s->c, &f, s->sampling);

        for (size_t i = 0; !err && i < names->name_count; i++)
                err = give_name(s, at, p, &names->names[i]);
        return err;
}

int export_frame_parse(struct export_context *c, int link_type, struct text bytes,
    uint64_t wire_bytes, time_ms at, struct export_sampling sampling)
{
        struct sampled s = { c, sampling, wire_bytes ? wire_bytes : bytes.len };

        return packet_each(at, link_type, bytes, (struct packet_sink){ take, &s });
}
