/* traffic/decode/log_nfdump_json_parse.c: `nfdump -o json` (objects over several lines, in a list)
 * and `-o json-log` (one a line). Records with translated addresses give a translation too. Times
 * are in the zone in which nfdump ran. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

#include <string.h>

struct nfdump_json {
        size_t len, depth;
        char bytes[LOG_LINE_MAX]; /* of the object in hand */
};

static const struct log_names names[] = { { "type", LOG_KIND }, { "first", LOG_TIME },
        { "last", LOG_END }, { "t_first", LOG_TIME }, { "t_last", LOG_END },
        { "event_time", LOG_BEGIN }, { "in_packets", LOG_PACKETS_OUT },
        { "in_bytes", LOG_BYTES_OUT }, { "out_packets", LOG_PACKETS_IN },
        { "out_bytes", LOG_BYTES_IN }, { "proto", LOG_PROTOCOL }, { "tcp_flags", LOG_FLAGS_OUT },
        { "src_port", LOG_SOURCE_PORT }, { "dst_port", LOG_DESTINATION_PORT },
        { "icmp_type", LOG_ICMP_TYPE }, { "icmp_code", LOG_ICMP_CODE }, { "src4_addr", LOG_SOURCE },
        { "dst4_addr", LOG_DESTINATION }, { "src6_addr", LOG_SOURCE },
        { "dst6_addr", LOG_DESTINATION }, { "src4_xlt_ip", LOG_OUTER },
        { "src6_xlt_ip", LOG_OUTER }, { "src_xlt_port", LOG_OUTER_PORT } };

static int take_translation(struct log_lines *lines, const struct log_record *r)
{
        struct translation t = { .has_peer = true };

        if (r->field[LOG_OUTER].len == 0)
                return LOG_IGNORED;
        if (ip_address_parse(&t.outer, r->field[LOG_OUTER]) ||
            ip_address_parse(&t.inner, r->field[LOG_SOURCE]) ||
            ip_address_parse(&t.peer, r->field[LOG_DESTINATION]) ||
            log_value_time(&t.begin, r->field[LOG_TIME], lines->options) ||
            log_value_time(&t.end, r->field[LOG_END], lines->options) ||
            log_value_protocol(&t.protocol, r->field[LOG_PROTOCOL]) ||
            log_value_port(&t.inner_port, r->field[LOG_SOURCE_PORT]) ||
            log_value_port(&t.peer_port, r->field[LOG_DESTINATION_PORT]) ||
            log_value_port(&t.outer_port, r->field[LOG_OUTER_PORT]) ||
            ip_address_compare(&t.inner, &t.outer) == 0)
                return LOG_IGNORED; /* the flow is a fact all the same */
        return log_give_translation(lines, &t);
}

static int take_object(struct log_lines *lines, struct text object)
{
        struct log_record r = { .present = 0 };
        int end;

        if (log_json_parse(&r, object, lines->room, names, ARRAY_LEN(names)))
                return log_bad(
                    lines, "JSON không đúng (dòng bị cắt?)", "not valid JSON (cut off?)");
        if (!log_record_has(&r, LOG_SOURCE))
                return LOG_IGNORED;
        end = log_take_flow(lines, &r);
        if (end == LOG_TAKEN)
                end = take_translation(lines, &r);
        return end == LOG_IGNORED ? LOG_TAKEN : end;
}

/* Braces outside of strings; a string never goes over a line. */
static bool count_braces(struct nfdump_json *n, struct text line)
{
        bool quoted = false;

        for (size_t i = 0; i < line.len; i++) {
                char c = line.data[i];
                if (quoted && c == '\\')
                        i++;
                else if (c == '"')
                        quoted = !quoted;
                else if (!quoted && c == '{')
                        n->depth++;
                else if (!quoted && c == '}' && n->depth)
                        n->depth--;
        }
        return n->depth == 0;
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct nfdump_json *n = lines->state;
        struct text object;
        bool is_whole;

        line = text_trim(line);
        while (n->len == 0 && line.len && (line.data[0] == '[' || line.data[0] == ',')) {
                line.data++;
                line.len--;
        }
        if (n->len == 0 && (line.len == 0 || line.data[0] != '{'))
                return LOG_IGNORED;
        is_whole = count_braces(n, line);
        if (line.len + 1 > sizeof(n->bytes) - n->len) {
                n->len = n->depth = 0;
                return log_bad(
                    lines, "Bản ghi JSON dài hơn 64 KiB", "a JSON record is longer than 64 KiB");
        }
        memcpy(n->bytes + n->len, line.data, line.len);
        n->len += line.len;
        n->bytes[n->len++] = '\n';
        if (!is_whole)
                return LOG_IGNORED;
        object = (struct text){ n->bytes, n->len };
        while (object.len && object.data[object.len - 1] != '}')
                object.len--; /* "}," and "}]" */
        n->len = 0;
        return take_object(lines, object);
}

static int sniff(struct text head)
{
        return log_value_has(head, "\"src4_addr\"") || log_value_has(head, "\"src6_addr\"") ? 97
                                                                                            : 0;
}

extern const struct log_format log_nfdump_json_format;
const struct log_format log_nfdump_json_format = { .id = "nfdump-json",
        .vi = "nfdump (JSON)",
        .en = "nfdump (JSON)",
        .sniff = sniff,
        .line = take_line,
        .state_bytes = sizeof(struct nfdump_json) };
