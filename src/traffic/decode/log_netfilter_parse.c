/* traffic/decode/log_netfilter_parse.c: packets that a LOG rule of iptables or nftables writes to
 * the kernel log, as on Linux, UniFi, Proxmox, OpenWrt: "IN=eth0 OUT= MAC=… SRC=… DST=… LEN=60 …
 * PROTO=TCP SPT=… DPT=… SYN". A logged packet is a flow of one packet; the rule may have dropped
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

enum { OWN_TIME_WORDS = 5 };

static const struct log_names names[] = { { "SRC", LOG_SOURCE }, { "DST", LOG_DESTINATION },
        { "LEN", LOG_BYTES_OUT }, { "PROTO", LOG_PROTOCOL }, { "SPT", LOG_SOURCE_PORT },
        { "DPT", LOG_DESTINATION_PORT }, { "TYPE", LOG_ICMP_TYPE }, { "CODE", LOG_ICMP_CODE } };

static uint8_t flags_of(struct text t)
{
        static const struct {
                const char *word;
                uint8_t bit;
        } known[] = { { "FIN", 1 }, { "SYN", 2 }, { "RST", 4 }, { "PSH", 8 }, { "ACK", 16 },
                { "URG", 32 } };
        uint8_t flags = 0;

        while (t.len) {
                struct text word = log_value_word(&t);
                for (size_t i = 0; i < ARRAY_LEN(known); i++)
                        if (text_is(word, known[i].word))
                                flags |= known[i].bit;
        }
        return flags;
}

/* Proxmox puts its own time into the message: "101 1 tap101i0-IN 20/Jun/2022:13:09:14 +0200 …". */
static bool own_time(time_ms *out, struct text t, const struct log_options *options)
{
        for (int words = 0; words < OWN_TIME_WORDS; words++) {
                if (log_value_web_time(out, &t, options) == 0)
                        return true;
                (void)log_value_word(&t);
        }
        return false;
}

static bool is_mine(const struct log_envelope *envelope)
{
        return log_value_has(envelope->message, "SRC=") &&
               log_value_has(envelope->message, "DST=") &&
               log_value_has(envelope->message, "PROTO=");
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text message = envelope->message;
        struct log_record r = { .present = 0 };
        struct log_envelope own = *envelope;
        time_ms at;
        int end;

        if (!own.has_time)
                own.has_time = own_time(&own.at, message, lines->options);
        end = log_take_time(&at, lines, &own);
        if (end != LOG_TAKEN)
                return end;
        message.len -= log_value_after(message, "SRC=", "").len + 4; /* from SRC= on, … */
        message = (struct text){ message.data + message.len, envelope->message.len - message.len };
        message.len = text_find(message, '['); /* … up to a packet that an error of ICMP quotes */
        log_pairs_parse(&r, message, names, ARRAY_LEN(names));
        if (text_is_nocase(r.field[LOG_PROTOCOL], "tcp"))
                r.flags_out = flags_of(message);
        return log_take_packet(lines, &r, at);
}

extern const struct log_format log_netfilter_format;
const struct log_format log_netfilter_format = { .id = "netfilter",
        .vi = "iptables, nftables (nhật ký nhân Linux)",
        .en = "iptables, nftables (kernel log of Linux)",
        .is_mine = is_mine,
        .message = take_message };
