/* indicators/lists/list_survey.c: see list_survey.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_survey.h"
#include "base/arena.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_MAX = 32 << 20, HEADER_MIN = 2 };

/* What the first cells of a column look like. */
struct column_look {
        size_t filled, address, ours, number, time, hash, name, url;
        bool day_first, month_first;
};

struct head_row {
        size_t line, count;
        const char **cells;
};

struct sheet {
        struct list_plan plan;
        struct head_row head[SURVEY_HEAD_ROWS];
        size_t head_count;
        enum list_kind class_kind; /* by the first event that says it */
        struct column_look looks[LIST_COLUMNS_MAX];
};

struct list_survey {
        const struct list_format *format;
        const struct list_options *options;
        struct arena *arena;
        struct sheet *sheets[SURVEY_SHEETS_MAX];
        size_t sheet_count;
};

int list_survey_new(
    struct list_survey **out, const struct list_format *format, const struct list_options *options)
{
        AUTO(list_survey_free_at) struct list_survey *s = mem_zero(1, sizeof(*s));
        int err;

        if (!s)
                return ERR_MEMORY;
        s->format = format;
        s->options = options;
        err = arena_new(&s->arena, ARENA_MAX);
        if (err)
                return err;
        *out = MOVE(s);
        return 0;
}

void list_survey_free_at(struct list_survey **survey)
{
        struct list_survey *s = *survey;

        if (!s)
                return;
        for (size_t i = 0; i < s->sheet_count; i++)
                mem_free(s->sheets[i]);
        arena_free_at(&s->arena);
        mem_free(s);
        *survey = NULL;
}

static int on_sheet(void *state)
{
        struct list_survey *s = state;

        if (s->sheet_count == SURVEY_SHEETS_MAX)
                return ERR_LIMIT;
        s->sheets[s->sheet_count] = mem_zero(1, sizeof(struct sheet));
        if (!s->sheets[s->sheet_count])
                return ERR_MEMORY;
        s->sheet_count++;
        return 0;
}

static int keep_row(
    struct list_survey *s, struct sheet *sheet, size_t line, const struct text *cells, size_t count)
{
        struct head_row *row = &sheet->head[sheet->head_count];

        row->line = line;
        row->count = count;
        row->cells = arena_zero(s->arena, count ? count : 1, sizeof(*row->cells));
        if (!row->cells)
                return ERR_LIMIT;
        for (size_t i = 0; i < count; i++) {
                char text[CELL_TEXT_MAX];
                row->cells[i] = arena_text(s->arena, list_cell_text(text, cells[i]));
                if (!row->cells[i])
                        return ERR_LIMIT;
        }
        sheet->head_count++;
        return 0;
}

static bool is_in_ours(const struct list_survey *s, const struct ip_address *a)
{
        for (size_t i = 0; i < s->options->ours_count; i++)
                if (ip_prefix_contains(&s->options->ours[i], a))
                        return true;
        return false;
}

static void look_at_cell(const struct list_survey *s, struct column_look *look, struct text cell)
{
        struct list_item item;
        struct list_why why;
        struct text rest = cell, first;
        int64_t number;
        time_ms at;

        if (list_cell_is_empty(cell))
                return;
        look->filled++;
        if (list_number_parse(&number, cell) == 0)
                look->number++;
        if (list_time_parse(&at, cell, DATE_DAY_FIRST, 0) == 0 ||
            list_time_parse(&at, cell, DATE_MONTH_FIRST, 0) == 0)
                look->time++;
        if (!list_item_split(&first, &rest) || list_item_parse(&item, first, &why))
                return;
        if (item.type <= INDICATOR_PREFIX) {
                look->address++;
                look->ours += is_in_ours(s, &item.prefix.base);
        } else if (item.type == INDICATOR_NAME) {
                look->name++;
        } else if (item.type == INDICATOR_URL) {
                look->url++;
        } else {
                look->hash++;
        }
}

