/* traffic/decode/names_parse.c: see names_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/names_parse.h"

#include <stdio.h>
#include <string.h>

enum {
        DNS_PORT = 53,
        DNS_MULTICAST_PORT = 5353,
        DNS_LOCAL_PORT = 5355,
        DNS_TYPE_A = 1,
        DNS_TYPE_CNAME = 5,
        DNS_TYPE_AAAA = 28,
        DNS_RECORDS_MAX = 64, /* of one message; more is a flood, not an answer */
        DNS_JUMPS_MAX = 32
};

struct bytes {
        const uint8_t *at;
        size_t len;
};

static struct bytes bytes_of(struct text t)
{
        return (struct bytes){ (const uint8_t *)t.data, t.len };
}

static unsigned get16(const uint8_t *p)
{
        return (unsigned)p[0] << 8 | p[1];
}

static bool is_name_byte(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* Adds the name in lower case; one that is no name, or has no dot, is left out without a count. */
static void add_name(struct packet_names *out, enum packet_place place, struct text name)
{
        struct packet_name *slot = &out->names[out->name_count];
        bool dotted = false;

        if (text_ends(name, "."))
                name.len--;
        if (name.len == 0 || name.len >= PACKET_NAME_MAX)
                return;
        if (out->name_count == PACKET_NAMES_MAX) {
                out->left_out++;
                return;
        }
        for (size_t i = 0; i < name.len; i++) {
                char c = name.data[i];
                if (c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                if (!is_name_byte(c))
                        return;
                dotted = dotted || c == '.';
                slot->text[i] = c;
        }
        slot->text[name.len] = '\0';
        slot->place = place;
        if (dotted && slot->text[0] != '.')
                out->name_count++;
}

static void add_address(struct packet_names *out, const uint8_t *bytes, size_t len)
{
        struct ip_address a;

        if (out->address_count == PACKET_NAMES_MAX) {
                out->left_out++;
                return;
        }
        if (len == 4)
                a = ip_address_from_v4((uint32_t)get16(bytes) << 16 | get16(bytes + 2));
        else
                memcpy(a.bytes, bytes, sizeof(a.bytes));
        out->addresses[out->address_count++] = a;
}

/* A label may hold any byte. What no name has becomes '_': a tunnel through DNS, whose labels are
 * its data, must not hide the domain that it goes to. */
static void copy_label(char *out, const uint8_t *label, size_t len)
{
        for (size_t i = 0; i < len; i++) {
                char c = (char)label[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                out[i] = letter || (c >= '0' && c <= '9') || c == '-' ? c : '_';
        }
}

/* Reads the name at `at` into text[PACKET_NAME_MAX], following pointers backwards only. Returns
 * where the message goes on, or 0 when the name is wrong. */
static size_t dns_name(char *text, struct bytes m, size_t at)
{
        size_t used = 0, next = 0;

        for (int jumps = 0; jumps < DNS_JUMPS_MAX && at < m.len;) {
                unsigned label = m.at[at];
                if (label == 0) {
                        text[used] = '\0';
                        return next ? next : at + 1;
                }
                if (label >= 0xC0) {
                        size_t target;
                        if (at + 1 >= m.len)
                                return 0;
                        target = get16(m.at + at) & 0x3FFF;
                        if (target >= at) /* only backwards: no loop */
                                return 0;
                        next = next ? next : at + 2;
                        at = target;
                        jumps++;
                        continue;
                }
                if (label > 63 || at + 1 + label > m.len || used + label + 1 >= PACKET_NAME_MAX)
                        return 0;
                copy_label(text + used, m.at + at + 1, label);
                used += label;
                text[used++] = '.';
                at += 1 + label;
        }
        return 0;
}

/* One question or record at `at`; where the next begins, 0 when it is wrong. */
static size_t dns_record(struct packet_names *out, struct bytes m, size_t at, bool question)
{
        char name[PACKET_NAME_MAX];
        unsigned type;
        size_t len;

        at = dns_name(name, m, at);
        if (!at || at + 4 > m.len)
                return 0;
        type = get16(m.at + at);
        if (question) {
                add_name(out, PACKET_PLACE_DNS, text_of(name));
                return at + 4;
        }
        if (at + 10 > m.len)
                return 0;
        len = get16(m.at + at + 8);
        at += 10;
        if (at + len > m.len)
                return 0;
        if ((type == DNS_TYPE_A && len == 4) || (type == DNS_TYPE_AAAA && len == 16))
                add_address(out, m.at + at, len);
        else if (type == DNS_TYPE_CNAME && dns_name(name, m, at))
                add_name(out, PACKET_PLACE_DNS, text_of(name));
        return at + len;
}

void names_parse_dns(struct packet_names *out, struct text message)
{
        struct bytes m = bytes_of(message);
        unsigned questions, answers;
        size_t at = 12;

        if (m.len < 12 || (m.at[2] & 0x78) != 0) /* a standard query only */
                return;
        out->is_answer = (m.at[2] & 0x80) != 0;
        questions = get16(m.at + 4);
        answers = get16(m.at + 6);
        if (questions > DNS_RECORDS_MAX || answers > DNS_RECORDS_MAX)
                return;
        for (unsigned i = 0; i < questions + answers && at; i++)
                at = dns_record(out, m, at, i < questions);
}

/* A view of the next `n` bytes of *from, or an empty one with *from used up. */
static struct bytes cut(struct bytes *from, size_t n)
{
        struct bytes piece = { from->at, n };

        if (n > from->len) {
                from->len = 0;
                return (struct bytes){ 0 };
        }
        from->at += n;
        from->len -= n;
        return piece;
}

/* A vector with a length of 1 or 2 bytes before it. What the capture cut off is cut here too. */
static struct bytes cut_vector(struct bytes *from, size_t length_bytes)
{
        struct bytes length = cut(from, length_bytes);
        size_t n;

        if (!length.at)
                return (struct bytes){ 0 };
        n = length_bytes == 1 ? length.at[0] : get16(length.at);
        return cut(from, n < from->len ? n : from->len);
}

static void tls_server_name(struct packet_names *out, struct bytes extension)
{
        struct bytes list = cut_vector(&extension, 2);

        while (list.len > 3) {
                struct bytes kind = cut(&list, 1);
                struct bytes name = cut_vector(&list, 2);
                if (kind.at && kind.at[0] == 0 && name.at)
                        add_name(out, PACKET_PLACE_TLS,
                            (struct text){ (const char *)name.at, name.len });
        }
}

void names_parse_tls(struct packet_names *out, struct text record)
{
        struct bytes b = bytes_of(record);
        struct bytes head = cut(&b, 9), extensions;

        /* Record of kind handshake, version 3.x, message ClientHello. */
        if (!head.at || head.at[0] != 0x16 || head.at[1] != 3 || head.at[5] != 1)
                return;
        if (!cut(&b, 34).at) /* version and random */
                return;
        (void)cut_vector(&b, 1); /* session */
        (void)cut_vector(&b, 2); /* cipher suites */
        (void)cut_vector(&b, 1); /* compression */
        extensions = cut_vector(&b, 2);
        while (extensions.len >= 4) {
                struct bytes type = cut(&extensions, 2);
                struct bytes body = cut_vector(&extensions, 2);
                if (type.at && get16(type.at) == 0)
                        tls_server_name(out, body);
        }
}

static bool is_http_request(struct text t)
{
        static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ", "DELETE ",
                "OPTIONS ", "PATCH ", "CONNECT " };

        if (t.len == 0 || !memchr("GPHDOC", t.data[0], 6)) /* nearly every packet ends here */
                return false;
        for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
                if (text_starts(t, methods[i]))
                        return true;
        return false;
}

/* The URL as lists write it, without scheme: the host as sent, then the path. */
static void keep_url(struct packet_names *out, struct text host, struct text target)
{
        if (host.len + target.len >= sizeof(out->url) || !text_starts(target, "/"))
                return;
        for (size_t i = 0; i < target.len; i++)
                if (target.data[i] <= 0x20 || target.data[i] == 0x7F)
                        return;
        (void)snprintf(out->url, sizeof(out->url), "%.*s%.*s", TEXT_ARGS(host), TEXT_ARGS(target));
}

/* Host without port; an IPv6 address in brackets is no name and is left to the address match. */
static struct text host_without_port(struct text host)
{
        host.len = text_find(host, ':');
        return host;
}

void names_parse_http(struct packet_names *out, struct text request)
{
        struct text rest = request, line, target, word;
        size_t before = out->name_count;

        if (!is_http_request(request) || !text_split(&line, &rest, '\n'))
                return;
        (void)text_split(&word, &line, ' ');
        if (!text_split(&target, &line, ' '))
                return;
        for (int i = 0; i < 64 && text_split(&line, &rest, '\n'); i++) {
                struct text name;
                line = text_trim(line);
                if (line.len == 0)
                        return;
                if (!text_split(&name, &line, ':') || !text_is_nocase(text_trim(name), "host"))
                        continue;
                line = text_trim(line);
                add_name(out, PACKET_PLACE_HTTP, host_without_port(line));
                if (out->name_count > before ||
                    (line.len && line.data[0] >= '0' && line.data[0] <= '9'))
                        keep_url(out, line, target);
                return;
        }
}

static bool is_dns_port(uint16_t port)
{
        return port == DNS_PORT || port == DNS_MULTICAST_PORT || port == DNS_LOCAL_PORT;
}

void names_parse(struct packet_names *out, const struct packet *packet)
{
        struct text payload = packet->payload;
        bool dns = is_dns_port(packet->source_port) || is_dns_port(packet->destination_port);

        out->name_count = out->address_count = out->left_out = 0;
        out->is_answer = false;
        out->url[0] = '\0';
        if (payload.len < 2 || packet->is_fragment)
                return;
        if (packet->protocol == PACKET_UDP && dns) {
                names_parse_dns(out, payload);
        } else if (packet->protocol == PACKET_TCP && dns) {
                payload.data += 2; /* the length */
                payload.len -= 2;
                names_parse_dns(out, payload);
        } else if (packet->protocol == PACKET_TCP) {
                names_parse_tls(out, payload);
                names_parse_http(out, payload);
        }
}
