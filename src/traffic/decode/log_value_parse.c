/* traffic/decode/log_value_parse.c: values as logs write them; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/timestamp.h"
#include "traffic/decode/log_format.h"

#include <string.h>

enum { EPOCH_DIGITS_MAX = 11, YEARS_BACK_MAX = 8, PORT_MAX = 65535 };

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static void skip(struct text *t, size_t n)
{
        t->data += n;
        t->len -= n;
}

static void skip_blanks(struct text *t)
{
        while (t->len && (t->data[0] == ' ' || t->data[0] == '\t'))
                skip(t, 1);
}

struct text log_value_word(struct text *t)
{
        struct text word;
        size_t n = 0;

        skip_blanks(t);
        while (n < t->len && t->data[n] != ' ' && t->data[n] != '\t')
                n++;
        word = (struct text){ t->data, n };
        skip(t, n);
        return word;
}

static const char *find(struct text t, const char *piece)
{
        return t.len ? memmem(t.data, t.len, piece, strlen(piece)) : NULL;
}

bool log_value_has(struct text t, const char *piece)
{
        return find(t, piece) != NULL;
}

struct text log_value_after(struct text t, const char *before, const char *ends)
{
        const char *at = find(t, before);
        size_t n = 0;

        if (!at)
                return (struct text){ "", 0 };
        skip(&t, (size_t)(at - t.data) + strlen(before));
        while (n < t.len && !strchr(ends, t.data[n]))
                n++;
        return (struct text){ t.data, n };
}

/* Up to `most` digits off *t. */
static int take_number(int *out, struct text *t, size_t most)
{
        int value = 0;
        size_t n = 0;

        for (; n < t->len && n < most && is_digit(t->data[n]); n++)
                value = value * 10 + (t->data[n] - '0');
        if (n == 0)
                return ERR_FORMAT;
        skip(t, n);
        *out = value;
        return 0;
}

static int take_byte(struct text *t, const char *allowed)
{
        if (t->len == 0 || t->data[0] == '\0' || !strchr(allowed, t->data[0]))
                return ERR_FORMAT;
        skip(t, 1);
        return 0;
}

/* ".123456" off *t; 0 when there is none. */
static int take_fraction(struct text *t)
{
        int ms = 0, scale = 100;

        if (t->len < 2 || (t->data[0] != '.' && t->data[0] != ',') || !is_digit(t->data[1]))
                return 0;
        for (skip(t, 1); t->len && is_digit(t->data[0]); skip(t, 1)) {
                ms += (t->data[0] - '0') * scale;
                scale /= 10;
        }
        return ms;
}

static int take_clock(struct civil_time *c, struct text *t)
{
        if (take_number(&c->hour, t, 2) || take_byte(t, ":") || take_number(&c->minute, t, 2) ||
            take_byte(t, ":") || take_number(&c->second, t, 2))
                return ERR_FORMAT;
        c->millisecond = take_fraction(t);
        return 0;
}

/* Z, +07:00, +0700 or nothing. */
static int take_zone(int *minutes, struct text *t)
{
        struct text rest = *t;
        int sign, hour, minute;

        if (take_byte(t, "Zz") == 0) {
                *minutes = 0;
                return 0;
        }
        skip_blanks(&rest);
        if (rest.len == 0 || (rest.data[0] != '+' && rest.data[0] != '-'))
                return 0;
        sign = rest.data[0] == '-' ? -1 : 1;
        skip(&rest, 1);
        if (take_number(&hour, &rest, 2))
                return 0; /* a dash that is no zone */
        (void)take_byte(&rest, ":");
        if (take_number(&minute, &rest, 2) || hour > 23 || minute > 59)
                return ERR_FORMAT;
        *minutes = sign * (hour * 60 + minute);
        *t = rest;
        return 0;
}

int log_value_iso_time(time_ms *out, struct text *t, const struct log_options *options)
{
        struct text rest = *t;
        struct civil_time c = { 0 };
        int zone = options->zone_minutes;
        int err;

        if (rest.len < 10 || take_number(&c.year, &rest, 4) || take_byte(&rest, "-/") ||
            take_number(&c.month, &rest, 2) || take_byte(&rest, "-/") ||
            take_number(&c.day, &rest, 2) || take_byte(&rest, "Tt ") || take_clock(&c, &rest) ||
            take_zone(&zone, &rest))
                return ERR_FORMAT;
        err = civil_time_to_utc(out, &c, zone);
        if (!err)
                *t = rest;
        return err;
}

