/* traffic/query/flow_text.c: see flow_text.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/flow_text.h"

#include "base/mem.h"
#include "codec/csv.h"
#include "codec/json_write.h"
#include "codec/timestamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { END_TEXT_MAX = IP_TEXT_MAX + 16, FLAGS_TEXT_MAX = 9, NUMBER_TEXT_MAX = 24 };

/* Eight letters in the order of the header's bits, '.' where one is not set. */
static const char *flags_write(char out[FLAGS_TEXT_MAX], uint8_t flags)
{
        for (int i = 0; i < 8; i++)
                out[i] = flags >> (7 - i) & 1 ? "CEUAPRSF"[i] : '.';
        out[8] = 0;
        return out;
}

const char *flow_text_amount(char out[FLOW_TEXT_AMOUNT_MAX], uint64_t amount, enum language l)
{
        static const char units[] = " kMGTPE";
        size_t unit = 0;
        uint64_t tenths = amount > UINT64_MAX / 10 ? UINT64_MAX : amount * 10;

        while (tenths >= 9995 && unit < sizeof(units) - 2) {
                tenths = tenths / 1000 + (tenths % 1000 >= 500);
                unit++;
        }
        if (unit == 0)
                (void)snprintf(out, FLOW_TEXT_AMOUNT_MAX, "%" PRIu64, amount);
        else if (tenths < 100)
                (void)snprintf(out, FLOW_TEXT_AMOUNT_MAX, "%" PRIu64 "%s%" PRIu64 "%c", tenths / 10,
                    say(l, ",", "."), tenths % 10, units[unit]);
        else
                (void)snprintf(
                    out, FLOW_TEXT_AMOUNT_MAX, "%" PRIu64 "%c", (tenths + 5) / 10, units[unit]);
        return out;
}

static const char *length_write(char out[FLOW_TEXT_LEN_MAX], time_ms ms, enum language l)
{
        if (ms < 100 * SECOND_MS)
                (void)snprintf(out, FLOW_TEXT_LEN_MAX, "%d%s%d", (int)(ms / SECOND_MS),
                    say(l, ",", "."), (int)(ms % SECOND_MS / 100));
        else
                (void)snprintf(out, FLOW_TEXT_LEN_MAX, "%" PRId64, ms / SECOND_MS);
        return out;
}

static bool is_icmp(uint8_t protocol)
{
        return protocol == PACKET_ICMP || protocol == PACKET_ICMP6;
}

/* "10.0.0.1:443", "[2001:db8::1]:443"; of ICMP the address, at the destination with type.code. */
static const char *end_write(char out[END_TEXT_MAX], const struct ip_address *address,
    uint16_t port, uint8_t protocol, bool is_destination)
{
        char text[IP_TEXT_MAX];
        bool is_v4 = ip_address_is_v4(address);

        (void)ip_address_write(text, address);
        if (is_icmp(protocol) && is_destination)
                (void)snprintf(out, END_TEXT_MAX, "%s %u.%u", text, (unsigned)port >> 8,
                    (unsigned)port & 0xFF);
        else if (is_icmp(protocol) || port == 0)
                (void)snprintf(out, END_TEXT_MAX, "%s", text);
        else
                (void)snprintf(
                    out, END_TEXT_MAX, is_v4 ? "%s:%u" : "[%s]:%u", text, (unsigned)port);
        return out;
}

static const char *protocol_write(char out[NUMBER_TEXT_MAX], uint8_t protocol)
{
        const char *name = packet_protocol_name(protocol);

        if (strcmp(name, "ip") == 0)
                (void)snprintf(out, NUMBER_TEXT_MAX, "%u", protocol);
        else
                (void)snprintf(out, NUMBER_TEXT_MAX, "%s", name);
        return out;
}

/* Bytes that a terminal shows in one column each; `text` in UTF-8. */
static int add_padded(struct buffer *out, const char *text, size_t columns, bool right)
{
        size_t width = 0;
        int err = 0;

        for (const char *c = text; *c; c++)
                width += ((unsigned char)*c & 0xC0) != 0x80;
        if (!right)
                err = buffer_add_text(out, text);
        for (; width < columns && !err; width++)
                err = buffer_add_byte(out, ' ');
        if (right && !err)
                err = buffer_add_text(out, text);
        return err;
}

struct cell {
        const char *text;
        size_t columns;
        bool right;
};

