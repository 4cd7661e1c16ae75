/* canh/list_arguments.c: see list_arguments.h. An option with several values takes what follows as
 * long as it looks like its values: `--ours 203.0.113.0/24 198.51.100.0/24`.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/list_arguments.h"
#include "base/mem.h"
#include "canh/input.h"
#include "codec/timestamp.h"
#include "system/os/folder.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PACK_NAME_MAX = 256, PACK_PATH_MAX = 4096 };

struct taking {
        struct list_arguments *a;
        int argc, at;
        char **argv;
        enum language l;
};

static int complain(enum language l, const char *vi, const char *en, const char *what)
{
        (void)fprintf(stderr, "canh list: ");
        (void)fprintf(stderr, "%s: %s\n", say(l, vi, en), what);
        return ERR_FORMAT;
}

static const char *next_value(struct taking *t)
{
        return t->at + 1 < t->argc ? t->argv[++t->at] : NULL;
}

/* "+07:00", "-05:30", "Z", "+7". */
static int take_zone(int *out, const char *value)
{
        long hours, minutes = 0;
        char *end;

        if (strcmp(value, "Z") == 0 || strcmp(value, "UTC") == 0) {
                *out = 0;
                return 0;
        }
        if ((value[0] != '+' && value[0] != '-') || !isdigit((unsigned char)value[1]))
                return ERR_FORMAT;
        hours = strtol(value + 1, &end, 10);
        if (end[0] == ':' && isdigit((unsigned char)end[1]))
                minutes = strtol(end + 1, &end, 10);
        if (*end || hours > 14 || minutes > 59)
                return ERR_FORMAT;
        *out = (int)(hours * 60 + minutes) * (value[0] == '-' ? -1 : 1);
        return 0;
}

static int take_one_ours(struct list_arguments *a, struct text value)
{
        struct text rest = value, one;

        while (text_split(&one, &rest, ',')) {
                if (a->options.ours_count == ARGUMENT_OURS_MAX ||
                    ip_prefix_parse(&a->ours[a->options.ours_count], text_trim(one), false))
                        return ERR_FORMAT;
                a->options.ours_count++;
        }
        return 0;
}

static int take_ours(struct taking *t)
{
        const char *value = next_value(t);

        if (!value || take_one_ours(t->a, text_of(value)))
                return complain(t->l, "không phải dải địa chỉ", "not an address range",
                    value ? value : "--ours");
        while (t->at + 1 < t->argc && take_one_ours(t->a, text_of(t->argv[t->at + 1])) == 0)
                t->at++;
        return 0;
}

/* A list of a kind that is not used is named and passed over: the others still filter. */
static int take_one_warning(struct taking *t, const char *path)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(WARNING_BYTES_MAX);
        struct parse_error bad = { 0 };
        struct list_arguments *a = t->a;
        int err = input_read(&bytes, path);

        if (!err)
                err = a->options.warnings_count == ARGUMENT_WARNINGS_MAX ? ERR_LIMIT : 0;
        if (!err)
                err = warning_list_parse(&a->warnings[a->options.warnings_count],
                    (struct text){ bytes.data, bytes.len }, &bad);
        if (err)
                input_complain(t->l, path, err, &bad);
        else
                a->options.warnings_count++;
        return err == ERR_UNSUPPORTED ? 0 : err;
}

struct pack_names {
        char names[ARGUMENT_WARNINGS_MAX][PACK_NAME_MAX];
        size_t count;
};

static int keep_name(void *state, const char *name)
{
        struct pack_names *in = state;

        if (!text_ends(text_of(name), ".json"))
                return 0;
        if (in->count == ARGUMENT_WARNINGS_MAX)
                return ERR_LIMIT;
        return text_copy(in->names[in->count++], PACK_NAME_MAX, text_of(name));
}

static int by_name(const void *x, const void *y)
{
        return strcmp(x, y);
}

/* The lists of the pack, by name, so that of two lists that hold a value always the same is said.
 * Without --packs a missing folder means that this installation brings none. */
