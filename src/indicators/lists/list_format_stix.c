/* indicators/lists/list_format_stix.c: indicators of STIX 2.0 and 2.1: a bundle, an envelope of
 * TAXII 2.1, or bare objects. The names of malware come by the relationships "indicates". Lines are
 * the numbers of the objects.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/json_rows.h"
#include "indicators/lists/list_origin.h"
#include "indicators/lists/stix_pattern_parse.h"

#include <string.h>

enum { SNIFF_SCORE = 98 };

struct stix {
        const struct list_rows *rows;
        json_t *names;    /* id of an object: its name */
        json_t *families; /* id of an indicator: name of what it indicates */
        struct buffer values, certificates, confidence;
};

static bool is_type(const json_t *object, const char *type)
{
        return text_is(json_rows_text(object, "type"), type);
}

static int note_names(struct stix *s, const json_t *objects)
{
        for (size_t i = 0; i < json_array_size(objects); i++) {
                const json_t *o = json_array_get(objects, i), *name = json_object_get(o, "name");
                const char *id = json_string_value(json_object_get(o, "id"));
                if (id && json_is_string(name) &&
                    json_object_set_new(s->names, id, json_string(json_string_value(name))))
                        return ERR_MEMORY;
        }
        return 0;
}

static bool is_of_malware(const char *id)
{
        return strncmp(id, "malware--", 9) == 0 || strncmp(id, "tool--", 6) == 0;
}

static int note_families(struct stix *s, const json_t *objects)
{
        for (size_t i = 0; i < json_array_size(objects); i++) {
                const json_t *o = json_array_get(objects, i);
                const char *from = json_string_value(json_object_get(o, "source_ref"));
                const char *to = json_string_value(json_object_get(o, "target_ref"));
                json_t *name = to ? json_object_get(s->names, to) : NULL;
                if (from && name && is_of_malware(to) &&
                    text_is(json_rows_text(o, "relationship_type"), "indicates") &&
                    json_object_set(s->families, from, name))
                        return ERR_MEMORY;
        }
        return 0;
}

static struct text view(const struct buffer *b)
{
        return (struct text){ b->len ? b->data : "", b->len };
}

/* 2.0 has no pattern_type; others than "stix" are rules of snort, yara … */
static bool is_stix_pattern(const json_t *o)
{
        struct text type = json_rows_text(o, "pattern_type");

        return type.len == 0 || text_is(type, "stix");
}

/* By the first of its types and labels that says one. */
static struct text origin_of(const json_t *o)
{
        static const char *const lists[] = { "indicator_types", "labels" };
        enum indicator_origin origin = INDICATOR_ORIGIN_UNSAID;

        for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
                const json_t *words = json_object_get(o, lists[i]);

                for (size_t n = 0; n < json_array_size(words); n++) {
                        const json_t *word = json_array_get(words, n);
                        struct text t = { json_is_string(word) ? json_string_value(word) : "",
                                json_string_length(word) };

                        origin = indicator_origin_join(origin, list_origin_of(t));
                }
        }
        return text_of(indicator_origin_name(origin));
}

static int take_indicator(struct stix *s, size_t line, const json_t *o)
{
        static const struct list_why not_kept = {
                "mẫu STIX không nêu địa chỉ, tên miền, URL hay mã băm nào",
                "the STIX pattern names no address, name, URL or hash"
        };
        struct text pattern = json_rows_text(o, "pattern");
        const char *id = json_string_value(json_object_get(o, "id"));
        struct text cells[JSON_COLUMNS] = { [JSON_LAST_SEEN] = TEXT(""),
                [JSON_FIRST_SEEN] = json_rows_text(o, "valid_from"),
                [JSON_VALID_UNTIL] = json_rows_text(o, "valid_until"),
                [JSON_ORIGIN] = origin_of(o),
                [JSON_NOTE] = json_rows_text(o, "name") };
        const json_t *family = id ? json_object_get(s->families, id) : NULL;
        int err = 0;

        buffer_clear(&s->values);
        buffer_clear(&s->certificates);
        buffer_clear(&s->confidence);
        if (is_stix_pattern(o))
                err = stix_pattern_values(&s->values, &s->certificates, pattern);
        if (err == ERR_FORMAT || err == ERR_LIMIT || (!s->values.len && !s->certificates.len))
                return list_rows_refuse(s->rows, line, &pattern, 1, &not_kept);
        if (!err)
                err = json_rows_add_scalar(&s->confidence, json_object_get(o, "confidence"));
        if (err)
                return err;
        cells[JSON_VALUE] = view(&s->values);
        cells[JSON_CERTIFICATE] = view(&s->certificates);
        cells[JSON_CONFIDENCE] = view(&s->confidence);
        cells[JSON_FAMILY] = json_is_string(family) ? text_of(json_string_value(family))
                                                    : (struct text){ "", 0 };
        return s->rows->row(s->rows->state, line, cells, JSON_COLUMNS);
}

static int take_objects(struct stix *s, const json_t *objects)
{
        int err = note_names(s, objects);

        if (!err)
                err = note_families(s, objects);
        for (size_t i = 0; i < json_array_size(objects) && !err; i++) {
                const json_t *o = json_array_get(objects, i);
                if (is_type(o, "indicator") && !json_is_true(json_object_get(o, "revoked")))
                        err = take_indicator(s, i + 1, o);
        }
        return err;
}

static int take_document(void *state, size_t line, const json_t *document)
{
        struct stix *s = state;

        if (json_is_array(document))
                return take_objects(s, document);
        if (json_object_get(document, "objects"))
                return take_objects(s, json_object_get(document, "objects"));
        return is_type(document, "indicator") ? take_indicator(s, line ? line : 1, document) : 0;
}

static void stix_done(struct stix *s)
{
        json_free_at(&s->names);
        json_free_at(&s->families);
        buffer_done(&s->values);
        buffer_done(&s->certificates);
        buffer_done(&s->confidence);
}

static int read_bundle(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        AUTO(stix_done)
        struct stix s = { .rows = rows,
                .names = json_object(),
                .families = json_object(),
                .values = BUFFER(LIST_CELL_MAX),
                .certificates = BUFFER(LIST_CELL_MAX),
                .confidence = BUFFER(LIST_CELL_MAX) };

        if (!s.names || !s.families)
                return ERR_MEMORY;
        return json_rows_each(bytes, rows, take_document, &s, bad);
}

static int sniff(const struct list_sample *sample)
{
        static const char *const words[] = { "\"bundle--", "\"indicator--", "\"spec_version\"",
                NULL };

        return json_rows_sniff(sample, words, SNIFF_SCORE);
}

extern const struct list_format list_format_stix;
const struct list_format list_format_stix = { .id = "stix",
        .vi = "STIX 2 (JSON, cả gói TAXII)",
        .en = "STIX 2 (JSON, TAXII envelopes too)",
        .sniff = sniff,
        .read = read_bundle,
        JSON_INDICATOR_FORMAT };
