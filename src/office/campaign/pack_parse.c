/* office/campaign/pack_parse.c: bytes of a pack.json → struct pack. Goes on after a fault, so that
 * the writer of a pack sees all of them at once. No I/O, no clock; bounded by the limits of pack.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/pack.h"

enum { TEXT_SHORT = 64, TEXT_LINE = 400, TEXT_LONG = 8000, DAYS_MAX = 3660 };

/* `place` is the JSON pointer of what is being read; enter and leave move along it. */
struct reader {
        struct arena *arena;
        struct pack_faults *faults;
        struct pack *pack;
        char place[PACK_PLACE_MAX];
        int err; /* MEMORY or LIMIT of the arena: ends everything */
};

static size_t enter(struct reader *r, const char *name, size_t index)
{
        size_t before = strlen(r->place);
        size_t room = sizeof(r->place) - before;

        if (name)
                (void)snprintf(r->place + before, room, "/%s", name);
        else
                (void)snprintf(r->place + before, room, "/%zu", index);
        return before;
}

static void leave(struct reader *r, size_t before)
{
        r->place[before] = '\0';
}

static void fault_quote(struct reader *r, const char *vi, const char *en, struct text piece)
{
        struct pack_faults *f = r->faults;

        if (f->count == PACK_FAULTS_MAX) {
                f->more++;
                return;
        }
        memcpy(f->items[f->count].place, r->place, PACK_PLACE_MAX);
        (void)parse_error_quote(&f->items[f->count].why, 0, vi, en, piece.data, piece.len);
        f->count++;
}

static void fault(struct reader *r, const char *vi, const char *en)
{
        struct pack_faults *f = r->faults;

        if (f->count == PACK_FAULTS_MAX) {
                f->more++;
                return;
        }
        memcpy(f->items[f->count].place, r->place, PACK_PLACE_MAX);
        (void)parse_error_set(&f->items[f->count].why, 0, vi, en);
        f->count++;
}

static struct text keep(struct reader *r, struct text t)
{
        const char *copy = arena_text(r->arena, t);

        if (!copy) {
                r->err = ERR_LIMIT;
                return (struct text){ "", 0 };
        }
        return (struct text){ copy, t.len };
}

static void *room_for(struct reader *r, size_t count, size_t size)
{
        void *p = arena_zero(r->arena, count ? count : 1, size);

        if (!p)
                r->err = ERR_LIMIT;
        return p;
}

/* The value of a field, or NULL with a fault when it is required. */
static const json_t *field(struct reader *r, const json_t *object, const char *name, bool required)
{
        const json_t *value = json_object_get(object, name);

        if (value && !json_is_null(value))
                return value;
        if (required) {
                size_t before = enter(r, name, 0);

                fault(r, "Thiếu mục này", "This field is missing");
                leave(r, before);
        }
        return NULL;
}

static struct text read_text(
    struct reader *r, const json_t *object, const char *name, size_t max, bool required)
{
        const json_t *value = field(r, object, name, required);
        struct text t = { "", 0 };
        size_t before;

        if (!value)
                return t;
        before = enter(r, name, 0);
        if (!json_is_string(value))
                fault(r, "Phải là một chuỗi chữ", "This must be a text");
        else if (json_string_length(value) > max)
                fault(r, "Chuỗi chữ quá dài", "The text is too long");
        else if (required && json_string_length(value) == 0)
                fault(r, "Không được để trống", "This must not be empty");
        else
                t = keep(r, (struct text){ json_string_value(value), json_string_length(value) });
        leave(r, before);
        return t;
}

static struct words read_words(
    struct reader *r, const json_t *object, const char *name, size_t max, bool required)
{
        const json_t *value = field(r, object, name, required);
        struct words w = { { "", 0 }, { "", 0 } };
        size_t before;

        if (!value)
                return w;
        before = enter(r, name, 0);
        if (!json_is_object(value)) {
                fault(r, "Phải có dạng {\"vi\":…,\"en\":…}", "This must be {\"vi\":…,\"en\":…}");
        } else {
                w.vi = read_text(r, value, "vi", max, true);
                w.en = read_text(r, value, "en", max, true);
        }
        leave(r, before);
        return w;
}

static int64_t read_number(struct reader *r, const json_t *object, const char *name, int64_t min,
    int64_t max, int64_t missing)
{
        const json_t *value = field(r, object, name, false);
        size_t before;
        int64_t n = missing;

        if (!value)
                return n;
        before = enter(r, name, 0);
        if (!json_is_integer(value))
                fault(r, "Phải là số nguyên", "This must be a whole number");
        else if (json_integer_value(value) < min || json_integer_value(value) > max)
                fault(r, "Số nằm ngoài giới hạn cho phép", "The number is out of bounds");
        else
                n = json_integer_value(value);
        leave(r, before);
        return n;
}

