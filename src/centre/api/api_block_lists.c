/* centre/api/api_block_lists.c: block lists at addresses that an operator's firewall or resolver
 * fetches: who may, and the open door itself. The token in the address is the only key there, so an
 * unknown one is answered as a wrong address is. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/lists/block_lists.h"
#include "centre/office.h"
#include "centre/rate.h"
#include "centre/web/reply.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"
#include "office/intake/block_subscribers.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN_BYTES = 32, TOKEN_TEXT_MAX = 2 * TOKEN_BYTES + 1, NAME_MAX_BYTES = 200 };

static json_t *targets_json(void)
{
        json_t *targets = json_array();

        for (size_t i = 0; block_target_at(i) && targets; i++) {
                const struct block_target *t = block_target_at(i);

                if (json_array_append_new(
                        targets, json_pack("{s:s,s:s,s:o}", "id", t->id, "extension", t->extension,
                                     "label", json_both(t->vi, t->en)))) {
                        json_decref(targets);
                        return NULL;
                }
        }
        return targets;
}

static int add_pem(struct buffer *out, const struct buffer *der)
{
        char line[sodium_base64_ENCODED_LEN(48, sodium_base64_VARIANT_ORIGINAL)];
        int err = buffer_add_text(out, "-----BEGIN PUBLIC KEY-----\n");

        for (size_t at = 0; at < der->len && !err; at += 48) {
                size_t len = der->len - at < 48 ? der->len - at : 48;

                (void)sodium_bin2base64(line, sizeof(line), (const uint8_t *)der->data + at, len,
                    sodium_base64_VARIANT_ORIGINAL);
                err = buffer_add_format(out, "%s\n", line);
        }
        return err ? err : buffer_add_text(out, "-----END PUBLIC KEY-----\n");
}

static int public_key(struct buffer *pem, char fingerprint[65], struct office *office)
{
        AUTO(buffer_done) struct buffer der = BUFFER(1024);
        int err = office_list_key(&der, fingerprint, office);

        return err ? err : add_pem(pem, &der);
}

static int get_subscribers(struct reply *reply, struct call *call)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(4096);
        char fingerprint[SHA256_HEX_MAX];
        json_t *subscribers = NULL;
        int err = public_key(&pem, fingerprint, call->office);

        if (!err)
                err = block_subscribers_json(&subscribers, call->db);
        return err ? err
                   : reply_json(reply, 200,
                         json_pack("{s:o,s:o,s:s,s:s}", "subscribers", subscribers, "targets",
                             targets_json(), "public_key", pem.data, "fingerprint", fingerprint));
}

struct wish {
        struct block_subscriber row;
        char id[ULID_MAX], token[TOKEN_TEXT_MAX], token_hash[SHA256_HEX_MAX];
};

static int take_word(const char **out, struct call *call, const json_t *body, const char *name,
    const char *preset, struct parse_error *bad)
{
        struct text said;
        int err = json_field_text_or_none(&said, body, name, NAME_MAX_BYTES, bad);

        if (err)
                return ERR_FORMAT;
        said = text_trim(said);
        *out = arena_text(call->arena, said.len ? said : text_of(preset));
        return *out ? 0 : ERR_MEMORY;
}

static int check(const struct wish *w, struct parse_error *bad)
{
        const struct block_target *target = block_target_named(text_of(w->row.target));
        const struct block_options options = { .name = text_of(w->row.list_name) };
        AUTO(buffer_done) struct buffer head = BUFFER(4096);
        enum block_answer answer;

        if (!w->row.name[0])
                return parse_error_set(
                    bad, 0, "Hãy ghi thiết bị nào sẽ tải.", "Say which device will fetch it.");
        if (!target)
                return parse_error_set(
                    bad, 0, "Không có loại thiết bị này.", "There is no such kind of device.");
        if (block_answer_of(&answer, w->row.answer))
                return parse_error_set(bad, 0, "Cách trả lời là nxdomain, nodata, drop, passthru.",
                    "The answer is nxdomain, nodata, drop or passthru.");
        if (block_list_begin(&head, target, &options))
                return parse_error_set(bad, 0,
                    "Tên danh sách chỉ gồm chữ thường, số, '-' và '_', dài không quá 24.",
                    "The list's name has lower-case letters, digits, '-' and '_', at most 24.");
        return 0;
}

static int read_wish(struct wish *w, struct call *call, const json_t *body, struct parse_error *bad)
{
        int err = take_word(&w->row.name, call, body, "name", "", bad);

        if (!err)
                err = take_word(&w->row.target, call, body, "target", "", bad);
        if (!err)
                err = take_word(&w->row.list_name, call, body, "list_name", "canh", bad);
        if (!err)
                err = take_word(&w->row.answer, call, body, "answer", "", bad);
        if (!err && json_object_get(body, "least_confidence") &&
            json_field_i64(&w->row.least_confidence, body, "least_confidence", 0, 100, bad))
                err = ERR_FORMAT;
        return err ? err : check(w, bad);
}

static void make_token(struct wish *w, const struct clock *clock)
{
        uint8_t bytes[TOKEN_BYTES];
        struct sha256 digest;

        randombytes_buf(bytes, sizeof(bytes));
        hex_write(w->token, bytes, sizeof(bytes));
        digest = sha256_of(w->token, strlen(w->token));
        w->row.token_hash = sha256_write(w->token_hash, &digest);
        w->row.id = ulid_make(w->id, clock);
        sodium_memzero(bytes, sizeof(bytes));
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

/* The token is told here and never again. */
static int reply_made(struct reply *reply, struct call *call, struct wish *w)
{
        char path[200];
        json_t *made = NULL;
        int err = block_subscriber_json(&made, call->db, w->row.id);

        (void)snprintf(path, sizeof(path), "/api/v1/block-lists/%s/%s.%s", w->token,
            w->row.list_name, block_target_named(text_of(w->row.target))->extension);
        if (!err && json_object_set_new(made, "path", json_string(path)))
                err = ERR_MEMORY;
        sodium_memzero(path, sizeof(path));
        sodium_memzero(w->token, sizeof(w->token));
        return err ? err : reply_json(reply, 201, made);
}

