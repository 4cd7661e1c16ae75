/* traffic/decode/log_binetflow_parse.c: bidirectional flows of Argus as CSV (.binetflow). Times are
 * in the zone in which Argus ran; bytes are those of whole frames. Without a column SrcPkts all
 * packets count as sent by who began. What is not IP (arp, llc …) is passed over.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

enum { TYPE_AND_CODE = 256 };

static const struct log_names names[] = { { "StartTime", LOG_TIME }, { "Dur", LOG_SECONDS },
        { "Proto", LOG_PROTOCOL }, { "SrcAddr", LOG_SOURCE }, { "Sport", LOG_SOURCE_PORT },
        { "Dir", LOG_DIRECTION }, { "DstAddr", LOG_DESTINATION }, { "Dport", LOG_DESTINATION_PORT },
        { "State", LOG_FLAGS }, { "TotPkts", LOG_PACKETS }, { "TotBytes", LOG_BYTES },
        { "SrcBytes", LOG_BYTES_OUT }, { "SrcPkts", LOG_PACKETS_OUT } };

/* "SPA_SRPA": of who began, and back. Words such as CON and INT are states, not flags. */
static void read_state(struct log_record *r)
{
        struct text state = r->field[LOG_FLAGS];
        size_t mark = text_find(state, '_');

        if (!text_is(r->field[LOG_PROTOCOL], "tcp") || mark == state.len)
                return;
        r->flags_out = log_value_flags((struct text){ state.data, mark });
        r->flags_in = log_value_flags((struct text){ state.data + mark, state.len - mark });
}

/* Sport is the type, 0x0008, or type and code, 0x0303; what Dport is differs by type. */
static void read_icmp(struct log_record *r)
{
        uint16_t value = 0;

        r->has_icmp = log_value_port(&value, r->field[LOG_SOURCE_PORT]) == 0;
        r->icmp = value < TYPE_AND_CODE ? (uint16_t)(value * TYPE_AND_CODE) : value;
        r->field[LOG_SOURCE_PORT].len = r->field[LOG_DESTINATION_PORT].len = 0;
}

/* "<-": the second end began. */
static void turn_round(struct log_record *r)
{
        static const enum log_field pairs[][2] = { { LOG_SOURCE, LOG_DESTINATION },
                { LOG_SOURCE_PORT, LOG_DESTINATION_PORT }, { LOG_BYTES_OUT, LOG_BYTES_IN },
                { LOG_PACKETS_OUT, LOG_PACKETS_IN } };
        uint8_t flags = r->flags_out;

        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                struct text t = r->field[pairs[i][0]];
                r->field[pairs[i][0]] = r->field[pairs[i][1]];
                r->field[pairs[i][1]] = t;
        }
        r->flags_out = r->flags_in;
        r->flags_in = flags;
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct log_table *table = lines->state;
        struct log_record r = { .present = 0 };
        struct ip_address address;
        bool is_icmp;

        if (text_starts(line, "StartTime,")) {
                log_table_head(table, line, ',', names, ARRAY_LEN(names));
                return LOG_IGNORED;
        }
        if (table->count == 0)
                return log_bad(lines, "Thiếu dòng tiêu đề StartTime,Dur,…",
                    "the header StartTime,Dur,… is missing");
        if (!log_table_row(&r, table, line, ','))
                return log_bad(lines, "Dòng có ít cột hơn tiêu đề (dòng bị cắt?)",
                    "the row has fewer columns than the header (cut off?)");
        if (text_is(r.field[LOG_PROTOCOL], "arp") || text_is(r.field[LOG_PROTOCOL], "rarp") ||
            text_is(r.field[LOG_PROTOCOL], "llc") ||
            (r.field[LOG_SOURCE].len && ip_address_parse(&address, r.field[LOG_SOURCE]) &&
                log_value_hardware((uint8_t[LEASE_HARDWARE_BYTES]){ 0 }, r.field[LOG_SOURCE]) == 0))
                return LOG_IGNORED;
        is_icmp = text_is(r.field[LOG_PROTOCOL], "icmp") ||
                  text_is(r.field[LOG_PROTOCOL], "ipv6-icmp");
        if (is_icmp)
                read_icmp(&r);
        read_state(&r);
        if (text_starts(r.field[LOG_DIRECTION], "<-") && !text_ends(r.field[LOG_DIRECTION], ">"))
                turn_round(&r);
        return log_take_flow(lines, &r);
}

static int sniff(struct text head)
{
        return text_starts(head, "StartTime,Dur,Proto,") ? 100 : 0;
}

extern const struct log_format log_binetflow_format;
const struct log_format log_binetflow_format = { .id = "binetflow",
        .vi = "Argus binetflow (CSV)",
        .en = "Argus binetflow (CSV)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct log_table) };
