/* traffic/decode/log_facts.c: fields of a line become facts; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/domain_name.h"
#include "traffic/decode/log_format.h"

#include <string.h>

enum { SHA1_HEX = 40, PORT_DNS = 53, CODES = 256 };

int log_bad(struct log_lines *lines, const char *vi, const char *en)
{
        lines->why_vi = vi;
        lines->why_en = en;
        return LOG_BAD;
}

int log_give_flow(struct log_lines *lines, struct flow *flow)
{
        int err;

        if (flow->end < flow->begin)
                flow->end = flow->begin;
        if (flow->protocol == PACKET_ICMP && !ip_address_is_v4(&flow->source))
                flow->protocol = PACKET_ICMP6; /* Zeek and others say icmp for both */
        err = traffic_sink_flow(lines->sink, flow);
        if (!err)
                lines->counts->flows++;
        return err;
}

int log_give_translation(struct log_lines *lines, const struct translation *translation)
{
        int err = traffic_sink_translation(lines->sink, translation);

        if (!err)
                lines->counts->translations++;
        return err;
}

/* UTF-8 without control characters, else not said. */
static struct text clean_name(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] < ' ' || t.data[i] == 0x7F)
                        t.len = 0;
        return text_is_utf8(t) ? t : (struct text){ "", 0 };
}

int log_give_lease(struct log_lines *lines, struct lease *lease)
{
        int err;

        lease->host_name = clean_name(lease->host_name);
        err = traffic_sink_lease(lines->sink, lease);
        if (!err)
                lines->counts->leases++;
        return err;
}

/* Letters, digits, - _ and . alone, with a dot inside: in one pass. Others as domain_name does. */
static int name_of(char out[DOMAIN_NAME_MAX], struct text t)
{
        bool has_dot = false;
        char before = '.';

        if (t.len && t.data[t.len - 1] == '.')
                t.len--;
        if (t.len == 0 || t.len >= DOMAIN_NAME_MAX)
                return ERR_FORMAT;
        for (size_t i = 0; i < t.len; i++) {
                char c = t.data[i];
                if ((unsigned char)c >= 0x80)
                        return domain_name_parse(out, t);
                if (c >= 'A' && c <= 'Z')
                        c |= 32;
                if (c == '.' ? before == '.'
                             : !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
                                   c != '_')
                        return ERR_FORMAT;
                has_dot |= c == '.';
                before = c;
                out[i] = c;
        }
        out[t.len] = '\0';
        return has_dot ? 0 : ERR_FORMAT;
}

/* The host of "host", "host:port", "//host/path" and "scheme://host:port/path". */
static struct text host_of(struct text t)
{
        const char *slashes = t.len ? memmem(t.data, t.len, "//", 2) : NULL;

        if (slashes) {
                t.len -= (size_t)(slashes + 2 - t.data);
                t.data = slashes + 2;
        }
        t.len = text_find(t, '/');
        t.len = text_find(t, ':');
        return t;
}

int log_give_name(struct log_lines *lines, struct name_sighting *sighting, struct text name)
{
        char text[DOMAIN_NAME_MAX];
        struct ip_address address;
        int err;

        if (sighting->place != PACKET_PLACE_DNS)
                name = host_of(name);
        /* A server asked for by its address has no name, nor has one label alone. */
        if (name_of(text, name) || ip_address_parse(&address, text_of(text)) == 0)
                return LOG_IGNORED;
        sighting->name = text_of(text);
        err = traffic_sink_name(lines->sink, sighting);
        if (!err)
                lines->counts->names++;
        return err;
}

int log_take_time(time_ms *out, struct log_lines *lines, const struct log_envelope *envelope)
{
        if (envelope->has_time)
                *out = envelope->at;
        else if (lines->options->is_live && lines->options->reference)
                *out = lines->options->reference;
        else
                return log_bad(lines, "Dòng không có thời điểm, hoặc thiếu năm",
                    "the line says no time, or a time without a year");
        return 0;
}

static int bad_time(struct log_lines *lines)
{
        return log_bad(lines, "Thiếu hoặc sai thời điểm", "the time is missing or not readable");
}

static int bad_address(struct log_lines *lines)
{
        return log_bad(lines, "Thiếu hoặc sai địa chỉ IP", "an address is missing or not readable");
}

static int bad_number(struct log_lines *lines)
{
        return log_bad(lines, "Cổng, giao thức hoặc số đếm không đúng",
            "a port, protocol or count is not readable");
}

