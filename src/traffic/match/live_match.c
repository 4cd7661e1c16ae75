/* traffic/match/live_match.c: see live_match.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/match/live_match.h"

#include "base/mem.h"
#include "codec/digest.h"

#include <string.h>

enum { ALERTS_USUAL = 65536, SLOTS_AT_FIRST = 1024, CERTIFICATE_BYTES = 20 };

/* Alerts in no order, and an open-addressed table of their numbers + 1. Invariants: (1) slot_count
 * is a power of two and more than twice the alerts; (2) each alert has one slot. */
struct kept {
        struct live_alert alert;
        time_ms told_at; /* 0: not yet */
        bool changed;    /* since it was told */
};

struct live_match {
        struct live_match_options options;
        struct ip_prefix *own;
        struct live_quiet *quiet;
        size_t quiet_count;
        const struct indicator_set *set;
        struct kept *kept;
        uint32_t *slots;
        size_t count, room, slot_count;
        uint64_t next_number;
        struct live_match_counts counts;
};

/* One contact, before it is known whether anything is listed. */
struct contact {
        time_ms at;
        const struct ip_address *host, *peer;
        uint16_t port;
        uint8_t protocol;
        bool spoke;
};

static int copy_own(struct live_match *m, const struct live_match_options *o)
{
        if (o->own_count) {
                m->own = mem_zero(o->own_count, sizeof(*m->own));
                if (!m->own)
                        return ERR_MEMORY;
                memcpy(m->own, o->own, o->own_count * sizeof(*m->own));
        }
        return 0;
}

int live_match_new(struct live_match **out, const struct live_match_options *options)
{
        AUTO(live_match_free_at) struct live_match *m = mem_zero(1, sizeof(*m));
        int err = m ? copy_own(m, options) : ERR_MEMORY;

        if (err)
                return err;
        m->options = *options;
        if (!m->options.max_alerts || m->options.max_alerts > LIVE_ALERTS_MAX)
                m->options.max_alerts = ALERTS_USUAL;
        if (!m->options.told_ms)
                m->options.told_ms = HOUR_MS;
        if (!m->options.forget_ms)
                m->options.forget_ms = DAY_MS;
        m->slot_count = SLOTS_AT_FIRST;
        m->slots = mem_zero(m->slot_count, sizeof(*m->slots));
        if (!m->slots)
                return ERR_MEMORY;
        *out = MOVE(m);
        return 0;
}

struct live_match *live_match_free(struct live_match *m)
{
        if (m) {
                mem_free(m->own);
                mem_free(m->quiet);
                mem_free(m->kept);
                mem_free(m->slots);
                mem_free(m);
        }
        return NULL;
}

void live_match_free_at(struct live_match **m)
{
        *m = live_match_free(*m);
}

void live_match_use(struct live_match *m, const struct indicator_set *set)
{
        m->set = set;
}

int live_match_quiet(struct live_match *m, const struct live_quiet *quiet, size_t count)
{
        struct live_quiet *copy = NULL;

        if (count > LIVE_QUIET_MAX)
                return ERR_LIMIT;
        if (count) {
                copy = mem_zero(count, sizeof(*copy));
                if (!copy)
                        return ERR_MEMORY;
                memcpy(copy, quiet, count * sizeof(*copy));
        }
        mem_free(m->quiet);
        m->quiet = copy;
        m->quiet_count = count;
        return 0;
}

bool live_match_is_quiet(struct live_match *m, const struct ip_address *host,
    enum live_quiet_kind kind, const char *value, time_ms at)
{
        for (size_t i = 0; i < m->quiet_count; i++) {
                const struct live_quiet *q = &m->quiet[i];

                if (at < q->until && (q->kind == LIVE_QUIET_ANY || q->kind == kind) &&
                    (!q->host.bits || ip_prefix_contains(&q->host, host)) &&
                    (!q->value[0] || strcmp(q->value, value) == 0)) {
                        m->counts.quieted++;
                        return true;
                }
        }
        return false;
}

static bool is_own(const struct live_match *m, const struct ip_address *a)
{
        for (size_t i = 0; i < m->options.own_count; i++)
                if (ip_prefix_contains(&m->own[i], a))
                        return true;
        return !m->options.own_count && ip_address_scope(a) == IP_SCOPE_PRIVATE;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
        const uint8_t *p = bytes;

        for (size_t i = 0; i < len; i++)
                hash = (hash ^ p[i]) * 0x100000001B3U;
        return hash;
}

static size_t slot_of(const struct live_match *m, const struct live_alert *a)
{
        uint64_t hash = mix(0xCBF29CE484222325U, &a->host, sizeof(a->host));

        hash = mix(hash, a->value, strlen(a->value));
        return (hash ^ hash >> 32) & (m->slot_count - 1);
}

