/* traffic/decode/export_flow.c: one record to a flow. What NAT it tells of: export_translation.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "traffic/decode/export_record.h"
#include "traffic/decode/packet_parse.h"

/* More than this no counter of ours or of a database can hold. */
static const uint64_t COUNT_MAX = INT64_MAX;

static uint64_t multiply(uint64_t count, struct export_sampling sampling)
{
        unsigned __int128 all = count;

        if (sampling.size)
                all = (all * sampling.population + sampling.size / 2) / sampling.size;
        return all < COUNT_MAX ? (uint64_t)all : COUNT_MAX;
}

int export_flow_give(struct export_context *c, struct flow *flow, struct export_sampling sampling)
{
        flow->packets_out = multiply(flow->packets_out, sampling);
        flow->bytes_out = multiply(flow->bytes_out, sampling);
        flow->packets_in = multiply(flow->packets_in, sampling);
        flow->bytes_in = multiply(flow->bytes_in, sampling);
        flow->sampling = sampling.size
                             ? (uint32_t)(((uint64_t)sampling.population + sampling.size / 2) /
                                          sampling.size)
                             : 0;
        c->counts->flows++;
        c->domain->flows++;
        return traffic_sink_flow(c->sink, flow);
}

const struct ip_address *export_address(const struct export_record *r, enum export_field field)
{
        static const struct ip_address none;
        const struct ip_address *a = &r->addresses[field - EXPORT_NUMBERS];

        if (!export_has(r, field) || ip_address_compare(a, &none) == 0 ||
            (ip_address_is_v4(a) && ip_address_v4(a) == 0))
                return NULL;
        return a;
}

/* A template for both families fills the other one with zeros. */
static bool is_v6(const struct export_record *r)
{
        if (!export_has(r, EXPORT_SOURCE_V4) && !export_has(r, EXPORT_DESTINATION_V4))
                return true;
        if (!export_has(r, EXPORT_SOURCE_V6) || !export_has(r, EXPORT_DESTINATION_V6))
                return false;
        if (export_has(r, EXPORT_IP_VERSION))
                return r->numbers[EXPORT_IP_VERSION] == 6;
        return !export_address(r, EXPORT_SOURCE_V4) && !export_address(r, EXPORT_DESTINATION_V4);
}

static uint16_t icmp_type_code(const struct export_record *r)
{
        const uint64_t *n = r->numbers;

        if (n[EXPORT_ICMP_TYPE_CODE])
                return (uint16_t)n[EXPORT_ICMP_TYPE_CODE];
        if (export_has(r, EXPORT_ICMP_TYPE))
                return (uint16_t)(n[EXPORT_ICMP_TYPE] << 8 | (n[EXPORT_ICMP_CODE] & 0xFF));
        return (uint16_t)n[EXPORT_DESTINATION_PORT]; /* as NetFlow has it since v5 */
}

static void read_ends(struct flow *f, const struct export_record *r)
{
        bool v6 = is_v6(r);

        f->source = r->addresses[(v6 ? EXPORT_SOURCE_V6 : EXPORT_SOURCE_V4) - EXPORT_NUMBERS];
        f->destination =
            r->addresses[(v6 ? EXPORT_DESTINATION_V6 : EXPORT_DESTINATION_V4) - EXPORT_NUMBERS];
        f->protocol = (uint8_t)r->numbers[EXPORT_PROTOCOL];
        if (f->protocol == PACKET_ICMP || f->protocol == PACKET_ICMP6) {
                f->destination_port = icmp_type_code(r);
                return;
        }
        f->source_port = (uint16_t)r->numbers[EXPORT_SOURCE_PORT];
        f->destination_port = (uint16_t)r->numbers[EXPORT_DESTINATION_PORT];
}

/* The first of four that stands in the record. */
static uint64_t first_of(const struct export_record *r, const enum export_field fields[4])
{
        for (size_t i = 0; i < 4; i++)
                if (export_has(r, fields[i]))
                        return r->numbers[fields[i]];
        return 0;
}

