/* indicators/lists/taxii_answer_parse.c: see taxii_answer_parse.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/taxii_answer_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <string.h>

static int strange(struct parse_error *bad)
{
        return parse_error_set(bad, 0, "máy chủ không trả lời theo TAXII 2.1",
            "the server does not answer as TAXII 2.1 has it");
}

/* A text without control characters within its bound. */
static bool is_plain(const json_t *value, size_t most)
{
        const char *text = json_string_value(value);
        size_t len = json_string_length(value);

        for (size_t i = 0; i < len; i++)
                if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
                        return false;
        return text && len <= most;
}

static int add_root(json_t *roots, json_t *url)
{
        if (!is_plain(url, TAXII_URL_MAX))
                return ERR_FORMAT;
        for (size_t i = 0; i < json_array_size(roots); i++)
                if (json_equal(json_array_get(roots, i), url))
                        return 0;
        return json_array_append(roots, url) ? ERR_MEMORY : 0;
}

static int discovery(json_t *out, const json_t *answer)
{
        json_t *roots = json_array(), *said = json_object_get(answer, "api_roots");
        json_t *first = json_object_get(answer, "default");
        int err = json_object_set_new(out, "roots", roots) ? ERR_MEMORY : 0;

        if (!err && json_array_size(said) > TAXII_ROOTS_MAX)
                err = ERR_FORMAT;
        if (!err && first)
                err = add_root(roots, first);
        for (size_t i = 0; i < json_array_size(said) && !err; i++)
                err = add_root(roots, json_array_get(said, i));
        return err;
}

static int copy_word(json_t *to, const json_t *from, const char *name)
{
        json_t *value = json_object_get(from, name);
        int failed;

        if (value && !is_plain(value, TAXII_WORD_MAX))
                return ERR_FORMAT;
        failed = value ? json_object_set(to, name, value)
                       : json_object_set_new(to, name, json_string(""));
        return failed ? ERR_MEMORY : 0;
}

static int add_collection(json_t *collections, const json_t *one)
{
        json_t *kept = json_object();
        int err = kept && json_array_append_new(collections, kept) == 0 ? 0 : ERR_MEMORY;

        if (!err && !json_object_get(one, "id"))
                err = ERR_FORMAT;
        if (!err)
                err = copy_word(kept, one, "id");
        if (!err)
                err = copy_word(kept, one, "alias");
        return err ? err : copy_word(kept, one, "title");
}

static int collections(json_t *out, const json_t *answer)
{
        json_t *kept = json_array();
        const json_t *said = json_object_get(answer, "collections");
        int err = json_object_set_new(out, "collections", kept) ? ERR_MEMORY : 0;

        if (!err && json_array_size(said) > TAXII_COLLECTIONS_MAX)
                err = ERR_FORMAT;
        for (size_t i = 0; i < json_array_size(said) && !err; i++) {
                const json_t *one = json_array_get(said, i);

                if (!json_is_false(json_object_get(one, "can_read")))
                        err = add_collection(kept, one);
        }
        return err;
}

static int envelope(json_t *out, const json_t *answer)
{
        json_t *more = json_object_get(answer, "more"), *next = json_object_get(answer, "next");

        if ((more && !json_is_boolean(more)) || (next && !is_plain(next, TAXII_URL_MAX)))
                return ERR_FORMAT;
        if (json_object_set_new(out, "objects",
                json_integer((json_int_t)json_array_size(json_object_get(answer, "objects")))) ||
            json_object_set_new(out, "more", json_boolean(json_is_true(more))) ||
            (next ? json_object_set(out, "next", next)
                  : json_object_set_new(out, "next", json_string(""))))
                return ERR_MEMORY;
        return 0;
}

/* An empty object is an empty envelope, and an empty list of collections (5.2.1, 4.3). */
static const char *kind_of(const json_t *answer)
{
        if (json_object_get(answer, "api_roots"))
                return "discovery";
        if (json_is_array(json_object_get(answer, "collections")))
                return "collections";
        if (json_is_array(json_object_get(answer, "objects")) || json_object_get(answer, "more") ||
            json_object_size(answer) == 0)
                return "envelope";
        if (json_object_get(answer, "can_read"))
                return "collection";
        if (json_object_get(answer, "versions") || json_object_get(answer, "max_content_length"))
                return "root";
        return "other";
}

int taxii_answer_parse(json_t **out, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *answer = NULL;
        AUTO(json_free_at) json_t *made = NULL;
        const char *kind;
        int err = json_read(&answer, bytes, bad);

        if (err == ERR_FORMAT || (!err && !json_is_object(answer)))
                return strange(bad);
        if (err)
                return err;
        kind = kind_of(answer);
        made = json_pack("{s:s}", "kind", kind);
        if (!made)
                return ERR_MEMORY;
        if (strcmp(kind, "discovery") == 0)
                err = discovery(made, answer);
        else if (strcmp(kind, "collections") == 0)
                err = collections(made, answer);
        else if (strcmp(kind, "envelope") == 0)
                err = envelope(made, answer);
        if (err == ERR_FORMAT)
                return strange(bad);
        if (!err)
                *out = MOVE(made);
        return err;
}

static time_ms modified_of(const json_t *object)
{
        const json_t *said = json_object_get(object, "modified");
        time_ms at = 0;

        if (!json_is_string(said) || timestamp_parse(&at, (struct text){ json_string_value(said),
                                                              json_string_length(said) }))
                return 0;
        return at;
}

/* What has no identifier is no STIX object: it is left out. */
static int take_object(json_t *by_id, json_t *object)
{
        const char *id = json_string_value(json_object_get(object, "id"));
        const json_t *known = id ? json_object_get(by_id, id) : NULL;

        if (!id || (known && modified_of(known) > modified_of(object)))
                return 0;
        return json_object_set(by_id, id, object) ? ERR_MEMORY : 0;
}

static int take_part(json_t *by_id, struct text part, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *envelope = NULL;
        const json_t *objects;
        int err = json_read(&envelope, part, bad);

        if (err == ERR_FORMAT || (!err && !json_is_object(envelope)))
                return strange(bad);
        objects = json_object_get(envelope, "objects");
        for (size_t i = 0; i < json_array_size(objects) && !err; i++)
                err = take_object(by_id, json_array_get(objects, i));
        return err;
}

static int write_bundle(struct buffer *out, json_t *by_id)
{
        const char *id, *comma = "";
        json_t *object;
        int err = buffer_add_text(out, "{\"type\":\"bundle\",\"objects\":[");

        json_object_foreach(by_id, id, object)
        {
                char *text = json_dumps(object, JSON_COMPACT);

                err = err ? err : text ? buffer_add_text(out, comma) : ERR_MEMORY;
                if (!err)
                        err = buffer_add_text(out, text);
                free(text);
                comma = ",\n";
        }
        return err ? err : buffer_add_text(out, "]}");
}

int taxii_join(struct buffer *out, size_t *objects, const struct text *parts, size_t count,
    struct parse_error *bad)
{
        AUTO(json_free_at) json_t *by_id = json_object();
        size_t start = out->len;
        int err = by_id ? 0 : ERR_MEMORY;

        if (count > TAXII_PARTS_MAX)
                return ERR_LIMIT;
        for (size_t i = 0; i < count && !err; i++)
                err = take_part(by_id, parts[i], bad);
        if (!err)
                err = write_bundle(out, by_id);
        if (!err && objects)
                *objects = json_object_size(by_id);
        if (err)
                out->len = start;
        return err;
}
