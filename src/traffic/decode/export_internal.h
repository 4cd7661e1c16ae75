/* traffic/decode/export_internal.h: what the files of the exporters share. Only for export_*.c,
 * netflow_*.c, ipfix_parse.c and sflow_parse.c. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_INTERNAL_H
#define CANH_TRAFFIC_DECODE_EXPORT_INTERNAL_H

#include "traffic/decode/export_bytes.h"
#include "traffic/decode/export_fields.h"
#include "traffic/decode/export_parse.h"

enum {
        EXPORT_SAMPLERS_MAX = 64, /* in a domain; more are left out */
        EXPORT_TEMPLATE_LISTS = 64,
        EXPORT_LENGTH_VARIABLE = 65535, /* RFC 7011 7 */
        EXPORT_SET_HEADER = 4,
        EXPORT_RECORD_ID_MIN = 256, /* set ids below are templates or reserved */
        EXPORT_LINK_ETHERNET = 1,   /* as libpcap numbers it */
        EXPORT_LINK_PPP = 9
};

/* One step through a record: leave out `skip` bytes, then read `length` bytes as `field`. What is
 * not wanted is in the skips. */
struct export_step {
        uint16_t skip, length; /* length EXPORT_LENGTH_VARIABLE: it stands in the record */
        uint8_t field;
};

struct export_template {
        struct export_template *next; /* of the same list */
        uint16_t id;
        bool is_options;
        uint16_t step_count;
        uint32_t record_bytes_min; /* never 0 */
        struct export_step steps[];
};

/* `size` of `population` packets were looked at; both 0: not told. */
struct export_sampling {
        uint32_t population, size;
};

struct export_sampler {
        uint64_t id;
        struct export_sampling sampling;
};

/* A set of data whose template has not come. */
struct export_pending {
        struct export_pending *next;
        uint16_t set_id;
        time_ms at, received, shift;
        uint32_t uptime;
        size_t len;
        uint8_t bytes[];
};

struct export_domain {
        struct export_domain *next; /* of the same list */
        struct ip_address address;
        uint32_t id;
        enum export_kind kind;
        time_ms last_received;
        uint64_t used_at; /* the state's datagram count: who was silent for longest */
        uint64_t datagrams, flows, lost, restarts;
        bool has_sequence;
        uint32_t sequence; /* expected next */
        bool has_boot;     /* the exporter told when it began (systemInitTimeMilliseconds) */
        time_ms boot;      /* else: the latest that agrees with all it sent; 0 = nothing sent */
        struct export_sampling sampling;
        struct export_sampler samplers[EXPORT_SAMPLERS_MAX];
        size_t sampler_count, template_count, pending_bytes;
        struct export_template *templates[EXPORT_TEMPLATE_LISTS];
        struct export_pending *pending, **pending_end;
};

/* One datagram on its way. */
struct export_context {
        struct export_state *state;
        struct export_domain *domain;
        const struct traffic_sink *sink;
        struct export_counts *counts;
        time_ms at;       /* when the exporter sent it, by its clock */
        time_ms received; /* when it came, by ours */
        time_ms shift;    /* to be added to the exporter's times */
        uint32_t uptime;  /* of the exporter in ms; not in IPFIX */
};

/* The fields of one record that mean something to us. Numbers that were not seen are 0. */
struct export_record {
        uint64_t seen; /* bit n: field n, up to the addresses */
        uint64_t numbers[EXPORT_NUMBERS];
        struct ip_address addresses[EXPORT_ADDRESSES_END - EXPORT_NUMBERS];
        struct text views[EXPORT_FIELDS_END - EXPORT_ADDRESSES_END];
};

static inline bool export_has(const struct export_record *r, enum export_field field)
{
        return r->seen >> field & 1;
}

/* export_state.c */
MUST_USE int export_domain_find(struct export_domain **out, struct export_context *c,
    const struct ip_address *address, uint32_t id, enum export_kind kind);
struct export_template *export_template_find(const struct export_domain *d, uint16_t id);
/* Takes the template; one of the same id is replaced. At the limit it is refused and counted. */
void export_template_keep_own(struct export_context *c, struct export_template *t);
void export_template_drop(struct export_context *c, uint16_t id);
/* All of the kind. */
void export_templates_drop(struct export_context *c, bool is_options);
size_t export_fields_max(const struct export_state *s);
/* Keeps a copy of the set's bytes until its template comes. */
MUST_USE int export_pending_keep(struct export_context *c, uint16_t set_id, struct text bytes);
/* Takes the first one that waits for the template off the list (mem_free it), or NULL. */
struct export_pending *export_pending_take(struct export_context *c, uint16_t set_id);
/* Counts what is missing before `sequence`; the next one is expected `step` later. */
void export_sequence(struct export_context *c, uint32_t sequence, uint32_t step);
/* Sets at and shift. */
void export_clock(struct export_context *c, time_ms at);

/* export_template_parse.c: the fields of one template behind its id and count. NULL with *err 0:
 * refused and counted. `options_scope`: so many of the first fields are scopes of NetFlow v9. */
struct export_template *export_template_parse(int *err, struct export_context *c,
    struct export_bytes *b, uint16_t id, size_t fields, size_t scopes_v9, bool has_enterprise);

/* export_record_parse.c */
/* The records of a set, to the sink. */
MUST_USE int export_set_parse(
    struct export_context *c, const struct export_template *t, struct text bytes, uint32_t *count);
/* A set whose template may not be there yet; keeps it then. *is_known: whether it was there. */
MUST_USE int export_data_parse(
    struct export_context *c, uint16_t set_id, struct text bytes, uint32_t *count, bool *is_known);
/* After a template came: what waited for it. */
MUST_USE int export_pending_parse(struct export_context *c, uint16_t set_id);

/* export_flow.c: a record to flow, translation and names. */
MUST_USE int export_record_give(struct export_context *c, const struct export_record *r);
void export_options_keep(struct export_context *c, const struct export_record *r);

/* export_frame_parse.c: the first bytes of a packet that was sampled, of libpcap's link type. What
 * is no IP is counted as `other`. */
MUST_USE int export_frame_parse(struct export_context *c, int link_type, struct text bytes,
    time_ms at, struct export_sampling sampling);

/* The flow to the sink, its counts multiplied; counted. */
MUST_USE int export_flow_give(
    struct export_context *c, struct flow *flow, struct export_sampling sampling);

/* The four kinds; the version was looked at. */
MUST_USE int netflow_v5_parse(
    struct export_context *c, const struct export_source *from, struct text bytes);
MUST_USE int netflow_v9_parse(
    struct export_context *c, const struct export_source *from, struct text bytes);
MUST_USE int ipfix_parse(
    struct export_context *c, const struct export_source *from, struct text bytes);
MUST_USE int sflow_parse(
    struct export_context *c, const struct export_source *from, struct text bytes);

#endif
