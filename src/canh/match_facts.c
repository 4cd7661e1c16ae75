/* canh/match_facts.c: see match_facts.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/match_facts.h"

static int take_flow(void *state, const struct flow *flow)
{
        struct packet packet = { .source = flow->source,
                .destination = flow->destination,
                .source_port = flow->source_port,
                .destination_port = flow->destination_port,
                .protocol = flow->protocol,
                .has_ports = flow->protocol == PACKET_TCP || flow->protocol == PACKET_UDP };
        struct packet_names none = { 0 };

        return packet_match_add(state, flow->begin, &packet, &none);
}

/* A name that fits no packet_name fits no indicator either. */
static int take_name(void *state, const struct name_sighting *sighting)
{
        struct packet packet = { .source = sighting->host, .destination = sighting->peer };
        struct packet_names names = { .name_count = 1 };

        names.names[0].place = sighting->place;
        if (text_copy(names.names[0].text, sizeof(names.names[0].text), sighting->name))
                return 0;
        if (sighting->has_answer)
                names.addresses[names.address_count++] = sighting->answer;
        return packet_match_add(state, sighting->at, &packet, &names);
}

struct traffic_sink match_facts_sink(struct packet_match *match)
{
        return (
            struct traffic_sink){ .take_flow = take_flow, .take_name = take_name, .state = match };
}