static int take_pack(struct taking *t, const char *packs)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        struct pack_names found = { .count = 0 };
        char path[PACK_PATH_MAX];
        int err;

        if (!packs)
                packs = access("packs/warning-lists", R_OK) == 0 ? "packs" : CANH_SHARE "/packs";
        (void)snprintf(path, sizeof(path), "%s/warning-lists", packs);
        err = folder_open(&folder, path);
        if (err == ERR_MISSING && !t->a->packs)
                return 0;
        if (!err)
                err = folder_each(folder, keep_name, &found);
        if (err) {
                input_complain(t->l, path, err, NULL);
                return err;
        }
        qsort(found.names, found.count, PACK_NAME_MAX, by_name);
        for (size_t i = 0; i < found.count && !err; i++) {
                (void)snprintf(path, sizeof(path), "%s/warning-lists/%s", packs, found.names[i]);
                err = take_one_warning(t, path);
                err = err == ERR_FORMAT ? 0 : err; /* said; the others still filter */
        }
        return err;
}

static int take_warnings(struct taking *t)
{
        const char *value = next_value(t);
        int err;

        if (!value)
                return complain(t->l, "thiếu tên tệp", "a file name is missing", "--warning");
        err = take_one_warning(t, value);
        while (!err && t->at + 1 < t->argc && text_ends(text_of(t->argv[t->at + 1]), ".json"))
                err = take_one_warning(t, t->argv[++t->at]);
        return err;
}

static int take_one_map(struct list_arguments *a, struct text value)
{
        size_t equals = text_find(value, '=');
        enum list_field field;

        if (equals == value.len || a->map_count == ARGUMENT_MAP_MAX ||
            list_field_of_id(&field, (struct text){ value.data, equals }))
                return ERR_FORMAT;
        a->map[a->map_count++] = (struct named_column){ field,
                { value.data + equals + 1, value.len - equals - 1 } };
        return 0;
}

static int take_map(struct taking *t)
{
        const char *value = next_value(t);

        if (!value || take_one_map(t->a, text_of(value)))
                return complain(
                    t->l, "phải là TRƯỜNG=CỘT", "must be FIELD=COLUMN", value ? value : "--map");
        while (t->at + 1 < t->argc && take_one_map(t->a, text_of(t->argv[t->at + 1])) == 0)
                t->at++;
        return 0;
}

static int take_kind(struct taking *t, const char *value)
{
        if (strcmp(value, "indicator") == 0)
                t->a->options.kind = LIST_KIND_INDICATOR;
        else if (strcmp(value, "victim") == 0)
                t->a->options.kind = LIST_KIND_VICTIM;
        else
                return complain(
                    t->l, "phải là indicator hoặc victim", "must be indicator or victim", value);
        return 0;
}

static int take_origin(struct taking *t, const char *value)
{
        for (unsigned i = INDICATOR_ORIGIN_SINKHOLE; i < INDICATOR_ORIGINS; i++)
                if (strcmp(value, indicator_origin_name((enum indicator_origin)i)) == 0) {
                        t->a->options.origin = (enum indicator_origin)i;
                        return 0;
                }
        return complain(t->l, "phải là sinkhole, control hoặc scan",
            "must be sinkhole, control or scan", value);
}

static int take_show(struct taking *t, const char *value)
{
        static const char *const words[] = { "new", "gone", "still", "all" };

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (strcmp(value, words[i]) == 0) {
                        t->a->show = words[i];
                        return 0;
                }
        return complain(
            t->l, "phải là new, gone, still hoặc all", "must be new, gone, still or all", value);
}

static int take_with_value(struct taking *t, const char *option)
{
        const char *value = next_value(t);

        if (!value)
                return complain(t->l, "thiếu giá trị sau", "a value is missing after", option);
        if (strcmp(option, "--as") == 0)
                t->a->options.as = text_of(value);
        else if (strcmp(option, "--source") == 0)
                t->a->options.source = text_of(value);
        else if (strcmp(option, "-o") == 0)
                t->a->output = value;
        else if (strcmp(option, "--packs") == 0)
                t->a->packs = value;
        else if (strcmp(option, "--origin") == 0)
                return take_origin(t, value);
        else if (strcmp(option, "--show") == 0)
                return take_show(t, value);
        else if (strcmp(option, "--kind") == 0)
                return take_kind(t, value);
        else if (strcmp(option, "--zone") == 0 && take_zone(&t->a->options.zone_minutes, value))
                return complain(
                    t->l, "múi giờ phải có dạng +07:00", "a zone is written +07:00", value);
        return 0;
}

