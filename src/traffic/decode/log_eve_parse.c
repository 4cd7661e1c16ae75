/* traffic/decode/log_eve_parse.c: EVE of Suricata, one JSON object a line: flow, netflow, dns
 * (forms 1, 2 and 3), tls, quic, http, dhcp. Alerts, statistics and files are passed over. Bytes
 * are those of whole frames, as Suricata counts them; `netflow` tells one direction, `flow` both:
 * who logs both gets both. https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "traffic/decode/log_format.h"

static const struct log_names names[] = { { "timestamp", LOG_TIME }, { "event_type", LOG_KIND },
        { "src_ip", LOG_SOURCE }, { "src_port", LOG_SOURCE_PORT }, { "dest_ip", LOG_DESTINATION },
        { "dest_port", LOG_DESTINATION_PORT }, { "proto", LOG_PROTOCOL },
        { "icmp_type", LOG_ICMP_TYPE }, { "icmp_code", LOG_ICMP_CODE },
        { "flow.pkts_toserver", LOG_PACKETS_OUT }, { "flow.pkts_toclient", LOG_PACKETS_IN },
        { "flow.bytes_toserver", LOG_BYTES_OUT }, { "flow.bytes_toclient", LOG_BYTES_IN },
        { "flow.start", LOG_BEGIN }, { "flow.end", LOG_END }, { "netflow.pkts", LOG_PACKETS },
        { "netflow.bytes", LOG_BYTES }, { "netflow.start", LOG_BEGIN }, { "netflow.end", LOG_END },
        { "tcp.tcp_flags_ts", LOG_FLAGS_OUT }, { "tcp.tcp_flags_tc", LOG_FLAGS_IN },
        { "tcp.tcp_flags", LOG_FLAGS }, { "dns.type", LOG_SUBKIND }, { "dns.rrname", LOG_NAME },
        { "dns.queries.rrname", LOG_NAME }, { "dns.query.rrname", LOG_NAME },
        { "dns.rdata", LOG_ANSWER }, { "dns.answers.rdata", LOG_ANSWER },
        { "dns.grouped.A", LOG_ANSWER }, { "dns.grouped.AAAA", LOG_ANSWER },
        { "tls.sni", LOG_NAME }, { "quic.sni", LOG_NAME }, { "tls.fingerprint", LOG_DIGEST },
        { "http.hostname", LOG_NAME }, { "http.url", LOG_URL }, { "dhcp.dhcp_type", LOG_STATE },
        { "dhcp.assigned_ip", LOG_ADDRESS }, { "dhcp.client_ip", LOG_ADDRESS_KEPT },
        { "dhcp.client_mac", LOG_HARDWARE }, { "dhcp.lease_time", LOG_LEASE_SECONDS },
        { "dhcp.hostname", LOG_HOST_NAME } };

/* "1b": one byte in hex. */
static uint8_t flags_of(struct text t)
{
        uint8_t flags = 0;

        return hex_parse(&flags, 1, t) ? 0 : flags;
}

static int take_flow(struct log_lines *lines, struct log_record *r, bool is_one_way)
{
        r->flags_out = flags_of(r->field[is_one_way ? LOG_FLAGS : LOG_FLAGS_OUT]);
        r->flags_in = is_one_way ? 0 : flags_of(r->field[LOG_FLAGS_IN]);
        r->field[LOG_FLAGS_OUT].len = r->field[LOG_FLAGS_IN].len = 0; /* hex, no letters */
        return log_take_flow(lines, r);
}

/* Form 1 tells an answer from the side of the server. */
static int take_dns(struct log_lines *lines, struct log_record *r)
{
        bool is_answer = text_is(r->field[LOG_SUBKIND], "answer") ||
                         text_is(r->field[LOG_SUBKIND], "response");

        if (is_answer && text_is(r->field[LOG_SOURCE_PORT], "53") &&
            !text_is(r->field[LOG_DESTINATION_PORT], "53")) {
                struct text server = r->field[LOG_SOURCE];
                r->field[LOG_SOURCE] = r->field[LOG_DESTINATION];
                r->field[LOG_DESTINATION] = server;
        }
        return log_take_names(lines, r, PACKET_PLACE_DNS);
}

static int take_tls(struct log_lines *lines, const struct log_record *r)
{
        int named = log_take_names(lines, r, PACKET_PLACE_TLS), end;

        if (named != LOG_TAKEN && named != LOG_IGNORED)
                return named;
        end = log_take_certificates(lines, r);
        return end == LOG_IGNORED ? named : end;
}

static int take_dhcp(struct log_lines *lines, struct log_record *r)
{
        if (!text_is_nocase(r->field[LOG_STATE], "ack"))
                return LOG_IGNORED;
        if (r->field[LOG_ADDRESS].len == 0 || text_is(r->field[LOG_ADDRESS], "0.0.0.0"))
                r->field[LOG_ADDRESS] = r->field[LOG_ADDRESS_KEPT];
        return log_take_lease(lines, r);
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct log_record r = { .present = 0 };
        struct text kind;

        if (log_json_parse(&r, line, lines->room, names, ARRAY_LEN(names)))
                return log_bad(
                    lines, "JSON không đúng (dòng bị cắt?)", "not valid JSON (cut off?)");
        kind = r.field[LOG_KIND];
        if (text_is(kind, "flow"))
                return take_flow(lines, &r, false);
        if (text_is(kind, "netflow"))
                return take_flow(lines, &r, true);
        if (text_is(kind, "dns"))
                return take_dns(lines, &r);
        if (text_is(kind, "tls") || text_is(kind, "quic"))
                return take_tls(lines, &r);
        if (text_is(kind, "http"))
                return log_take_names(lines, &r, PACKET_PLACE_HTTP);
        return text_is(kind, "dhcp") ? take_dhcp(lines, &r) : LOG_IGNORED;
}

static int sniff(struct text head)
{
        return head.len && head.data[0] == '{' && log_value_has(head, "\"event_type\"") ? 98 : 0;
}

extern const struct log_format log_eve_format;
const struct log_format log_eve_format = { .id = "eve",
        .vi = "Suricata EVE (JSON)",
        .en = "Suricata EVE (JSON)",
        .sniff = sniff,
        .line = take_line };