/* "Sep", "sep" … 1 to 12; 0 = none of them. */
static int month_of(struct text t)
{
        static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

        for (int m = 0; t.len >= 3 && m < 12; m++)
                if ((t.data[0] | 32) == names[m * 3] && (t.data[1] | 32) == names[m * 3 + 1] &&
                    (t.data[2] | 32) == names[m * 3 + 2])
                        return m + 1;
        return 0;
}

/* The rule of log_reader.h: of the years in which there is such a day, the latest that does not lie
 * more than a day beyond the reference. */
static int take_year(time_ms *out, struct civil_time *c, const struct log_options *options)
{
        struct civil_time now;

        if (options->reference == 0)
                return ERR_FORMAT;
        civil_time_from_utc(&now, options->reference, options->zone_minutes);
        for (int back = -1; back <= YEARS_BACK_MAX; back++) {
                time_ms at;
                c->year = now.year - back;
                if (civil_time_to_utc(&at, c, options->zone_minutes) == 0 &&
                    at <= options->reference + DAY_MS) {
                        *out = at;
                        return 0;
                }
        }
        return ERR_FORMAT;
}

int log_value_old_time(time_ms *out, struct text *t, const struct log_options *options)
{
        struct text rest = *t;
        struct civil_time c = { .month = month_of(rest) };
        int err;

        if (c.month == 0)
                return ERR_FORMAT;
        skip(&rest, 3);
        if (take_byte(&rest, " /"))
                return ERR_FORMAT;
        skip_blanks(&rest);
        if (take_number(&c.day, &rest, 2))
                return ERR_FORMAT;
        /* RouterOS: sep/30/2023 14:35:50; some senders: Sep 30 2023 14:35:50 */
        if (rest.len > 5 && (rest.data[0] == '/' || rest.data[0] == ' ') &&
            is_digit(rest.data[4]) && (rest.data[5] == ' ')) {
                skip(&rest, 1);
                if (take_number(&c.year, &rest, 4))
                        return ERR_FORMAT;
        }
        skip_blanks(&rest);
        if (take_clock(&c, &rest))
                return ERR_FORMAT;
        err = c.year ? civil_time_to_utc(out, &c, options->zone_minutes)
                     : take_year(out, &c, options);
        if (!err)
                *t = rest;
        return err;
}

int log_value_web_time(time_ms *out, struct text *t, const struct log_options *options)
{
        struct text rest = *t;
        struct civil_time c = { 0 };
        int zone = options->zone_minutes;
        int err;

        skip_blanks(&rest);
        if (take_number(&c.day, &rest, 2) || take_byte(&rest, "/"))
                return ERR_FORMAT;
        c.month = month_of(rest);
        if (c.month == 0)
                return ERR_FORMAT;
        skip(&rest, 3);
        if (take_byte(&rest, "/") || take_number(&c.year, &rest, 4) || take_byte(&rest, ":") ||
            take_clock(&c, &rest) || take_zone(&zone, &rest))
                return ERR_FORMAT;
        err = civil_time_to_utc(out, &c, zone);
        if (!err)
                *t = rest;
        return err;
}

int log_value_milliseconds(int64_t *out, struct text seconds)
{
        struct text t = seconds;
        int64_t whole = 0;
        size_t digits = 0;

        for (; t.len && is_digit(t.data[0]) && digits < EPOCH_DIGITS_MAX; digits++) {
                whole = whole * 10 + (t.data[0] - '0');
                skip(&t, 1);
        }
        if (digits == 0)
                return ERR_FORMAT;
        whole = whole * SECOND_MS + take_fraction(&t);
        /* 8.106231689453125e-06, as some writers of JSON have it: less than a millisecond */
        if (t.len > 2 && (t.data[0] == 'e' || t.data[0] == 'E') && t.data[1] == '-')
                whole = 0;
        else if (t.len)
                return ERR_FORMAT;
        *out = whole;
        return 0;
}

int log_value_time(time_ms *out, struct text t, const struct log_options *options)
{
        time_ms at;

        if (log_value_milliseconds(&at, t) == 0) {
                *out = at;
                return 0;
        }
        if (log_value_iso_time(&at, &t, options) || t.len)
                return ERR_FORMAT;
        *out = at;
        return 0;
}

