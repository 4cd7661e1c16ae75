/* traffic/trace/ranges_parse.c: see ranges_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/ranges_parse.h"

#include "base/mem.h"
#include "codec/csv.h"
#include "codec/timestamp.h"

#include <string.h>

enum { CELLS_MAX = 64, CELL_BYTES_MAX = 4096 };

enum column { UNIT, PREFIX, FROM, UNTIL, SOURCE, DYNAMIC, COLUMNS };
static const char *const column_names[COLUMNS] = { "unit", "prefix", "valid_from", "valid_until",
        "source", "dynamic" };

struct reading {
        struct address_ranges *ranges;
        struct buffer units; /* grows; names are placed when it has stopped */
        struct csv csv;
        size_t at[COLUMNS]; /* CELLS_MAX = the file does not have it */
        struct text cells[CELLS_MAX];
        size_t cell_count;
        struct parse_error *bad;
};

static struct text cell(const struct reading *r, enum column c)
{
        return r->at[c] < r->cell_count ? text_trim(r->cells[r->at[c]]) : TEXT("");
}

static int head_take(struct reading *r)
{
        int err = csv_next(&r->cell_count, r->cells, CELLS_MAX, &r->csv, r->bad);

        if (err)
                return err == ERR_MISSING ? parse_error_set(r->bad, 1, "Tệp không có dòng nào.",
                                                "The file is empty.")
                                          : err;
        for (size_t c = 0; c < COLUMNS; c++) {
                r->at[c] = CELLS_MAX;
                for (size_t i = 0; i < r->cell_count; i++)
                        if (text_is_nocase(text_trim(r->cells[i]), column_names[c]))
                                r->at[c] = i;
        }
        return r->at[UNIT] < CELLS_MAX && r->at[PREFIX] < CELLS_MAX
                   ? 0
                   : parse_error_set(r->bad, r->csv.row_line, "Tệp phải có cột unit và prefix.",
                         "The file needs the columns unit and prefix.");
}

static int moment_take(time_ms *out, struct reading *r, enum column c)
{
        struct text t = cell(r, c);

        *out = 0;
        if (!t.len || day_parse(out, t) == 0 || timestamp_parse(out, t) == 0)
                return 0;
        return parse_error_quote(r->bad, r->csv.row_line, "“%s” không phải là ngày dd/mm/yyyy.",
            "“%s” is not a day in the form dd/mm/yyyy.", t.data, t.len);
}

static int row_take(struct reading *r)
{
        struct text prefix = cell(r, PREFIX), unit = cell(r, UNIT);
        struct address_range range = { .is_imported = text_is(cell(r, SOURCE), "import"),
                .is_dynamic = text_is(cell(r, DYNAMIC), "1") };
        int err;

        if (ip_prefix_parse(&range.prefix, prefix, false))
                return parse_error_quote(r->bad, r->csv.row_line, "“%s” không phải dải địa chỉ.",
                    "“%s” is not an address range.", prefix.data ? prefix.data : "", prefix.len);
        err = moment_take(&range.since, r, FROM);
        if (!err)
                err = moment_take(&range.until, r, UNTIL);
        range.unit = (struct text){ NULL, unit.len };
        if (!err && unit.len)
                err = buffer_add(&r->units, unit.data, unit.len);
        if (err)
                return err;
        if (r->ranges->count == r->ranges->room) {
                size_t room = r->ranges->room ? r->ranges->room * 2 : 64;
                struct address_range *grown = room > RANGES_MAX * 2
                                                  ? NULL
                                                  : mem_grow(r->ranges->of, room, sizeof(*grown));
                if (!grown)
                        return room > RANGES_MAX * 2 ? ERR_LIMIT : ERR_MEMORY;
                r->ranges->of = grown;
                r->ranges->room = room;
        }
        r->ranges->of[r->ranges->count++] = range;
        return r->ranges->count > RANGES_MAX ? ERR_LIMIT : 0;
}

/* An empty line is one empty cell. */
static bool is_blank(const struct reading *r)
{
        return r->cell_count == 0 || (r->cell_count == 1 && text_trim(r->cells[0]).len == 0);
}

static int rows_take(struct reading *r)
{
        int err = head_take(r);

        while (!err) {
                err = csv_next(&r->cell_count, r->cells, CELLS_MAX, &r->csv, r->bad);
                if (!err && !is_blank(r))
                        err = row_take(r);
        }
        return err == ERR_MISSING ? 0 : err;
}

/* The names stand in the order of the rows. */
static void place_units(struct address_ranges *ranges, const char *units)
{
        for (size_t i = 0; i < ranges->count; i++) {
                ranges->of[i].unit.data = units;
                units += ranges->of[i].unit.len;
        }
}

int ranges_parse(struct address_ranges *out, struct text bytes, struct parse_error *bad)
{
        static const char mark[] = "\xEF\xBB\xBF";
        struct address_ranges ranges = { NULL, 0, 0, NULL };
        struct reading r = { .ranges = &ranges, .units = BUFFER(RANGES_BYTES_MAX), .bad = bad };
        char separator;
        int err;

        if (text_starts(bytes, mark))
                bytes = (struct text){ bytes.data + 3, bytes.len - 3 };
        separator = csv_guess_separator(bytes);
        csv_init(&r.csv, bytes, separator ? separator : ',', CELL_BYTES_MAX);
        err = rows_take(&r);
        csv_done(&r.csv);
        if (!err && r.units.len) {
                ranges.units = mem_zero(r.units.len, 1);
                if (ranges.units)
                        memcpy(ranges.units, r.units.data, r.units.len);
                else
                        err = ERR_MEMORY;
        }
        buffer_done(&r.units);
        if (err) {
                ranges_done(&ranges);
                return err;
        }
        place_units(&ranges, ranges.units ? ranges.units : "");
        *out = ranges;
        return 0;
}

void ranges_done(struct address_ranges *r)
{
        mem_free(r->of);
        mem_free(r->units);
        *r = (struct address_ranges){ NULL, 0, 0, NULL };
}