static int add_row(struct buffer *out, const struct cell *cells, size_t count)
{
        int err = 0;

        for (size_t i = 0; i < count && !err; i++) {
                err = i ? buffer_add_byte(out, ' ') : 0;
                if (!err)
                        err = add_padded(out, cells[i].text,
                            i + 1 < count || cells[i].right ? cells[i].columns : 0, cells[i].right);
        }
        return err ? err : buffer_add_byte(out, '\n');
}

static int add_csv(struct buffer *out, const char *const *cells, size_t count)
{
        int err = 0;

        for (size_t i = 0; i < count && !err; i++) {
                err = i ? buffer_add_byte(out, ',') : 0;
                if (!err)
                        err = csv_add_cell(out, text_of(cells[i]), ',');
        }
        return err ? err : buffer_add_byte(out, '\n');
}

/* A line with the date when the day changes. */
static int add_day(struct buffer *out, struct flow_text *t, time_ms at)
{
        char day[TIMESTAMP_TEXT_MAX];
        time_ms local = at + (time_ms)t->zone_minutes * MINUTE_MS;
        time_ms number = local / DAY_MS - (local % DAY_MS < 0) + 1;

        if (number == t->day)
                return 0;
        t->day = number;
        return buffer_add_format(out, "%s %s\n", say(t->language, "Ngày", "Day"),
            timestamp_write_day(day, at, t->zone_minutes));
}

static const char *clock_write(char out[TIMESTAMP_TEXT_MAX], time_ms at, int zone_minutes)
{
        struct civil_time c;

        civil_time_from_utc(&c, at, zone_minutes);
        (void)snprintf(out, TIMESTAMP_TEXT_MAX, "%02d:%02d:%02d", c.hour, c.minute, c.second);
        return out;
}

static int flow_row(struct buffer *out, struct flow_text *t, const struct flow *f)
{
        char clock[TIMESTAMP_TEXT_MAX], length[FLOW_TEXT_LEN_MAX], protocol[NUMBER_TEXT_MAX];
        char source[END_TEXT_MAX], destination[END_TEXT_MAX];
        char packets[FLOW_TEXT_AMOUNT_MAX], bytes[FLOW_TEXT_AMOUNT_MAX];
        enum language l = t->language;
        struct cell cells[] = { { say(l, "Lúc", "At"), 8, false },
                { say(l, "Giây", "Sec."), 5, true }, { say(l, "G.thức", "Proto"), 6, false },
                { say(l, "Nguồn", "Source"), 21, false },
                { say(l, "Đích", "Destination"), 21, false }, { say(l, "Gói", "Pkts"), 5, true },
                { "Byte", 5, true } };
        int err = t->has_head ? 0 : add_row(out, cells, ARRAY_LEN(cells));

        if (!err)
                err = add_day(out, t, f->begin);
        cells[0].text = clock_write(clock, f->begin, t->zone_minutes);
        cells[1].text = length_write(length, f->end - f->begin, l);
        cells[2].text = protocol_write(protocol, f->protocol);
        cells[3].text = end_write(source, &f->source, f->source_port, f->protocol, false);
        cells[4].text = end_write(
            destination, &f->destination, f->destination_port, f->protocol, true);
        cells[5].text = flow_text_amount(packets, f->packets_out + f->packets_in, l);
        cells[6].text = flow_text_amount(bytes, f->bytes_out + f->bytes_in, l);
        return err ? err : add_row(out, cells, ARRAY_LEN(cells));
}

static int flow_csv(struct buffer *out, const struct flow_text *t, const struct flow *f)
{
        static const char *const head[] = { "begin", "end", "protocol", "source", "source_port",
                "destination", "destination_port", "flags_out", "flags_in", "packets_out",
                "bytes_out", "packets_in", "bytes_in" };
        char begin[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX], protocol[NUMBER_TEXT_MAX];
        char source[IP_TEXT_MAX], destination[IP_TEXT_MAX];
        char flags_out[FLAGS_TEXT_MAX], flags_in[FLAGS_TEXT_MAX];
        int err = t->has_head ? 0 : add_csv(out, head, ARRAY_LEN(head));

        if (err)
                return err;
        return buffer_add_format(out,
            "%s,%s,%s,%s,%u,%s,%u,%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
            timestamp_write(begin, f->begin), timestamp_write(end, f->end),
            protocol_write(protocol, f->protocol), ip_address_write(source, &f->source),
            (unsigned)f->source_port, ip_address_write(destination, &f->destination),
            (unsigned)f->destination_port, flags_write(flags_out, f->flags_out),
            flags_write(flags_in, f->flags_in), f->packets_out, f->bytes_out, f->packets_in,
            f->bytes_in);
}

