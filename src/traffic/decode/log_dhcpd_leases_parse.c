/* traffic/decode/log_dhcpd_leases_parse.c: the lease file of ISC dhcpd (dhcpd.leases): blocks of
 * lines, "lease 192.0.2.5 {" to "}". Times are in UTC ("starts 4 2024/11/21 10:37:29;") or as
 * "epoch 1700000000;". Only leases that were held: active, expired, released; not free ones that
 * say no hardware. man 5 dhcpd.leases SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum { HOST_NAME_MAX_BYTES = 256 };

struct dhcpd_leases {
        bool is_open;
        struct lease lease;
        char host_name[HOST_NAME_MAX_BYTES];
};

/* "4 2024/11/21 10:37:29" or "epoch 1700000000"; "never" leaves *out as it is. */
static int time_of(time_ms *out, struct text value)
{
        static const struct log_options utc = { .zone_minutes = 0 };
        struct text first = log_value_word(&value);

        if (text_is(first, "never"))
                return 0;
        value = text_trim(value);
        if (text_is(first, "epoch"))
                return log_value_milliseconds(out, value);
        return log_value_time(out, value, &utc);
}

static int close_block(struct log_lines *lines, struct dhcpd_leases *d)
{
        d->is_open = false;
        if (d->lease.begin == 0 || !d->lease.has_hardware)
                return LOG_IGNORED;
        d->lease.host_name = text_of(d->host_name);
        return log_give_lease(lines, &d->lease);
}

static int read_statement(struct log_lines *lines, struct dhcpd_leases *d, struct text t)
{
        struct text word = log_value_word(&t), value = text_trim(t);
        bool is_begin = text_is(word, "starts");

        value.len = text_find(value, ';');
        if (is_begin || text_is(word, "ends")) {
                if (time_of(is_begin ? &d->lease.begin : &d->lease.end, value))
                        return log_bad(lines, "Thiếu hoặc sai thời điểm",
                            "the time is missing or not readable");
        } else if (text_is(word, "hardware")) {
                (void)log_value_word(&value);
                d->lease.has_hardware = log_value_hardware(d->lease.hardware, text_trim(value)) ==
                                        0;
        } else if (text_is(word, "client-hostname") && value.len > 2) {
                struct text name = { value.data + 1, value.len - 2 };
                if (text_copy(d->host_name, sizeof(d->host_name), name))
                        d->host_name[0] = '\0';
        }
        return LOG_IGNORED;
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct dhcpd_leases *d = lines->state;

        line = text_trim(line);
        if (text_starts(line, "lease ")) {
                struct text rest = { line.data + 6, line.len - 6 };
                *d = (struct dhcpd_leases){ .is_open = true };
                if (ip_address_parse(&d->lease.address, log_value_word(&rest))) {
                        d->is_open = false;
                        return log_bad(lines, "Thiếu hoặc sai địa chỉ IP",
                            "an address is missing or not readable");
                }
                return LOG_IGNORED;
        }
        if (!d->is_open)
                return LOG_IGNORED;
        return text_is(line, "}") ? close_block(lines, d) : read_statement(lines, d, line);
}

static int sniff(struct text head)
{
        return (text_starts(head, "lease ") || log_value_has(head, "\nlease ")) &&
                       log_value_has(head, " {") && log_value_has(head, "starts ")
                   ? 95
                   : 0;
}

extern const struct log_format log_dhcpd_leases_format;
const struct log_format log_dhcpd_leases_format = { .id = "dhcpd-leases",
        .vi = "Tệp cấp phát địa chỉ của ISC dhcpd (dhcpd.leases)",
        .en = "lease file of ISC dhcpd (dhcpd.leases)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct dhcpd_leases) };