/* "2024-01-08" is the beginning of that day in Vietnam; else RFC 3339. */
static int day_or_time(time_ms *out, struct text t)
{
        struct civil_time c = { 0 };
        uint64_t year, month, day;

        if (t.len != 10)
                return timestamp_parse(out, t);
        if (t.data[4] != '-' || t.data[7] != '-' ||
            text_to_u64(&year, (struct text){ t.data, 4 }, 9999) ||
            text_to_u64(&month, (struct text){ t.data + 5, 2 }, 12) ||
            text_to_u64(&day, (struct text){ t.data + 8, 2 }, 31))
                return ERR_FORMAT;
        c.year = (int)year;
        c.month = (int)month;
        c.day = (int)day;
        return civil_time_to_utc(out, &c, ZONE_VIETNAM_MINUTES);
}

static time_ms read_time(struct reader *r, const json_t *object, const char *name, bool required)
{
        struct text t = read_text(r, object, name, TEXT_SHORT, required);
        time_ms at = 0;
        size_t before;

        if (!t.len)
                return 0;
        before = enter(r, name, 0);
        if (day_or_time(&at, t))
                fault_quote(r,
                    "Ngày giờ “%s” không đúng: viết 2024-01-08 hoặc 2024-01-08T17:00:00+07:00",
                    "“%s” is no time: write 2024-01-08 or 2024-01-08T17:00:00+07:00", t);
        leave(r, before);
        return at;
}

/* A misspelt field would silently drop what its writer meant. */
static void only_fields(struct reader *r, const json_t *object, const char *const *names)
{
        const char *key;
        json_t *value;

        json_object_foreach((json_t *)(uintptr_t)object, key, value)
        {
                bool known = false;

                for (size_t i = 0; names[i] && !known; i++)
                        known = strcmp(names[i], key) == 0;
                if (!known)
                        fault_quote(r, "Mục “%s” không có trong định dạng",
                            "The format has no field “%s”", text_of(key));
        }
}

typedef void (*item_reader)(struct reader *r, const json_t *item, void *slot, size_t index);

/* Reads an array of objects into the arena; every element is entered, also after a fault. */
static void *read_list(struct reader *r, size_t *count, const json_t *object, const char *name,
    size_t max, size_t size, bool required, item_reader read_item)
{
        const json_t *value = field(r, object, name, required);
        size_t before, n;
        char *slots;

        *count = 0;
        if (!value)
                return room_for(r, 1, size);
        before = enter(r, name, 0);
        n = json_array_size(value);
        if (!json_is_array(value))
                fault(r, "Phải là một danh sách [ ]", "This must be a list [ ]");
        else if (required && n == 0)
                fault(r, "Danh sách không được để trống", "The list must not be empty");
        else if (n > max)
                fault(r, "Danh sách dài quá giới hạn", "The list is longer than allowed");
        n = n > max ? max : n;
        slots = room_for(r, n, size);
        for (size_t i = 0; i < n && slots && !r->err; i++) {
                const json_t *item = json_array_get(value, i);
                size_t inner = enter(r, NULL, i);

                if (json_is_object(item))
                        read_item(r, item, slots + i * size, i);
                else
                        fault(r, "Phải là một đối tượng { }", "This must be an object { }");
                leave(r, inner);
        }
        leave(r, before);
        *count = slots ? n : 0;
        return slots;
}

static bool read_truth(struct reader *r, const json_t *object, const char *name)
{
        const json_t *value = field(r, object, name, false);

        if (value && !json_is_boolean(value)) {
                size_t before = enter(r, name, 0);

                fault(r, "Phải là true hoặc false", "This must be true or false");
                leave(r, before);
        }
        return json_is_true(value);
}

static void read_unit_kind(struct reader *r, const json_t *item, void *slot, size_t index)
{
        static const char *const names[] = { "id", "title", "order", "lead", NULL };
        struct pack_unit_kind *kind = slot;

        only_fields(r, item, names);
        kind->id = read_text(r, item, "id", TEXT_SHORT, true);
        kind->title = read_words(r, item, "title", TEXT_LINE, true);
        kind->order = read_number(r, item, "order", 0, 1000, (int64_t)index);
        kind->lead = read_truth(r, item, "lead");
}

