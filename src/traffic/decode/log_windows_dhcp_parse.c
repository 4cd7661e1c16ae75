/* traffic/decode/log_windows_dhcp_parse.c: the audit log of the DHCP server of Windows
 * (DhcpSrvLog-Mon.log): an introduction, then "ID,Date,Time,Description,IP Address,Host Name,MAC
 * Address,…"; 10 = new lease, 11 = renewed. Day and month as the server writes them: month first.
 * Times are local to the server. How long the lease is, the log does not say.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/timestamp.h"
#include "traffic/decode/log_format.h"

enum { CENTURY = 2000 };

static const struct log_names names[] = { { "ID", LOG_KIND }, { "Date", LOG_DAY },
        { "Time", LOG_TIME }, { "IP Address", LOG_ADDRESS }, { "Host Name", LOG_HOST_NAME },
        { "MAC Address", LOG_HARDWARE } };

/* "04/25/26", "04/25/2026" and "14:30:15". */
static int time_of(time_ms *out, const struct log_record *r, int zone_minutes)
{
        struct text day = r->field[LOG_DAY], clock = r->field[LOG_TIME];
        struct civil_time c = { 0 };
        int *const parts[6] = { &c.month, &c.day, &c.year, &c.hour, &c.minute, &c.second };

        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
                struct text part;
                uint64_t value;
                if (!text_split(&part, i < 3 ? &day : &clock, i < 3 ? '/' : ':') ||
                    text_to_u64(&value, part, 9999))
                        return ERR_FORMAT;
                *parts[i] = (int)value;
        }
        if (c.year < 100)
                c.year += CENTURY;
        return civil_time_to_utc(out, &c, zone_minutes);
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct log_table *table = lines->state;
        struct log_record r = { .present = 0 };
        struct lease lease = { .end = 0 };

        if (text_starts(line, "ID,Date,Time,")) {
                log_table_head(table, line, ',', names, ARRAY_LEN(names));
                return LOG_IGNORED;
        }
        if (table->count == 0)
                return LOG_IGNORED;                /* the introduction */
        (void)log_table_row(&r, table, line, ','); /* events without a client have fewer cells */
        if (!text_is(r.field[LOG_KIND], "10") && !text_is(r.field[LOG_KIND], "11"))
                return LOG_IGNORED;
        if (time_of(&lease.begin, &r, lines->options->zone_minutes))
                return log_bad(
                    lines, "Thiếu hoặc sai thời điểm", "the time is missing or not readable");
        if (ip_address_parse(&lease.address, r.field[LOG_ADDRESS]))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        lease.has_hardware = log_value_hardware(lease.hardware, r.field[LOG_HARDWARE]) == 0;
        lease.host_name = r.field[LOG_HOST_NAME];
        return log_give_lease(lines, &lease);
}

static int sniff(struct text head)
{
        return log_value_has(head, "ID,Date,Time,Description,IP Address,Host Name") ? 100 : 0;
}

extern const struct log_format log_windows_dhcp_format;
const struct log_format log_windows_dhcp_format = { .id = "windows-dhcp",
        .vi = "Máy chủ DHCP của Windows (DhcpSrvLog)",
        .en = "DHCP server of Windows (DhcpSrvLog)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct log_table) };
