/* indicators/lists/list_format_misp.c: events of MISP (misp-core format): one event, an answer with
 * several, or bare attributes. Attributes without to_ids are context and not for detection: they
 * are refused with that reason. Lines are the numbers of the attributes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/json_rows.h"
#include "indicators/lists/list_origin.h"

#include <string.h>

enum { SNIFF_SCORE = 97, DEPTH_MAX = 6 };

/* What of "a|b" is the sign. */
enum part { PART_ALL, PART_FIRST, PART_SECOND, PART_BOTH };

static const struct {
        const char *name;
        enum json_column column;
        enum part part;
} types[] = { { "ip-src", JSON_VALUE, PART_ALL }, { "ip-dst", JSON_VALUE, PART_ALL },
        { "ip-src|port", JSON_VALUE, PART_FIRST }, { "ip-dst|port", JSON_VALUE, PART_FIRST },
        { "domain", JSON_VALUE, PART_ALL }, { "hostname", JSON_VALUE, PART_ALL },
        { "hostname|port", JSON_VALUE, PART_FIRST }, { "domain|ip", JSON_VALUE, PART_BOTH },
        { "url", JSON_VALUE, PART_ALL }, { "uri", JSON_VALUE, PART_ALL },
        { "md5", JSON_VALUE, PART_ALL }, { "sha1", JSON_VALUE, PART_ALL },
        { "sha256", JSON_VALUE, PART_ALL }, { "filename|md5", JSON_VALUE, PART_SECOND },
        { "filename|sha1", JSON_VALUE, PART_SECOND },
        { "filename|sha256", JSON_VALUE, PART_SECOND },
        { "x509-fingerprint-sha1", JSON_CERTIFICATE, PART_ALL } };

/* Galaxies whose names are those of malware. */
static const char *const galaxies[] = { "malpedia", "botnet", "ransomware", "rat", "banker",
        "stealer", "backdoor", "android", "tool", "mitre-malware", "mitre-tool" };

struct event {
        const struct list_rows *rows;
        struct text family, date, info;
        enum indicator_origin origin;
        size_t attributes;
};

/* misp-galaxy:ransomware="LockBit" says LockBit. */
static struct text family_in_tag(struct text tag)
{
        static const char prefix[] = "misp-galaxy:";
        struct text galaxy, name;
        size_t quote;

        if (!text_starts(tag, prefix))
                return (struct text){ "", 0 };
        tag = (struct text){ tag.data + sizeof(prefix) - 1, tag.len - (sizeof(prefix) - 1) };
        quote = text_find(tag, '"');
        galaxy = (struct text){ tag.data, text_find(tag, '=') };
        if (quote + 2 > tag.len || tag.data[tag.len - 1] != '"')
                return (struct text){ "", 0 };
        name = (struct text){ tag.data + quote + 1, tag.len - quote - 2 };
        for (size_t i = 0; i < ARRAY_LEN(galaxies); i++)
                if (text_is(galaxy, galaxies[i]))
                        return name;
        return (struct text){ "", 0 };
}

static struct text family_of(const json_t *object)
{
        const json_t *tags = json_object_get(object, "Tag");

        for (size_t i = 0; i < json_array_size(tags); i++) {
                struct text family = family_in_tag(json_rows_text(json_array_get(tags, i), "name"));
                if (family.len)
                        return family;
        }
        return (struct text){ "", 0 };
}

/* sinkhole; rsit:malicious-code="c2-server": the value, else the tag as it stands. */
static enum indicator_origin origin_of(const json_t *object)
{
        const json_t *tags = json_object_get(object, "Tag");
        enum indicator_origin origin = INDICATOR_ORIGIN_UNSAID;

        for (size_t i = 0; i < json_array_size(tags); i++) {
                struct text tag = json_rows_text(json_array_get(tags, i), "name");
                size_t quote = text_find(tag, '"');

                if (quote + 2 <= tag.len && tag.data[tag.len - 1] == '"')
                        tag = (struct text){ tag.data + quote + 1, tag.len - quote - 2 };
                origin = indicator_origin_join(origin, list_origin_of(tag));
        }
        return origin;
}

/* to_ids is a boolean, in older events the text "1"; without it the type alone decides. */
static bool is_for_detection(const json_t *attribute)
{
        const json_t *ids = json_object_get(attribute, "to_ids");

        if (json_is_string(ids))
                return strcmp(json_string_value(ids), "1") == 0;
        return !json_is_false(ids) && !(json_is_integer(ids) && json_integer_value(ids) == 0);
}

static int take_value(struct event *e, const json_t *attribute, struct text *cells,
    enum json_column column, enum part part)
{
        AUTO(buffer_done) struct buffer both = BUFFER(2 * LIST_CELL_MAX);
        struct text value = json_rows_text(attribute, "value"), second = value, first = value;
        size_t bar = text_find(value, '|');
        int err;

