/* centre/lists/taxii.c: see taxii.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/taxii.h"
#include "base/mem.h"
#include "centre/lists/fetch_words.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/lists/taxii_answer_parse.h"
#include "system/db/db_json.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 1 << 20, NAMES_MAX = 160 };

struct visit {
        struct office *office;
        const struct taxii_wish *wish;
        struct parse_error *bad;
        struct fetch_result last;
        struct buffer body;
        char objects_url[DOWNLOAD_URL_MAX]; /* of the collection, ends in "/objects/" */
};

static int no_server(struct visit *v)
{
        return parse_error_set(v->bad, 0,
            "địa chỉ này không phải máy chủ TAXII 2.1 (discovery, API root hoặc collection)",
            "this address is no TAXII 2.1 server (discovery, API root or collection)");
}

/* One answer, what it is in *said (the caller's); its bytes stay in v->body. */
static int ask(json_t **said, struct visit *v, const char *url)
{
        AUTO(buffer_done) struct buffer read = BUFFER(ANSWER_MAX);
        struct fetch_wish *w = v->wish->ask;
        int err = text_copy(w->url, sizeof(w->url), text_of(url));

        buffer_clear(&v->body);
        (void)snprintf(w->accept, sizeof(w->accept), "application/taxii+json;version=2.1");
        w->etag[0] = w->modified[0] = '\0';
        if (!err)
                err = office_fetch(&v->last, &v->body, v->office, w);
        if (err)
                return err;
        if (v->last.err || v->last.status != 200)
                return fetch_explain(v->bad, &v->last);
        err = office_reader_run(v->office, &read, "taxii-answer", "{}",
            (struct text){ v->body.len ? v->body.data : "", v->body.len }, v->bad);
        return err ? err : json_read(said, (struct text){ read.data, read.len }, v->bad);
}

static bool is_kind(const json_t *said, const char *kind)
{
        return strcmp(json_get_text(said, "kind"), kind) == 0;
}

/* "/api1/" and whole addresses, of the same server only: the password is for that one. */
static int resolve(char out[DOWNLOAD_URL_MAX], struct visit *v, const char *base, const char *url)
{
        char origin[DOWNLOAD_URL_MAX], theirs[DOWNLOAD_URL_MAX];
        const char *slash = text_ends(text_of(url), "/") ? "" : "/";
        bool relative = url[0] == '/' && url[1] != '/';
        int n;

        (void)download_origin(origin, base);
        if (!relative && strcmp(origin, download_origin(theirs, url)) != 0) {
                (void)parse_error_quote(v->bad, 0,
                    "máy chủ chỉ sang máy chủ khác (%s): hãy đăng ký thẳng địa chỉ đó",
                    "the server points to another server (%s): subscribe to that address itself",
                    theirs, strlen(theirs));
                return ERR_DENIED;
        }
        n = snprintf(out, DOWNLOAD_URL_MAX, "%s%s%s", relative ? origin : "", url, slash);
        return n < DOWNLOAD_URL_MAX ? 0 : ERR_FORMAT;
}

static bool is_wanted(const json_t *collection, const char *wanted)
{
        return strcmp(json_get_text(collection, "id"), wanted) == 0 ||
               strcmp(json_get_text(collection, "alias"), wanted) == 0 ||
               strcmp(json_get_text(collection, "title"), wanted) == 0;
}

/* Which there are, for whoever has to choose. */
static int say_choice(struct visit *v, const json_t *collections)
{
        char names[NAMES_MAX] = "", vi[PARSE_WHY_MAX], en[PARSE_WHY_MAX];
        size_t used = 0;

        for (size_t i = 0; i < json_array_size(collections); i++) {
                const json_t *one = json_array_get(collections, i);
                const char *title = json_get_text(one, "title");
                const char *name = title[0] ? title : json_get_text(one, "id");

                if (used + strlen(name) + 6 < sizeof(names))
                        used += (size_t)snprintf(
                            names + used, sizeof(names) - used, "%s%s", used ? ", " : "", name);
        }
        (void)snprintf(vi, sizeof(vi), "hãy chọn bộ sưu tập: %s", names[0] ? names : "–");
        (void)snprintf(en, sizeof(en), "choose a collection: %s", names[0] ? names : "–");
        return parse_error_set(v->bad, 0, vi, en);
}

