/* traffic/decode/sflow_parse.c: sFlow v5 (sflow.org/sflow_version_5.txt): samples of packets, as
 * raw headers or as the fields of IPv4 and IPv6. Counters and extended data are left out. The
 * sequence counts datagrams. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "traffic/decode/packet_parse.h"

#include <string.h>

enum { SFLOW_ADDRESS_V4 = 1, SFLOW_ADDRESS_V6 = 2 };
enum { SFLOW_FLOW_SAMPLE = 1, SFLOW_COUNTERS = 2, SFLOW_FLOW_EXPANDED = 3 };
enum { SFLOW_RAW_HEADER = 1, SFLOW_IPV4 = 3, SFLOW_IPV6 = 4 };

/* XDR: everything is in words of four bytes. */
static bool read_word(uint32_t *out, struct export_bytes *b)
{
        const uint8_t *p = export_take(b, 4);

        if (!p)
                return false;
        *out = export_u32(p);
        return true;
}

static bool read_agent(struct ip_address *out, struct export_bytes *b)
{
        const uint8_t *p;
        uint32_t kind;

        if (!read_word(&kind, b))
                return false;
        p = export_take(b, kind == SFLOW_ADDRESS_V4 ? 4 : kind == SFLOW_ADDRESS_V6 ? 16 : SIZE_MAX);
        if (!p)
                return false;
        if (kind == SFLOW_ADDRESS_V4)
                *out = ip_address_from_v4(export_u32(p));
        else
                memcpy(out->bytes, p, 16);
        return true;
}

/* The next `length` bytes, whole words of which are in the input. */
static bool cut(struct export_bytes *out, struct export_bytes *b, uint32_t length)
{
        const uint8_t *p = export_take(b, ((size_t)length + 3) & ~(size_t)3);

        if (!p)
                return false;
        *out = (struct export_bytes){ p, length };
        return true;
}

static int read_raw_header(
    struct export_context *c, struct export_bytes b, struct export_sampling sampling)
{
        uint32_t protocol, frame_bytes, stripped, length;
        struct export_bytes header;
        int link_type;

        if (!read_word(&protocol, &b) || !read_word(&frame_bytes, &b) ||
            !read_word(&stripped, &b) || !read_word(&length, &b) || !cut(&header, &b, length))
                return ERR_FORMAT;
        /* header_protocol: 1 Ethernet, 7 PPP, 11 IPv4, 12 IPv6 */
        switch (protocol) { /* header_protocol */
        case 1:
                link_type = EXPORT_LINK_ETHERNET;
                break;
        case 7:
                link_type = EXPORT_LINK_PPP;
                break;
        case 11: /* IPv4 */
        case 12: /* IPv6 */
                link_type = PACKET_LINK_RAW;
                break;
        default:
                c->counts->other++;
                return 0;
        }
        return export_frame_parse(c, link_type, export_bytes_rest(&header), c->at, sampling);
}

/* length, protocol, source, destination, ports, flags; then what does not matter here. */
static int read_ip(struct export_context *c, struct export_bytes b, struct export_sampling sampling,
    size_t address_bytes)
{
        struct flow f = { .begin = c->at + c->shift, .end = c->at + c->shift, .packets_out = 1 };
        const uint8_t *p = export_take(&b, 8 + 2 * address_bytes + 12);

        if (!p)
                return ERR_FORMAT;
        f.bytes_out = export_u32(p);
        f.protocol = (uint8_t)export_u32(p + 4);
        p += 8;
        if (address_bytes == 4) {
                f.source = ip_address_from_v4(export_u32(p));
                f.destination = ip_address_from_v4(export_u32(p + 4));
        } else {
                memcpy(f.source.bytes, p, 16);
                memcpy(f.destination.bytes, p + 16, 16);
        }
        p += 2 * address_bytes;
        if (f.protocol == PACKET_TCP || f.protocol == PACKET_UDP) {
                f.source_port = (uint16_t)export_u32(p);
                f.destination_port = (uint16_t)export_u32(p + 4);
                f.flags_out = f.protocol == PACKET_TCP ? (uint8_t)export_u32(p + 8) : 0;
        }
        return export_flow_give(c, &f, sampling);
}

/* One packet may be described twice, as a raw header and by its fields: the first one counts. */
static int read_records(struct export_context *c, struct export_bytes b, uint32_t records,
    struct export_sampling sampling)
{
        bool is_read = false;
        int err = 0;

        for (uint32_t i = 0; !err && i < records; i++) {
                uint32_t format, length;
                struct export_bytes record;
                if (!read_word(&format, &b) || !read_word(&length, &b) || !cut(&record, &b, length))
                        return ERR_FORMAT;
                if (is_read ||
                    (format != SFLOW_RAW_HEADER && format != SFLOW_IPV4 && format != SFLOW_IPV6))
                        continue;
                is_read = true;
                err = format == SFLOW_RAW_HEADER
                          ? read_raw_header(c, record, sampling)
                          : read_ip(c, record, sampling, format == SFLOW_IPV4 ? 4 : 16);
        }
        if (!is_read)
                c->counts->other++;
        return err;
}

/* sequence, source, rate, pool, drops, input, output, count of records; the expanded form has two
 * words for each of source, input and output. */
static int read_flow_sample(struct export_context *c, struct export_bytes b, bool is_expanded)
{
        size_t rate_at = is_expanded ? 12 : 8, header = is_expanded ? 44 : 32;
        const uint8_t *p = export_take(&b, header);
        uint32_t rate;

        if (!p)
                return ERR_FORMAT;
        rate = export_u32(p + rate_at);
        return read_records(
            c, b, export_u32(p + header - 4), (struct export_sampling){ rate, rate ? 1 : 0 });
}

static int read_samples(struct export_context *c, struct export_bytes b, uint32_t samples)
{
        int err = 0;

        for (uint32_t i = 0; !err && i < samples; i++) {
                uint32_t format, length;
                struct export_bytes sample;
                if (!read_word(&format, &b) || !read_word(&length, &b) || !cut(&sample, &b, length))
                        return ERR_FORMAT;
                if (format == SFLOW_FLOW_SAMPLE || format == SFLOW_FLOW_EXPANDED)
                        err = read_flow_sample(c, sample, format == SFLOW_FLOW_EXPANDED);
                else
                        c->counts->other++;
        }
        return err;
}

/* A sample tells no time; the datagram leaves within a second of it, so when it came is the best
 * there is. */
int sflow_parse(struct export_context *c, const struct export_source *from, struct text bytes)
{
        struct export_bytes b = export_bytes_of(bytes);
        struct ip_address agent;
        uint32_t version, sub_agent, sequence, uptime, samples;
        int err;

        (void)from;
        if (!read_word(&version, &b) || !read_agent(&agent, &b) || !read_word(&sub_agent, &b) ||
            !read_word(&sequence, &b) || !read_word(&uptime, &b) || !read_word(&samples, &b))
                return ERR_FORMAT;
        err = export_domain_find(&c->domain, c, &agent, sub_agent, EXPORT_KIND_SFLOW);
        if (err)
                return err;
        c->uptime = uptime;
        c->at = c->received;
        export_sequence(c, sequence, 1);
        return read_samples(c, b, samples);
}
