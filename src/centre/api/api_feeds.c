/* centre/api/api_feeds.c: lists that the office subscribes to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/lists/feed_secret.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/lists/list_read.h"
#include "office/intake/feed_signers.h"
#include "office/intake/feeds.h"
#include "system/db/db.h"
#include "system/db/db_json.h"
#include "system/net/download.h"

#include <string.h>

enum { SOURCE_MAX = 200, WORD_MAX = 40 };

static bool is_format(const char *name)
{
        for (size_t i = 0; list_format_id(i); i++)
                if (strcmp(list_format_id(i), name) == 0)
                        return true;
        return name[0] == '\0';
}

/* The views of the wish are copies in the call's arena. */
static int take_word(const char **out, struct call *call, const json_t *body, const char *name,
    size_t most, struct parse_error *bad)
{
        struct text said;
        int err = json_field_text_or_none(&said, body, name, most, bad);

        if (err)
                return err;
        *out = arena_text(call->arena, text_trim(said));
        return *out ? 0 : ERR_MEMORY;
}

static bool is_one_of(const char *word, const char *const words[3])
{
        for (int i = 0; i < 3 && words[i]; i++)
                if (strcmp(word, words[i]) == 0)
                        return true;
        return false;
}

static int check_server(const struct feed_wish *w, struct parse_error *bad)
{
        static const char *const protocols[3] = { "file", "taxii" };
        static const char *const ways[3] = { "none", "basic", "bearer" };

        if (!is_one_of(w->protocol, protocols))
                return parse_error_set(
                    bad, 0, "Cách tải là file hoặc taxii.", "The protocol is file or taxii.");
        if (!is_one_of(w->auth, ways))
                return parse_error_set(bad, 0, "Cách đăng nhập là none, basic hoặc bearer.",
                    "The sign-in is none, basic or bearer.");
        if (strcmp(w->auth, "none") != 0 && !download_is_private(w->url))
                return parse_error_set(bad, 0,
                    "Có mật khẩu thì địa chỉ phải bắt đầu bằng https://.",
                    "With a password the address must begin with https://.");
        if (w->authority[0] && !text_starts(text_of(w->authority), "-----BEGIN CERTIFICATE-----"))
                return parse_error_set(bad, 0, "Chứng thư của nơi cấp phải ở dạng PEM.",
                    "The authority's certificate must be PEM.");
        return 0;
}

static int check_wish(const struct feed_wish *w, struct parse_error *bad)
{
        if (!w->source[0])
                return parse_error_set(
                    bad, 0, "Hãy đặt tên nguồn của danh sách.", "Name the list's source.");
        if (!download_is_url(w->url))
                return parse_error_set(bad, 0,
                    "Địa chỉ phải bắt đầu bằng https:// (hoặc http://), không có tên và mật khẩu.",
                    "The address must begin with https:// (or http://), without user and "
                    "password.");
        if (!is_format(w->format))
                return parse_error_set(
                    bad, 0, "Không có định dạng này.", "There is no such format.");
        if (strcmp(w->kind, "indicator") != 0 && strcmp(w->kind, "victim") != 0)
                return parse_error_set(
                    bad, 0, "Loại là indicator hoặc victim.", "The kind is indicator or victim.");
        return check_server(w, bad);
}

static int read_server(
    struct feed_wish *w, struct call *call, const json_t *body, struct parse_error *bad)
{
        int err = take_word(&w->protocol, call, body, "protocol", WORD_MAX, bad);

        if (!err)
                err = take_word(&w->collection, call, body, "collection", SOURCE_MAX, bad);
        if (!err)
                err = take_word(&w->auth, call, body, "auth", WORD_MAX, bad);
        if (!err)
                err = take_word(&w->login, call, body, "login", DOWNLOAD_LOGIN_MAX - 1, bad);
        if (!err)
                err = take_word(
                    &w->authority, call, body, "authority", DOWNLOAD_AUTHORITY_MAX - 1, bad);
        if (err)
                return err;
        w->protocol = w->protocol[0] ? w->protocol : "file";
        w->auth = w->auth[0] ? w->auth : "none";
        w->format = strcmp(w->protocol, "taxii") == 0 ? "stix" : w->format;
        w->login = strcmp(w->auth, "basic") == 0 ? w->login : "";
        return 0;
}

static int read_wish(
    struct feed_wish *w, struct call *call, const json_t *body, struct parse_error *bad)
{
        int err = take_word(&w->source, call, body, "source", SOURCE_MAX, bad);

        if (!err)
                err = take_word(&w->url, call, body, "url", DOWNLOAD_URL_MAX - 1, bad);
        if (!err)
                err = take_word(&w->format, call, body, "format", WORD_MAX, bad);
        if (!err)
                err = take_word(&w->kind, call, body, "kind", WORD_MAX, bad);
        if (!err && !w->kind[0])
                w->kind = "indicator";
        if (!err)
                err = json_field_i64(&w->every_minutes, body, "every_minutes", FEED_MINUTES_LEAST,
                    FEED_MINUTES_MOST, bad);
        if (!err)
                err = read_server(w, call, body, bad);
        w->active = !json_is_false(json_object_get(body, "active"));
        if (err == ERR_LIMIT)
                return ERR_FORMAT; /* *bad says which bound */
        return err ? err : check_wish(w, bad);
}

/* A password that was typed is sealed; none typed: the one that was there stays, as long as it goes
 * to the same server in the same way. */
