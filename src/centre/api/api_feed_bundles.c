/* centre/api/api_feed_bundles.c: lists handed from office to office on a USB stick.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/lists/feed_bundles.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/bundle/feed_bundle.h"
#include "office/intake/feed_signers.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

static int post_bundle(struct reply *reply, struct call *call)
{
        const struct list_signing by = feed_bundle_signing(call->office);
        struct parse_error bad = { 0 };
        int err;

        buffer_init(&reply->body, 2 * (size_t)FEED_BUNDLE_BYTES_MAX);
        err = feed_bundle_make(
            &reply->body, call->office, call->db, call->arena, &call->scope, &by, &bad);
        if (!err && reply->body.len > FEED_BUNDLE_BYTES_MAX)
                err = ERR_LIMIT;
        if (err)
                buffer_done(&reply->body);
        if (err == ERR_MISSING)
                return reply_problem(reply, call, 409, "nothing_fetched",
                    "Chưa nguồn tự động nào tải được danh sách dấu hiệu.",
                    "No feed of indicators has brought anything yet.");
        if (err)
                return reply_refused(reply, call, err, &bad);
        reply->status = 200;
        reply->content_type = "application/octet-stream";
        reply->file_name = TEXT("danh-sach.canhfeeds");
        return 0;
}

static int post_look(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *seen = NULL;
        AUTO(json_free_at) json_t *choices = json_object();
        struct parse_error bad = { 0 };
        char sha256[SHA256_HEX_MAX];
        int err = choices ? 0 : ERR_MEMORY;

        if (!err)
                err = feed_bundle_look(&seen, call->office, call->db, call->body, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        if ((err = shelf_keep_upload(sha256, call->office, call->body)) ||
            (err = shelf_keep_choices(call->office, sha256, choices)))
                return err;
        if (json_object_set_new(seen, "upload", json_string(sha256)))
                return ERR_MEMORY;
        return reply_json(reply, 200, MOVE(seen));
}

static int refuse(struct reply *reply, struct call *call, int err, const struct parse_error *bad)
{
        if (err == ERR_DENIED)
                return reply_problem(reply, call, 409, "signer_unknown",
                    "Chưa xác nhận khóa của nơi ký: hãy so dấu vân tay với bản được trao.",
                    "The signer's key is not confirmed: compare the fingerprint with the one you "
                    "were given.");
        if (err == ERR_EXISTS)
                return reply_problem(reply, call, 409, "bundle_not_newer",
                    "Gói này không mới hơn gói đã nhận của cùng nơi ký.",
                    "This bundle is not newer than the last one taken from this signer.");
        return reply_refused(reply, call, err, bad);
}

static int post_take(struct reply *reply, struct call *call)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(BODY_FILE_MAX);
        AUTO(json_free_at) json_t *said = NULL;
        AUTO(json_free_at) json_t *choices = NULL;
        struct parse_error bad = { 0 };
        json_t *done = NULL;
        const char *upload;
        int err = call_json(&said, call, &bad);

        if (err)
                return reply_refused(reply, call, err, &bad);
        upload = json_get_text(said, "upload");
        err = shelf_read_upload(&bytes, &choices, call->office, upload);
        if (!err)
                err = feed_bundle_take(&done, call->office, call->db, &call->scope,
                    (struct text){ bytes.data, bytes.len }, json_get_text(said, "fingerprint"),
                    &bad);
        if (err)
                return refuse(reply, call, err, &bad);
        shelf_drop_upload(call->office, upload);
        office_notify_change(call->office);
        return reply_json(reply, 201, done);
}

static int delete_signer(struct reply *reply, struct call *call)
{
        const char *fingerprint = call_param(call, 0);
        int err = fingerprint ? db_begin(call->db) : ERR_MEMORY;

        if (!err)
                err = feed_signer_remove(call->db, call->clock, &call->scope, fingerprint);
        if (!err)
                err = db_commit(call->db);
        if (err) {
                db_rollback(call->db);
                return err;
        }
        reply_nothing(reply);
        return 0;
}

static const struct route routes[] = {
        { "POST", "/api/v1/feeds/bundle", ROLE_OFFICE, 0, post_bundle },
        { "POST", "/api/v1/feeds/bundle/preview", ROLE_OFFICE, ROUTE_FILE_BODY, post_look },
        { "POST", "/api/v1/feeds/bundle/take", ROLE_OFFICE, 0, post_take },
        { "DELETE", "/api/v1/feeds/signers/{fingerprint}", ROLE_OFFICE, 0, delete_signer },
};
const struct route_table api_feed_bundles = { routes, ARRAY_LEN(routes) };