int log_value_count(uint64_t *out, struct text t)
{
        size_t dot = text_find(t, '.');

        for (size_t i = dot + 1; i < t.len; i++)
                if (!is_digit(t.data[i]))
                        return ERR_FORMAT;
        t.len = dot;
        return text_to_u64(out, t, UINT64_MAX / 2) ? ERR_FORMAT : 0;
}

int log_value_port(uint16_t *out, struct text t)
{
        uint64_t value = 0;

        if (text_starts(t, "0x")) {
                for (size_t i = 2; i < t.len; i++) {
                        char c = t.data[i] | 32;
                        if (!is_digit(t.data[i]) && (c < 'a' || c > 'f'))
                                return ERR_FORMAT;
                        value = value * 16 + (uint64_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
                        if (value > PORT_MAX)
                                return ERR_FORMAT;
                }
        } else if (text_to_u64(&value, t, PORT_MAX)) {
                return ERR_FORMAT;
        }
        *out = (uint16_t)value;
        return 0;
}

int log_value_protocol(uint8_t *out, struct text t)
{
        /* Argus names what it saw inside UDP. */
        static const struct {
                const char *name;
                uint8_t number;
        } known[] = { { "tcp", PACKET_TCP }, { "udp", PACKET_UDP }, { "icmp", PACKET_ICMP },
                { "icmp6", PACKET_ICMP6 }, { "ipv6-icmp", PACKET_ICMP6 },
                { "icmpv6", PACKET_ICMP6 }, { "igmp", 2 }, { "gre", 47 }, { "esp", 50 },
                { "ah", 51 }, { "sctp", 132 }, { "ospf", 89 }, { "pim", 103 }, { "vrrp", 112 },
                { "carp", 112 }, { "ipv6", 41 }, { "ip", 4 }, { "udplite", 136 },
                { "rtp", PACKET_UDP }, { "rtcp", PACKET_UDP }, { "udt", PACKET_UDP },
                { "unknown_transport", 0 }, { "unknown", 0 } };
        uint64_t number;

        if (text_to_u64(&number, t, UINT8_MAX) == 0) {
                *out = (uint8_t)number;
                return 0;
        }
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (text_is_nocase(t, known[i].name)) {
                        *out = known[i].number;
                        return 0;
                }
        return ERR_FORMAT;
}

int log_value_hardware(uint8_t out[LEASE_HARDWARE_BYTES], struct text t)
{
        char digits[2 * LEASE_HARDWARE_BYTES];
        size_t n = 0;

        for (size_t i = 0; i < t.len; i++) {
                if (t.data[i] == ':' || t.data[i] == '-' || t.data[i] == '.')
                        continue;
                if (n == sizeof(digits))
                        return ERR_FORMAT;
                digits[n++] = t.data[i];
        }
        return hex_parse(out, LEASE_HARDWARE_BYTES, (struct text){ digits, n });
}

int log_value_end(struct ip_address *address, uint16_t *port, struct text t)
{
        struct ip_address a;
        uint16_t p = 0;
        size_t colon;

        t = text_trim(t);
        if (t.len && t.data[0] == '[') { /* [v6]:port */
                size_t close = text_find(t, ']');
                struct text rest = { t.data + close, t.len - close };
                if (rest.len == 0 || ip_address_parse(&a, (struct text){ t.data + 1, close - 1 }))
                        return ERR_FORMAT;
                skip(&rest, 1);
                if (rest.len && (take_byte(&rest, ":") || log_value_port(&p, rest)))
                        return ERR_FORMAT;
        } else if (ip_address_parse(&a, t)) {
                for (colon = t.len; colon && t.data[colon - 1] != ':'; colon--)
                        ;
                if (colon == 0 || ip_address_parse(&a, (struct text){ t.data, colon - 1 }) ||
                    log_value_port(&p, (struct text){ t.data + colon, t.len - colon }))
                        return ERR_FORMAT;
        }
        *address = a;
        *port = p;
        return 0;
}

uint8_t log_value_flags(struct text t)
{
        static const char letters[] = "FSRPAUEC"; /* in the order of their bits */
        uint8_t flags = 0;

        for (size_t i = 0; i < t.len; i++) {
                const char *at = t.data[i] ? strchr(letters, t.data[i]) : NULL;
                if (at)
                        flags |= (uint8_t)(1u << (at - letters));
        }
        return flags;
}