static int seal(struct feed_wish *w, char sealed[FEED_SEALED_MAX], struct call *call,
    const json_t *body, const char *id, const json_t *before, struct parse_error *bad)
{
        const char *had = json_get_text(before, "sealed");
        char here[DOWNLOAD_URL_MAX], there[DOWNLOAD_URL_MAX];
        struct text secret;
        int err = json_field_text_or_none(&secret, body, "secret", DOWNLOAD_SECRET_MAX - 1, bad);

        w->sealed = "";
        if (err)
                return ERR_FORMAT;
        if (strcmp(w->auth, "none") == 0)
                return 0;
        w->sealed = sealed;
        if (secret.len)
                return feed_secret_seal(sealed, call->office, id, w->url, secret);
        if (!had[0] || strcmp(w->auth, json_get_text(before, "auth")) != 0 ||
            strcmp(download_origin(here, w->url),
                download_origin(there, json_get_text(before, "url"))) != 0)
                return parse_error_set(bad, 0,
                    "Hãy nhập mật khẩu (khi đổi máy chủ hoặc cách đăng nhập phải nhập lại).",
                    "Type the password (again after a change of server or sign-in).");
        return text_copy(sealed, FEED_SEALED_MAX, text_of(had));
}

static json_t *formats_json(void)
{
        json_t *formats = json_array();

        for (size_t i = 0; list_format_id(i) && formats; i++)
                if (json_array_append_new(formats,
                        json_pack("{s:s,s:o}", "id", list_format_id(i), "label",
                            json_both(list_format_label(i, true), list_format_label(i, false))))) {
                        json_decref(formats);
                        return NULL;
                }
        return formats;
}

static int get_feeds(struct reply *reply, struct call *call)
{
        json_t *feeds = NULL, *signers = NULL;
        char fingerprint[SHA256_HEX_MAX];
        int err = office_list_key(NULL, fingerprint, call->office);

        if (!err)
                err = feeds_json(&feeds, call->db);
        if (!err)
                err = feed_signers_json(&signers, call->db);
        if (err) {
                json_decref(feeds);
                return err;
        }
        return reply_json(reply, 200,
            json_pack("{s:o,s:o,s:o,s:s}", "feeds", feeds, "formats", formats_json(), "signers",
                signers, "fingerprint", fingerprint));
}

static int reply_feed(struct reply *reply, struct call *call, int status, const char *id)
{
        json_t *feed;
        int err = feed_json(&feed, call->db, id);

        return err ? err : reply_json(reply, status, feed);
}

static int finish(struct call *call, int err)
{
        if (!err)
                err = db_commit(call->db);
        if (err)
                db_rollback(call->db);
        else
                office_notify_change(call->office);
        return err;
}

static int taken(struct reply *reply, struct call *call)
{
        return reply_problem(reply, call, 409, "source_taken", "Nguồn này đã có địa chỉ tải về.",
            "This source has a feed already.");
}

static int post_feed(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct feed_wish wish;
        char id[ULID_MAX], sealed[FEED_SEALED_MAX];
        int err = call_json(&body, call, &bad);

        (void)ulid_make(id, call->clock);
        if (!err)
                err = read_wish(&wish, call, body, &bad);
        if (!err)
                err = seal(&wish, sealed, call, body, id, NULL, &bad);
        if (err)
                return err == ERR_FORMAT ? reply_bad_input(reply, call, &bad) : err;
        err = db_begin(call->db);
        if (!err)
                err = finish(call, feed_add(call->db, call->clock, &call->scope, id, &wish));
        if (err == ERR_EXISTS)
                return taken(reply, call);
        return err ? err : reply_feed(reply, call, 201, id);
}

static int patch_feed(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *before = NULL;
        const char *id = arena_text(call->arena, call->params[0]);
        struct parse_error bad = { 0 };
        struct feed_wish wish;
        char sealed[FEED_SEALED_MAX];
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err)
                err = read_wish(&wish, call, body, &bad);
        if (!err)
                err = feed_whole(&before, call->db, id);
        if (!err)
                err = seal(&wish, sealed, call, body, id, before, &bad);
        if (err)
                return err == ERR_FORMAT ? reply_bad_input(reply, call, &bad) : err;
        err = db_begin(call->db);
        if (!err)
                err = finish(call, feed_change(call->db, call->clock, &call->scope, id, &wish));
        if (err == ERR_EXISTS)
                return taken(reply, call);
        return err ? err : reply_feed(reply, call, 200, id);
}

static int delete_feed(struct reply *reply, struct call *call)
{
        const char *id = arena_text(call->arena, call->params[0]);
        int err = id ? db_begin(call->db) : ERR_MEMORY;

        reply->status = 204;
        if (!err)
                err = finish(call, feed_remove(call->db, call->clock, &call->scope, id));
        if (!err)
                shelf_drop_copy(call->office, id);
        return err;
}

/* The fetching is done by itself a moment later; the page hears of it as of any change. */
static int post_fetch(struct reply *reply, struct call *call)
{
        const char *id = arena_text(call->arena, call->params[0]);
        int err = id ? db_begin(call->db) : ERR_MEMORY;

        if (!err)
                err = finish(call, feed_hurry(call->db, call->clock, id));
        return err ? err : reply_feed(reply, call, 202, id);
}

static const struct route routes[] = {
        { "GET", "/api/v1/feeds", ROLE_OFFICE, 0, get_feeds },
        { "POST", "/api/v1/feeds", ROLE_OFFICE, 0, post_feed },
        { "PATCH", "/api/v1/feeds/{id}", ROLE_OFFICE, 0, patch_feed },
        { "DELETE", "/api/v1/feeds/{id}", ROLE_OFFICE, 0, delete_feed },
        { "POST", "/api/v1/feeds/{id}/fetch", ROLE_OFFICE, 0, post_fetch },
};
const struct route_table api_feeds = { routes, ARRAY_LEN(routes) };
