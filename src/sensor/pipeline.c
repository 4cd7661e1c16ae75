/* sensor/pipeline.c: see pipeline.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/pipeline.h"
#include "base/mem.h"
#include "sensor/fact_record.h"
#include "system/proc/shared_ring.h"
#include "traffic/decode/packet_each.h"
#include "traffic/match/live_match.h"

#include <sodium.h>
#include <string.h>

struct pipeline {
        struct live_match *match;
        struct fact_writer facts;
        struct shared_ring *alerts;
        int room_ms;
        time_ms newest, started;
        uint32_t salt; /* tells our alerts from those of another run */
        struct sensor_counts counts;
};

int pipeline_new(struct pipeline **out, const struct pipeline_options *o)
{
        AUTO(pipeline_free_at) struct pipeline *p = mem_zero(1, sizeof(*p));
        const struct live_match_options match = { .own = o->settings->own,
                .own_count = o->settings->own_count };
        int err = p ? live_match_new(&p->match, &match) : ERR_MEMORY;

        if (err)
                return err;
        p->facts = (struct fact_writer){ .ring = o->facts, .wait_ms = o->room_ms };
        p->alerts = o->alerts;
        p->room_ms = o->room_ms;
        p->started = clock_now(&clock_real);
        p->salt = randombytes_random();
        *out = MOVE(p);
        return 0;
}

struct pipeline *pipeline_free(struct pipeline *p)
{
        if (p) {
                (void)live_match_free(p->match);
                mem_free(p);
        }
        return NULL;
}

void pipeline_free_at(struct pipeline **p)
{
        *p = pipeline_free(*p);
}

static int on_packet(
    void *state, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        struct pipeline *p = state;

        live_match_packet(p->match, at, packet, names);
        return 0;
}

static int take_packet(struct pipeline *p, const struct input_record *r, struct text bytes)
{
        const struct packet_sink sink = { on_packet, p };
        int err = packet_each(r->at, r->link_type, bytes, sink);

        p->counts.of[COUNT_BYTES] += r->wire_bytes;
        if (err == ERR_UNSUPPORTED || err == ERR_FORMAT) {
                p->counts.of[COUNT_UNREADABLE]++;
                return 0;
        }
        return err;
}

int pipeline_take(struct pipeline *p, struct text record)
{
        struct input_record r;

        if (record.len < sizeof(r))
                return ERR_UNTRUSTED;
        memcpy(&r, record.data, sizeof(r));
        if (r.bytes != record.len - sizeof(r))
                return ERR_UNTRUSTED;
        if (r.at > p->newest)
                p->newest = r.at;
        record.data += sizeof(r);
        record.len -= sizeof(r);
        return r.kind == INPUT_PACKET ? take_packet(p, &r, record) : ERR_UNTRUSTED;
}

/* The same each time an alert is told, and no other's. */
static void alert_id(char out[ULID_MAX], const struct pipeline *p, uint64_t number)
{
        uint8_t random[ULID_RANDOM_BYTES];

        memcpy(random, &p->salt, sizeof(p->salt));
        for (int i = 0; i < 6; i++)
                random[4 + i] = (uint8_t)(number >> (40 - 8 * i));
        (void)ulid_write(out, p->started, random);
}

static int on_alert(void *state, const struct live_alert *alert)
{
        struct pipeline *p = state;
        struct alert_record r;

        memset(&r, 0, sizeof(r));
        alert_id(r.id, p, alert->number);
        r.alert = *alert;
        return shared_ring_put(p->alerts, (struct text){ (const char *)&r, sizeof(r) }, p->room_ms);
}

static int tell(struct pipeline *p, time_ms now, bool all)
{
        return live_match_tell(p->match, now, all, (struct live_alert_sink){ on_alert, p });
}

int pipeline_tend(struct pipeline *p, time_ms now)
{
        int err = now ? tell(p, now, false) : 0;

        return err == ERR_BUSY ? 0 : err; /* they stay, and are told when there is room */
}

int pipeline_end(struct pipeline *p)
{
        return tell(p, p->newest, true);
}

time_ms pipeline_newest(const struct pipeline *p)
{
        return p->newest;
}

void pipeline_use_own(struct pipeline *p, struct indicator_set *set)
{
        live_match_use_own(p->match, set);
}

void pipeline_count(struct sensor_counts *out, const struct pipeline *p)
{
        struct live_match_counts match;

        live_match_count(&match, p->match);
        *out = p->counts;
        out->of[COUNT_ALERTS] = match.pairs;
        out->of[COUNT_ALERTS_LEFT_OUT] = match.left_out;
}