/* 0 when not said; FORMAT when not a number. */
static int count_of(uint64_t *out, const struct log_record *r, enum log_field field)
{
        *out = 0;
        return r->field[field].len ? log_value_count(out, r->field[field]) : 0;
}

static int ends_of(
    struct ip_address *source, struct ip_address *destination, const struct log_record *r)
{
        return ip_address_parse(source, r->field[LOG_SOURCE]) ||
                       ip_address_parse(destination, r->field[LOG_DESTINATION])
                   ? ERR_FORMAT
                   : 0;
}

static int port_of(uint16_t *out, const struct log_record *r, enum log_field field)
{
        *out = 0;
        return r->field[field].len ? log_value_port(out, r->field[field]) : 0;
}

static int times_of(struct flow *f, const struct log_lines *lines, const struct log_record *r)
{
        int64_t length = 0;

        if (log_value_time(&f->begin, r->field[r->field[LOG_BEGIN].len ? LOG_BEGIN : LOG_TIME],
                lines->options))
                return ERR_FORMAT;
        f->end = f->begin;
        if (r->field[LOG_SECONDS].len) {
                /* A length below nothing comes from a clock that jumped: the packets still were. */
                if (log_value_milliseconds(&length, r->field[LOG_SECONDS]) == 0)
                        f->end = f->begin + length;
        } else if (r->field[LOG_END].len) {
                return log_value_time(&f->end, r->field[LOG_END], lines->options);
        }
        return 0;
}

/* Both directions, or what only a sum tells: then the rest is what came back. */
static int sums_of(struct flow *f, const struct log_record *r)
{
        uint64_t packets, bytes;

        if (count_of(&f->packets_out, r, LOG_PACKETS_OUT) ||
            count_of(&f->bytes_out, r, LOG_BYTES_OUT) ||
            count_of(&f->packets_in, r, LOG_PACKETS_IN) ||
            count_of(&f->bytes_in, r, LOG_BYTES_IN) || count_of(&packets, r, LOG_PACKETS) ||
            count_of(&bytes, r, LOG_BYTES))
                return ERR_FORMAT;
        if (r->field[LOG_PACKETS].len) {
                if (!r->field[LOG_PACKETS_OUT].len)
                        f->packets_out = packets;
                else if (packets >= f->packets_out)
                        f->packets_in = packets - f->packets_out;
        }
        if (r->field[LOG_BYTES].len) {
                if (!r->field[LOG_BYTES_OUT].len)
                        f->bytes_out = bytes;
                else if (bytes >= f->bytes_out)
                        f->bytes_in = bytes - f->bytes_out;
        }
        return 0;
}

static int icmp_of(struct flow *f, const struct log_record *r)
{
        uint16_t type, code;

        if (f->protocol != PACKET_ICMP && f->protocol != PACKET_ICMP6)
                return 0;
        if (r->has_icmp) {
                f->destination_port = r->icmp;
                return 0;
        }
        if (!r->field[LOG_ICMP_TYPE].len)
                return 0;
        if (port_of(&type, r, LOG_ICMP_TYPE) || port_of(&code, r, LOG_ICMP_CODE) || type >= CODES ||
            code >= CODES)
                return ERR_FORMAT;
        f->source_port = 0;
        f->destination_port = (uint16_t)(type * CODES + code);
        return 0;
}

/* All but the times. */
static int fill_flow(struct flow *f, struct log_lines *lines, const struct log_record *r)
{
        uint64_t sampling;

        if (ends_of(&f->source, &f->destination, r))
                return bad_address(lines);
        if (log_value_protocol(&f->protocol, r->field[LOG_PROTOCOL]) ||
            port_of(&f->source_port, r, LOG_SOURCE_PORT) ||
            port_of(&f->destination_port, r, LOG_DESTINATION_PORT) || sums_of(f, r) ||
            icmp_of(f, r) || count_of(&sampling, r, LOG_SAMPLING))
                return bad_number(lines);
        f->sampling = sampling <= UINT32_MAX ? (uint32_t)sampling : 0;
        f->flags_out = r->flags_out | log_value_flags(r->field[LOG_FLAGS_OUT]);
        f->flags_in = r->flags_in | log_value_flags(r->field[LOG_FLAGS_IN]);
        return LOG_TAKEN;
}

