/* indicators/lists/list_row_victim.c: a row about one of our own addresses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_origin.h"
#include "indicators/lists/list_row.h"

#include <string.h>

#include <stdio.h>

static int take_seen_at(
    time_ms *out, const struct list_reading *r, const struct list_row *row, size_t *column)
{
        static const enum list_field fields[] = { FIELD_SEEN_AT, FIELD_LAST_SEEN,
                FIELD_FIRST_SEEN };

        *out = 0;
        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                int err = list_row_time(out, r, row, fields[i], column);
                if (err || *out)
                        return err;
        }
        return 0;
}

static int port_of(const struct list_reading *r, const struct list_row *row, enum list_field field)
{
        size_t column;
        int port = -1;

        if (list_port_parse(&port, list_row_cell(r, row, field, &column)) || port == 0)
                return -1;
        return port;
}

static int64_t number_of(
    const struct list_reading *r, const struct list_row *row, enum list_field field)
{
        size_t column;
        int64_t n = 0;

        return list_number_parse(&n, list_row_cell(r, row, field, &column)) ? 0 : n;
}

/* The control server: both columns may hold an address or a name, with or without port. */
static void take_control(struct victim *v, struct list_item *name, const struct list_reading *r,
    const struct list_row *row)
{
        static const enum list_field fields[] = { FIELD_CC_IP, FIELD_CC_HOST };

        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                size_t column;
                struct text rest = list_row_cell(r, row, fields[i], &column), first;
                struct list_item item;
                struct list_why why;

                if (!list_item_split(&first, &rest) || list_item_parse(&item, first, &why))
                        continue;
                if (item.port > 0)
                        v->cc_port = item.port;
                if (item.type == INDICATOR_IPV4 || item.type == INDICATOR_IPV6) {
                        v->has_cc_ip = true;
                        v->cc_ip = item.address;
                } else if (item.type == INDICATOR_NAME) {
                        *name = item;
                        v->cc_host = text_of(name->value);
                }
        }
}

/* By the row, else by the name of the report: Shadowserver's event4_sinkhole_http says whose server
 * the victims called. */
static enum indicator_origin origin_of(const struct list_reading *r, const struct list_row *row)
{
        size_t column;
        enum indicator_origin said = list_origin_of(list_row_cell(r, row, FIELD_ORIGIN, &column));

        if (said == INDICATOR_ORIGIN_UNSAID && strcmp(r->format->id, "shadowserver") == 0 &&
            list_origin_of(r->options->file_name) == INDICATOR_ORIGIN_SINKHOLE)
                return INDICATOR_ORIGIN_SINKHOLE;
        return said;
}

static void take_texts(struct victim *v, struct list_reading *r, const struct list_row *row)
{
        v->malware = list_row_text(r, row, FIELD_MALWARE);
        v->family = list_row_text(r, row, FIELD_FAMILY);
        if (v->malware.len == 0)
                v->malware = v->family;
        v->protocol = list_row_text(r, row, FIELD_PROTOCOL);
        for (size_t i = 0; i < v->protocol.len; i++)
                if (r->texts[FIELD_PROTOCOL][i] >= 'A' && r->texts[FIELD_PROTOCOL][i] <= 'Z')
                        r->texts[FIELD_PROTOCOL][i] = (char)(r->texts[FIELD_PROTOCOL][i] + 32);
        v->inner_name = list_row_text(r, row, FIELD_INNER_NAME);
        v->src_host = list_row_text(r, row, FIELD_SRC_HOST);
        v->url = list_row_text(r, row, FIELD_URL);
        v->isp = list_row_text(r, row, FIELD_ISP);
        v->unit = list_row_text(r, row, FIELD_UNIT);
        v->note = list_row_text(r, row, FIELD_NOTE);
        v->severity = list_row_text(r, row, FIELD_SEVERITY);
        v->source = r->source;
}

