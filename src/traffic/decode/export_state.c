/* traffic/decode/export_state.c: see export_state.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "base/mem.h"

#include <string.h>

enum {
        DOMAIN_LISTS = 1024,
        TEMPLATES_OF_DOMAIN_MAX = 1024,
        PENDING_OF_DOMAIN_MAX = 256 << 10,
        FAIR_SHARES = 256
};
/* A sequence number so far behind the expected one is a datagram that came late; further, the
 * exporter began anew. So far ahead, it cannot be a loss either. */
enum { SEQUENCE_LATE_MAX = 1000, SEQUENCE_LOST_MAX = 10000000 };

struct export_state {
        struct export_limits limits;
        struct export_domain *lists[DOMAIN_LISTS];
        size_t domain_count, template_count, pending_bytes;
        uint64_t datagrams;
};

static size_t or_usual(size_t value, size_t usual)
{
        return value ? value : usual;
}

int export_state_new(struct export_state **out, const struct export_limits *limits)
{
        struct export_state *s = mem_zero(1, sizeof(*s));

        if (!s)
                return ERR_MEMORY;
        s->limits = *limits;
        s->limits.domains_max = or_usual(limits->domains_max, 1024);
        s->limits.templates_max = or_usual(limits->templates_max, 16384);
        s->limits.template_fields_max = or_usual(limits->template_fields_max, 512);
        s->limits.pending_bytes_max = or_usual(limits->pending_bytes_max, 4 << 20);
        *out = s;
        return 0;
}

/* Off its list, and its bytes off the counts; the caller frees it. */
static struct export_pending *unlink_pending(
    struct export_state *s, struct export_domain *d, struct export_pending **where)
{
        struct export_pending *p = *where;

        *where = p->next;
        if (!*where)
                d->pending_end = where;
        d->pending_bytes -= p->len;
        s->pending_bytes -= p->len;
        return p;
}

static void drop_oldest_pending(
    struct export_state *s, struct export_domain *d, struct export_counts *counts)
{
        mem_free(unlink_pending(s, d, &d->pending));
        if (counts)
                counts->dropped++;
}

static void drop_template(
    struct export_state *s, struct export_domain *d, struct export_template **where)
{
        struct export_template *t = *where;

        *where = t->next;
        mem_free(t);
        d->template_count--;
        s->template_count--;
}

static void forget_domain(
    struct export_state *s, struct export_domain **where, struct export_counts *counts)
{
        struct export_domain *d = *where;

        *where = d->next;
        while (d->pending)
                drop_oldest_pending(s, d, counts);
        for (size_t i = 0; i < EXPORT_TEMPLATE_LISTS; i++)
                while (d->templates[i])
                        drop_template(s, d, &d->templates[i]);
        s->domain_count--;
        mem_free(d);
}

struct export_state *export_state_free(struct export_state *s)
{
        if (!s)
                return NULL;
        for (size_t i = 0; i < DOMAIN_LISTS; i++)
                while (s->lists[i])
                        forget_domain(s, &s->lists[i], NULL);
        mem_free(s);
        return NULL;
}

void export_state_free_at(struct export_state **s)
{
        *s = export_state_free(*s);
}

const char *export_kind_name(enum export_kind kind)
{
        switch (kind) {
        case EXPORT_KIND_NETFLOW_V5:
                return "NetFlow v5";
        case EXPORT_KIND_NETFLOW_V9:
                return "NetFlow v9";
        case EXPORT_KIND_IPFIX:
                return "IPFIX";
        case EXPORT_KIND_SFLOW:
                return "sFlow v5";
        default:
                return "?";
        }
}

bool export_state_exporter(struct export_exporter *out, const struct export_state *s, size_t n)
{
        for (size_t i = 0; i < DOMAIN_LISTS; i++)
                for (const struct export_domain *d = s->lists[i]; d; d = d->next) {
                        if (n--)
                                continue;
                        *out = (struct export_exporter){ .address = d->address,
                                .domain = d->id,
                                .kind = d->kind,
                                .datagrams = d->datagrams,
                                .flows = d->flows,
                                .lost = d->lost,
                                .restarts = d->restarts,
                                .templates = d->template_count,
                                .pending_bytes = d->pending_bytes,
                                .sampling = d->sampling.size
                                                ? d->sampling.population / d->sampling.size
                                                : 0,
                                .last_received = d->last_received };
                        return true;
                }
        return false;
}

