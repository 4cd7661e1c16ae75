/* traffic/decode/log_nfdump_csv_parse.c: `nfdump -o csv`, in the form of 1.6 and 1.7.1 (ts,te,td …)
 * and that of later ones (firstSeen,duration …). One row is one direction unless nfdump joined
 * both. Times are in the zone in which nfdump ran. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

struct nfdump_csv {
        struct log_table table;
        bool is_summary; /* what follows the flows */
};

static const char usual_head[] = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt";

static const struct log_names names[] = { { "ts", LOG_TIME }, { "te", LOG_END },
        { "td", LOG_SECONDS }, { "sa", LOG_SOURCE }, { "da", LOG_DESTINATION },
        { "sp", LOG_SOURCE_PORT }, { "dp", LOG_DESTINATION_PORT }, { "pr", LOG_PROTOCOL },
        { "flg", LOG_FLAGS_OUT }, { "ipkt", LOG_PACKETS_OUT }, { "ibyt", LOG_BYTES_OUT },
        { "opkt", LOG_PACKETS_IN }, { "obyt", LOG_BYTES_IN }, { "firstSeen", LOG_TIME },
        { "lastSeen", LOG_END }, { "duration", LOG_SECONDS }, { "proto", LOG_PROTOCOL },
        { "srcAddr", LOG_SOURCE }, { "srcPort", LOG_SOURCE_PORT }, { "dstAddr", LOG_DESTINATION },
        { "dstPort", LOG_DESTINATION_PORT }, { "flags", LOG_FLAGS_OUT },
        { "packets", LOG_PACKETS_OUT }, { "bytes", LOG_BYTES_OUT },
        { "inPackets", LOG_PACKETS_OUT }, { "inBytes", LOG_BYTES_OUT },
        { "outPackets", LOG_PACKETS_IN }, { "outBytes", LOG_BYTES_IN } };

/* The port of ICMP is "8.0": type and code. */
static void split_icmp(struct log_record *r)
{
        struct text port = r->field[LOG_DESTINATION_PORT];
        size_t dot = text_find(port, '.');

        if (dot == port.len)
                return;
        r->field[LOG_ICMP_TYPE] = (struct text){ port.data, dot };
        r->field[LOG_ICMP_CODE] = (struct text){ port.data + dot + 1, port.len - dot - 1 };
        r->field[LOG_DESTINATION_PORT].len = 0;
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct nfdump_csv *n = lines->state;
        struct log_record r = { .present = 0 };

        if (text_starts(line, "ts,") || text_starts(line, "firstSeen,")) {
                n->is_summary = false;
                log_table_head(&n->table, line, ',', names, ARRAY_LEN(names));
                return LOG_IGNORED;
        }
        n->is_summary |= text_is(line, "Summary") || text_starts(line, "Summary:");
        if (n->is_summary || text_starts(line, "No matching"))
                return LOG_IGNORED;
        if (n->table.count == 0) /* `nfdump -q` leaves the header out */
                log_table_head(&n->table, TEXT(usual_head), ',', names, ARRAY_LEN(names));
        if (!log_table_row(&r, &n->table, line, ','))
                return log_bad(lines, "Dòng có ít cột hơn tiêu đề (dòng bị cắt?)",
                    "the row has fewer columns than the header (cut off?)");
        split_icmp(&r);
        return log_take_flow(lines, &r);
}

static int sniff(struct text head)
{
        return text_starts(head, "ts,te,td,sa,da,") || text_starts(head, "firstSeen,duration,")
                   ? 100
                   : 0;
}

extern const struct log_format log_nfdump_csv_format;
const struct log_format log_nfdump_csv_format = { .id = "nfdump-csv",
        .vi = "nfdump (CSV)",
        .en = "nfdump (CSV)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct nfdump_csv) };
