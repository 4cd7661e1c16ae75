/* traffic/decode/log_zeek_parse.c: logs of Zeek as TSV with its # header, or one JSON object a
 * line: conn, dns, ssl, quic, http, files (certificates), dhcp. Others are passed over; so are
 * open_* logs, whose connections come again when they end. x509.log names no host, so it gives
 * nothing by itself. https://docs.zeek.org/en/master/log-formats.html SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "traffic/decode/log_format.h"

#include <string.h>

enum { COLUMNS_MAX = 128, MARK_MAX = 16 };

enum log_path {
        PATH_UNKNOWN,
        PATH_CONN,
        PATH_DNS,
        PATH_TLS,
        PATH_HTTP,
        PATH_FILES,
        PATH_DHCP,
        PATH_OTHER
};

/* Of TSV: what #separator, #unset_field and so on said. */
struct zeek {
        char separator;
        char set_separator[MARK_MAX], unset[MARK_MAX], empty[MARK_MAX];
        enum log_path path;
        bool has_fields;
        size_t column_count;
        enum log_field columns[COLUMNS_MAX];
};

static const struct log_names names[] = { { "ts", LOG_TIME }, { "_path", LOG_SUBKIND },
        { "id.orig_h", LOG_SOURCE }, { "id.orig_p", LOG_SOURCE_PORT },
        { "id.resp_h", LOG_DESTINATION }, { "id.resp_p", LOG_DESTINATION_PORT },
        { "proto", LOG_PROTOCOL }, { "duration", LOG_SECONDS }, { "conn_state", LOG_STATE },
        { "history", LOG_FLAGS }, { "orig_pkts", LOG_PACKETS_OUT },
        { "orig_ip_bytes", LOG_BYTES_OUT }, { "resp_pkts", LOG_PACKETS_IN },
        { "resp_ip_bytes", LOG_BYTES_IN }, { "orig_bytes", LOG_PAYLOAD_OUT },
        { "resp_bytes", LOG_PAYLOAD_IN }, { "query", LOG_NAME }, { "rcode", LOG_RESULT },
        { "trans_id", LOG_RESULT }, { "answers", LOG_ANSWER }, { "server_name", LOG_NAME },
        { "cipher", LOG_CIPHER }, { "host", LOG_NAME }, { "uri", LOG_URL },
        { "method", LOG_METHOD }, { "status_code", LOG_METHOD }, { "cert_chain_fps", LOG_DIGEST },
        { "sha1", LOG_DIGEST }, { "mime_type", LOG_MIME }, { "tx_hosts", LOG_DESTINATION },
        { "rx_hosts", LOG_SOURCE }, { "client_addr", LOG_ADDRESS_KEPT },
        { "assigned_addr", LOG_ADDRESS }, { "assigned_ip", LOG_ADDRESS },
        { "requested_addr", LOG_ADDRESS_ASKED }, { "mac", LOG_HARDWARE },
        { "host_name", LOG_HOST_NAME }, { "lease_time", LOG_LEASE_SECONDS },
        { "msg_types", LOG_ANSWER } };

static enum log_path path_named(struct text t)
{
        static const struct {
                const char *name;
                enum log_path path;
        } known[] = { { "conn", PATH_CONN }, { "dns", PATH_DNS }, { "ssl", PATH_TLS },
                { "quic", PATH_TLS }, { "http", PATH_HTTP }, { "files", PATH_FILES },
                { "dhcp", PATH_DHCP } };

        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (text_is(t, known[i].name))
                        return known[i].path;
        return PATH_OTHER;
}

/* JSON does not say which log it is: by the members that only one of them has. */
static enum log_path path_of(const struct log_record *r)
{
        bool has_ends = log_record_has(r, LOG_DESTINATION);

        if (log_record_has(r, LOG_SUBKIND))
                return path_named(r->field[LOG_SUBKIND]);
        if (log_record_has(r, LOG_HARDWARE) && !has_ends)
                return PATH_DHCP;
        if (log_record_has(r, LOG_MIME) && log_record_has(r, LOG_DIGEST))
                return PATH_FILES;
        if (!has_ends)
                return PATH_OTHER;
        if (log_record_has(r, LOG_STATE) || log_record_has(r, LOG_PACKETS_OUT))
                return PATH_CONN;
        if (log_record_has(r, LOG_RESULT))
                return PATH_DNS;
        if (log_record_has(r, LOG_METHOD))
                return PATH_HTTP;
        return log_record_has(r, LOG_NAME) || log_record_has(r, LOG_CIPHER) ? PATH_TLS : PATH_OTHER;
}