static bool is_same(const struct live_alert *a, const struct live_alert *b)
{
        return a->type == b->type && ip_address_compare(&a->host, &b->host) == 0 &&
               strcmp(a->value, b->value) == 0;
}

/* The slot that holds the pair, or the empty one where it belongs. */
static uint32_t *find_slot(const struct live_match *m, const struct live_alert *a)
{
        size_t at = slot_of(m, a);

        while (m->slots[at] && !is_same(&m->kept[m->slots[at] - 1].alert, a))
                at = (at + 1) & (m->slot_count - 1);
        return &m->slots[at];
}

static void fill_slots(struct live_match *m)
{
        memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
        for (size_t i = 0; i < m->count; i++)
                *find_slot(m, &m->kept[i].alert) = (uint32_t)i + 1;
}

static int make_room(struct live_match *m)
{
        if ((m->count + 1) * 2 >= m->slot_count) {
                uint32_t *slots = mem_zero(m->slot_count * 4, sizeof(*slots));

                if (!slots)
                        return ERR_MEMORY;
                mem_free(m->slots);
                m->slots = slots;
                m->slot_count *= 4;
                fill_slots(m);
        }
        if (m->count == m->room) {
                size_t room = m->room ? m->room * 2 : 64;
                struct kept *kept = mem_grow(m->kept, room, sizeof(*kept));

                if (!kept)
                        return ERR_MEMORY;
                m->kept = kept;
                m->room = room;
        }
        return 0;
}

static void copy_cut(char *out, size_t room, struct text t)
{
        size_t len = t.len < room ? t.len : room - 1;

        while (len && len < t.len && ((unsigned char)t.data[len] & 0xc0) == 0x80)
                len--; /* not within a character */
        if (len)
                memcpy(out, t.data, len);
        out[len] = '\0';
}

static void see_again(struct kept *k, const struct live_alert *a)
{
        struct live_alert *old = &k->alert;

        old->times++;
        old->spoke = old->spoke || a->spoke;
        if (a->first_at < old->first_at)
                old->first_at = a->first_at;
        if (a->last_at > old->last_at)
                old->last_at = a->last_at;
        k->changed = true;
}

static void keep(struct live_match *m, struct live_alert *a)
{
        uint32_t *slot = find_slot(m, a);

        m->counts.contacts++;
        if (live_match_is_quiet(m, &a->host, LIVE_QUIET_LISTED, a->value, a->last_at))
                return;
        if (*slot) {
                see_again(&m->kept[*slot - 1], a);
                return;
        }
        if (m->count == m->options.max_alerts || make_room(m)) {
                m->counts.left_out++;
                return;
        }
        a->number = ++m->next_number;
        m->counts.pairs++;
        m->kept[m->count++] = (struct kept){ .alert = *a, .changed = true };
        *find_slot(m, a) = (uint32_t)m->count; /* the table may have moved */
}

static void judge(struct live_match *m, const struct contact *c, const struct indicator_view *view,
    enum packet_place place)
{
        struct live_alert a;

        if (!indicator_view_is_valid(view, c->at))
                return;
        a = (struct live_alert){ .host = *c->host,
                .peer = *c->peer,
                .port = c->port,
                .protocol = c->protocol,
                .place = place,
                .type = view->type,
                .sinkhole = view->origin == INDICATOR_ORIGIN_SINKHOLE,
                .spoke = c->spoke,
                .confidence = view->confidence,
                .first_at = c->at,
                .last_at = c->at,
                .times = 1 };
        copy_cut(a.value, sizeof(a.value), indicator_view_value(view));
        copy_cut(a.family, sizeof(a.family), view->family);
        copy_cut(a.list, sizeof(a.list), view->source);
        if (!c->spoke)
                m->counts.inbound++;
        keep(m, &a);
}

/* Nearly every address of ordinary traffic ends in the quick question. */
static bool find_address(
    struct indicator_view *out, const struct live_match *m, const struct ip_address *a)
{
        if (ip_address_is_v4(a) && !indicator_set_has_v4(m->set, ip_address_v4(a)))
                return false;
        return indicator_set_find_address(out, m->set, a);
}

static void judge_name(
    struct live_match *m, const struct contact *c, struct text name, enum packet_place place)
{
        struct indicator_view view;
        uint8_t hash[CERTIFICATE_BYTES];

        if (place == PACKET_PLACE_CERTIFICATE) {
                if (hex_parse(hash, sizeof(hash), name) == 0 &&
                    indicator_set_find_hash(&view, m->set, INDICATOR_CERTIFICATE, hash))
                        judge(m, c, &view, place);
        } else if (indicator_set_find_name(&view, m->set, name)) {
                judge(m, c, &view, place);
        }
}

