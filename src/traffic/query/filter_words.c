/* traffic/query/filter_words.c: see filter_words.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter_words.h"

#include "base/mem.h"
#include "traffic/query/filter_tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_word_byte(char c)
{
        return isalnum((unsigned char)c) || (c && strchr(".:/-_*", c)) || (unsigned char)c >= 0x80;
}

/* 0 when no sign begins there. */
static char sign_at(struct text words, size_t at, size_t *out_len)
{
        static const struct {
                const char *text;
                char kind;
        } signs[] = { { "&&", '&' }, { "||", '|' }, { "==", '=' }, { ">=", 'G' }, { "<=", 'L' },
                { "!=", 'N' }, { "<>", 'N' }, { "(", '(' }, { ")", ')' }, { "[", '[' },
                { "]", ']' }, { ",", ',' }, { "!", '!' }, { "=", '=' }, { ">", '>' },
                { "<", '<' } };

        for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
                size_t len = strlen(signs[i].text);
                if (words.len - at >= len && memcmp(words.data + at, signs[i].text, len) == 0) {
                        *out_len = len;
                        return signs[i].kind;
                }
        }
        return 0;
}

void filter_piece_next(struct filter_piece *out, struct text words, size_t *at)
{
        size_t from, len = 0;

        while (*at < words.len && isspace((unsigned char)words.data[*at]))
                ++*at;
        from = *at;
        *out = (struct filter_piece){
                .kind = FILTER_PIECE_END, .text = TEXT(""), .column = from + 1
        };
        if (from == words.len)
                return;
        out->kind = sign_at(words, from, &len);
        if (!out->kind) {
                out->kind = FILTER_PIECE_WORD;
                while (from + len < words.len && is_word_byte(words.data[from + len]))
                        len++;
                len = len ? len : 1;
        }
        out->text = (struct text){ words.data + from, len };
        *at = from + len;
}

/* "10", "172.16": IPv4 with octets left out, as `net 172.16/12` is written. */
static int short_prefix_read(struct ip_prefix *out, struct text octets, struct text length)
{
        char whole[IP_TEXT_MAX];
        unsigned count = 1;
        uint64_t bits;
        int n;

        for (size_t i = 0; i < octets.len; i++)
                count += octets.data[i] == '.';
        if (count > 3 || octets.len > sizeof("255.255.255"))
                return ERR_FORMAT;
        bits = count * 8;
        if (length.data && text_to_u64(&bits, length, 32))
                return ERR_FORMAT;
        n = snprintf(whole, sizeof(whole), "%.*s%s/%u", TEXT_ARGS(octets),
            &".0.0.0"[2 * (count - 1)], (unsigned)bits);
        if (n < 0 || (size_t)n >= sizeof(whole))
                return ERR_FORMAT;
        return ip_prefix_parse(out, text_of(whole), false);
}

int filter_prefix_read(struct ip_prefix *out, struct text t)
{
        struct text rest = t, octets, length = { 0 };

        if (ip_prefix_parse(out, t, false) == 0)
                return 0;
        if (!text_split(&octets, &rest, '/'))
                return ERR_FORMAT;
        if (rest.data)
                length = rest;
        return short_prefix_read(out, octets, length);
}

int filter_mask_read(uint8_t *out_bits, struct text t)
{
        struct ip_address a;
        uint32_t zeros;

        if (ip_address_parse(&a, t) || !ip_address_is_v4(&a))
                return ERR_FORMAT;
        zeros = ~ip_address_v4(&a);
        if (zeros & (zeros + 1))
                return ERR_FORMAT;
        *out_bits = (uint8_t)(128 - __builtin_popcount(zeros));
        return 0;
}

static uint64_t factor_of(struct text unit, bool is_time)
{
        static const struct {
                const char *word;
                uint64_t factor;
                bool is_time;
        } units[] = {
                { "", 1, false },
                { "k", 1000, false },
                { "m", 1000 * 1000, false },
                { "g", 1000 * 1000 * 1000, false },
                { "", 1, true },
                { "ms", 1, true },
                { "s", SECOND_MS, true },
                { "min", MINUTE_MS, true },
                { "h", HOUR_MS, true },
        };

        for (size_t i = 0; i < ARRAY_LEN(units); i++)
                if (units[i].is_time == is_time && text_is_nocase(unit, units[i].word))
                        return units[i].factor;
        return 0;
}

int filter_number_read(uint64_t *out, struct text t, bool is_time)
{
        size_t digits = 0;
        uint64_t value, factor;

        while (digits < t.len && isdigit((unsigned char)t.data[digits]))
                digits++;
        factor = factor_of((struct text){ t.data + digits, t.len - digits }, is_time);
        if (factor == 0 || text_to_u64(&value, (struct text){ t.data, digits }, UINT64_MAX) ||
            value > UINT64_MAX / factor)
                return ERR_FORMAT;
        *out = value * factor;
        return 0;
}

int filter_port_read(uint64_t *out, struct text t)
{
        static const struct {
                const char *word;
                uint16_t port;
        } services[] = { { "http", 80 }, { "https", 443 }, { "domain", 53 }, { "ssh", 22 },
                { "ftp", 21 }, { "telnet", 23 }, { "smtp", 25 }, { "ntp", 123 }, { "snmp", 161 },
                { "pop3", 110 }, { "imap", 143 }, { "ldap", 389 }, { "rdp", 3389 },
                { "smb", 445 } };

        for (size_t i = 0; i < ARRAY_LEN(services); i++)
                if (text_is_nocase(t, services[i].word)) {
                        *out = services[i].port;
                        return 0;
                }
        return text_to_u64(out, t, UINT16_MAX);
}

int filter_protocol_read(uint64_t *out, struct text t)
{
        for (const struct filter_word *w = filter_protocols; w->word; w++)
                if (text_is_nocase(t, w->word)) {
                        *out = w->number;
                        return 0;
                }
        return text_to_u64(out, t, UINT8_MAX);
}

int filter_flags_read(uint64_t *out, struct text t)
{
        uint64_t flags = 0;

        for (size_t i = 0; i < t.len; i++) {
                char letter = (char)toupper((unsigned char)t.data[i]);
                const char *found = letter ? strchr(FILTER_FLAG_LETTERS, letter) : NULL;
                if (!found)
                        return ERR_FORMAT;
                flags |= UINT64_C(1) << (found - FILTER_FLAG_LETTERS);
        }
        if (!flags)
                return ERR_FORMAT;
        *out = flags;
        return 0;
}