static void note_date(struct column_look *look, struct text cell)
{
        enum date_hint hint;

        if (cell.len < 6 || cell.len > 40 || cell.data[0] < '0' || cell.data[0] > '9' ||
            (text_find(cell, '/') == cell.len && text_find(cell, '-') == cell.len))
                return;
        hint = list_time_hint(cell);
        look->day_first |= hint == DATE_HINT_DAY_FIRST;
        look->month_first |= hint == DATE_HINT_MONTH_FIRST;
}

static int on_row(void *state, size_t line, const struct text *cells, size_t count)
{
        struct list_survey *s = state;
        struct sheet *sheet;
        int err = s->sheet_count ? 0 : on_sheet(s);

        if (err)
                return err;
        sheet = s->sheets[s->sheet_count - 1];
        if (count > sheet->plan.column_count)
                sheet->plan.column_count = count;
        sheet->plan.rows++;
        if (sheet->plan.rows > LIST_ROWS_MAX)
                return ERR_LIMIT;
        for (size_t i = 0; i < count && i < s->format->field_count; i++)
                if (s->format->fields[i] == FIELD_CLASS && sheet->class_kind == LIST_KIND_UNKNOWN)
                        sheet->class_kind = list_kind_of_class(cells[i]);
        if (sheet->head_count < SURVEY_HEAD_ROWS) {
                err = keep_row(s, sheet, line, cells, count);
                if (err)
                        return err;
        }
        if (sheet->plan.rows <= SURVEY_STATS_ROWS)
                for (size_t i = 0; i < count; i++)
                        look_at_cell(s, &sheet->looks[i], cells[i]);
        for (size_t i = 0; i < count && !s->format->fields; i++)
                note_date(&sheet->looks[i], cells[i]);
        return s->format->fields && sheet->plan.rows >= SURVEY_STATS_ROWS ? SURVEY_ENOUGH : 0;
}

/* A list of which every piece is refused is a list all the same. */
static int on_refused(
    void *state, size_t line, const struct text *cells, size_t count, const struct list_why *why)
{
        struct list_survey *s = state;

        (void)line;
        (void)cells;
        (void)count;
        (void)why;
        return s->sheet_count ? 0 : on_sheet(s);
}

struct list_rows list_survey_rows(struct list_survey *survey)
{
        return (struct list_rows){
                .row = on_row, .sheet = on_sheet, .refuse = on_refused, .state = survey
        };
}

static size_t known_headers(const struct head_row *row, size_t *filled)
{
        size_t known = 0;

        *filled = 0;
        for (size_t i = 0; i < row->count; i++) {
                struct list_item item;
                struct list_why why;
                struct text cell = text_of(row->cells[i]);

                if (cell.len == 0)
                        continue;
                (*filled)++;
                if (list_item_parse(&item, cell, &why) == 0 && item.type != INDICATOR_NAME)
                        return 0; /* a row with an address is data */
                known += list_field_of_header(cell) != FIELD_NONE;
        }
        return known;
}

/* The row with most known words; a single known word counts when it stands alone above the data. */
static size_t find_header(const struct sheet *sheet)
{
        size_t best = SIZE_MAX, best_known = 0;

        for (size_t i = 0; i < sheet->head_count; i++) {
                size_t filled, known = known_headers(&sheet->head[i], &filled);
                if (known < HEADER_MIN &&
                    !(known == 1 && filled == 1 && sheet->plan.column_count <= 2))
                        continue;
                if (known > best_known) {
                        best = i;
                        best_known = known;
                }
        }
        return best;
}

static void use_header(struct sheet *sheet, size_t at)
{
        const struct head_row *row = &sheet->head[at];

        for (size_t i = 0; i < row->count; i++) {
                enum list_field field = list_field_of_header(text_of(row->cells[i]));
                if (field != FIELD_NONE) {
                        sheet->plan.fields[i] = field;
                        sheet->plan.sure[i] = true;
                }
        }
}