        if (bar < value.len) {
                first.len = bar;
                second = (struct text){ value.data + bar + 1, value.len - bar - 1 };
        }
        cells[column] = part == PART_FIRST ? first : part == PART_SECOND ? second : value;
        if (part == PART_BOTH) {
                err = buffer_add_format(&both, "%.*s\n%.*s", TEXT_ARGS(first), TEXT_ARGS(second));
                if (err)
                        return err;
                cells[column] = (struct text){ both.data, both.len };
        }
        return e->rows->row(e->rows->state, e->attributes, cells, JSON_COLUMNS);
}

static int take_attribute(struct event *e, const json_t *attribute)
{
        static const struct list_why context = {
                "thuộc tính MISP không bật to_ids: chỉ là bối cảnh, không dùng để phát hiện",
                "the MISP attribute has to_ids off: context, not for detection"
        };
        static const struct list_why other = {
                "loại thuộc tính MISP này không phải địa chỉ, tên miền, URL hay mã băm",
                "this type of MISP attribute is no address, name, URL or hash"
        };
        struct text type = json_rows_text(attribute, "type"), family = family_of(attribute);
        struct text value = json_rows_text(attribute, "value");
        struct text cells[JSON_COLUMNS] = { [JSON_VALUE] = TEXT(""),
                [JSON_VALID_UNTIL] = TEXT(""),
                [JSON_CONFIDENCE] = TEXT(""),
                [JSON_CERTIFICATE] = TEXT(""),
                [JSON_FAMILY] = family.len ? family : e->family,
                [JSON_FIRST_SEEN] = json_rows_text(attribute, "first_seen"),
                [JSON_LAST_SEEN] = json_rows_text(attribute, "last_seen"),
                [JSON_ORIGIN] = text_of(
                    indicator_origin_name(indicator_origin_join(origin_of(attribute), e->origin))),
                [JSON_NOTE] = e->info };

        if (json_is_true(json_object_get(attribute, "deleted")))
                return 0;
        e->attributes++;
        if (!cells[JSON_FIRST_SEEN].len)
                cells[JSON_FIRST_SEEN] = e->date;
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
                if (text_is(type, types[i].name)) {
                        if (is_for_detection(attribute))
                                return take_value(
                                    e, attribute, cells, types[i].column, types[i].part);
                        return list_rows_refuse(e->rows, e->attributes, &value, 1, &context);
                }
        return list_rows_refuse(e->rows, e->attributes, &value, 1, &other);
}

static int walk(struct event *e, const json_t *value, int depth);

static int walk_object(struct event *e, const json_t *object, int depth)
{
        static const char *const inside[] = { "Event", "response", "Object" };
        const json_t *attributes = json_object_get(object, "Attribute");
        struct event inner = *e;
        struct text family = family_of(object);
        int err = 0;

        if (family.len)
                inner.family = family;
        inner.origin = indicator_origin_join(e->origin, origin_of(object));
        if (json_rows_text(object, "info").len) {
                inner.info = json_rows_text(object, "info");
                inner.date = json_rows_text(object, "date");
        }
        for (size_t i = 0; i < json_array_size(attributes) && !err; i++)
                err = take_attribute(&inner, json_array_get(attributes, i));
        for (size_t i = 0; i < ARRAY_LEN(inside) && !err; i++)
                err = walk(&inner, json_object_get(object, inside[i]), depth + 1);
        e->attributes = inner.attributes;
        return err;
}

static int walk(struct event *e, const json_t *value, int depth)
{
        int err = 0;

        if (depth == DEPTH_MAX)
                return 0;
        if (json_is_object(value))
                return walk_object(e, value, depth);
        for (size_t i = 0; i < json_array_size(value) && !err; i++)
                err = walk(e, json_array_get(value, i), depth + 1);
        return err;
}

static int take_document(void *state, size_t line, const json_t *document)
{
        (void)line;
        return walk(state, document, 0);
}

static int read_events(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct event e = { .rows = rows };

        return json_rows_each(bytes, rows, take_document, &e, bad);
}

static int sniff(const struct list_sample *sample)
{
        static const char *const words[] = { "\"Attribute\"", "\"Event\"", "\"Object\"", NULL };

        return json_rows_sniff(sample, words, SNIFF_SCORE);
}

extern const struct list_format list_format_misp;
const struct list_format list_format_misp = { .id = "misp",
        .vi = "Sự kiện MISP (JSON)",
        .en = "MISP events (JSON)",
        .sniff = sniff,
        .read = read_events,
        JSON_INDICATOR_FORMAT };