int log_take_flow(struct log_lines *lines, const struct log_record *r)
{
        struct flow f = { .begin = 0 };
        int end;

        if (times_of(&f, lines, r))
                return bad_time(lines);
        end = fill_flow(&f, lines, r);
        return end == LOG_TAKEN ? log_give_flow(lines, &f) : end;
}

int log_take_packet(struct log_lines *lines, const struct log_record *r, time_ms at)
{
        struct flow f = { .begin = at, .end = at };
        int end = fill_flow(&f, lines, r);

        f.packets_out = f.sampling = 1;
        return end == LOG_TAKEN ? log_give_flow(lines, &f) : end;
}

static int sighting_of(
    struct name_sighting *out, struct log_lines *lines, const struct log_record *r)
{
        if (log_value_time(&out->at, r->field[LOG_TIME], lines->options))
                return bad_time(lines);
        if (ends_of(&out->host, &out->peer, r))
                return bad_address(lines);
        return LOG_TAKEN;
}

static bool is_repeated(const struct ip_address *seen, size_t count, const struct ip_address *a)
{
        for (size_t i = 0; i < count; i++)
                if (ip_address_compare(&seen[i], a) == 0)
                        return true;
        return false;
}

/* One sighting for each address of the answer, or one without. */
static int give_answers(
    struct log_lines *lines, const struct log_record *r, struct name_sighting *sighting)
{
        struct ip_address seen[LOG_ANSWERS_MAX];
        size_t count = 0;

        for (size_t i = 0; i < r->answer_count; i++) {
                int end;
                if (ip_address_parse(&sighting->answer, r->answers[i]) ||
                    is_repeated(seen, count, &sighting->answer))
                        continue;
                seen[count++] = sighting->answer;
                sighting->has_answer = true;
                end = log_give_name(lines, sighting, r->field[LOG_NAME]);
                if (end != LOG_TAKEN)
                        return end;
        }
        return count ? LOG_TAKEN : log_give_name(lines, sighting, r->field[LOG_NAME]);
}

int log_take_names(struct log_lines *lines, const struct log_record *r, enum packet_place place)
{
        struct name_sighting sighting = { .place = place };
        int end;

        if (r->field[LOG_NAME].len == 0)
                return LOG_IGNORED;
        end = sighting_of(&sighting, lines, r);
        if (end != LOG_TAKEN)
                return end;
        if (place == PACKET_PLACE_DNS)
                return give_answers(lines, r, &sighting);
        return log_give_name(lines, &sighting, r->field[LOG_NAME]);
}

/* SHA-1 with or without colons, as 40 lower-case digits; others are passed over. */
static bool digest_of(char out[SHA1_HEX + 1], struct text t)
{
        size_t n = 0;

        for (size_t i = 0; i < t.len; i++) {
                char c = t.data[i], low = c | 32;
                if (c == ':')
                        continue;
                if (n == SHA1_HEX || !((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f')))
                        return false;
                out[n++] = c >= '0' && c <= '9' ? c : low;
        }
        out[n] = '\0';
        return n == SHA1_HEX;
}

int log_take_certificates(struct log_lines *lines, const struct log_record *r)
{
        struct name_sighting sighting = { .place = PACKET_PLACE_CERTIFICATE };
        int result = LOG_IGNORED;

        for (size_t i = 0; i < r->answer_count; i++) {
                char digest[SHA1_HEX + 1];
                int err;
                if (!digest_of(digest, r->answers[i]))
                        continue;
                err = sighting_of(&sighting, lines, r);
                if (err != LOG_TAKEN)
                        return err;
                sighting.name = text_of(digest);
                err = traffic_sink_name(lines->sink, &sighting);
                if (err)
                        return err;
                lines->counts->names++;
                result = LOG_TAKEN;
        }
        return result;
}

int log_take_lease(struct log_lines *lines, const struct log_record *r)
{
        struct lease lease = { .host_name = r->field[LOG_HOST_NAME] };
        int64_t length;

        if (log_value_time(&lease.begin, r->field[LOG_TIME], lines->options))
                return bad_time(lines);
        if (ip_address_parse(&lease.address, r->field[LOG_ADDRESS]))
                return bad_address(lines);
        if (r->field[LOG_LEASE_SECONDS].len &&
            log_value_milliseconds(&length, r->field[LOG_LEASE_SECONDS]) == 0)
                lease.end = lease.begin + length;
        lease.has_hardware = log_value_hardware(lease.hardware, r->field[LOG_HARDWARE]) == 0;
        return log_give_lease(lines, &lease);
}
