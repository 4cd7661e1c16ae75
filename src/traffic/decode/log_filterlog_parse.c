/* traffic/decode/log_filterlog_parse.c: the packet filter of pfSense and OPNsense: one line a
 * packet that a rule logs, comma separated behind the tag filterlog. It says nothing of
 * translations. A logged packet is a flow of one packet; the rule may have blocked it.
 * https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

enum { CELLS_MAX = 32, VERSION = 8, ICMP_CODES = 256, HEADER_V6 = 40 };

struct places { /* of the cells, which differ by version of IP */
        size_t protocol, length, source, destination, ports;
};

static int take_flow(struct log_lines *lines, struct flow *f, const struct text *cells,
    size_t count, const struct places *at)
{
        bool has_ports;

        if (count <= at->destination || log_value_protocol(&f->protocol, cells[at->protocol]) ||
            log_value_count(&f->bytes_out, cells[at->length]) ||
            ip_address_parse(&f->source, cells[at->source]) ||
            ip_address_parse(&f->destination, cells[at->destination]))
                return log_bad(lines, "Thiếu hoặc sai địa chỉ, giao thức hoặc độ dài",
                    "an address, the protocol or the length is missing or not readable");
        has_ports = f->protocol == PACKET_TCP || f->protocol == PACKET_UDP;
        if (has_ports &&
            (count <= at->ports + 1 || log_value_port(&f->source_port, cells[at->ports]) ||
                log_value_port(&f->destination_port, cells[at->ports + 1])))
                return log_bad(lines, "Thiếu hoặc sai cổng", "a port is missing or not readable");
        if (f->protocol == PACKET_TCP && count > at->ports + 3)
                f->flags_out = log_value_flags(cells[at->ports + 3]);
        if (f->protocol == PACKET_ICMP && count > at->ports)
                f->destination_port = text_is(cells[at->ports], "request") ? 8 * ICMP_CODES : 0;
        return log_give_flow(lines, f);
}

static bool is_mine(const struct log_envelope *envelope)
{
        return text_is(envelope->tag, "filterlog");
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        static const struct places v4 = { 15, 17, 18, 19, 20 }, v6 = { 13, 14, 15, 16, 17 };
        struct flow f = { .packets_out = 1, .sampling = 1 };
        struct text cells[CELLS_MAX], rest = envelope->message;
        size_t count = 0;
        int end = log_take_time(&f.begin, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        f.end = f.begin;
        while (count < CELLS_MAX && text_split(&cells[count], &rest, ','))
                count++;
        if (count > VERSION && text_is(cells[VERSION], "4"))
                return take_flow(lines, &f, cells, count, &v4);
        if (count > VERSION && text_is(cells[VERSION], "6"))
                return take_flow(lines, &f, cells, count, &v6);
        return log_bad(lines, "Dòng filterlog bị cắt hoặc không phải IP",
            "the filterlog line is cut off, or not of IP");
}

extern const struct log_format log_filterlog_format;
const struct log_format log_filterlog_format = { .id = "filterlog",
        .vi = "pfSense, OPNsense (syslog filterlog)",
        .en = "pfSense, OPNsense (syslog filterlog)",
        .is_mine = is_mine,
        .message = take_message };
