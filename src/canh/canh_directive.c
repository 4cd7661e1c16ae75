/* canh/canh_directive.c: `canh directive check PACK` and `canh directive status --database FILE
 * [--json]`.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "canh/command.h"
#include "canh/input.h"
#include "codec/json_fields.h"
#include "office/campaign/campaign.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <unistd.h>

enum { ARENA_MAX = 16 << 20, CELL_TEXT_MAX = 32, LINE_WIDTH = 80, NAME_WIDTH_MIN = 16 };

static int usage(enum language l)
{
        (void)fprintf(stderr, "%s\n",
            say(l,
                "Cách dùng: canh directive check GÓI · canh directive status --database TỆP "
                "[--json]",
                "Usage: canh directive check PACK · canh directive status --database FILE "
                "[--json]"));
        return COMMAND_FAILED;
}

static void print_faults(const struct pack_faults *faults, const char *path, enum language l)
{
        for (size_t i = 0; i < faults->count; i++) {
                const struct pack_fault *f = &faults->items[i];

                if (f->why.line)
                        (void)printf("%s:%zu: ", path, f->why.line);
                else
                        (void)printf("%s: %s: ", path, f->place[0] ? f->place : "/");
                (void)printf("%s\n", say(l, f->why.why_vi, f->why.why_en));
        }
        if (faults->more)
                (void)printf("… +%zu\n", faults->more);
}

/* PACK is a folder with pack.json, or the file itself. */
static int check(const char *pack_path, enum language l)
{
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX + 1);
        AUTO(arena_free_at) struct arena *arena = NULL;
        static struct pack_faults faults;
        const struct pack *pack = NULL;
        char path[4096];
        int err;

        (void)snprintf(path, sizeof(path), "%s%s", pack_path,
            text_ends(text_of(pack_path), ".json") ? "" : "/pack.json");
        err = input_read(&json, path);
        if (!err)
                err = arena_new(&arena, ARENA_MAX);
        if (!err)
                err = pack_parse(&pack, arena, (struct text){ json.data, json.len }, &faults);
        if (err == ERR_FORMAT || (err == ERR_LIMIT && faults.count)) {
                print_faults(&faults, path, l);
                return COMMAND_FOUND;
        }
        if (err) {
                input_complain(l, path, err, NULL);
                return COMMAND_FAILED;
        }
        (void)printf(say(l, "%s: %zu mục, %zu loại đơn vị, không có lỗi\n",
                         "%s: %zu clauses, %zu kinds of unit, no fault\n"),
            pack->id.data, pack->clause_count, pack->unit_kind_count);
        return COMMAND_NOTHING_FOUND;
}

static const char *text_at(const json_t *o, const char *name)
{
        const char *t = json_string_value(json_object_get(o, name));

        return t ? t : "";
}

/* The mark and met/total; a terminal without colour tells the states apart by the mark. */
static void cell_text(char out[CELL_TEXT_MAX], const json_t *cell)
{
        static const char *const marks[][2] = { { "met", "+" }, { "not_met", "x" },
                { "unknown", "?" }, { "waived", "~" }, { "not_applicable", "-" } };
        const char *state = text_at(cell, "state"), *mark = "";

        out[0] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(marks); i++)
                if (strcmp(state, marks[i][0]) == 0)
                        mark = marks[i][1];
        if (cell)
                (void)snprintf(out, CELL_TEXT_MAX, "%s%lld/%lld", mark,
                    (long long)json_integer_value(json_object_get(cell, "met")),
                    (long long)json_integer_value(json_object_get(cell, "total")));
}

static const json_t *cell_of(const json_t *unit, const char *clause)
{
        return json_object_get(json_object_get(unit, "cells"), clause);
}

static int clause_width(const json_t *units, const char *clause)
{
        char out[CELL_TEXT_MAX];
        size_t width = strlen(clause);

        for (size_t u = 0; u < json_array_size(units); u++) {
                cell_text(out, cell_of(json_array_get(units, u), clause));
                width = strlen(out) > width ? strlen(out) : width;
        }
        return (int)width;
}

/* A name cut or filled to that many characters (not bytes). */
static void print_name(const char *name, int width)
{
        int left = width;
        const char *at = name;

        while (*at && (left > 0 || ((unsigned char)*at & 0xC0) == 0x80)) {
                left -= ((unsigned char)*at & 0xC0) != 0x80;
                at++;
        }
        if (!*at) {
                (void)printf("%s%*s", name, left, "");
                return;
        }
        do /* room for the sign that something was cut */
                at--;
        while (((unsigned char)*at & 0xC0) == 0x80);
        (void)printf("%.*s…", (int)(at - name), name);
}