static int flow_json(struct buffer *out, const struct flow *f)
{
        char begin[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX], protocol[NUMBER_TEXT_MAX];
        char source[IP_TEXT_MAX], destination[IP_TEXT_MAX];
        char flags_out[FLAGS_TEXT_MAX], flags_in[FLAGS_TEXT_MAX];

        return buffer_add_format(out,
            "{\"begin\":\"%s\",\"end\":\"%s\",\"protocol\":\"%s\",\"source\":\"%s\","
            "\"source_port\":%u,\"destination\":\"%s\",\"destination_port\":%u,"
            "\"flags_out\":\"%s\",\"flags_in\":\"%s\",\"packets_out\":%" PRIu64
            ",\"bytes_out\":%" PRIu64 ",\"packets_in\":%" PRIu64 ",\"bytes_in\":%" PRIu64
            ",\"sampling\":%" PRIu32 "}\n",
            timestamp_write(begin, f->begin), timestamp_write(end, f->end),
            protocol_write(protocol, f->protocol), ip_address_write(source, &f->source),
            (unsigned)f->source_port, ip_address_write(destination, &f->destination),
            (unsigned)f->destination_port, flags_write(flags_out, f->flags_out),
            flags_write(flags_in, f->flags_in), f->packets_out, f->bytes_out, f->packets_in,
            f->bytes_in, f->sampling);
}

int flow_text_add_flow(struct buffer *out, struct flow_text *t, const struct flow *flow)
{
        int err = t->format == FLOW_TEXT_TABLE ? flow_row(out, t, flow)
                  : t->format == FLOW_TEXT_CSV ? flow_csv(out, t, flow)
                                               : flow_json(out, flow);

        if (!err)
                t->has_head = true;
        return err;
}

static int name_row(struct buffer *out, struct flow_text *t, const struct name_sighting *s)
{
        char clock[TIMESTAMP_TEXT_MAX], host[IP_TEXT_MAX], answer[IP_TEXT_MAX] = "";
        char name[FLOW_TOP_KEY_TEXT_MAX];
        enum language l = t->language;
        struct cell cells[] = { { say(l, "Lúc", "At"), 8, false },
                { say(l, "Máy", "Host"), 15, false }, { say(l, "Thấy ở", "Seen in"), 11, false },
                { say(l, "Trả lời", "Answer"), 15, false }, { say(l, "Tên", "Name"), 27, false } };
        int err = t->has_head ? 0 : add_row(out, cells, ARRAY_LEN(cells));

        if (!err)
                err = add_day(out, t, s->at);
        if (s->has_answer)
                (void)ip_address_write(answer, &s->answer);
        (void)snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(s->name));
        cells[0].text = clock_write(clock, s->at, t->zone_minutes);
        cells[1].text = ip_address_write(host, &s->host);
        cells[2].text = packet_place_name(s->place);
        cells[3].text = answer;
        cells[4].text = name;
        return err ? err : add_row(out, cells, ARRAY_LEN(cells));
}

static int name_csv(struct buffer *out, const struct flow_text *t, const struct name_sighting *s)
{
        static const char *const head[] = { "at", "host", "peer", "place", "name", "answer" };
        char at[TIMESTAMP_TEXT_MAX], host[IP_TEXT_MAX], peer[IP_TEXT_MAX], answer[IP_TEXT_MAX] = "";
        char name[FLOW_TOP_KEY_TEXT_MAX];
        const char *cells[] = { timestamp_write(at, s->at), ip_address_write(host, &s->host),
                ip_address_write(peer, &s->peer), packet_place_name(s->place), name, answer };
        int err = t->has_head ? 0 : add_csv(out, head, ARRAY_LEN(head));

        if (s->has_answer)
                (void)ip_address_write(answer, &s->answer);
        (void)snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(s->name));
        return err ? err : add_csv(out, cells, ARRAY_LEN(cells));
}

static int name_json(struct buffer *out, const struct name_sighting *s)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX], answer[IP_TEXT_MAX] = "", at[TIMESTAMP_TEXT_MAX];
        int err = buffer_add_format(out,
            "{\"at\":\"%s\",\"host\":\"%s\",\"peer\":\"%s\",\"place\":\"%s\"",
            timestamp_write(at, s->at), ip_address_write(host, &s->host),
            ip_address_write(peer, &s->peer), packet_place_name(s->place));

        if (s->has_answer)
                (void)ip_address_write(answer, &s->answer);
        if (!err)
                err = json_add_text_member(out, "name", s->name);
        if (!err)
                err = json_add_text_member(out, "answer", text_of(answer));
        return err ? err : buffer_add_text(out, "}\n");
}