/* Address, port, malware, control server and day: the same again is the same observation. */
static int is_new(bool *out, struct list_reading *r, const struct victim *v)
{
        int err;

        buffer_clear(&r->key);
        err = buffer_add(&r->key, v->src_ip.bytes, sizeof(v->src_ip.bytes));
        if (!err)
                err = buffer_add_format(&r->key, "|%d|%.*s|%.*s|%lld|%d|", v->src_port,
                    TEXT_ARGS(v->malware), TEXT_ARGS(v->cc_host), (long long)(v->seen_at / DAY_MS),
                    v->has_cc_ip);
        if (!err && v->has_cc_ip)
                err = buffer_add(&r->key, v->cc_ip.bytes, sizeof(v->cc_ip.bytes));
        return err ? err : seen_keys_add(out, &r->seen, r->key.data, r->key.len);
}

static int hand_over(struct list_reading *r, const struct list_row *row, struct victim *v)
{
        bool fresh;
        int err = is_new(&fresh, r, v);

        if (err)
                return err;
        r->counts.read++;
        if (!fresh) {
                r->counts.duplicate++;
                return 0;
        }
        r->counts.good++;
        if (!r->sink->victim)
                return 0;
        err = list_row_raw(&v->raw, r, row);
        return err ? err : r->sink->victim(r->sink->state, v);
}

/* A range that the office registered is ours, whatever the registries say about it. */
static bool is_ours(const struct list_reading *r, const struct ip_address *address)
{
        for (size_t i = 0; i < r->options->ours_count; i++)
                if (ip_prefix_contains(&r->options->ours[i], address))
                        return true;
        return false;
}

static int one_address(struct list_reading *r, const struct list_row *row, size_t column,
    struct text piece, struct victim *v)
{
        static const struct list_why no_address = { "không phải một địa chỉ IP",
                "not one IP address" };
        struct victim copy = *v;
        struct list_item item;
        struct list_why why;

        if (list_item_parse(&item, piece, &why))
                return list_row_refuse(r, row, column, piece, &why);
        if (item.type != INDICATOR_IPV4 && item.type != INDICATOR_IPV6)
                return list_row_refuse(r, row, column, piece, &no_address);
        if (!is_ours(r, &item.address) && list_victim_is_refused(&why, &item.address))
                return list_row_refuse(r, row, column, piece, &why);
        copy.src_ip = item.address;
        if (item.port > 0)
                copy.src_port = item.port;
        return hand_over(r, row, &copy);
}

int list_row_victim(struct list_reading *r, const struct list_row *row)
{
        static const struct list_why no_time = {
                "không đọc được thời gian (ngày/tháng/năm giờ:phút)",
                "the time cannot be read (day/month/year hour:minute)"
        };
        static const struct list_why missing = { "dòng không có địa chỉ IP",
                "the row has no IP address" };
        struct victim v = { .src_port = -1, .cc_port = -1, .line = row->line };
        struct list_item name;
        size_t column, time_column = 0;
        struct text cell = list_row_cell(r, row, FIELD_SRC_IP, &column), piece;

        if (cell.len == 0)
                cell = list_row_cell(r, row, FIELD_VALUE, &column);
        if (cell.len == 0)
                return list_row_refuse(r, row, 0, cell, &missing);
        if (take_seen_at(&v.seen_at, r, row, &time_column))
                return list_row_refuse(r, row, time_column,
                    time_column ? row->cells[time_column - 1] : cell, &no_time);
        v.src_port = port_of(r, row, FIELD_SRC_PORT);
        v.cc_port = port_of(r, row, FIELD_CC_PORT);
        v.count = number_of(r, row, FIELD_COUNT);
        v.asn = number_of(r, row, FIELD_ASN);
        v.cc_origin = origin_of(r, row);
        take_texts(&v, r, row);
        take_control(&v, &name, r, row);
        while (list_item_split(&piece, &cell)) {
                int err = one_address(r, row, column, piece, &v);
                if (err)
                        return err;
        }
        return 0;
}
