/* traffic/decode/log_conntrack_parse.c: events of Linux connection tracking: `conntrack -E -o
 * timestamp` ("[1700000000.123] [NEW] tcp 6 120 SYN_SENT src=… dst=… sport=… dport=… [UNREPLIED]
 * src=… dst=… sport=… dport=…") and NFCT of ulogd ("[NEW] ORIG: SRC=… , REPLY: SRC=…"). A new
 * connection whose answer goes to another address than its source is a translation; an ended one
 * with counters is a flow too. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

#include <string.h>

static const struct log_names names[] = { { "src", LOG_SOURCE }, { "dst", LOG_DESTINATION },
        { "sport", LOG_SOURCE_PORT }, { "dport", LOG_DESTINATION_PORT },
        { "packets", LOG_PACKETS_OUT }, { "bytes", LOG_BYTES_OUT }, { "type", LOG_ICMP_TYPE },
        { "code", LOG_ICMP_CODE }, { "SRC", LOG_SOURCE }, { "DST", LOG_DESTINATION },
        { "SPT", LOG_SOURCE_PORT }, { "DPT", LOG_DESTINATION_PORT }, { "PKTS", LOG_PACKETS_OUT },
        { "BYTES", LOG_BYTES_OUT }, { "PROTO", LOG_PROTOCOL }, { "delta-time", LOG_SECONDS } };

struct side {
        struct ip_address source, destination;
        uint16_t source_port, destination_port;
};

static int side_of(struct side *out, const struct log_record *r)
{
        if (ip_address_parse(&out->source, r->field[LOG_SOURCE]) ||
            ip_address_parse(&out->destination, r->field[LOG_DESTINATION]))
                return ERR_FORMAT;
        out->source_port = out->destination_port = 0; /* ICMP has none */
        if (r->field[LOG_SOURCE_PORT].len &&
            (log_value_port(&out->source_port, r->field[LOG_SOURCE_PORT]) ||
                log_value_port(&out->destination_port, r->field[LOG_DESTINATION_PORT])))
                return ERR_FORMAT;
        return 0;
}

/* Who began (a→b) is answered b'→a'. a' ≠ a: a stood outside as a'. b' ≠ b: b' answers for b. */
static int take_translations(struct log_lines *lines, const struct side *there,
    const struct side *back, struct translation t)
{
        int err = 0;

        t.has_peer = true;
        if (ip_address_compare(&there->source, &back->destination) != 0) {
                t.inner = there->source;
                t.inner_port = there->source_port;
                t.outer = back->destination;
                t.outer_port = back->destination_port;
                t.peer = there->destination;
                t.peer_port = there->destination_port;
                err = log_give_translation(lines, &t);
        }
        if (!err && ip_address_compare(&there->destination, &back->source) != 0) {
                t.inner = back->source;
                t.inner_port = back->source_port;
                t.outer = there->destination;
                t.outer_port = there->destination_port;
                t.peer = there->source;
                t.peer_port = there->source_port;
                err = log_give_translation(lines, &t);
        }
        return err;
}

/* "[1700000000.123]" before the event. */
static int time_of(time_ms *out, struct log_lines *lines, const struct log_envelope *envelope)
{
        struct log_envelope own = *envelope;
        struct text stamp = log_value_after(envelope->message, "[", "]");

        if (!own.has_time && stamp.len && stamp.data[0] >= '0' && stamp.data[0] <= '9')
                own.has_time = log_value_milliseconds(&own.at, stamp) == 0;
        return log_take_time(out, lines, &own);
}

/* Behind "[NEW] ": "tcp      6 120 …" or "ORIG: … PROTO=TCP …". */
static int protocol_of(uint8_t *out, struct text event, const struct log_record *r)
{
        if (r->field[LOG_PROTOCOL].len)
                return log_value_protocol(out, r->field[LOG_PROTOCOL]);
        (void)log_value_word(&event);
        return log_value_protocol(out, log_value_word(&event)); /* its number */
}

static struct text from_piece(struct text t, const char *piece, bool second)
{
        const char *at = memmem(t.data, t.len, piece, strlen(piece));

        if (at && second) {
                const char *end = t.data + t.len;
                at++;
                at = memmem(at, (size_t)(end - at), piece, strlen(piece));
        }
        return at ? (struct text){ at, t.len - (size_t)(at - t.data) } : (struct text){ "", 0 };
}

static int take_flow(struct log_lines *lines, const struct log_record *there,
    const struct log_record *back, const struct side *ends, const struct translation *t)
{
        struct flow f = { .begin = t->begin,
                .end = t->end,
                .protocol = t->protocol,
                .source = ends->source,
                .destination = ends->destination,
                .source_port = ends->source_port,
                .destination_port = ends->destination_port,
                .sampling = 1 };

        if (log_value_count(&f.packets_out, there->field[LOG_PACKETS_OUT]) ||
            log_value_count(&f.bytes_out, there->field[LOG_BYTES_OUT]) ||
            log_value_count(&f.packets_in, back->field[LOG_PACKETS_OUT]) ||
            log_value_count(&f.bytes_in, back->field[LOG_BYTES_OUT]))
                return 0; /* counting is off: nothing to tell */
        return log_give_flow(lines, &f);
}

static bool is_mine(const struct log_envelope *envelope)
{
        struct text m = envelope->message;

        return (log_value_has(m, "[NEW]") || log_value_has(m, "[DESTROY]") ||
                   log_value_has(m, "[UPDATE]")) &&
               (log_value_has(m, "src=") || log_value_has(m, "ORIG: SRC="));
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct text m = envelope->message;
        bool is_end = log_value_has(m, "[DESTROY]");
        const char *key = log_value_has(m, "ORIG: ") ? "SRC=" : "src=";
        struct text there_text = from_piece(m, key, false), back_text = from_piece(m, key, true);
        struct log_record there = { .present = 0 }, back = { .present = 0 };
        struct side out = { .source_port = 0 }, in = { .source_port = 0 };
        struct translation t = { .end = 0 };
        uint64_t before = lines->counts->flows + lines->counts->translations;
        int64_t length = 0;
        int end;

        if (log_value_has(m, "[UPDATE]"))
                return LOG_IGNORED;
        end = time_of(&t.begin, lines, envelope);
        if (end != LOG_TAKEN)
                return end;
        there_text.len -= back_text.len < there_text.len ? back_text.len : 0;
        log_pairs_parse(&there, there_text, names, ARRAY_LEN(names));
        log_pairs_parse(&back, back_text, names, ARRAY_LEN(names));
        if (side_of(&out, &there) || side_of(&in, &back) ||
            protocol_of(
                &t.protocol, log_value_after(m, is_end ? "[DESTROY]" : "[NEW]", ""), &there))
                return log_bad(lines, "Thiếu hoặc sai địa chỉ, cổng hoặc giao thức",
                    "an address, port or the protocol is missing or not readable");
        if (is_end) {
                t.end = t.begin;
                if (log_value_milliseconds(&length, back.field[LOG_SECONDS]) == 0)
                        t.begin -= length;
                end = take_flow(lines, &there, &back, &out, &t);
        }
        if (!end)
                end = take_translations(lines, &out, &in, t);
        if (end < 0)
                return end;
        return lines->counts->flows + lines->counts->translations > before ? LOG_TAKEN
                                                                           : LOG_IGNORED;
}

extern const struct log_format log_conntrack_format;
const struct log_format log_conntrack_format = { .id = "conntrack",
        .vi = "conntrack, ulogd (NAT của Linux)",
        .en = "conntrack, ulogd (NAT of Linux)",
        .is_mine = is_mine,
        .message = take_message };