static bool same(struct text a, struct text b)
{
        return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static void read_since(struct reader *r, const json_t *item, struct measure_rule *rule)
{
        const json_t *since = json_object_get(item, "since");

        if (json_is_string(since) && strcmp(json_string_value(since), "issued_on") == 0)
                rule->since = r->pack->issued_on;
        else
                rule->since = read_time(r, item, "since", false);
}

static void read_measure(struct reader *r, const json_t *item, void *slot, size_t index)
{
        static const char *const names[] = { "id", "kind", "title", "since", "within_days",
                "threshold_percent", NULL };
        struct measure_rule *rule = slot;
        struct text kind = read_text(r, item, "kind", TEXT_SHORT, true);

        (void)index;
        only_fields(r, item, names);
        rule->id = read_text(r, item, "id", TEXT_SHORT, true);
        rule->title = read_words(r, item, "title", TEXT_LINE, true);
        rule->kind = measure_kind_find(kind);
        if (!rule->kind && kind.len)
                fault_quote(r, "Chương trình không có tiêu chí loại “%s”",
                    "The program has no measure of kind “%s”", kind);
        read_since(r, item, rule);
        rule->within_days = read_number(r, item, "within_days", 1, DAYS_MAX, 0);
        rule->threshold_percent = read_number(r, item, "threshold_percent", 1, 100, 100);
}

static void read_owed_by(struct reader *r, const json_t *item, struct pack_clause *clause)
{
        const json_t *list = field(r, item, "owed_by", true);
        size_t before = enter(r, "owed_by", 0);

        if (list && (!json_is_array(list) || json_array_size(list) == 0))
                fault(r, "Phải nêu ít nhất một loại đơn vị",
                    "At least one kind of unit must be named");
        for (size_t i = 0; i < json_array_size(list) && i < PACK_KINDS_MAX; i++) {
                const json_t *name = json_array_get(list, i);
                size_t inner = enter(r, NULL, i);
                struct text id = { json_string_value(name), json_string_length(name) };
                int kind = id.data ? pack_unit_kind_index(r->pack, id) : -1;

                if (kind >= 0)
                        clause->owed_by |= UINT32_C(1) << kind;
                else
                        fault_quote(r, "Loại đơn vị “%s” chưa khai trong unit_kinds",
                            "The kind of unit “%s” is not declared in unit_kinds",
                            id.data ? id : TEXT("?"));
                leave(r, inner);
        }
        leave(r, before);
}

static void unique_measures(struct reader *r, const struct pack_clause *clause)
{
        for (size_t i = 0; i < clause->measure_count; i++)
                for (size_t j = 0; j < i; j++)
                        if (clause->measures[i].id.len &&
                            same(clause->measures[i].id, clause->measures[j].id))
                                fault_quote(r, "Tiêu chí “%s” khai hai lần trong một mục",
                                    "Measure “%s” is declared twice in one clause",
                                    clause->measures[i].id);
}

static void read_clause(struct reader *r, const json_t *item, void *slot, size_t index)
{
        static const char *const names[] = { "id", "label", "title", "quote", "owed_by", "due_at",
                "measures", NULL };
        struct pack_clause *clause = slot;

        (void)index;
        only_fields(r, item, names);
        clause->id = read_text(r, item, "id", 8, true);
        clause->label = read_text(r, item, "label", 12, true);
        clause->title = read_words(r, item, "title", TEXT_LINE, true);
        clause->quote = read_words(r, item, "quote", TEXT_LONG, true);
        read_owed_by(r, item, clause);
        clause->due_at = read_time(r, item, "due_at", false);
        if (!clause->due_at)
                clause->due_at = r->pack->due_at;
        if (clause->due_at && clause->due_at < r->pack->issued_on)
                fault(r, "Thời hạn của mục sớm hơn ngày ban hành",
                    "The clause is due before the letter was issued");
        clause->measures = read_list(r, &clause->measure_count, item, "measures", PACK_MEASURES_MAX,
            sizeof(*clause->measures), true, read_measure);
        if (clause->measures)
                unique_measures(r, clause);
}

static void read_rung(struct reader *r, const json_t *item, void *slot, size_t index)
{
        static const char *const names[] = { "level", "title", "to", "channel", "after_days",
                NULL };
        struct pack_rung *rung = slot;

        only_fields(r, item, names);
        rung->level = read_number(r, item, "level", 1, PACK_RUNGS_MAX, 0);
        if (rung->level != (int64_t)index + 1)
                fault(r, "Các bước đôn đốc phải đánh số 1, 2, 3 theo thứ tự",
                    "The rungs must be numbered 1, 2, 3 in order");
        rung->title = read_words(r, item, "title", TEXT_LINE, true);
        rung->to = read_text(r, item, "to", TEXT_SHORT, true);
        rung->channel = read_text(r, item, "channel", TEXT_SHORT, false);
        rung->after_days = read_number(r, item, "after_days", -365, 365, 0);
}

static void read_support(struct reader *r, const json_t *item, void *slot, size_t index)
{
        static const char *const names[] = { "os", "version", "until", "source", NULL };
        struct support_end *s = slot;

        (void)index;
        only_fields(r, item, names);
        s->os_id = read_text(r, item, "os", TEXT_SHORT, true);
        s->version = read_text(r, item, "version", TEXT_SHORT, true);
        s->source = read_text(r, item, "source", TEXT_LINE, true);
        /* the last day is still a day of support */
        s->until = read_time(r, item, "until", true) + DAY_MS;
}

static void read_holiday(struct reader *r, const json_t *root)
{
        static const char *const names[] = { "from", "to", "first_day", "name", NULL };
        const json_t *h = field(r, root, "holiday", false);
        struct pack *p = r->pack;
        size_t before;

        if (!h)
                return;
        before = enter(r, "holiday", 0);
        only_fields(r, h, names);
        p->has_holiday = true;
        p->holiday_from = read_time(r, h, "from", true);
        p->holiday_to = read_time(r, h, "to", true);
        p->holiday_first = read_time(r, h, "first_day", true);
        p->holiday_name = read_words(r, h, "name", TEXT_LINE, true);
        if (p->holiday_to < p->holiday_from || p->holiday_first < p->holiday_from ||
            p->holiday_first > p->holiday_to)
                fault(r, "Ngày nghỉ không theo thứ tự: đầu, mùng 1, cuối",
                    "The days of the holiday are not in order: from, first day, to");
        leave(r, before);
}

static void read_layout(struct reader *r, const json_t *root)
{
        static const char *const names[] = { "basis", "subject", "authority", NULL };
        const json_t *layout = field(r, root, "layout", true);
        size_t before;

        if (!layout)
                return;
        before = enter(r, "layout", 0);
        only_fields(r, layout, names);
        r->pack->layout_basis = read_text(r, layout, "basis", 1000, true);
        r->pack->layout_subject = read_text(r, layout, "subject", TEXT_LINE, true);
        r->pack->layout_authority = read_text(r, layout, "authority", TEXT_LINE, true);
        leave(r, before);
}

static void read_head(struct reader *r, const json_t *root)
{
        /* "rules" of packs kept by earlier versions is passed over: deadlines of incidents live in
         * packs/rules/incident-deadlines.json alone */
        static const char *const names[] = { "format", "id", "valid_from", "valid_until", "source",
                "title", "number", "issuer", "issued_on", "due_at", "holiday", "regime",
                "reporting_office", "hotline", "layout", "unit_kinds", "clauses", "urging",
                "end_of_support", "rules", "note", NULL };
        struct pack *p = r->pack;
        struct text format = read_text(r, root, "format", TEXT_SHORT, true);

        only_fields(r, root, names);
        if (format.len && !text_is(format, "canh-directive/1"))
                fault_quote(r, "Định dạng “%s” không phải canh-directive/1",
                    "Format “%s” is not canh-directive/1", format);
        p->id = read_text(r, root, "id", TEXT_SHORT, true);
        p->source = read_text(r, root, "source", TEXT_LINE, true);
        p->title = read_words(r, root, "title", TEXT_LINE, true);
        p->number = read_text(r, root, "number", TEXT_SHORT, true);
        p->issuer = read_words(r, root, "issuer", TEXT_LINE, true);
        p->issued_on = read_time(r, root, "issued_on", true);
        p->due_at = read_time(r, root, "due_at", true);
        p->regime = read_text(r, root, "regime", 8, true);
        p->reporting_office = read_words(r, root, "reporting_office", TEXT_LINE, true);
        p->hotline = read_words(r, root, "hotline", TEXT_LINE, false);
        if (p->regime.len && !text_is(p->regime, "old") && !text_is(p->regime, "new"))
                fault(r, "regime phải là old hoặc new", "regime must be old or new");
        if (p->due_at && p->due_at < p->issued_on)
                fault(
                    r, "Thời hạn sớm hơn ngày ban hành", "The letter is due before it was issued");
        if (read_time(r, root, "valid_from", true) > 0 && field(r, root, "valid_until", false))
                p->ends_at = read_time(r, root, "valid_until", true);
        if (p->ends_at && p->ends_at < p->due_at)
                fault(r, "Hết hiệu lực trước thời hạn", "The letter ends before it is due");
        if (p->ends_at)
                p->ends_at += DAY_MS; /* the last day still counts */
        (void)read_text(r, root, "note", TEXT_LONG, false);
}

static void unique_ids(struct reader *r)
{
        const struct pack *p = r->pack;

        for (size_t i = 0; i < p->clause_count; i++)
                for (size_t j = 0; j < i; j++)
                        if (p->clauses[i].id.len && same(p->clauses[i].id, p->clauses[j].id))
                                fault_quote(r, "Mục “%s” khai hai lần",
                                    "Clause “%s” is declared twice", p->clauses[i].id);
        for (size_t i = 0, leads = 0; i < p->unit_kind_count; i++)
                if (p->unit_kinds[i].lead && leads++)
                        fault_quote(r, "Loại đơn vị “%s”: chỉ một loại được là lead",
                            "Kind of unit “%s”: only one kind may be the lead",
                            p->unit_kinds[i].id);
        for (size_t i = 0; i < p->unit_kind_count; i++)
                for (size_t j = 0; j < i; j++)
                        if (p->unit_kinds[i].id.len &&
                            same(p->unit_kinds[i].id, p->unit_kinds[j].id))
                                fault_quote(r, "Loại đơn vị “%s” khai hai lần",
                                    "Kind of unit “%s” is declared twice", p->unit_kinds[i].id);
}

/* Order matters: clauses name unit kinds, and their dates lean on those of the letter. */
static void read_pack(struct reader *r, const json_t *root)
{
        struct pack *p = r->pack;

        read_head(r, root);
        read_holiday(r, root);
        read_layout(r, root);
        p->unit_kinds = read_list(r, &p->unit_kind_count, root, "unit_kinds", PACK_KINDS_MAX,
            sizeof(*p->unit_kinds), true, read_unit_kind);
        p->clauses = read_list(r, &p->clause_count, root, "clauses", PACK_CLAUSES_MAX,
            sizeof(*p->clauses), true, read_clause);
        p->rungs = read_list(
            r, &p->rung_count, root, "urging", PACK_RUNGS_MAX, sizeof(*p->rungs), true, read_rung);
        p->support = read_list(r, &p->support_count, root, "end_of_support", PACK_SUPPORT_MAX,
            sizeof(*p->support), false, read_support);
        if (!r->err)
                unique_ids(r);
}

int pack_parse(
    const struct pack **out, struct arena *arena, struct text json, struct pack_faults *faults)
{
        AUTO(json_free_at) json_t *root = NULL;
        struct reader r = { .arena = arena, .faults = faults };
        struct parse_error bad = { 0 };
        int err;

        faults->count = 0;
        faults->more = 0;
        if (json.len > PACK_BYTES_MAX) {
                fault(&r, "Tệp lớn hơn 1 MiB", "The file is larger than 1 MiB");
                return ERR_LIMIT;
        }
        err = json_read(&root, json, &bad);
        if (err == ERR_MEMORY)
                return err;
        if (err || !json_is_object(root)) {
                fault(&r, "Tệp không phải là JSON", "The file is not JSON");
                if (err)
                        faults->items[0].why = bad;
                return ERR_FORMAT;
        }
        r.pack = room_for(&r, 1, sizeof(*r.pack));
        if (!r.pack)
                return r.err;
        r.pack->body = keep(&r, json);
        if (!r.err)
                read_pack(&r, root);
        if (r.err)
                return r.err;
        if (faults->count)
                return ERR_FORMAT;
        *out = r.pack;
        return 0;
}

bool pack_ended(const struct pack *pack, time_ms now)
{
        return pack->ends_at && now >= pack->ends_at;
}

int pack_unit_kind_index(const struct pack *pack, struct text kind)
{
        for (size_t i = 0; i < pack->unit_kind_count; i++)
                if (same(pack->unit_kinds[i].id, kind))
                        return (int)i;
        return -1;
}

const struct pack_unit_kind *pack_lead_kind(const struct pack *pack)
{
        for (size_t i = 0; i < pack->unit_kind_count; i++)
                if (pack->unit_kinds[i].lead)
                        return &pack->unit_kinds[i];
        return NULL;
}

const struct pack_clause *pack_clause_find(const struct pack *pack, struct text id)
{
        for (size_t i = 0; i < pack->clause_count; i++)
                if (same(pack->clauses[i].id, id))
                        return &pack->clauses[i];
        return NULL;
}
