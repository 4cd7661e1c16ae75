/* traffic/decode/log_fortigate_parse.c: key=value logs of FortiGate. Traffic: one flow at the end
 * of a session (its start and the reports in between are passed over, they would count twice), and
 * a translation where the source (transip:transport) or the destination (tranip:tranport) was
 * changed. Web filter, DNS and TLS logs: names. DHCP events: leases.
 * https://docs.fortinet.com/document/fortigate/7.4.0/fortios-log-message-reference
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

enum { DIGITS_SECONDS = 10, EVENT_MS_DIGITS = 13 };

/* The fields of translation, beyond those of log_field: by their own keys. */
static const struct log_names names[] = { { "type", LOG_KIND }, { "subtype", LOG_SUBKIND },
        { "action", LOG_STATE }, { "logid", LOG_RESULT }, { "eventtime", LOG_TIME },
        { "date", LOG_DAY }, { "time", LOG_BEGIN }, { "tz", LOG_ZONE }, { "duration", LOG_SECONDS },
        { "srcip", LOG_SOURCE }, { "srcport", LOG_SOURCE_PORT }, { "dstip", LOG_DESTINATION },
        { "dstport", LOG_DESTINATION_PORT }, { "proto", LOG_PROTOCOL },
        { "sentpkt", LOG_PACKETS_OUT }, { "sentbyte", LOG_BYTES_OUT },
        { "rcvdpkt", LOG_PACKETS_IN }, { "rcvdbyte", LOG_BYTES_IN }, { "transip", LOG_OUTER },
        { "transport", LOG_OUTER_PORT }, { "tranip", LOG_INNER }, { "tranport", LOG_INNER_PORT },
        { "hostname", LOG_NAME }, { "qname", LOG_NAME }, { "ipaddr", LOG_ANSWER },
        { "service", LOG_METHOD }, { "dhcp_msg", LOG_DIRECTION }, { "ip", LOG_ADDRESS },
        { "mac", LOG_HARDWARE }, { "lease", LOG_LEASE_SECONDS } };

/* eventtime in seconds, milli-, micro- or nanoseconds by its number of digits (it changed with the
 * versions); else date and time with tz, else in the caller's zone. */
static int time_of(time_ms *out, struct log_lines *lines, const struct log_record *r,
    const struct log_envelope *envelope)
{
        struct text event = r->field[LOG_TIME], day = r->field[LOG_DAY],
                    clock = r->field[LOG_BEGIN];
        char room[40];
        struct text t = { room, 0 };
        uint64_t value;

        if (event.len >= DIGITS_SECONDS && text_to_u64(&value, event, UINT64_MAX) == 0) {
                for (size_t n = event.len; n < EVENT_MS_DIGITS; n++)
                        value *= 10;
                for (size_t n = event.len; n > EVENT_MS_DIGITS; n--)
                        value /= 10;
                *out = (time_ms)value;
                return LOG_TAKEN;
        }
        if (day.len == 0 || clock.len == 0)
                return log_take_time(out, lines, envelope);
        for (size_t i = 0; i < 3; i++) {
                const struct text parts[3] = { day, clock, r->field[LOG_ZONE] };
                if (t.len + parts[i].len + 1 >= sizeof(room))
                        break;
                for (size_t k = 0; k < parts[i].len; k++)
                        room[t.len++] = parts[i].data[k];
                if (i == 0)
                        room[t.len++] = ' ';
        }
        if (log_value_iso_time(out, &t, lines->options) || t.len)
                return log_bad(
                    lines, "Thiếu hoặc sai thời điểm", "the time is missing or not readable");
        return LOG_TAKEN;
}

static int flow_of(struct flow *f, const struct log_record *r)
{
        const struct {
                enum log_field field;
                uint64_t *to;
        } counts[] = { { LOG_PACKETS_OUT, &f->packets_out }, { LOG_BYTES_OUT, &f->bytes_out },
                { LOG_PACKETS_IN, &f->packets_in }, { LOG_BYTES_IN, &f->bytes_in } };
        int64_t length = 0;

        if (ip_address_parse(&f->source, r->field[LOG_SOURCE]) ||
            ip_address_parse(&f->destination, r->field[LOG_DESTINATION]) ||
            log_value_protocol(&f->protocol, r->field[LOG_PROTOCOL]))
                return ERR_FORMAT;
        for (size_t i = 0; i < ARRAY_LEN(counts); i++)
                if (r->field[counts[i].field].len &&
                    log_value_count(counts[i].to, r->field[counts[i].field]))
                        return ERR_FORMAT;
        if (r->field[LOG_SOURCE_PORT].len &&
            log_value_port(&f->source_port, r->field[LOG_SOURCE_PORT]))
                return ERR_FORMAT;
        if (r->field[LOG_DESTINATION_PORT].len &&
            log_value_port(&f->destination_port, r->field[LOG_DESTINATION_PORT]))
                return ERR_FORMAT;
        if (r->field[LOG_SECONDS].len && log_value_milliseconds(&length, r->field[LOG_SECONDS]))
                return ERR_FORMAT;
        f->begin = f->end - length;
        return 0;
}

/* The inner end as the outside saw it. An address that did not change is no translation. */
static int take_translations(
    struct log_lines *lines, const struct log_record *r, const struct flow *f)
{
        struct translation t = {
                .begin = f->begin, .end = f->end, .protocol = f->protocol, .has_peer = true
        };
        int err = 0;