/* Capitals are packets of who began: S yn, h = SYN with ACK, A ck, D ata, F in, R eset. */
static void read_history(struct log_record *r, struct text history)
{
        for (size_t i = 0; i < history.len; i++) {
                char c = history.data[i] & ~32;
                uint8_t bits = c == 'S'               ? 0x02
                               : c == 'H'             ? 0x12
                               : c == 'A' || c == 'D' ? 0x10
                               : c == 'F'             ? 0x01
                               : c == 'R'             ? 0x04
                                                      : 0;
                if (history.data[i] & 32)
                        r->flags_in |= bits;
                else
                        r->flags_out |= bits;
        }
}

static int take_conn(struct log_lines *lines, struct log_record *r)
{
        /* Without counts of packets, the bytes of the payload are all that is known. */
        if (r->field[LOG_BYTES_OUT].len == 0)
                r->field[LOG_BYTES_OUT] = r->field[LOG_PAYLOAD_OUT];
        if (r->field[LOG_BYTES_IN].len == 0)
                r->field[LOG_BYTES_IN] = r->field[LOG_PAYLOAD_IN];
        if (text_is(r->field[LOG_PROTOCOL], "icmp")) { /* the ports are type and code */
                r->field[LOG_ICMP_TYPE] = r->field[LOG_SOURCE_PORT];
                r->field[LOG_ICMP_CODE] = r->field[LOG_DESTINATION_PORT];
        } else if (text_is(r->field[LOG_PROTOCOL], "tcp")) {
                read_history(r, r->field[LOG_FLAGS]);
        }
        return log_take_flow(lines, r);
}

/* Only what a server granted, to the address that it assigned, else the one that was kept or asked
 * for. */
static int take_dhcp(struct log_lines *lines, struct log_record *r)
{
        bool is_granted = !log_record_has(r, LOG_ANSWER); /* old ones log grants alone */

        for (size_t i = 0; i < r->answer_count; i++)
                is_granted |= text_is(r->answers[i], "ACK");
        if (!is_granted)
                return LOG_IGNORED;
        if (r->field[LOG_ADDRESS].len == 0)
                r->field[LOG_ADDRESS] = r->field[LOG_ADDRESS_KEPT];
        if (r->field[LOG_ADDRESS].len == 0)
                r->field[LOG_ADDRESS] = r->field[LOG_ADDRESS_ASKED];
        return log_take_lease(lines, r);
}

static int take_record(struct log_lines *lines, struct log_record *r, enum log_path path)
{
        int end, named;

        switch (path) {
        case PATH_CONN:
                return take_conn(lines, r);
        case PATH_DNS:
                return log_take_names(lines, r, PACKET_PLACE_DNS);
        case PATH_HTTP:
                if (r->field[LOG_NAME].len == 0 && log_value_has(r->field[LOG_URL], "://"))
                        r->field[LOG_NAME] = r->field[LOG_URL];
                return log_take_names(lines, r, PACKET_PLACE_HTTP);
        case PATH_TLS:
                named = log_take_names(lines, r, PACKET_PLACE_TLS);
                if (named != LOG_TAKEN && named != LOG_IGNORED)
                        return named;
                end = log_take_certificates(lines, r);
                return end == LOG_IGNORED ? named : end;
        case PATH_FILES:
                return log_value_has(r->field[LOG_MIME], "x509") ? log_take_certificates(lines, r)
                                                                 : LOG_IGNORED;
        case PATH_DHCP:
                return take_dhcp(lines, r);
        default:
                return LOG_IGNORED;
        }
}

static void copy_mark(char out[MARK_MAX], struct text t)
{
        if (text_copy(out, MARK_MAX, t))
                out[0] = '\0';
}

