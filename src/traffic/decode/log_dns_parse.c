/* traffic/decode/log_dns_parse.c: questions that dnsmasq tells syslog: "query[A] www.example.com
 * from 192.0.2.33", and with log-queries=extra the answers too: "21745 192.0.2.33/59490 reply
 * www.example.com is 203.0.113.8". The peer is the server itself, which does not say its address.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

/* "192.0.2.33/59490", the second word. */
static int asker_of(struct ip_address *out, struct text message)
{
        struct text word;

        (void)log_value_word(&message);
        word = log_value_word(&message);
        word.len = text_find(word, '/');
        return ip_address_parse(out, word);
}

static bool is_mine(const struct log_envelope *envelope)
{
        return text_is(envelope->tag, "dnsmasq") &&
               (log_value_has(envelope->message, "query[") ||
                   log_value_has(envelope->message, " reply ") ||
                   log_value_has(envelope->message, " cached "));
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text message = envelope->message;
        struct name_sighting s = { .place = PACKET_PLACE_DNS };
        struct text rest = log_value_after(message, "query[", "");
        int end = log_take_time(&s.at, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        if (rest.len) {
                struct text name;
                (void)log_value_word(&rest);
                name = log_value_word(&rest);
                if (!text_is(log_value_word(&rest), "from") ||
                    ip_address_parse(&s.host, log_value_word(&rest)))
                        return log_bad(lines, "Thiếu hoặc sai địa chỉ IP",
                            "an address is missing or not readable");
                return log_give_name(lines, &s, name);
        }
        rest = log_value_after(message, " reply ", "");
        if (rest.len == 0)
                rest = log_value_after(message, " cached ", "");
        /* Without the asker, or with an alias instead of an address, there is nothing to keep. */
        s.has_answer = true;
        if (asker_of(&s.host, message) ||
            ip_address_parse(&s.answer, log_value_after(rest, " is ", " ")))
                return LOG_IGNORED;
        return log_give_name(lines, &s, log_value_word(&rest));
}

extern const struct log_format log_dns_format;
const struct log_format log_dns_format = { .id = "dns",
        .vi = "DNS: dnsmasq (syslog)",
        .en = "DNS: dnsmasq (syslog)",
        .is_mine = is_mine,
        .message = take_message };