        if (ip_address_parse(&t.outer, r->field[LOG_OUTER]) == 0 &&
            ip_address_compare(&t.outer, &f->source) != 0) {
                if (log_value_port(&t.outer_port, r->field[LOG_OUTER_PORT]))
                        t.outer_port = 0;
                t.inner = f->source;
                t.inner_port = f->source_port;
                t.peer = f->destination;
                t.peer_port = f->destination_port;
                err = log_give_translation(lines, &t);
        }
        if (!err && ip_address_parse(&t.inner, r->field[LOG_INNER]) == 0 &&
            ip_address_compare(&t.inner, &f->destination) != 0) {
                if (log_value_port(&t.inner_port, r->field[LOG_INNER_PORT]))
                        t.inner_port = 0;
                t.outer = f->destination;
                t.outer_port = f->destination_port;
                t.peer = f->source;
                t.peer_port = f->source_port;
                err = log_give_translation(lines, &t);
        }
        return err;
}

static int take_traffic(
    struct log_lines *lines, const struct log_record *r, const struct log_envelope *envelope)
{
        struct flow f = { .sampling = 1 };
        int end;

        /* 0000000015 start, 0000000020 report of a session that goes on */
        if (text_is(r->field[LOG_STATE], "start") || text_ends(r->field[LOG_RESULT], "000020"))
                return LOG_IGNORED;
        end = time_of(&f.end, lines, r, envelope);
        if (end != LOG_TAKEN)
                return end;
        if (flow_of(&f, r))
                return log_bad(lines, "Thiếu hoặc sai địa chỉ, cổng hoặc số đếm",
                    "an address, port or count is missing or not readable");
        if (f.protocol == PACKET_ICMP || f.protocol == PACKET_ICMP6)
                f.source_port = f.destination_port = 0; /* identifiers, not type and code */
        end = log_give_flow(lines, &f);
        return end ? end : take_translations(lines, r, &f);
}

static int take_name(
    struct log_lines *lines, const struct log_record *r, const struct log_envelope *envelope)
{
        struct text answers = r->field[LOG_ANSWER], answer;
        struct name_sighting s = { .place = PACKET_PLACE_HTTP };
        int end = r->field[LOG_NAME].len ? time_of(&s.at, lines, r, envelope) : LOG_IGNORED;

        if (end != LOG_TAKEN)
                return end;
        if (ip_address_parse(&s.host, r->field[LOG_SOURCE]) ||
            ip_address_parse(&s.peer, r->field[LOG_DESTINATION]))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        if (text_is(r->field[LOG_SUBKIND], "dns"))
                s.place = PACKET_PLACE_DNS;
        else if (text_is_nocase(r->field[LOG_METHOD], "HTTPS") ||
                 text_is_nocase(r->field[LOG_METHOD], "SSL"))
                s.place = PACKET_PLACE_TLS;
        if (s.place == PACKET_PLACE_DNS && answers.len) {
                while (end == LOG_TAKEN && text_split(&answer, &answers, ',')) {
                        if (ip_address_parse(&s.answer, text_trim(answer)))
                                continue;
                        s.has_answer = true;
                        end = log_give_name(lines, &s, r->field[LOG_NAME]);
                }
                if (s.has_answer)
                        return end;
        }
        return log_give_name(lines, &s, r->field[LOG_NAME]);
}

static int take_lease(
    struct log_lines *lines, const struct log_record *r, const struct log_envelope *envelope)
{
        struct lease lease = { .host_name = r->field[LOG_NAME] };
        int64_t length;
        int end;

        if (!text_is_nocase(r->field[LOG_DIRECTION], "ack"))
                return LOG_IGNORED;
        end = time_of(&lease.begin, lines, r, envelope);
        if (end != LOG_TAKEN)
                return end;
        if (ip_address_parse(&lease.address, r->field[LOG_ADDRESS]))
                return log_bad(
                    lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
        if (log_value_milliseconds(&length, r->field[LOG_LEASE_SECONDS]) == 0)
                lease.end = lease.begin + length;
        lease.has_hardware = log_value_hardware(lease.hardware, r->field[LOG_HARDWARE]) == 0;
        return log_give_lease(lines, &lease);
}

static bool is_mine(const struct log_envelope *envelope)
{
        return log_value_has(envelope->message, "logid=") &&
               log_value_has(envelope->message, "type=");
}

static int take_message(struct log_lines *lines, const struct log_envelope *envelope)
{
        struct log_record r = { .present = 0 };

        log_pairs_parse(&r, envelope->message, names, ARRAY_LEN(names));
        if (text_is(r.field[LOG_KIND], "traffic"))
                return take_traffic(lines, &r, envelope);
        if (text_is(r.field[LOG_KIND], "utm") || text_is(r.field[LOG_KIND], "dns") ||
            text_is(r.field[LOG_KIND], "webfilter"))
                return take_name(lines, &r, envelope);
        return text_is(r.field[LOG_KIND], "event") ? take_lease(lines, &r, envelope) : LOG_IGNORED;
}

extern const struct log_format log_fortigate_format;
const struct log_format log_fortigate_format = { .id = "fortigate",
        .vi = "FortiGate (syslog key=value)",
        .en = "FortiGate (syslog key=value)",
        .is_mine = is_mine,
        .message = take_message };
