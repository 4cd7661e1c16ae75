/* traffic/decode/log_dhcp_parse.c: what DHCP servers tell syslog: ISC dhcpd ("DHCPACK on 192.0.2.5
 * to aa:bb:… (name) via eth0"), dnsmasq ("DHCPACK(eth0) 192.0.2.5 aa:bb:… name") and Kea
 * ("DHCP4_LEASE_ALLOC [hwtype=1 aa:bb:…], …: lease 192.0.2.5 has been allocated for 300 seconds").
 * Only what was granted. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

/* "aa:bb:cc:dd:ee:ff (name) via eth0" or "aa:bb:… name". */
static void read_machine(struct lease *lease, struct text rest)
{
        struct text word = log_value_word(&rest);

        lease->has_hardware = log_value_hardware(lease->hardware, word) == 0;
        word = log_value_word(&rest);
        if (text_is(word, "via") || text_is(word, "relay"))
                return;
        if (word.len > 1 && word.data[0] == '(' && word.data[word.len - 1] == ')') {
                word.data++;
                word.len -= 2;
        }
        lease->host_name = word;
}

static int give(struct log_lines *lines, struct lease *lease, struct text address)
{
        if (ip_address_parse(&lease->address, address))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        return log_give_lease(lines, lease);
}

static int take_kea(struct log_lines *lines, struct lease *lease, struct text message)
{
        int64_t length;

        lease->has_hardware = log_value_hardware(lease->hardware,
                                  log_value_after(message, "[hwtype=1 ", "]")) == 0;
        if (log_value_milliseconds(&length, log_value_after(message, "allocated for ", " ")) == 0)
                lease->end = lease->begin + length;
        return give(lines, lease, log_value_after(message, ": lease ", " "));
}

static int take_ack(struct log_lines *lines, struct lease *lease, struct text message)
{
        struct text rest = log_value_after(message, "DHCPACK", ""), address;

        if (rest.len && rest.data[0] == '(') { /* dnsmasq: (interface) */
                (void)log_value_word(&rest);
                address = log_value_word(&rest);
        } else if (text_is(log_value_word(&rest), "on")) {
                address = log_value_word(&rest);
                (void)log_value_word(&rest); /* to */
        } else {
                return LOG_IGNORED; /* "DHCPACK to …": an answer to a question, no lease */
        }
        read_machine(lease, rest);
        return give(lines, lease, address);
}

static bool is_mine(const struct log_envelope *envelope)
{
        return log_value_has(envelope->message, "DHCPACK") ||
               log_value_has(envelope->message, "DHCP4_LEASE_ALLOC") ||
               log_value_has(envelope->message, "DHCP6_LEASE_ALLOC");
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct lease lease = { .end = 0 };
        int end = log_take_time(&lease.begin, lines, envelope);

        if (end != LOG_TAKEN)
                return end;
        return log_value_has(envelope->message, "_LEASE_ALLOC")
                   ? take_kea(lines, &lease, envelope->message)
                   : take_ack(lines, &lease, envelope->message);
}

extern const struct log_format log_dhcp_format;
const struct log_format log_dhcp_format = { .id = "dhcp",
        .vi = "DHCP: ISC dhcpd, Kea, dnsmasq (syslog)",
        .en = "DHCP: ISC dhcpd, Kea, dnsmasq (syslog)",
        .is_mine = is_mine,
        .message = take_message };