/* MISSING when none of these is the wanted one. */
static int choose(struct visit *v, const json_t *collections, const char *collections_url)
{
        const char *wanted = v->wish->collection, *id = NULL;
        int n;

        if (!wanted[0] && json_array_size(collections) == 1)
                id = json_get_text(json_array_get(collections, 0), "id");
        for (size_t i = 0; i < json_array_size(collections) && wanted[0] && !id; i++)
                if (is_wanted(json_array_get(collections, i), wanted))
                        id = json_get_text(json_array_get(collections, i), "id");
        if (!id || strpbrk(id, "/?#% "))
                return ERR_MISSING;
        n = snprintf(v->objects_url, sizeof(v->objects_url), "%s%s/objects/", collections_url, id);
        return n < (int)sizeof(v->objects_url) ? 0 : ERR_FORMAT;
}

static int find_in_root(struct visit *v, json_t *seen, const char *root)
{
        AUTO(json_free_at) json_t *said = NULL;
        char url[DOWNLOAD_URL_MAX];
        int n = snprintf(url, sizeof(url), "%scollections/", root);
        int err = n < (int)sizeof(url) ? ask(&said, v, url) : ERR_FORMAT;

        if (err)
                return err;
        if (!is_kind(said, "collections"))
                return is_kind(said, "envelope") ? ERR_MISSING : no_server(v);
        err = choose(v, json_object_get(said, "collections"), url);
        if (err == ERR_MISSING && json_array_extend(seen, json_object_get(said, "collections")))
                err = ERR_MEMORY;
        return err;
}

/* The roots of a discovery, in the server's order. */
static int find_in_roots(struct visit *v, json_t *seen, const json_t *roots, const char *base)
{
        int err = ERR_MISSING;

        for (size_t i = 0; i < json_array_size(roots) && err == ERR_MISSING; i++) {
                char root[DOWNLOAD_URL_MAX];

                err = resolve(root, v, base, json_string_value(json_array_get(roots, i)));
                if (!err)
                        err = find_in_root(v, seen, root);
        }
        return err;
}

/* ".../collections/ID" with or without what follows: the collection itself. */
static bool is_collection_url(char out[DOWNLOAD_URL_MAX], const char *url)
{
        static const char word[] = "/collections/";
        const char *at = strstr(url, word), *end;

        if (!at || !at[sizeof(word) - 1])
                return false;
        end = at + sizeof(word) - 1 + strcspn(at + sizeof(word) - 1, "/?#");
        return snprintf(out, DOWNLOAD_URL_MAX, "%.*s/objects/", (int)(end - url), url) <
               DOWNLOAD_URL_MAX;
}

static int find(struct visit *v, const char *given)
{
        AUTO(json_free_at) json_t *said = NULL;
        AUTO(json_free_at) json_t *seen = json_array();
        char url[DOWNLOAD_URL_MAX];
        int err = seen ? resolve(url, v, given, given) : ERR_MEMORY;

        if (err || is_collection_url(v->objects_url, given))
                return err;
        err = ask(&said, v, url);
        if (err)
                return err;
        if (is_kind(said, "discovery"))
                err = find_in_roots(v, seen, json_object_get(said, "roots"), url);
        else if (is_kind(said, "collections"))
                err = choose(v, json_object_get(said, "collections"), url);
        else if (is_kind(said, "root"))
                err = find_in_root(v, seen, url);
        else
                return no_server(v);
        if (err == ERR_MISSING && is_kind(said, "collections"))
                return say_choice(v, json_object_get(said, "collections"));
        return err == ERR_MISSING ? say_choice(v, seen) : err;
}

static int add_parameter(struct buffer *out, const char *name, const char *value)
{
        int err = value[0] ? buffer_add_format(out, "&%s=", name) : 0;

        for (; !err && *value; value++)
                err = (*value >= '0' && *value <= '9') || (*value >= 'a' && *value <= 'z') ||
                              (*value >= 'A' && *value <= 'Z') || strchr("-._~", *value)
                          ? buffer_add_byte(out, *value)
                          : buffer_add_format(out, "%%%02X", (unsigned)(unsigned char)*value);
        return err;
}

struct pages {
        struct buffer bytes; /* what was had, then the pages, one behind the other */
        json_t *lengths;
        char after[DOWNLOAD_TAG_MAX], next[TAXII_URL_MAX + 1], newest[DOWNLOAD_TAG_MAX];
        int64_t objects;
        bool more;
};