static void judge_names(
    struct live_match *m, const struct contact *seen, const struct packet_names *names)
{
        struct indicator_view view;
        struct contact with = *seen, *c = &with;

        with.spoke = seen->spoke || names->address_count; /* who gets an answer has asked */

        for (size_t i = 0; i < names->name_count; i++)
                judge_name(m, c, text_of(names->names[i].text), names->names[i].place);
        for (size_t i = 0; i < names->address_count; i++)
                if (find_address(&view, m, &names->addresses[i]))
                        judge(m, c, &view, PACKET_PLACE_DNS);
        if (names->url[0] && indicator_set_find_url(&view, m->set, text_of(names->url)))
                judge(m, c, &view, PACKET_PLACE_HTTP);
}

/* Of two ends that are ours, or none: the listed one is the peer, else the one that serves. */
static bool is_from_peer(const struct live_match *m, const struct packet *p)
{
        struct indicator_view view;

        if (find_address(&view, m, &p->source))
                return true;
        return !find_address(&view, m, &p->destination) && p->source_port < p->destination_port;
}

static struct contact contact_of(const struct live_match *m, time_ms at, const struct packet *p)
{
        bool source = is_own(m, &p->source), destination = is_own(m, &p->destination);
        bool inward = source == destination ? is_from_peer(m, p) : destination;
        struct contact c = { .at = at, .protocol = p->protocol, .spoke = !inward };

        c.host = inward ? &p->destination : &p->source;
        c.peer = inward ? &p->source : &p->destination;
        c.port = inward ? p->source_port : p->destination_port;
        return c;
}

void live_match_packet(
    struct live_match *m, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        bool named = names->name_count || names->address_count || names->url[0];
        struct indicator_view source, destination;
        struct contact c;
        bool from, to;

        if (!m->set)
                return;
        from = find_address(&source, m, &packet->source);
        to = find_address(&destination, m, &packet->destination);
        if (!from && !to && !named)
                return;
        c = contact_of(m, at, packet);
        if (from && c.host != &packet->source)
                judge(m, &c, &source, PACKET_PLACE_ADDRESS);
        if (to && c.host != &packet->destination)
                judge(m, &c, &destination, PACKET_PLACE_ADDRESS);
        judge_names(m, &c, names);
}

void live_match_flow(struct live_match *m, const struct flow *flow)
{
        const struct packet ends = { .source = flow->source,
                .destination = flow->destination,
                .source_port = flow->source_port,
                .destination_port = flow->destination_port,
                .protocol = flow->protocol };
        struct indicator_view view;
        struct contact c;

        if (!m->set)
                return;
        c = contact_of(m, flow->begin, &ends);
        if (!find_address(&view, m, c.peer))
                return;
        c.spoke = c.host == &ends.source ? flow->packets_out > 0 : flow->packets_in > 0;
        judge(m, &c, &view, PACKET_PLACE_ADDRESS);
}

void live_match_name(struct live_match *m, const struct name_sighting *s)
{
        const struct contact c = { .at = s->at, .host = &s->host, .peer = &s->peer, .spoke = true };
        struct indicator_view view;

        if (!m->set)
                return;
        judge_name(m, &c, s->name, s->place);
        if (s->has_answer && find_address(&view, m, &s->answer))
                judge(m, &c, &view, PACKET_PLACE_DNS);
}

/* Told less than `span` ago. A clock that was set back makes what was told of the future: that is
 * long ago. */
static bool is_told_within(const struct kept *k, time_ms now, time_ms span)
{
        return k->told_at && k->told_at <= now && now - k->told_at < span;
}

static void forget(struct live_match *m, time_ms now)
{
        size_t left = 0;

        for (size_t i = 0; i < m->count; i++)
                if (m->kept[i].changed || is_told_within(&m->kept[i], now, m->options.forget_ms))
                        m->kept[left++] = m->kept[i];
        if (left == m->count)
                return;
        m->count = left;
        fill_slots(m);
}

int live_match_tell(struct live_match *m, time_ms now, bool all, struct live_alert_sink sink)
{
        for (size_t i = 0; i < m->count; i++) {
                struct kept *k = &m->kept[i];
                int err;

                if (!k->changed || (!all && is_told_within(k, now, m->options.told_ms)))
                        continue;
                err = sink.take(sink.state, &k->alert);
                if (err)
                        return err;
                k->told_at = now;
                k->changed = false;
        }
        forget(m, now);
        return 0;
}

void live_match_count(struct live_match_counts *out, const struct live_match *m)
{
        *out = m->counts;
}