/* Half of its words at least: a data row may hold one, as "domain" in a column of types. */
static bool is_second_header(const struct head_row *row)
{
        size_t filled, known = known_headers(row, &filled);

        return known >= 1 && known * 2 >= filled;
}

/* A second header row fills the gaps: "Nguồn, Đích" over "IP, Cổng, IP, Cổng".
 */
static void take_header(struct sheet *sheet, bool is_first)
{
        size_t at = is_first ? 0 : find_header(sheet);

        if (at == SIZE_MAX)
                return;
        sheet->plan.header_line = sheet->head[at].line;
        sheet->plan.header_rows = at + 1;
        if (!is_first && at + 1 < sheet->head_count && is_second_header(&sheet->head[at + 1])) {
                use_header(sheet, at + 1);
                sheet->plan.header_line = sheet->head[at + 1].line;
                sheet->plan.header_rows = at + 2;
        }
        use_header(sheet, at);
}

static bool most(size_t part, size_t all)
{
        return all > 0 && part * 10 >= all * 6;
}

static enum list_field guess_field(const struct list_plan *plan, const struct column_look *look)
{
        bool source = list_plan_has(plan, FIELD_SRC_IP), value = list_plan_has(plan, FIELD_VALUE);

        if (most(look->address, look->filled))
                return !source && !value                             ? FIELD_SRC_IP
                       : source && !list_plan_has(plan, FIELD_CC_IP) ? FIELD_CC_IP
                                                                     : FIELD_NONE;
        if (most(look->hash, look->filled))
                return FIELD_VALUE;
        if (most(look->time, look->filled) && !most(look->number, look->filled))
                return list_plan_has(plan, FIELD_SEEN_AT) ? FIELD_NONE : FIELD_SEEN_AT;
        if (most(look->url, look->filled))
                return list_plan_has(plan, FIELD_URL) ? FIELD_NONE : FIELD_URL;
        if (most(look->name, look->filled) && look->name > look->number)
                return source && !list_plan_has(plan, FIELD_CC_HOST) ? FIELD_CC_HOST
                       : source || value                             ? FIELD_NONE
                                                                     : FIELD_VALUE;
        return FIELD_NONE;
}

static enum list_field guess_rest(const struct list_plan *plan, const struct column_look *look)
{
        if (plan->header_line || look->filled == 0)
                return FIELD_NONE;
        if (most(look->number, look->filled)) {
                if (list_plan_has(plan, FIELD_CC_IP) && !list_plan_has(plan, FIELD_CC_PORT))
                        return FIELD_CC_PORT;
                return list_plan_has(plan, FIELD_SRC_IP) && !list_plan_has(plan, FIELD_SRC_PORT) &&
                               !list_plan_has(plan, FIELD_CC_IP)
                           ? FIELD_SRC_PORT
                           : FIELD_NONE;
        }
        return look->address + look->hash + look->url + look->time == 0 &&
                       !list_plan_has(plan, FIELD_MALWARE)
                   ? FIELD_MALWARE
                   : FIELD_NONE;
}

static size_t less(size_t all, size_t part)
{
        return all > part ? all - part : 0;
}

/* Header and titles were looked at before they were known to be none of the data. */
static struct column_look look_of_data(
    const struct list_survey *s, const struct sheet *sheet, size_t column)
{
        struct column_look data = sheet->looks[column], head = { 0 };

        for (size_t i = 0; i < sheet->plan.header_rows && i < sheet->head_count; i++)
                if (column < sheet->head[i].count)
                        look_at_cell(s, &head, text_of(sheet->head[i].cells[column]));
        data.filled = less(data.filled, head.filled);
        data.address = less(data.address, head.address);
        data.ours = less(data.ours, head.ours);
        data.number = less(data.number, head.number);
        data.time = less(data.time, head.time);
        data.hash = less(data.hash, head.hash);
        data.name = less(data.name, head.name);
        data.url = less(data.url, head.url);
        return data;
}