static size_t list_of(const struct ip_address *address, uint32_t id, enum export_kind kind)
{
        uint64_t a, b;

        memcpy(&a, address->bytes, sizeof(a));
        memcpy(&b, address->bytes + sizeof(a), sizeof(b));
        a = (a ^ b * UINT64_C(0x9E3779B97F4A7C15) ^ id) * UINT64_C(0xBF58476D1CE4E5B9);
        return (size_t)((a ^ a >> 31) + (uint64_t)kind) % DOMAIN_LISTS;
}

/* A look at every domain, which happens only when a new one comes to a full table. */
static void forget_silent(struct export_state *s, struct export_counts *counts)
{
        struct export_domain **oldest = NULL;

        for (size_t i = 0; i < DOMAIN_LISTS; i++)
                for (struct export_domain **d = &s->lists[i]; *d; d = &(*d)->next)
                        if (!oldest || (*d)->used_at < (*oldest)->used_at)
                                oldest = d;
        if (oldest)
                forget_domain(s, oldest, counts);
        counts->forgotten++;
}

int export_domain_find(struct export_domain **out, struct export_context *c,
    const struct ip_address *address, uint32_t id, enum export_kind kind)
{
        struct export_state *s = c->state;
        size_t list = list_of(address, id, kind);
        struct export_domain *d = s->lists[list];

        while (d && (d->id != id || d->kind != kind || ip_address_compare(&d->address, address)))
                d = d->next;
        if (!d) {
                if (s->domain_count >= s->limits.domains_max)
                        forget_silent(s, c->counts);
                d = mem_zero(1, sizeof(*d));
                if (!d)
                        return ERR_MEMORY;
                d->address = *address;
                d->id = id;
                d->kind = kind;
                d->pending_end = &d->pending;
                d->next = s->lists[list];
                s->lists[list] = d;
                s->domain_count++;
        }
        d->used_at = ++s->datagrams;
        d->last_received = c->received;
        d->datagrams++;
        *out = d;
        return 0;
}

size_t export_fields_max(const struct export_state *s)
{
        return s->limits.template_fields_max;
}

static struct export_template **template_place(struct export_domain *d, uint16_t id)
{
        struct export_template **t = &d->templates[id % EXPORT_TEMPLATE_LISTS];

        while (*t && (*t)->id != id)
                t = &(*t)->next;
        return t;
}

struct export_template *export_template_find(const struct export_domain *d, uint16_t id)
{
        struct export_template *t = d->templates[id % EXPORT_TEMPLATE_LISTS];

        while (t && t->id != id)
                t = t->next;
        return t;
}

static bool is_same(const struct export_template *a, const struct export_template *b)
{
        if (a->is_options != b->is_options || a->step_count != b->step_count ||
            a->record_bytes_min != b->record_bytes_min)
                return false;
        for (size_t i = 0; i < a->step_count; i++)
                if (a->steps[i].skip != b->steps[i].skip ||
                    a->steps[i].length != b->steps[i].length ||
                    a->steps[i].field != b->steps[i].field)
                        return false;
        return true;
}

/* One who tells templates without end must not shut out the others: who has few, as routers do,
 * takes the room of the domain that has most; of equals, of the one silent for longest. */
static void take_room(struct export_context *c)
{
        struct export_state *s = c->state;
        struct export_domain **greedy = NULL;

        if (c->domain->template_count >= s->limits.templates_max / FAIR_SHARES)
                return;
        for (size_t i = 0; i < DOMAIN_LISTS; i++)
                for (struct export_domain **d = &s->lists[i]; *d; d = &(*d)->next)
                        if (*d != c->domain && (*d)->template_count &&
                            (!greedy || (*d)->template_count > (*greedy)->template_count ||
                                ((*d)->template_count == (*greedy)->template_count &&
                                    (*d)->used_at < (*greedy)->used_at)))
                                greedy = d;
        if (!greedy)
                return;
        forget_domain(s, greedy, c->counts);
        c->counts->forgotten++;
}

