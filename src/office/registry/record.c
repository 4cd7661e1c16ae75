/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/record.h"

#include "base/buffer.h"
#include "base/mem.h"
#include "codec/ip_address.h"
#include "codec/timestamp.h"
#include "codec/unicode.h"
#include "office/registry/record_topic.h"

enum { VALUE_BYTES_MAX = 8 << 10 };

const struct record_topic *record_topic_of(struct text word)
{
        for (size_t i = 0; i < record_topics_count; i++)
                if (text_is(word, record_topics[i].word))
                        return &record_topics[i];
        return NULL;
}

const char *record_topic_word(const struct record_topic *t)
{
        return t->word;
}

const struct record_field *record_fields(size_t *count, const struct record_topic *t)
{
        *count = t->count;
        return t->fields;
}

size_t record_field_of_kind(const struct record_topic *t, enum record_field_kind kind)
{
        for (size_t i = 1; i < t->count; i++)
                if (t->fields[i].kind == kind)
                        return i;
        return 0;
}

void record_init(struct record *r, const struct record_topic *t)
{
        *r = (struct record){ .unit_id = "", .unit_name = "" };
        for (size_t i = 0; i < RECORD_FIELDS_MAX; i++)
                r->values[i] = i < t->count && t->fields[i].preset ? t->fields[i].preset : "";
}

static int keep(const char **out, struct arena *arena, struct text t)
{
        const char *copy = arena_text(arena, t);

        if (!copy)
                return ERR_MEMORY;
        *out = copy;
        return 0;
}

static int keep_number(const char **out, struct arena *arena, int64_t number)
{
        char text[24];

        snprintf(text, sizeof(text), "%lld", (long long)number);
        return keep(out, arena, text_of(text));
}

static int set_text(const char **out, struct arena *arena, const struct record_field *f,
    struct text value, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer nfc = BUFFER(VALUE_BYTES_MAX);
        int err = value.len > VALUE_BYTES_MAX / 2 ? ERR_LIMIT : unicode_add_nfc(&nfc, value);

        if (err == ERR_FORMAT)
                return parse_error_quote(bad, 0, "Cột %s không phải UTF-8.",
                    "Column %s is not UTF-8.", f->name, strlen(f->name));
        if (err == ERR_LIMIT || nfc.len > f->max)
                return parse_error_quote(bad, 0, "Nội dung cột %s quá dài.",
                    "The text of column %s is too long.", f->name, strlen(f->name));
        if (err)
                return err;
        for (size_t i = 0; i < nfc.len; i++)
                if ((uint8_t)nfc.data[i] < ' ' || nfc.data[i] == 0x7f)
                        return parse_error_quote(bad, 0,
                            "Cột %s có ký tự điều khiển hoặc xuống dòng.",
                            "Column %s has a control character or a line end.", f->name,
                            strlen(f->name));
        return keep(out, arena, (struct text){ nfc.data, nfc.len });
}

static int set_number(const char **out, struct arena *arena, const struct record_field *f,
    struct text value, struct parse_error *bad)
{
        uint64_t number;

        if (text_to_u64(&number, value, f->max))
                return parse_error_quote(bad, 0, "“%s” không phải là số hợp lệ của cột này.",
                    "“%s” is not a number this column can hold.", value.data, value.len);
        return keep_number(out, arena, (int64_t)number);
}

static int set_truth(const char **out, struct text value, struct parse_error *bad)
{
        static const char *const yes[] = { "1", "true", "yes", "có", "x" };
        static const char *const no[] = { "0", "false", "no", "không", "" };

        for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
                if (text_is_nocase(value, yes[i]) || text_is_nocase(value, no[i])) {
                        *out = text_is_nocase(value, yes[i]) ? "1" : "0";
                        return 0;
                }
        }
        return parse_error_quote(bad, 0, "“%s”: chỉ nhận có hoặc không (1 hoặc 0).",
            "“%s”: only yes or no (1 or 0) is taken.", value.data, value.len);
}

static int set_day(
    const char **out, struct arena *arena, struct text value, struct parse_error *bad)
{
        time_ms at;

        if (day_parse(&at, value) && timestamp_parse(&at, value))
                return parse_error_quote(bad, 0, "“%s” không phải là ngày dd/mm/yyyy.",
                    "“%s” is not a day in the form dd/mm/yyyy.", value.data, value.len);
        return keep_number(out, arena, at);
}

static int set_prefix(
    const char **out, struct arena *arena, struct text value, struct parse_error *bad)
{
        char text[IP_PREFIX_TEXT_MAX];
        struct ip_prefix p;

        if (ip_prefix_parse(&p, value, false))
                return parse_error_quote(bad, 0,
                    "“%s” không phải là địa chỉ hay dải địa chỉ IP (ví dụ 203.0.113.0/24).",
                    "“%s” is no IP address or prefix (such as 203.0.113.0/24).", value.data,
                    value.len);
        if (ip_prefix_parse(&p, value, true))
                return parse_error_quote(bad, 0, "“%s”: địa chỉ đầu không khớp độ dài của dải.",
                    "“%s”: the address has bits beyond the prefix length.", value.data, value.len);
        return keep(out, arena, text_of(ip_prefix_write(text, &p)));
}

static bool is_one_of(struct text value, const char *words)
{
        struct text rest = text_of(words), word;

        while (text_split(&word, &rest, '|'))
                if (word.len == value.len && memcmp(word.data, value.data, value.len) == 0)
                        return true;
        return false;
}

static int set_word(const char **out, struct arena *arena, const struct record_field *f,
    struct text value, struct parse_error *bad)
{
        if (!is_one_of(value, f->words))
                return parse_error_quote(bad, 0, "“%s” không có trong danh mục của cột này.",
                    "“%s” is none of the words of this column.", value.data, value.len);
        return keep(out, arena, value);
}

static int set_identifier(
    const char **out, struct arena *arena, struct text value, struct parse_error *bad)
{
        if (!ulid_is_valid(value))
                return parse_error_quote(bad, 0,
                    "“%s” không phải là mã định danh; dòng mới thì để trống cột id.",
                    "“%s” is no identifier; leave the column id empty for a new row.", value.data,
                    value.len);
        return keep(out, arena, value);
}

int record_set(struct record *r, struct arena *arena, const struct record_topic *t, size_t field,
    struct text value, struct parse_error *bad)
{
        const struct record_field *f = &t->fields[field];
        const char **out = &r->values[field];

        value = text_trim(value);
        if (value.len == 0) {
                *out = f->preset ? f->preset : "";
                return 0;
        }
        if (field == 0)
                return set_identifier(out, arena, value, bad);
        switch (f->kind) {
        case RECORD_NUMBER:
                return set_number(out, arena, f, value, bad);
        case RECORD_TRUTH:
                return set_truth(out, value, bad);
        case RECORD_DAY:
                return set_day(out, arena, value, bad);
        case RECORD_PREFIX:
                return set_prefix(out, arena, value, bad);
        case RECORD_WORD:
                return set_word(out, arena, f, value, bad);
        default:
                return set_text(out, arena, f, value, bad);
        }
}