int flow_text_add_name(
    struct buffer *out, struct flow_text *t, const struct name_sighting *sighting)
{
        int err = t->format == FLOW_TEXT_TABLE ? name_row(out, t, sighting)
                  : t->format == FLOW_TEXT_CSV ? name_csv(out, t, sighting)
                                               : name_json(out, sighting);

        if (!err)
                t->has_head = true;
        return err;
}

static const char *by_title(enum flow_top_by by, enum language l)
{
        static const char *const vi[FLOW_TOP_BYS] = { "Máy của ta", "Địa chỉ ngoài", "Dịch vụ",
                "Giao thức", "Mạng của ta", "Tên" };
        static const char *const en[FLOW_TOP_BYS] = { "Our host", "Remote", "Service", "Protocol",
                "Our network", "Name" };

        return l == LANGUAGE_VI ? vi[by] : en[by];
}

static int top_row(struct buffer *out, const struct flow_text *t, enum flow_top_by by, size_t rank,
    const struct flow_top_row *row)
{
        char number[NUMBER_TEXT_MAX], flows[FLOW_TEXT_AMOUNT_MAX], packets[FLOW_TEXT_AMOUNT_MAX];
        char bytes[FLOW_TEXT_AMOUNT_MAX], last[TIMESTAMP_TEXT_MAX];
        enum language l = t->language;
        struct cell cells[] = { { say(l, "Số", "No."), 4, true }, { by_title(by, l), 32, false },
                { by == FLOW_TOP_NAME ? say(l, "Lần", "Times") : say(l, "Luồng", "Flows"), 6,
                    true },
                { say(l, "Gói", "Pkts"), 6, true }, { "Byte", 6, true },
                { say(l, "Lần cuối", "Last"), 16, false } };
        int err = t->has_head ? 0 : add_row(out, cells, ARRAY_LEN(cells));

        (void)snprintf(number, sizeof(number), "%zu", rank);
        cells[0].text = number;
        cells[1].text = row->key;
        cells[2].text = flow_text_amount(flows, row->flows, l);
        cells[3].text = flow_text_amount(packets, row->packets, l);
        cells[4].text = flow_text_amount(bytes, row->bytes, l);
        cells[5].text = timestamp_write_local(last, row->last_at, t->zone_minutes);
        return err ? err : add_row(out, cells, ARRAY_LEN(cells));
}

static int top_csv(struct buffer *out, const struct flow_text *t, enum flow_top_by by,
    const struct flow_top_row *row)
{
        char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
        const char *const head[] = { flow_top_by_name(by), "flows", "packets", "bytes", "first_at",
                "last_at" };
        int err = t->has_head ? 0 : add_csv(out, head, ARRAY_LEN(head));

        if (!err)
                err = csv_add_cell(out, text_of(row->key), ',');
        return err ? err
                   : buffer_add_format(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%s\n",
                         row->flows, row->packets, row->bytes,
                         timestamp_write(first, row->first_at),
                         timestamp_write(last, row->last_at));
}

static int top_json(
    struct buffer *out, enum flow_top_by by, size_t rank, const struct flow_top_row *row)
{
        int err = buffer_add_format(out, "{\"rank\":%zu", rank);

        if (!err)
                err = json_add_text_member(out, flow_top_by_name(by), text_of(row->key));
        if (!err)
                err = buffer_add_format(out,
                    ",\"flows\":%" PRIu64 ",\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64, row->flows,
                    row->packets, row->bytes);
        if (!err)
                err = json_add_time_member(out, "first_at", row->first_at);
        if (!err)
                err = json_add_time_member(out, "last_at", row->last_at);
        return err ? err : buffer_add_text(out, "}\n");
}

int flow_text_add_top(struct buffer *out, struct flow_text *t, enum flow_top_by by, size_t rank,
    const struct flow_top_row *row)
{
        int err = t->format == FLOW_TEXT_TABLE ? top_row(out, t, by, rank, row)
                  : t->format == FLOW_TEXT_CSV ? top_csv(out, t, by, row)
                                               : top_json(out, by, rank, row);

        if (!err)
                t->has_head = true;
        return err;
}