static void read_counts(struct flow *f, const struct export_record *r, enum export_kind kind)
{
        static const enum export_field octets[4] = { EXPORT_OCTETS, EXPORT_OCTETS_INITIATOR,
                EXPORT_OCTETS_TOTAL, EXPORT_OCTETS_POST };
        static const enum export_field packets[4] = { EXPORT_PACKETS, EXPORT_PACKETS_INITIATOR,
                EXPORT_PACKETS_TOTAL, EXPORT_PACKETS_POST };

        f->bytes_out = first_of(r, octets);
        f->packets_out = first_of(r, packets);
        f->bytes_in = r->numbers[EXPORT_OCTETS_IN];
        f->packets_in = r->numbers[EXPORT_PACKETS_IN];
        f->flags_out = (uint8_t)r->numbers[EXPORT_FLAGS];
        f->flags_in = (uint8_t)r->numbers[EXPORT_FLAGS_IN];
        /* NetFlow v9 has one name for "what went out" (Cisco: instead of "in") and "what came back"
         * (nProbe: beside it); IPFIX means the same packets behind a middlebox. */
        if (kind == EXPORT_KIND_NETFLOW_V9 && export_has(r, EXPORT_OCTETS) &&
            export_has(r, EXPORT_OCTETS_POST)) {
                f->bytes_in = r->numbers[EXPORT_OCTETS_POST];
                f->packets_in = r->numbers[EXPORT_PACKETS_POST];
        }
}

static void swap_ends(struct flow *f)
{
        struct flow was = *f;

        f->source = was.destination;
        f->destination = was.source;
        f->source_port = was.destination_port;
        f->destination_port = was.source_port;
        f->packets_out = was.packets_in;
        f->packets_in = was.packets_out;
        f->bytes_out = was.bytes_in;
        f->bytes_in = was.bytes_out;
        f->flags_out = was.flags_in;
        f->flags_in = was.flags_out;
}

/* A firewall or NAT says that something begins or changes hands; the traffic comes in a later
 * record. A denied or ended connection is a flow, also without counts. */
static bool is_only_event(const struct export_record *r, const struct flow *f)
{
        bool has_traffic = f->packets_out || f->bytes_out || f->packets_in || f->bytes_in;

        return !has_traffic && (r->numbers[EXPORT_NAT_EVENT] ||
                                   r->numbers[EXPORT_FIREWALL_EVENT] == EXPORT_FIREWALL_CREATED);
}

/* A packet in place of a flow (Juniper inline monitoring, PSAMP). */
static int give_packet(
    struct export_context *c, const struct export_record *r, const struct flow *f)
{
        const struct text *frame = &r->views[EXPORT_FRAME - EXPORT_ADDRESSES_END];
        const struct text *ip = &r->views[EXPORT_IP_PACKET - EXPORT_ADDRESSES_END];
        bool has_frame = frame->len > 0;

        return export_frame_parse(c, has_frame ? EXPORT_LINK_ETHERNET : PACKET_LINK_RAW,
            has_frame ? *frame : *ip, f->end, export_sampling_of(c, r));
}

int export_record_give(struct export_context *c, const struct export_record *r)
{
        const struct text *views = r->views;
        struct flow f = { 0 };
        bool has_ends;
        int err;

        export_times(&f.begin, &f.end, c, r);
        has_ends = (export_has(r, EXPORT_SOURCE_V4) && export_has(r, EXPORT_DESTINATION_V4)) ||
                   (export_has(r, EXPORT_SOURCE_V6) && export_has(r, EXPORT_DESTINATION_V6));
        if (!has_ends && (views[EXPORT_FRAME - EXPORT_ADDRESSES_END].len ||
                             views[EXPORT_IP_PACKET - EXPORT_ADDRESSES_END].len))
                return give_packet(c, r, &f);
        read_ends(&f, r);
        read_counts(&f, r, c->domain->kind);
        err = export_translation_give(c, r, &f);
        if (err)
                return err;
        if (!has_ends || is_only_event(r, &f)) {
                c->counts->other++;
                return 0;
        }
        err = export_names_give(c, r, &f);
        if (err)
                return err;
        if (r->numbers[EXPORT_BIFLOW_DIRECTION] == EXPORT_BIFLOW_REVERSE)
                swap_ends(&f);
        return export_flow_give(c, &f, export_sampling_of(c, r));
}
