/* traffic/flow/name_report.c: see name_report.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/name_report.h"

struct report {
        struct name_report *r;
        const struct flow_seed *seed;
        const struct traffic_sink *sink;
};

static uint64_t tag_of(const struct flow_seed *seed, const struct name_sighting *s)
{
        static const struct ip_address none;
        uint64_t name = flow_hash_text(seed, s->name) + (uint64_t)s->place;

        return flow_hash_addresses(seed, &s->host, s->has_answer ? &s->answer : &none, name) | 1;
}

/* Of two neighbours the one that holds the tag, else the older. */
static struct name_slot *slot_of(struct name_report *r, uint64_t tag)
{
        struct name_slot *pair = &r->slots[tag >> 1 & (NAME_REPORT_SLOTS - 2)];

        if (pair[0].tag == tag || pair[1].tag == tag)
                return &pair[pair[1].tag == tag];
        return &pair[pair[1].at < pair[0].at];
}

static bool is_refused(struct name_report *r, time_ms at)
{
        if (at / SECOND_MS != r->second) {
                r->second = at / SECOND_MS;
                r->this_second = 0;
        }
        return r->max_per_second && r->this_second++ >= r->max_per_second;
}

static int give(const struct report *to, const struct name_sighting *s)
{
        struct name_report *r = to->r;
        uint64_t tag = tag_of(to->seed, s);
        struct name_slot *slot = slot_of(r, tag);
        int err;

        if (slot->tag == tag && s->at - slot->at < NAME_REPORT_AGAIN_MS &&
            slot->at - s->at < NAME_REPORT_AGAIN_MS) {
                r->repeated++;
                return 0;
        }
        if (is_refused(r, s->at)) {
                r->refused++;
                return 0;
        }
        err = traffic_sink_name(to->sink, s);
        if (!err) {
                *slot = (struct name_slot){ tag, s->at };
                r->given++;
        }
        return err;
}

int name_report_add(struct name_report *r, const struct flow_seed *seed, time_ms at,
    const struct packet *packet, const struct packet_names *names, const struct traffic_sink *sink)
{
        struct report to = { r, seed, sink };
        struct name_sighting s = { .at = at };
        int err = 0;

        s.host = names->is_answer ? packet->destination : packet->source;
        s.peer = names->is_answer ? packet->source : packet->destination;
        for (size_t i = 0; i < names->name_count && !err; i++) {
                s.name = text_of(names->names[i].text);
                s.place = names->names[i].place;
                /* the first is the question, the others are what it stood for */
                if (i > 0 || names->address_count == 0)
                        err = give(&to, &s);
                s.has_answer = true;
                for (size_t k = 0; i == 0 && k < names->address_count && !err; k++) {
                        s.answer = names->addresses[k];
                        err = give(&to, &s);
                }
                s.has_answer = false;
        }
        return err;
}