void export_template_keep_own(struct export_context *c, struct export_template *t)
{
        struct export_state *s = c->state;
        struct export_domain *d = c->domain;
        struct export_template **where = template_place(d, t->id);

        if (*where && is_same(*where, t)) { /* exporters repeat them every few minutes */
                mem_free(t);
                return;
        }
        if (*where)
                drop_template(s, d, where);
        if (s->template_count >= s->limits.templates_max)
                take_room(c);
        if (d->template_count >= TEMPLATES_OF_DOMAIN_MAX ||
            s->template_count >= s->limits.templates_max) {
                c->counts->refused++;
                mem_free(t);
                return;
        }
        t->next = d->templates[t->id % EXPORT_TEMPLATE_LISTS];
        d->templates[t->id % EXPORT_TEMPLATE_LISTS] = t;
        d->template_count++;
        s->template_count++;
        c->counts->templates++;
}

void export_template_drop(struct export_context *c, uint16_t id)
{
        struct export_template **where = template_place(c->domain, id);

        if (!*where)
                return;
        drop_template(c->state, c->domain, where);
        c->counts->withdrawn++;
}

void export_templates_drop(struct export_context *c, bool is_options)
{
        for (size_t i = 0; i < EXPORT_TEMPLATE_LISTS; i++) {
                struct export_template **t = &c->domain->templates[i];
                while (*t) {
                        if ((*t)->is_options != is_options) {
                                t = &(*t)->next;
                                continue;
                        }
                        drop_template(c->state, c->domain, t);
                        c->counts->withdrawn++;
                }
        }
}

int export_pending_keep(struct export_context *c, uint16_t set_id, struct text bytes)
{
        struct export_state *s = c->state;
        struct export_domain *d = c->domain;
        struct export_pending *p;

        while (d->pending && (d->pending_bytes + bytes.len > PENDING_OF_DOMAIN_MAX ||
                                 s->pending_bytes + bytes.len > s->limits.pending_bytes_max))
                drop_oldest_pending(s, d, c->counts);
        if (s->pending_bytes + bytes.len > s->limits.pending_bytes_max) {
                c->counts->dropped++;
                return 0;
        }
        p = mem_zero(1, sizeof(*p) + bytes.len);
        if (!p)
                return ERR_MEMORY;
        p->set_id = set_id;
        p->at = c->at;
        p->received = c->received;
        p->shift = c->shift;
        p->uptime = c->uptime;
        p->len = bytes.len;
        memcpy(p->bytes, bytes.data, bytes.len);
        *d->pending_end = p;
        d->pending_end = &p->next;
        d->pending_bytes += p->len;
        s->pending_bytes += p->len;
        return 0;
}

struct export_pending *export_pending_take(struct export_context *c, uint16_t set_id)
{
        struct export_pending **p = &c->domain->pending;

        while (*p && (*p)->set_id != set_id)
                p = &(*p)->next;
        return *p ? unlink_pending(c->state, c->domain, p) : NULL;
}

void export_sequence(struct export_context *c, uint32_t sequence, uint32_t step)
{
        struct export_domain *d = c->domain;
        int32_t gap = (int32_t)(sequence - d->sequence);

        if (!d->has_sequence) {
                gap = 0;
        } else if (gap < 0 && gap >= -SEQUENCE_LATE_MAX && sequence != 0) {
                /* It was counted as lost when its successor came. */
                uint32_t back = d->lost < step ? (uint32_t)d->lost : step;
                d->lost -= back;
                c->counts->lost -= back < c->counts->lost ? back : c->counts->lost;
                return;
        } else if (gap < 0 || gap > SEQUENCE_LOST_MAX) {
                d->restarts++;
                gap = 0;
        }
        d->lost += (uint32_t)gap;
        c->counts->lost += (uint32_t)gap;
        d->has_sequence = true;
        d->sequence = sequence + step;
}

void export_clock(struct export_context *c, time_ms at)
{
        time_ms slack = c->state->limits.clock_slack_ms;
        time_ms off = c->received - at;

        c->at = at;
        c->shift = 0;
        if (slack && c->received && (off > slack || off < -slack)) {
                c->shift = off;
                c->counts->shifted++;
        }
}
