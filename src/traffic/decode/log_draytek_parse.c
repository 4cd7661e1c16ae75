/* traffic/decode/log_draytek_parse.c: firewall and content filter of DrayTek Vigor:
 * "[FILTER][Block][LAN/RT/VPN->WAN, 0:10:22 ][@S:R=2:2,
 * 192.0.2.11:5000->203.0.113.8:443][TCP][HLen=20, TLen=60, Flag=S, …]", "[CSM_DNSF]…[@S:R=2:3,
 * 192.0.2.10:49316->http://www.example.com:53][DNS]…". From the maker's page
 * https://www.draytek.com/support/knowledge-base/5023; no log of a device was at hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum { ICMP_CODES = 256 };

/* "[TCP]", "[ICMP]", "[PR 47]" behind the ends. */
static int protocol_of(uint8_t *out, struct text message)
{
        struct text rest = log_value_after(message, "[@S:R=", ""), part;
        size_t close = text_find(rest, ']');

        if (close == rest.len)
                return ERR_FORMAT;
        part = log_value_after((struct text){ rest.data + close, rest.len - close }, "[", "]");
        if (text_starts(part, "PR ")) {
                part.data += 3;
                part.len -= 3;
        }
        return log_value_protocol(out, part);
}

static void read_header(struct flow *f, struct text message)
{
        uint16_t type, code;

        if (log_value_count(&f->bytes_out, log_value_after(message, "TLen=", ",]")))
                f->bytes_out = 0;
        if (f->protocol == PACKET_TCP)
                f->flags_out = log_value_flags(log_value_after(message, "Flag=", ",]"));
        if (f->protocol == PACKET_ICMP &&
            log_value_port(&type, log_value_after(message, "Type=", ",]")) == 0 &&
            log_value_port(&code, log_value_after(message, "Code=", ",]")) == 0 &&
            type < ICMP_CODES && code < ICMP_CODES)
                f->destination_port = (uint16_t)(type * ICMP_CODES + code);
}

/* The content filter says the name instead of the address: "->http://www.example.com:80/news". */
static int take_name(
    struct log_lines *lines, const struct flow *f, struct text target, struct text message)
{
        struct name_sighting s = { .at = f->begin, .host = f->source };
        struct text name = log_value_after(target, "//", "/: ");

        s.place = log_value_has(message, "][DNS]")     ? PACKET_PLACE_DNS
                  : log_value_has(message, "][HTTPS]") ? PACKET_PLACE_TLS
                                                       : PACKET_PLACE_HTTP;
        return log_give_name(lines, &s, name); /* the peer is not said */
}

static bool is_mine(const struct log_envelope *envelope)
{
        return log_value_has(envelope->message, "[@S:R=") && log_value_has(envelope->message, "->");
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text ends = log_value_after(envelope->message, "[@S:R=", "]"), target;
        struct flow f = { .packets_out = 1, .sampling = 1 };
        int end = log_take_time(&f.begin, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        f.end = f.begin;
        ends = text_trim(log_value_after(ends, ",", ""));
        target = log_value_after(ends, "->", "");
        ends.len -= target.len < ends.len ? target.len + 2 : ends.len;
        if (log_value_end(&f.source, &f.source_port, ends))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        if (log_value_has(target, "//"))
                return take_name(lines, &f, target, envelope->message);
        if (log_value_end(&f.destination, &f.destination_port, target) ||
            protocol_of(&f.protocol, envelope->message))
                return log_bad(lines, "Thiếu hoặc sai địa chỉ hay giao thức",
                    "an address or the protocol is missing or not readable");
        read_header(&f, envelope->message);
        return log_give_flow(lines, &f);
}

extern const struct log_format log_draytek_format;
const struct log_format log_draytek_format = { .id = "draytek",
        .vi = "DrayTek Vigor (syslog)",
        .en = "DrayTek Vigor (syslog)",
        .is_mine = is_mine,
        .message = take_message };