static int take_option(struct taking *t)
{
        static const char *const valued[] = { "--as", "--source", "-o", "--kind", "--zone",
                "--packs", "--show", "--origin" };
        const char *option = t->argv[t->at];

        if (strcmp(option, "--json") == 0) {
                t->a->json = true;
                return 0;
        }
        if (strcmp(option, "--no-warning") == 0) {
                t->a->no_pack = true;
                return 0;
        }
        if (strcmp(option, "--ours") == 0)
                return take_ours(t);
        if (strcmp(option, "--warning") == 0)
                return take_warnings(t);
        if (strcmp(option, "--map") == 0)
                return take_map(t);
        for (size_t i = 0; i < ARRAY_LEN(valued); i++)
                if (strcmp(option, valued[i]) == 0)
                        return take_with_value(t, option);
        return complain(t->l, "không có tùy chọn này", "there is no such option", option);
}

int list_arguments_take(struct list_arguments *out, int argc, char **argv, enum language l)
{
        struct taking t = { .a = out, .argc = argc, .argv = argv, .l = l };

        *out = (struct list_arguments){ .options.zone_minutes = ZONE_VIETNAM_MINUTES };
        out->files = mem_zero((size_t)argc + 1, sizeof(*out->files));
        out->ours = mem_zero(ARGUMENT_OURS_MAX, sizeof(*out->ours));
        out->warnings = mem_zero(ARGUMENT_WARNINGS_MAX, sizeof(*out->warnings));
        if (!out->files || !out->ours || !out->warnings)
                return ERR_MEMORY;
        for (t.at = 0; t.at < argc; t.at++) {
                int err = 0;
                if (argv[t.at][0] == '-' && argv[t.at][1])
                        err = take_option(&t);
                else
                        out->files[out->file_count++] = argv[t.at];
                if (err)
                        return err;
        }
        if (!out->no_pack) {
                int err = take_pack(&t, out->packs);
                if (err)
                        return err;
        }
        out->options.ours = out->ours;
        out->options.warnings = (const struct warning_list *const *)out->warnings;
        if (out->file_count == 0)
                return complain(l, "thiếu tên tệp", "a file name is missing", "canh list --help");
        return 0;
}

void list_arguments_done(struct list_arguments *a)
{
        for (size_t i = 0; a->warnings && i < a->options.warnings_count; i++)
                a->warnings[i] = warning_list_free(a->warnings[i]);
        mem_free(a->warnings);
        mem_free(a->ours);
        mem_free(a->files);
}

static int find_column(size_t *out, const struct list_summary *summary, struct text wanted)
{
        uint64_t number;

        if (text_to_u64(&number, wanted, LIST_COLUMNS_MAX) == 0 && number >= 1) {
                *out = (size_t)number - 1;
                return 0;
        }
        for (size_t i = 0; i < summary->column_count; i++)
                if (text_is(wanted, summary->columns[i].name)) {
                        *out = i;
                        return 0;
                }
        for (size_t row = 0; row < summary->first_row_count; row++)
                for (size_t i = 0; i < summary->first_rows[row].cell_count; i++)
                        if (text_is(wanted, summary->first_rows[row].cells[i])) {
                                *out = i; /* a header of words that are not known */
                                return 0;
                        }
        return ERR_MISSING;
}

int list_arguments_map(struct list_mapping map[ARGUMENT_MAP_MAX], const struct list_arguments *a,
    struct text bytes, struct parse_error *bad)
{
        AUTO(list_summary_free_at) struct list_summary *summary = NULL;
        struct list_sink nowhere = { 0 };
        int err = a->map_count ? list_summary_new(&summary) : 0;

        if (err || a->map_count == 0)
                return err;
        err = list_read(summary, bytes, &a->options, &nowhere, bad);
        for (size_t i = 0; i < a->map_count && !err; i++) {
                map[i].field = a->map[i].field;
                if (find_column(&map[i].column, summary, a->map[i].column))
                        err = parse_error_quote(bad, 0, "không có cột \"%s\"",
                            "there is no column \"%s\"", a->map[i].column.data,
                            a->map[i].column.len);
        }
        return err;
}
