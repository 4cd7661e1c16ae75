/* indicators/lists/list_row_indicator.c: a row about somebody else's malicious infrastructure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_origin.h"
#include "indicators/lists/list_row.h"

#include <stdlib.h>

/* "AsyncRAT C&C" is about AsyncRAT. */
static struct text family_of(struct list_reading *r, const struct list_row *row)
{
        struct text family = list_row_text(r, row, FIELD_FAMILY);

        if (family.len == 0)
                family = list_row_text(r, row, FIELD_MALWARE);
        if (text_ends(family, " C&C"))
                family.len -= 4;
        return family;
}

static int confidence_of(const struct list_reading *r, const struct list_row *row)
{
        size_t column;
        struct text cell = list_row_cell(r, row, FIELD_CONFIDENCE, &column);
        int64_t n = 0;

        if (cell.len == 0)
                return CONFIDENCE_UNKNOWN;
        if (text_is_nocase(cell, "high") || text_is(cell, "cao") || text_is(cell, "Cao"))
                return 90;
        if (text_is_nocase(cell, "medium") || text_is_nocase(cell, "trung bình"))
                return 60;
        if (text_is_nocase(cell, "low") || text_is(cell, "thấp") || text_is(cell, "Thấp"))
                return 30;
        if (list_number_parse(&n, cell))
                return CONFIDENCE_UNKNOWN;
        if (r->format->confidence_factor && n <= 100)
                n *= r->format->confidence_factor;
        return n > 100 ? 100 : (int)n;
}

/* What the row says, else its class, else what all rows of the format are. */
static enum indicator_origin origin_of(const struct list_reading *r, const struct list_row *row)
{
        size_t column;
        enum indicator_origin said = list_origin_of(list_row_cell(r, row, FIELD_ORIGIN, &column));

        if (said == INDICATOR_ORIGIN_UNSAID)
                said = list_origin_of(list_row_cell(r, row, FIELD_CLASS, &column));
        if (said == INDICATOR_ORIGIN_UNSAID)
                said = r->options->origin;
        return said == INDICATOR_ORIGIN_UNSAID ? r->format->origin : said;
}

static int report_warned(struct list_reading *r, const struct list_row *row, size_t column,
    struct text read, const struct list_why *why, struct text list)
{
        struct list_reason reason = { .line = row->line,
                .column = column,
                .read = read,
                .list = list,
                .vi = why->vi,
                .en = why->en };
        int err;

        r->counts.warned++;
        if (!r->sink->warned)
                return 0;
        err = list_row_raw(&reason.raw, r, row);
        return err ? err : r->sink->warned(r->sink->state, &reason);
}

static int is_new(bool *out, struct list_reading *r, const struct indicator *indicator)
{
        int err;

        buffer_clear(&r->key);
        err = buffer_add_byte(&r->key, (char)('a' + indicator->type));
        if (!err)
                err = buffer_add(&r->key, indicator->value.data, indicator->value.len);
        return err ? err : seen_keys_add(out, &r->seen, r->key.data, r->key.len);
}

static int one_item(struct list_reading *r, const struct list_row *row, size_t column,
    struct text piece, struct indicator *indicator)
{
        struct list_item item;
        struct list_why why;
        struct text list;
        bool fresh;
        int err;

        if (list_item_parse(&item, piece, &why))
                return list_row_refuse(r, row, column, piece, &why);
        if (item.type == INDICATOR_SHA1 && r->plan->fields[column - 1] == FIELD_CERTIFICATE)
                item.type = INDICATOR_CERTIFICATE;
        indicator->type = item.type;
        indicator->value = text_of(item.value);
        indicator->subdomains = item.subdomains;
        r->counts.read++;
        err = is_new(&fresh, r, indicator);
        if (err)
                return err;
        if (!fresh) {
                r->counts.duplicate++;
                return 0;
        }
        if (list_item_is_warned(&why, &list, &item, indicator, r->options))
                return report_warned(r, row, column, piece, &why, list);
        r->counts.good++;
        return r->sink->indicator ? r->sink->indicator(r->sink->state, indicator) : 0;
}

/* Times of an indicator only inform: what cannot be read counts as not said. */
static time_ms time_of(
    const struct list_reading *r, const struct list_row *row, enum list_field field)
{
        size_t column;
        time_ms at = 0;

        return list_row_time(&at, r, row, field, &column) ? 0 : at;
}

int list_row_indicator(struct list_reading *r, const struct list_row *row)
{
        static const struct list_why missing = { "dòng không có địa chỉ, tên miền, URL hay mã băm",
                "the row has no address, name, URL or hash" };
        struct indicator indicator = { .line = row->line, .source = r->source };
        size_t found = 0;

        indicator.family = family_of(r, row);
        indicator.confidence = confidence_of(r, row);
        indicator.origin = origin_of(r, row);
        indicator.first_seen = time_of(r, row, FIELD_FIRST_SEEN);
        indicator.last_seen = time_of(r, row, FIELD_LAST_SEEN);
        indicator.valid_until = time_of(r, row, FIELD_VALID_UNTIL);
        if (!indicator.first_seen)
                indicator.first_seen = time_of(r, row, FIELD_SEEN_AT);
        for (size_t i = 0; i < row->count && i < r->plan->column_count; i++) {
                struct text cell = row->cells[i], piece;

                if (!list_plan_is_value(r->plan, r->plan->fields[i]) || list_cell_is_empty(cell))
                        continue;
                while (list_item_split(&piece, &cell)) {
                        int err = one_item(r, row, i + 1, piece, &indicator);
                        if (err)
                                return err;
                        found++;
                }
        }
        return found ? 0 : list_row_refuse(r, row, 0, (struct text){ "", 0 }, &missing);
}
