/* traffic/decode/log_mikrotik_parse.c: RouterOS: packets that a firewall rule logs ("in:ether1
 * out:bridge … proto TCP (SYN), a:p->b:p, NAT (a:p->x:p)->b:p, len 52"), leases of its DHCP server
 * ("dhcp1 assigned 192.0.2.10 to AA:BB:…") and questions to its DNS ("query from 192.0.2.10: #3
 * example.com. A"). A logged packet is a flow of one packet; the rule may have dropped it.
 * https://help.mikrotik.com/docs/display/ROS/Log SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum { ICMP_CODES = 256 };

/* "a->b" as two ends. */
static int split_ends(
    struct ip_address *a, uint16_t *a_port, struct ip_address *b, uint16_t *b_port, struct text t)
{
        const char *arrow = t.len ? memmem(t.data, t.len, "->", 2) : NULL;
        size_t left = arrow ? (size_t)(arrow - t.data) : 0;

        if (!arrow)
                return ERR_FORMAT;
        if (log_value_end(a, a_port, (struct text){ t.data, left }) ||
            log_value_end(b, b_port, (struct text){ arrow + 2, t.len - left - 2 }))
                return ERR_FORMAT;
        return 0;
}

/* The first part between commas that has an arrow, behind `from`. */
static struct text arrow_part(struct text t, const char *from)
{
        const char *at = memmem(t.data, t.len, from, strlen(from));
        struct text part;

        if (!at)
                return (struct text){ "", 0 };
        t.len -= (size_t)(at - t.data);
        t.data = at;
        while (text_split(&part, &t, ','))
                if (log_value_has(part, "->"))
                        return text_trim(part);
        return (struct text){ "", 0 };
}

/* "TCP (SYN,ACK)" gives its flags, "ICMP (type 8, code 0)" type and code. */
static void read_protocol(struct flow *f, struct text message)
{
        static const struct {
                const char *word;
                uint8_t bit;
        } flags[] = { { "FIN", 1 }, { "SYN", 2 }, { "RST", 4 }, { "PSH", 8 }, { "ACK", 16 },
                { "URG", 32 } };
        struct text inside = log_value_after(message, "proto TCP (", ")");
        uint16_t type, code;

        for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
                if (log_value_has(inside, flags[i].word))
                        f->flags_out |= flags[i].bit;
        if (log_value_port(&type, log_value_after(message, "(type ", ",)")) == 0 &&
            log_value_port(&code, log_value_after(message, "code ", ",)")) == 0 &&
            type < ICMP_CODES && code < ICMP_CODES)
                f->destination_port = (uint16_t)(type * ICMP_CODES + code);
}

/* "NAT (a:p->x:p)->b:p": the source became x; "NAT a:p->(y:p->b:p)": who asked for y met b. */
static int take_nat(struct log_lines *lines, const struct flow *f, struct text message)
{
        struct text source = log_value_after(message, "NAT (", ")");
        struct text target = log_value_after(message, "->(", ")");
        struct translation t = { .begin = f->begin, .protocol = f->protocol, .has_peer = true };
        int err = 0;

        if (split_ends(&t.inner, &t.inner_port, &t.outer, &t.outer_port, source) == 0 &&
            ip_address_compare(&t.inner, &t.outer) != 0) {
                t.peer = f->destination;
                t.peer_port = f->destination_port;
                err = log_give_translation(lines, &t);
        }
        if (!err && split_ends(&t.outer, &t.outer_port, &t.inner, &t.inner_port, target) == 0 &&
            ip_address_compare(&t.inner, &t.outer) != 0) {
                t.peer = f->source;
                t.peer_port = f->source_port;
                err = log_give_translation(lines, &t);
        }
        return err;
}

static int take_packet(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text message = envelope->message;
        struct flow f = { .packets_out = 1, .sampling = 1 };
        int end = log_take_time(&f.begin, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        f.end = f.begin;
        if (log_value_protocol(&f.protocol, log_value_after(message, "proto ", " ,")) ||
            split_ends(&f.source, &f.source_port, &f.destination, &f.destination_port,
                arrow_part(message, "proto ")))
                return log_bad(lines, "Thiếu hoặc sai địa chỉ hay giao thức",
                    "an address or the protocol is missing or not readable");
        if (log_value_count(&f.bytes_out, text_trim(log_value_after(message, ", len ", ", "))))
                f.bytes_out = 0;
        read_protocol(&f, message);
        end = log_give_flow(lines, &f);
        return end ? end : take_nat(lines, &f, message);
}

static int take_lease(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text rest = log_value_after(envelope->message, " assigned ", "");
        struct lease lease = { .end = 0 };
        int end = log_take_time(&lease.begin, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        if (ip_address_parse(&lease.address, log_value_word(&rest)))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        (void)log_value_word(&rest); /* "to" or "for" */
        lease.has_hardware = log_value_hardware(lease.hardware, log_value_word(&rest)) == 0;
        lease.host_name = text_trim(rest);
        return log_give_lease(lines, &lease);
}

static int take_question(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text host = log_value_after(envelope->message, "query from ", " ");
        struct text rest = log_value_after(envelope->message, ": #", "");
        struct name_sighting s = { .place = PACKET_PLACE_DNS }; /* the peer is the router itself */
        uint16_t port;
        int end = log_take_time(&s.at, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        if (host.len && host.data[host.len - 1] == ':')
                host.len--;
        if (log_value_end(&s.host, &port, host))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        (void)log_value_word(&rest); /* the number of the question */
        return log_give_name(lines, &s, log_value_word(&rest));
}

static bool is_packet(struct text m)
{
        return log_value_has(m, "in:") && log_value_has(m, " out:") && log_value_has(m, "proto ") &&
               log_value_has(m, "->");
}

static bool is_lease(struct text m)
{
        return log_value_has(m, " assigned ") &&
               (log_value_has(m, " to ") || log_value_has(m, " for ")) &&
               !log_value_has(m, "deassigned");
}

static bool is_question(struct text m)
{
        return log_value_has(m, "query from ") && log_value_has(m, ": #");
}

static bool is_mine(const struct log_envelope *envelope)
{
        struct text m = envelope->message;

        return is_packet(m) || is_question(m) || is_lease(m);
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        if (is_packet(envelope->message))
                return take_packet(lines, envelope);
        return is_question(envelope->message) ? take_question(lines, envelope)
                                              : take_lease(lines, envelope);
}

extern const struct log_format log_mikrotik_format;
const struct log_format log_mikrotik_format = { .id = "mikrotik",
        .vi = "MikroTik RouterOS (syslog)",
        .en = "MikroTik RouterOS (syslog)",
        .is_mine = is_mine,
        .message = take_message };