static void guess_columns(const struct list_survey *s, struct sheet *sheet)
{
        struct list_plan *plan = &sheet->plan;

        for (size_t i = 0; i < plan->column_count; i++) {
                struct column_look data = look_of_data(s, sheet, i);
                if (plan->fields[i] == FIELD_NONE)
                        plan->fields[i] = guess_field(plan, &data);
        }
        for (size_t i = 0; i < plan->column_count; i++)
                if (plan->fields[i] == FIELD_NONE)
                        plan->fields[i] = guess_rest(plan, &sheet->looks[i]);
}

/* "#ip,ioc" over "192.0.2.1,Possible C2": a column is no indicator because it is called so. */
static void check_values(struct sheet *sheet)
{
        for (size_t i = 0; i < sheet->plan.column_count; i++) {
                const struct column_look *l = &sheet->looks[i];
                /* a header row stands in the look too: one more than the data */
                if (sheet->plan.fields[i] == FIELD_VALUE && l->filled > 1 &&
                    !most(l->address + l->hash + l->name + l->url, l->filled - 1) &&
                    list_plan_has(&sheet->plan, FIELD_SRC_IP))
                        sheet->plan.fields[i] = FIELD_NOTE;
        }
}

static void use_map(struct list_plan *plan, const struct list_options *options)
{
        memset(plan->fields, 0, sizeof(plan->fields));
        memset(plan->sure, 0, sizeof(plan->sure));
        for (size_t i = 0; i < options->map_count; i++)
                if (options->map[i].column < LIST_COLUMNS_MAX) {
                        plan->fields[options->map[i].column] = options->map[i].field;
                        plan->sure[options->map[i].column] = true;
                }
}

/* Somebody mapped columns whose headers nobody knows: a first row without any address is such a
 * header. */
static void take_unknown_header(struct sheet *sheet)
{
        const struct head_row *row = &sheet->head[0];
        struct list_item item;
        struct list_why why;

        if (sheet->plan.header_line || sheet->head_count < 2)
                return;
        for (size_t i = 0; i < row->count; i++)
                if (list_item_parse(&item, text_of(row->cells[i]), &why) == 0)
                        return;
        sheet->plan.header_line = row->line;
        sheet->plan.header_rows = 1;
}

/* A column that says whose address it is, found by its header. */
static void take_class(struct sheet *sheet)
{
        for (size_t c = 0; c < sheet->plan.column_count; c++)
                for (size_t i = sheet->plan.header_rows;
                     sheet->plan.fields[c] == FIELD_CLASS && i < sheet->head_count &&
                     sheet->class_kind == LIST_KIND_UNKNOWN;
                     i++)
                        if (c < sheet->head[i].count)
                                sheet->class_kind = list_kind_of_class(
                                    text_of(sheet->head[i].cells[c]));
}

static void make_plan(const struct list_survey *s, struct sheet *sheet)
{
        struct list_plan *plan = &sheet->plan;
        bool day = false, month = false;
        size_t addresses = 0, ours = 0;

        if (s->format->fields) {
                memcpy(plan->fields, s->format->fields,
                    s->format->field_count * sizeof(*plan->fields));
                for (size_t i = 0; i < s->format->field_count; i++)
                        plan->sure[i] = true;
                plan->column_count = s->format->field_count;
        } else {
                take_header(sheet, s->format->header_first);
                if (s->options->map_count) {
                        use_map(plan, s->options);
                        take_unknown_header(sheet);
                } else {
                        guess_columns(s, sheet);
                        check_values(sheet);
                }
                take_class(sheet);
        }
        for (size_t i = 0; i < plan->column_count; i++) {
                day |= sheet->looks[i].day_first;
                month |= sheet->looks[i].month_first;
                addresses += sheet->looks[i].address;
                ours += sheet->looks[i].ours;
        }
        /* Both seen: the rows that fit only the other order will be refused with a reason. */
        plan->dates = (month && !day) || (s->format->month_first && !day) ? DATE_MONTH_FIRST
                                                                          : DATE_DAY_FIRST;
        list_plan_decide_kind(plan, s->format);
        if (sheet->class_kind != LIST_KIND_UNKNOWN) {
                plan->kind = sheet->class_kind;
                plan->kind_sure = true;
        }
        if (!plan->kind_sure && plan->kind == LIST_KIND_INDICATOR && addresses &&
            ours * 2 > addresses)
                plan->kind = LIST_KIND_VICTIM; /* most of it is ours: not others' infrastructure */
        else if (s->format->fields && (addresses == 0 || (s->options->ours_count && ours == 0)))
                plan->kind_sure = true;
}

