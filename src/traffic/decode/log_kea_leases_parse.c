/* traffic/decode/log_kea_leases_parse.c: the lease file of Kea (kea-leases4.csv, kea-leases6.csv).
 * A row says when the lease ends and how long it was; state 0 = held. Commas within a cell are
 * written
 * "&#x2c". https://kea.readthedocs.io/en/latest/arm/dhcp4-srv.html
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

static const struct log_names names[] = { { "address", LOG_ADDRESS }, { "hwaddr", LOG_HARDWARE },
        { "valid_lifetime", LOG_LEASE_SECONDS }, { "expire", LOG_END },
        { "hostname", LOG_HOST_NAME }, { "state", LOG_STATE } };

static int take_line(struct log_lines *lines, struct text line)
{
        struct log_table *table = lines->state;
        struct log_record r = { .present = 0 };
        struct lease lease = { .begin = 0 };
        int64_t length;

        if (text_starts(line, "address,")) {
                log_table_head(table, line, ',', names, ARRAY_LEN(names));
                return LOG_IGNORED;
        }
        if (table->count == 0)
                return log_bad(lines, "Thiếu dòng tiêu đề address,hwaddr,…",
                    "the header address,hwaddr,… is missing");
        if (!log_table_row(&r, table, line, ','))
                return log_bad(lines, "Dòng có ít cột hơn tiêu đề (dòng bị cắt?)",
                    "the row has fewer columns than the header (cut off?)");
        if (log_record_has(&r, LOG_STATE) && !text_is(r.field[LOG_STATE], "0"))
                return LOG_IGNORED; /* declined, given back, or a prefix */
        if (ip_address_parse(&lease.address, r.field[LOG_ADDRESS]))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        if (log_value_milliseconds(&lease.end, r.field[LOG_END]) ||
            log_value_milliseconds(&length, r.field[LOG_LEASE_SECONDS]) || length > lease.end)
                return log_bad(
                    lines, "Thiếu hoặc sai thời điểm", "the time is missing or not readable");
        lease.begin = lease.end - length;
        lease.has_hardware = log_value_hardware(lease.hardware, r.field[LOG_HARDWARE]) == 0;
        lease.host_name = r.field[LOG_HOST_NAME];
        return log_give_lease(lines, &lease);
}

static int sniff(struct text head)
{
        return text_starts(head, "address,hwaddr,") || text_starts(head, "address,duid,") ? 100 : 0;
}

extern const struct log_format log_kea_leases_format;
const struct log_format log_kea_leases_format = { .id = "kea-leases",
        .vi = "Tệp cấp phát địa chỉ của Kea (CSV)",
        .en = "lease file of Kea (CSV)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct log_table) };