static int post_subscriber(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct wish w = { .row = { .answer = "" } };
        int err = call_json(&body, call, &bad);

        if (!err)
                err = read_wish(&w, call, body, &bad);
        if (err)
                return err == ERR_FORMAT ? reply_bad_input(reply, call, &bad) : err;
        make_token(&w, call->clock);
        err = db_begin(call->db);
        if (!err)
                err = finish(
                    call, block_subscriber_add(call->db, call->clock, &call->scope, &w.row));
        return err ? err : reply_made(reply, call, &w);
}

static int delete_subscriber(struct reply *reply, struct call *call)
{
        const char *id = call_param(call, 0);
        int err = id ? db_begin(call->db) : ERR_MEMORY;

        if (!err)
                err = finish(
                    call, block_subscriber_revoke(call->db, call->clock, &call->scope, id));
        if (err)
                return err;
        reply_nothing(reply);
        return 0;
}

static int find_subscriber(json_t **out, struct call *call)
{
        struct sha256 digest = sha256_of(call->params[0].data, call->params[0].len);
        char hash[SHA256_HEX_MAX];

        return block_subscriber_of(out, call->db, sha256_write(hash, &digest));
}

/* "canh.nft", or "canh.nft.sig" for the signature beside it. */
static bool is_named(bool *signature, const struct block_list *l, struct text name)
{
        char wanted[BLOCK_NAME_MAX + 32];

        (void)snprintf(
            wanted, sizeof(wanted), "%.*s.%s", TEXT_ARGS(l->options.name), l->target->extension);
        *signature = text_ends(name, ".sig");
        if (*signature)
                name.len -= 4;
        return text_is(name, wanted);
}

static int give(struct reply *reply, struct call *call, const struct block_list *l, bool signature)
{
        AUTO(buffer_done) struct buffer list = BUFFER(BLOCK_LIST_BYTES_MAX);
        struct block_counts counts = { 0 };
        size_t guarded = 0;
        int err = block_list_make(&list, &counts, &guarded, call->office, call->db, l);

        if (err)
                return err;
        reply->status = 200;
        reply->content_type = signature ? "application/octet-stream" : "text/plain; charset=utf-8";
        if (!signature) {
                buffer_done(&reply->body);
                reply->body = list;
                list = BUFFER(0);
                return 0;
        }
        return office_sign_list(&reply->body, call->office, (struct text){ list.data, list.len });
}

static int note(struct call *call, const json_t *subscriber)
{
        int err = db_begin(call->db);

        if (!err)
                err = block_subscriber_fetched(
                    call->db, call->clock, json_get_text(subscriber, "id"), call->scope.address);
        if (!err)
                return db_commit(call->db);
        db_rollback(call->db);
        return err;
}

/* Errors are told by themselves: the log of a failed request would hold the token. */
static int closed(struct reply *reply, struct call *call, int err)
{
        return reply_from_err(reply, call, err == ERR_MISSING ? ERR_MISSING : ERR_BUSY);
}

/* RFC 9110 13.1.2: a list of tags, or "*". */
static bool has_already(const struct call *call, const char *etag)
{
        struct text said = call_header(call, "If-None-Match");

        return text_is(text_trim(said), "*") ||
               (said.len && memmem(said.data, said.len, etag, strlen(etag)) != NULL);
}

static int get_list(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *subscriber = NULL;
        struct block_list l;
        bool signature = false, known;
        int err = find_subscriber(&subscriber, call);

        if (!err)
                err = block_list_of(&l, call->office, call->db, call->arena, subscriber);
        if (!err && !is_named(&signature, &l, call->params[1]))
                err = ERR_MISSING;
        if (err)
                return closed(reply, call, err);
        if (!rate_take(call->office->block_rate, text_of(json_get_text(subscriber, "id"))))
                return reply_problem(reply, call, 429, "slow_down",
                    "Tải quá dày: xin chờ một phút.", "Too often: please wait a minute.");
        (void)snprintf(reply->etag, sizeof(reply->etag), "%s", signature ? "" : l.etag);
        known = !signature && has_already(call, l.etag);
        if (known)
                reply->status = 304;
        else
                err = give(reply, call, &l, signature);
        if (!err && !signature)
                err = note(call, subscriber);
        if (err)
                reply->etag[0] = '\0';
        return err ? closed(reply, call, err) : 0;
}

static int get_key(struct reply *reply, struct call *call)
{
        char fingerprint[SHA256_HEX_MAX];
        int err;

        err = public_key(&reply->body, fingerprint, call->office);
        reply->status = 200;
        reply->content_type = "application/x-pem-file";
        return err;
}

static const struct route routes[] = {
        { "GET", "/api/v1/block-subscribers", ROLE_OFFICE, 0, get_subscribers },
        { "POST", "/api/v1/block-subscribers", ROLE_OFFICE, 0, post_subscriber },
        { "DELETE", "/api/v1/block-subscribers/{id}", ROLE_OFFICE, 0, delete_subscriber },
        { "GET", "/api/v1/block-lists/key.pem", ROLE_NONE, ROUTE_OPEN, get_key },
        { "GET", "/api/v1/block-lists/{token}/{file}", ROLE_NONE, ROUTE_OPEN, get_list },
};
const struct route_table api_block_lists = { routes, ARRAY_LEN(routes) };