static void pages_done(struct pages *p)
{
        buffer_done(&p->bytes);
        json_decref(p->lengths);
}

static int add_part(struct pages *p, struct text part)
{
        int err = buffer_add(&p->bytes, part.data, part.len);

        if (!err && json_array_append_new(p->lengths, json_integer((json_int_t)part.len)))
                err = ERR_MEMORY;
        return err;
}

static int one_page(struct visit *v, struct pages *p)
{
        AUTO(buffer_done) struct buffer url = BUFFER(DOWNLOAD_URL_MAX - 1);
        AUTO(json_free_at) json_t *said = NULL;
        char before[sizeof(p->next)];
        int err = buffer_add_format(&url, "%s?limit=%d", v->objects_url, TAXII_PAGE_OBJECTS);

        if (!err)
                err = add_parameter(&url, "added_after", p->after);
        if (!err)
                err = add_parameter(&url, "next", p->next);
        if (!err)
                err = ask(&said, v, url.data);
        if (err)
                return err;
        if (!is_kind(said, "envelope"))
                return no_server(v);
        (void)snprintf(before, sizeof(before), "%s", p->next);
        (void)snprintf(p->next, sizeof(p->next), "%s", json_get_text(said, "next"));
        p->more = json_is_true(json_object_get(said, "more"));
        p->objects += json_get_int(said, "objects");
        if (v->last.added_last[0])
                memcpy(p->newest, v->last.added_last, sizeof(p->newest));
        if (p->more && !p->next[0] && v->last.added_last[0] &&
            strcmp(p->after, v->last.added_last) != 0)
                memcpy(p->after, v->last.added_last, sizeof(p->after)); /* 3.4: the older way on */
        else if (p->more && (!p->next[0] || strcmp(before, p->next) == 0))
                return parse_error_set(v->bad, 0,
                    "máy chủ TAXII nói còn trang nữa nhưng không cho đi tiếp",
                    "the TAXII server says there is more, and leads no further");
        return add_part(p, (struct text){ v->body.data, v->body.len });
}

static int all_pages(struct visit *v, struct pages *p)
{
        int count = 0, err;

        do
                err = count++ < TAXII_PAGES_MAX ? one_page(v, p) : ERR_LIMIT;
        while (!err && p->more);
        if (err == ERR_LIMIT && !v->bad->why_vi[0])
                (void)parse_error_set(v->bad, 0, "bộ sưu tập TAXII lớn hơn 64 MiB",
                    "the TAXII collection is larger than 64 MiB");
        return err;
}

static int join(struct taxii_got *out, struct visit *v, struct pages *p)
{
        AUTO(json_free_at) json_t *options = json_pack("{s:O}", "parts", p->lengths);
        char *text = options ? json_dumps(options, JSON_COMPACT) : NULL;
        int err = text ? office_reader_run(v->office, &out->bundle, "taxii-join", text,
                             (struct text){ p->bytes.data, p->bytes.len }, v->bad)
                       : ERR_MEMORY;

        free(text);
        return err;
}

static int fetch_all(struct taxii_got *out, struct visit *v)
{
        const struct taxii_wish *w = v->wish;
        AUTO(pages_done)
        struct pages p = { .bytes = BUFFER(2 * (size_t)FETCH_BYTES_MAX), .lengths = json_array() };
        int err = p.lengths ? 0 : ERR_MEMORY;

        if (!err && w->before.len) {
                err = add_part(&p, w->before);
                (void)snprintf(p.after, sizeof(p.after), "%s", w->added_after);
                memcpy(p.newest, p.after, sizeof(p.newest));
        }
        if (!err)
                err = all_pages(v, &p);
        if (err)
                return err;
        memcpy(out->added_after, p.newest, sizeof(out->added_after));
        out->unchanged = w->before.len && p.objects == 0;
        return out->unchanged ? 0 : join(out, v, &p);
}

int taxii_fetch(struct taxii_got *out, struct office *office, const struct taxii_wish *wish,
    struct parse_error *bad)
{
        struct visit v = {
                .office = office, .wish = wish, .bad = bad, .body = BUFFER(FETCH_BYTES_MAX)
        };
        char given[DOWNLOAD_URL_MAX];
        int err = text_copy(given, sizeof(given), text_of(wish->ask->url));

        if (!err)
                err = find(&v, given);
        if (!err)
                err = fetch_all(out, &v);
        buffer_done(&v.body);
        return err;
}