/* Names get what the columns leave of 80 characters. */
static void print_rows(const json_t *clauses, const json_t *units)
{
        int widths[PACK_CLAUSES_MAX], name = LINE_WIDTH;
        char out[CELL_TEXT_MAX];
        size_t count = json_array_size(clauses);

        for (size_t c = 0; c < count && c < PACK_CLAUSES_MAX; c++) {
                widths[c] = clause_width(units, text_at(json_array_get(clauses, c), "id"));
                name -= widths[c] + 1;
        }
        name = name < NAME_WIDTH_MIN ? NAME_WIDTH_MIN : name;
        (void)printf("%*s", name, "");
        for (size_t c = 0; c < count; c++)
                (void)printf(" %-*s", widths[c], text_at(json_array_get(clauses, c), "id"));
        (void)printf("\n");
        for (size_t u = 0; u < json_array_size(units); u++) {
                const json_t *unit = json_array_get(units, u);

                print_name(text_at(unit, "name"), name);
                for (size_t c = 0; c < count; c++) {
                        cell_text(out, cell_of(unit, text_at(json_array_get(clauses, c), "id")));
                        (void)printf(" %-*s", widths[c], out);
                }
                (void)printf("\n");
        }
}

static void print_matrix(const json_t *m, enum language l)
{
        const json_t *totals = json_object_get(m, "totals");
        const char *ended = text_at(json_object_get(m, "directive"), "ended_at");

        print_rows(json_object_get(m, "clauses"), json_object_get(m, "units"));
        if (*ended)
                (void)printf("%s %.10s\n",
                    say(l, "Đợt thực hiện đã kết thúc ngày", "The campaign ended on"), ended);
        (void)printf(say(l,
                         "Đạt %lld/%lld, chưa đạt %lld, chưa có dữ liệu %lld, được miễn %lld; "
                         "%lld/%lld máy báo về\n",
                         "Met %lld/%lld, not met %lld, unknown %lld, waived %lld; %lld/%lld "
                         "machines report\n"),
            (long long)json_integer_value(json_object_get(totals, "met")),
            (long long)json_integer_value(json_object_get(totals, "total")),
            (long long)json_integer_value(json_object_get(totals, "not_met")),
            (long long)json_integer_value(json_object_get(totals, "unknown")),
            (long long)json_integer_value(json_object_get(totals, "waived")),
            (long long)json_integer_value(json_object_get(totals, "reporting")),
            (long long)json_integer_value(json_object_get(totals, "machines")));
        (void)printf(
            "%s\n", say(l, "+ đạt  x chưa đạt  ? chưa có dữ liệu  ~ được miễn  - không áp dụng",
                        "+ met  x not met  ? unknown  ~ waived  - not applicable"));
}

static int print_units(const json_t *m)
{
        const json_t *units = json_object_get(m, "units");

        for (size_t u = 0; u < json_array_size(units); u++) {
                char *line = json_dumps(json_array_get(units, u), JSON_COMPACT);

                if (!line)
                        return ERR_MEMORY;
                (void)printf("%s\n", line);
                free(line);
        }
        return 0;
}

static int read_matrix(json_t **out, const char *database)
{
        AUTO(db_close_at) struct db *db = NULL;
        AUTO(arena_free_at) struct arena *arena = NULL;
        char url[4200], root[ULID_MAX];
        struct scope scope = { .unit_id = root,
                .account_id = "",
                .actor = "canh",
                .address = "",
                .role = ROLE_OFFICE };
        struct campaign *c;
        int64_t found;
        int err;

        (void)snprintf(url, sizeof(url), "%s%s",
            text_find(text_of(database), ':') == strlen(database) ? "sqlite:" : "", database);
        err = access(strchr(url, ':') + 1, R_OK) ? ERR_MISSING : db_open(&db, url);
        if (!err)
                err = db_migrate(db, &found);
        if (!err)
                err = arena_new(&arena, ARENA_MAX);
        if (!err)
                err = campaign_open(&c, arena, db, TEXT(""));
        if (!err)
                err = unit_root(root, db);
        if (!err)
                err = campaign_refresh(db, &clock_real, MINUTE_MS);
        return err ? err : campaign_matrix_json(out, db, &clock_real, &scope, c);
}

static int status(const char *database, bool json, enum language l)
{
        AUTO(json_free_at) json_t *m = NULL;
        const json_t *totals;
        int err = read_matrix(&m, database);

        if (!err && json)
                err = print_units(m);
        else if (!err)
                print_matrix(m, l);
        if (err) {
                input_complain(l, database, err, NULL);
                return COMMAND_FAILED;
        }
        totals = json_object_get(m, "totals");
        return json_integer_value(json_object_get(totals, "not_met")) +
                       json_integer_value(json_object_get(totals, "unknown"))
                   ? COMMAND_FOUND
                   : COMMAND_NOTHING_FOUND;
}

static int run(int argc, char **argv, enum language l)
{
        const char *database = NULL;
        bool json = false;

        if (argc == 3 && strcmp(argv[1], "check") == 0)
                return check(argv[2], l);
        if (argc < 2 || strcmp(argv[1], "status") != 0)
                return usage(l);
        for (int i = 2; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0)
                        json = true;
                else if (strcmp(argv[i], "--database") == 0 && i + 1 < argc)
                        database = argv[++i];
                else
                        return usage(l);
        }
        return database ? status(database, json, l) : usage(l);
}

extern const struct command command_directive;
const struct command command_directive = { "directive",
        "kiểm tra gói chỉ đạo, xem bảng theo dõi thực hiện",
        "check a directive pack, show the matrix", run };