/* "#fields<TAB>ts<TAB>uid…": the order of the columns. */
static void read_fields(struct zeek *z, struct text rest)
{
        struct text name;

        z->column_count = 0;
        z->has_fields = true;
        while (z->column_count < COLUMNS_MAX && text_split(&name, &rest, z->separator))
                z->columns[z->column_count++] = log_field_named(names, ARRAY_LEN(names), name);
}

static int read_header(struct zeek *z, struct text line)
{
        struct text name, rest = line;
        uint8_t byte;

        if (text_starts(line, "#separator ")) {
                struct text value = { line.data + 11, line.len - 11 };
                z->separator = '\t';
                if (text_starts(value, "\\x") && value.len >= 4 &&
                    hex_parse(&byte, 1, (struct text){ value.data + 2, 2 }) == 0)
                        z->separator = (char)byte;
                else if (value.len == 1)
                        z->separator = value.data[0];
                return LOG_IGNORED;
        }
        (void)text_split(&name, &rest, z->separator);
        if (!rest.data)
                return LOG_IGNORED;
        if (text_is(name, "#set_separator"))
                copy_mark(z->set_separator, rest);
        else if (text_is(name, "#unset_field"))
                copy_mark(z->unset, rest);
        else if (text_is(name, "#empty_field"))
                copy_mark(z->empty, rest);
        else if (text_is(name, "#path"))
                z->path = path_named(rest);
        else if (text_is(name, "#fields"))
                read_fields(z, rest);
        return LOG_IGNORED;
}

static void set_cell(
    struct log_record *r, const struct zeek *z, enum log_field field, struct text cell)
{
        struct text item;

        if (text_is(cell, z->unset) || text_is(cell, z->empty))
                cell.len = 0;
        if (field != LOG_ANSWER && field != LOG_DIGEST) {
                log_record_set(r, field, cell);
                return;
        }
        while (cell.len && text_split(&item, &cell, z->set_separator[0]))
                log_record_set(r, field, item);
}

static int take_row(struct log_lines *lines, struct zeek *z, struct text line)
{
        struct log_record r = { .present = 0 };
        struct text cell, rest = line;
        size_t n = 0;

        if (!z->has_fields)
                return log_bad(lines, "Dòng dữ liệu đứng trước dòng #fields",
                    "a row stands before the line #fields");
        if (z->path == PATH_OTHER)
                return LOG_IGNORED;
        for (; n < z->column_count && text_split(&cell, &rest, z->separator); n++)
                if (z->columns[n] != LOG_NONE)
                        set_cell(&r, z, z->columns[n], cell);
        if (n < z->column_count || rest.data)
                return log_bad(lines, "Số cột khác với dòng #fields (dòng bị cắt?)",
                    "the row has another number of columns than #fields (cut off?)");
        return take_record(lines, &r, z->path == PATH_UNKNOWN ? path_of(&r) : z->path);
}

static int take_json(struct log_lines *lines, struct text line)
{
        struct log_record r = { .present = 0 };

        if (log_json_parse(&r, line, lines->room, names, ARRAY_LEN(names)))
                return log_bad(
                    lines, "JSON không đúng (dòng bị cắt?)", "not valid JSON (cut off?)");
        return take_record(lines, &r, path_of(&r));
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct zeek *z = lines->state;

        if (z->separator == '\0') /* the usual ones, should the header lack a line */
                *z = (struct zeek){
                        .separator = '\t', .set_separator = ",", .unset = "-", .empty = "(empty)"
                };
        if (line.data[0] == '#')
                return read_header(z, line);
        return line.data[0] == '{' ? take_json(lines, line) : take_row(lines, z, line);
}

static int sniff(struct text head)
{
        if (text_starts(head, "#separator ") ||
            (head.len && head.data[0] == '#' && log_value_has(head, "\n#fields")))
                return 100;
        if (head.len == 0 || head.data[0] != '{' || log_value_has(head, "\"event_type\""))
                return 0;
        return log_value_has(head, "\"id.orig_h\"") ? 95 : log_value_has(head, "\"ts\":") ? 70 : 0;
}

extern const struct log_format log_zeek_format;
const struct log_format log_zeek_format = { .id = "zeek",
        .vi = "Zeek (TSV hoặc JSON)",
        .en = "Zeek (TSV or JSON)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct zeek) };
