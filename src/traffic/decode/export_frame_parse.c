/* traffic/decode/export_frame_parse.c: a sampled packet to a flow of one packet, one also for each
 * packet that it carries, and the names it speaks of. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "traffic/decode/packet_each.h"

struct sampled {
        struct export_context *c;
        struct export_sampling sampling;
};

static int give_name(struct sampled *s, struct name_sighting *sighting)
{
        s->c->counts->names++;
        return traffic_sink_name(s->c->sink, sighting);
}

/* Who asked is the one that a question comes from, or an answer goes to. Addresses of an answer are
 * those of the first name: the question stands first. */
static int give_names(
    struct sampled *s, time_ms at, const struct packet *p, const struct packet_names *names)
{
        int err = 0;

        for (size_t i = 0; !err && i < names->name_count; i++) {
                const struct packet_name *name = &names->names[i];
                bool is_back = name->place == PACKET_PLACE_DNS && names->is_answer;
                size_t answers = i == 0 && is_back ? names->address_count : 0;
                struct name_sighting sighting = { .at = at,
                        .host = is_back ? p->destination : p->source,
                        .peer = is_back ? p->source : p->destination,
                        .place = name->place,
                        .name = text_of(name->text) };
                if (answers == 0)
                        err = give_name(s, &sighting);
                for (size_t a = 0; !err && a < answers; a++) {
                        sighting.has_answer = true;
                        sighting.answer = names->addresses[a];
                        err = give_name(s, &sighting);
                }
        }
        return err;
}

static uint16_t destination_port_of(const struct packet *p)
{
        if (p->protocol == PACKET_ICMP || p->protocol == PACKET_ICMP6)
                return (uint16_t)(p->icmp_type * 256 + p->icmp_code);
        return p->destination_port;
}

static int take(void *state, time_ms at, const struct packet *p, const struct packet_names *names)
{
        struct sampled *s = state;
        struct flow f = { .begin = at,
                .end = at,
                .source = p->source,
                .destination = p->destination,
                .source_port = p->source_port,
                .destination_port = destination_port_of(p),
                .protocol = p->protocol,
                .flags_out = p->tcp_flags,
                .packets_out = 1,
                .bytes_out = p->ip_bytes };
        int err = export_flow_give(s->c, &f, s->sampling);

        return err ? err : give_names(s, at, p, names);
}

int export_frame_parse(struct export_context *c, int link_type, struct text bytes, time_ms at,
    struct export_sampling sampling)
{
        struct sampled s = { c, sampling };
        int err = packet_each(at, link_type, bytes, (struct packet_sink){ take, &s });

        if (err != ERR_UNSUPPORTED && err != ERR_FORMAT)
                return err;
        c->counts->other++; /* no IP: ARP, for example */
        return 0;
}