static void fill_column(struct list_column *column, const struct sheet *sheet, size_t n)
{
        const struct list_plan *plan = &sheet->plan;

        column->field = plan->fields[n];
        column->sure = plan->sure[n];
        for (size_t i = 0; i < sheet->head_count; i++) {
                const struct head_row *row = &sheet->head[i];
                if (n >= row->count || !row->cells[n][0])
                        continue;
                if (i + 1 == plan->header_rows)
                        (void)snprintf(column->name, sizeof(column->name), "%s", row->cells[n]);
                else if (i >= plan->header_rows && column->sample_count < LIST_SAMPLES_MAX)
                        (void)snprintf(column->samples[column->sample_count++], LIST_NAME_MAX, "%s",
                            row->cells[n]);
        }
        if (!column->name[0] && column->field != FIELD_NONE && !plan->header_line)
                (void)snprintf(
                    column->name, sizeof(column->name), "%s", list_field_id(column->field));
}

static int fill_first_rows(struct list_summary *out, const struct sheet *sheet)
{
        for (size_t i = 0; i < sheet->head_count && i < LIST_FIRST_ROWS_MAX; i++) {
                struct list_first_row *row = &out->first_rows[i];
                row->line = sheet->head[i].line;
                out->first_row_count = i + 1;
                for (size_t c = 0; c < sheet->head[i].count; c++) {
                        row->cells[c] = mem_copy_text(
                            sheet->head[i].cells[c], strlen(sheet->head[i].cells[c]));
                        if (!row->cells[c])
                                return ERR_MEMORY;
                        row->cell_count = c + 1;
                }
        }
        return 0;
}

/* The sheet that stands for the file: the first in which addresses or the like were found. */
static size_t main_sheet(const struct list_survey *s)
{
        for (size_t i = 0; i < s->sheet_count; i++)
                for (size_t c = 0; c < s->sheets[i]->plan.column_count; c++) {
                        const struct column_look *l = &s->sheets[i]->looks[c];
                        if (l->address + l->hash > 0)
                                return i;
                }
        return 0;
}

int list_survey_finish(struct list_summary *out, struct list_survey *survey)
{
        const struct sheet *sheet;

        for (size_t i = 0; i < survey->sheet_count; i++)
                make_plan(survey, survey->sheets[i]);
        if (survey->sheet_count == 0)
                return 0;
        sheet = survey->sheets[main_sheet(survey)];
        out->kind = sheet->plan.kind;
        out->kind_sure = sheet->plan.kind_sure;
        out->header_line = sheet->plan.header_line;
        out->column_count = sheet->plan.column_count;
        for (size_t i = 0; i < out->column_count; i++)
                fill_column(&out->columns[i], sheet, i);
        return fill_first_rows(out, sheet);
}

size_t list_survey_plan_count(const struct list_survey *survey)
{
        return survey->sheet_count;
}

const struct list_plan *list_survey_plan(const struct list_survey *survey, size_t sheet)
{
        return &survey->sheets[sheet]->plan;
}
