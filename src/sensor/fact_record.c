/* sensor/fact_record.c: see fact_record.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/fact_record.h"
#include "system/proc/shared_ring.h"

#include <string.h>

enum fact_kind { FACT_FLOW = 1, FACT_NAME, FACT_TRANSLATION, FACT_LEASE };

struct fact_record {
        uint32_t kind;
        uint32_t text_bytes; /* behind the struct: of name and lease */
        union {
                struct flow flow;
                struct name_sighting name;
                struct translation translation;
                struct lease lease;
        };
};

static int put(struct fact_writer *w, const struct fact_record *f, struct text text)
{
        char bytes[sizeof(*f) + PACKET_NAME_MAX];

        if (text.len > PACKET_NAME_MAX)
                text.len = PACKET_NAME_MAX;
        memcpy(bytes, f, sizeof(*f));
        ((struct fact_record *)(void *)bytes)->text_bytes = (uint32_t)text.len;
        if (text.len)
                memcpy(bytes + sizeof(*f), text.data, text.len);
        (void)!shared_ring_put(w->ring, (struct text){ bytes, sizeof(*f) + text.len }, w->wait_ms);
        return 0;
}

static int take_flow(void *state, const struct flow *flow)
{
        return put(state, &(struct fact_record){ .kind = FACT_FLOW, .flow = *flow }, TEXT(""));
}

static int take_name(void *state, const struct name_sighting *s)
{
        return put(state, &(struct fact_record){ .kind = FACT_NAME, .name = *s }, s->name);
}

static int take_translation(void *state, const struct translation *t)
{
        return put(
            state, &(struct fact_record){ .kind = FACT_TRANSLATION, .translation = *t }, TEXT(""));
}

static int take_lease(void *state, const struct lease *lease)
{
        return put(
            state, &(struct fact_record){ .kind = FACT_LEASE, .lease = *lease }, lease->host_name);
}

struct traffic_sink fact_writer_sink(struct fact_writer *w)
{
        return (struct traffic_sink){ take_flow, take_name, take_translation, take_lease, w };
}

/* A truth value out of foreign memory may be neither. */
static bool truth(const bool *at)
{
        uint8_t byte;

        memcpy(&byte, at, 1);
        return byte != 0;
}

static int take_checked(struct fact_record *f, struct text text, struct traffic_sink sink)
{
        switch (f->kind) {
        case FACT_FLOW:
                if (f->flow.begin > f->flow.end)
                        return ERR_UNTRUSTED;
                return traffic_sink_flow(&sink, &f->flow);
        case FACT_NAME:
                if (f->name.place > PACKET_PLACE_CERTIFICATE)
                        return ERR_UNTRUSTED;
                f->name.has_answer = truth(&f->name.has_answer);
                f->name.name = text;
                return traffic_sink_name(&sink, &f->name);
        case FACT_TRANSLATION:
                f->translation.has_peer = truth(&f->translation.has_peer);
                return traffic_sink_translation(&sink, &f->translation);
        case FACT_LEASE:
                f->lease.has_hardware = truth(&f->lease.has_hardware);
                f->lease.host_name = text;
                return traffic_sink_lease(&sink, &f->lease);
        default:
                return ERR_UNTRUSTED;
        }
}

int fact_record_take(struct text record, struct traffic_sink sink)
{
        struct fact_record f;

        if (record.len < sizeof(f))
                return ERR_UNTRUSTED;
        memcpy(&f, record.data, sizeof(f)); /* once: the other end may change it meanwhile */
        if (f.text_bytes != record.len - sizeof(f) || f.text_bytes > PACKET_NAME_MAX)
                return ERR_UNTRUSTED;
        return take_checked(&f, (struct text){ record.data + sizeof(f), f.text_bytes }, sink);
}
