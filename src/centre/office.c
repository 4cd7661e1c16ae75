/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/office.h"

#include "base/mem.h"
#include "centre/bundle.h"
#include "centre/fresh_key.h"
#include "centre/keys_messages.h"
#include "centre/fetch_messages.h"
#include "centre/reader_messages.h"
#include "centre/revoked_rows.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "system/os/memory_file.h"
#include "system/net/http_server.h"
#include "system/proc/question.h"

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
        KEYS_TIMEOUT_MS = 5000,
        READER_TIMEOUT_MS = 300000,
        SMALL_JSON_MAX = 8 << 10,
        CLIENT_DAYS = 400
};

static int write_all(int fd, const void *bytes, size_t len)
{
        const char *p = bytes;

        while (len) {
                ssize_t n = write(fd, p, len);
                if (n <= 0)
                        return ERR_MEMORY;
                p += n;
                len -= (size_t)n;
        }
        return 0;
}

/* Options and upload in memory that nobody can change any more; -1 without room. */
static int seal(const char *options, struct text bytes)
{
        const struct reader_upload head = { strlen(options) };
        int fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        int err = fd < 0 ? ERR_MEMORY : write_all(fd, &head, sizeof(head));

        if (!err)
                err = write_all(fd, options, strlen(options));
        if (!err)
                err = write_all(fd, bytes.data, bytes.len);
        if (!err &&
            fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
                err = ERR_IO;
        if (!err)
                return fd;
        if (fd >= 0)
                (void)close(fd);
        return -1;
}

static int read_output(struct buffer *out, int fd, size_t len)
{
        size_t had = out->len;
        char piece[1 << 14];
        int err = 0;

        for (size_t at = 0; !err && at < len;) {
                size_t want = len - at < sizeof(piece) ? len - at : sizeof(piece);
                ssize_t n = pread(fd, piece, want, (off_t)at);
                err = n <= 0 ? ERR_IO : buffer_add(out, piece, (size_t)n);
                at += n > 0 ? (size_t)n : 0;
        }
        if (err)
                out->len = had;
        return err;
}

static void say_end(struct parse_error *bad, const struct reader_result *result)
{
        if (result->end == READER_END_TIME)
                (void)parse_error_set(bad, 0,
                    "Tệp cần quá nhiều thời gian để đọc; đã dừng lại, không có gì được ghi.",
                    "The file takes too long to read; it was stopped and nothing was written.");
        else if (result->end == READER_END_CRASH)
                (void)parse_error_set(bad, 0,
                    "Tiến trình đọc tệp đã dừng đột ngột vì tệp này; không có gì được ghi.",
                    "The process that read this file ended abruptly; nothing was written.");
        else if (bad)
                *bad = result->bad;
}

/* The answer comes from a process that touched foreign bytes: its fields are bounded here. */
static int take_result(struct buffer *out, const struct answer *a, struct parse_error *bad)
{
        struct reader_result result;

        if (a->type != READER_DONE || a->body.len != sizeof(result))
                return ERR_UNTRUSTED;
        memcpy(&result, a->body.data, sizeof(result));
        result.bad.why_vi[PARSE_WHY_MAX - 1] = result.bad.why_en[PARSE_WHY_MAX - 1] = '\0';
        if (!text_is_utf8(text_of(result.bad.why_vi)) || !text_is_utf8(text_of(result.bad.why_en)))
                return ERR_UNTRUSTED;
        say_end(bad, &result);
        if (result.err)
                return result.err < 0 && result.err >= ERR_UNSUPPORTED ? result.err : ERR_UNTRUSTED;
        return a->fd >= 0 ? read_output(out, a->fd, result.output_bytes) : ERR_UNTRUSTED;
}

int office_reader_run(struct office *office, struct buffer *out, const char *job,
    const char *options_json, struct text bytes, struct parse_error *bad)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        int upload, err;

        upload = seal(options_json ? options_json : "{}", bytes);
        if (upload < 0)
                return ERR_MEMORY;
        atomic_fetch_add(&office->jobs_run, 1);
        err = question_ask(
            &answer, office->reader, READER_RUN, text_of(job), upload, READER_TIMEOUT_MS);
        (void)close(upload);
        if (!err)
                err = take_result(out, &answer, bad);
        else if (err == ERR_CLOSED)
                err = ERR_BUSY; /* it comes back by itself */
        if (err)
                atomic_fetch_add(&office->jobs_failed, 1);
        return err;
}

int office_fetch(struct fetch_result *out, struct buffer *body, struct office *office,
    const struct fetch_wish *wish)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        struct text bytes = { NULL, 0 };
        int err = question_ask(&answer, office->fetch, FETCH_GET,
            (struct text){ (const char *)wish, sizeof(*wish) }, -1,
            FETCH_TIMEOUT_MS + KEYS_TIMEOUT_MS);

        if (err)
                return err == ERR_CLOSED ? ERR_BUSY : err;
        if (answer.type != FETCH_GOT || answer.body.len != sizeof(*out))
                return ERR_UNTRUSTED;
        memcpy(out, answer.body.data, sizeof(*out));
        out->etag[sizeof(out->etag) - 1] = out->modified[sizeof(out->modified) - 1] = '\0';
        out->added_last[sizeof(out->added_last) - 1] = '\0';
        if (!text_is_utf8(text_of(out->etag)) || !text_is_utf8(text_of(out->modified)) ||
            !text_is_utf8(text_of(out->added_last)))
                out->etag[0] = out->modified[0] = out->added_last[0] = '\0';
        if (out->err || out->status != 200)
                return 0;
        err = memory_file_map(&bytes, answer.fd, FETCH_BYTES_MAX);
        if (!err)
                err = buffer_add(body, bytes.data, bytes.len);
        memory_file_unmap(&bytes);
        return err;
}

/* Asks the keys process; the answer has the type of the question, or its error is returned. */
static int ask_keys(struct answer *out, struct office *office, uint32_t type, struct text body)
{
        int32_t code = ERR_UNTRUSTED;
        int err = question_ask(out, office->keys, type, body, -1, KEYS_TIMEOUT_MS);

        if (err)
                return err == ERR_CLOSED ? ERR_BUSY : err;
        if (out->type == type)
                return 0;
        if (out->type == KEYS_FAILED && out->body.len == sizeof(code))
                memcpy(&code, out->body.data, sizeof(code));
        return code < 0 ? code : ERR_UNTRUSTED;
}

void certificate_done(struct certificate *c)
{
        buffer_done(&c->pem);
}

int office_issue(struct certificate *out, struct office *office, const struct keys_issue *request)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        struct certificate made = { .pem = BUFFER(CERTIFICATE_PEM_MAX) };
        struct keys_certificate head;
        int err;

        err = ask_keys(
            &answer, office, KEYS_ISSUE, (struct text){ (const char *)request, sizeof(*request) });
        if (!err && answer.body.len <= sizeof(head))
                err = ERR_UNTRUSTED;
        if (err)
                return err;
        memcpy(&head, answer.body.data, sizeof(head));
        head.serial[sizeof(head.serial) - 1] = '\0';
        err = buffer_add(
            &made.pem, answer.body.data + sizeof(head), answer.body.len - sizeof(head));
        if (err)
                return err;
        (void)snprintf(made.serial, sizeof(made.serial), "%s", head.serial);
        made.until = head.until_ms;
        *out = made;
        return 0;
}

static int read_point(struct keys_issue *out, struct text json)
{
        AUTO(json_free_at) json_t *point = NULL;
        struct text x, y;
        int err = json_read(&point, json, NULL);

        if (!err)
                err = json_field_text(&x, point, "x", 2 * KEYS_POINT_BYTES, NULL);
        if (!err)
                err = json_field_text(&y, point, "y", 2 * KEYS_POINT_BYTES, NULL);
        if (!err)
                err = hex_parse(out->x, KEYS_POINT_BYTES, x);
        return err ? err : hex_parse(out->y, KEYS_POINT_BYTES, y);
}

int office_issue_certificate(struct certificate *out, struct office *office, struct text csr_pem,
    const char *machine_id, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer json = BUFFER(SMALL_JSON_MAX);
        struct keys_issue request = { .kind = KEYS_KIND_MACHINE, .days = CLIENT_DAYS };
        int err;

        err = office_reader_run(office, &json, "certificate-request", "{}", csr_pem, bad);
        if (!err)
                err = read_point(&request, (struct text){ json.data, json.len });
        if (err)
                return err;
        (void)snprintf(request.name, sizeof(request.name), "%s", machine_id);
        return office_issue(out, office, &request);
}

int office_issue_kit(struct certificate *out, struct buffer *key, struct office *office,
    const char *kit_id, int days)
{
        struct keys_issue request = { .kind = KEYS_KIND_KIT };
        int err;

        if (days < 1 || days > KEYS_DAYS_MAX)
                return ERR_LIMIT;
        request.days = (uint32_t)days;
        (void)snprintf(request.name, sizeof(request.name), "%s", kit_id);
        err = fresh_key_make(key, &request);
        return err ? err : office_issue(out, office, &request);
}

int office_issue_server(
    struct certificate *out, struct buffer *key, struct office *office, const char *names)
{
        struct keys_issue request = { .kind = KEYS_KIND_SERVER, .days = KEYS_DAYS_MAX };
        int err = text_copy(request.server_names, sizeof(request.server_names), text_of(names));

        if (!err)
                err = fresh_key_make(key, &request);
        return err ? err : office_issue(out, office, &request);
}

static const char pem_end[] = "-----END CERTIFICATE-----\n";

int office_authority(struct buffer *pem, char fingerprint[65], struct office *office)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        uint8_t digest[SHA256_BYTES];
        size_t len = sizeof(digest);
        gnutls_x509_crt_t root;
        gnutls_datum_t bytes;
        const char *end;
        int err;

        err = ask_keys(&answer, office, KEYS_AUTHORITY, TEXT(""));
        if (err)
                return err;
        end = answer.body.data ? strstr(answer.body.data, pem_end) : NULL;
        if (!end)
                return ERR_UNTRUSTED;
        bytes = (gnutls_datum_t){ (unsigned char *)answer.body.data,
                (unsigned)(end + sizeof(pem_end) - 1 - answer.body.data) };
        if (gnutls_x509_crt_init(&root) != 0)
                return ERR_MEMORY;
        if (gnutls_x509_crt_import(root, &bytes, GNUTLS_X509_FMT_PEM) != 0 ||
            gnutls_x509_crt_get_fingerprint(root, GNUTLS_DIG_SHA256, digest, &len) != 0)
                err = ERR_UNTRUSTED;
        gnutls_x509_crt_deinit(root);
        if (!err && pem)
                err = buffer_add(pem, answer.body.data, answer.body.len);
        if (!err && fingerprint)
                hex_write(fingerprint, digest, sizeof(digest));
        return err;
}

int office_root(struct buffer *pem, struct office *office)
{
        AUTO(buffer_done) struct buffer both = BUFFER(2 * CERTIFICATE_PEM_MAX);
        const char *end;
        int err = office_authority(&both, NULL, office);

        if (err)
                return err;
        end = strstr(both.data, pem_end);
        return buffer_add(pem, both.data, (size_t)(end - both.data) + sizeof(pem_end) - 1);
}

/* Options for a reader job: a JSON object of texts. */
static int options_of(struct buffer *out, const char *name1, struct text value1, const char *name2,
    const char *value2)
{
        AUTO(json_free_at)
        json_t *o = json_pack("{s:s%,s:s}", name1, value1.data, value1.len, name2, value2);
        char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        int err = text ? buffer_add_text(out, text) : ERR_FORMAT;

        free(text);
        return err;
}

int office_check_certificate(char common_name[65], char serial[65], struct office *office,
    struct db *db, struct text pem, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer authority = BUFFER(CERTIFICATE_PEM_MAX * 2);
        AUTO(buffer_done) struct buffer options = BUFFER(MESSAGE_BODY_MAX);
        AUTO(buffer_done) struct buffer json = BUFFER(SMALL_JSON_MAX);
        AUTO(json_free_at) json_t *read = NULL;
        struct text name, number;
        bool revoked = false;
        int err;

        err = office_root(&authority, office);
        if (!err)
                err = options_of(&options, "authority",
                    (struct text){ authority.data, authority.len }, "use", "client");
        if (!err)
                err = office_reader_run(office, &json, "certificate", options.data, pem, bad);
        if (!err)
                err = json_read(&read, (struct text){ json.data, json.len }, NULL);
        if (!err)
                err = json_field_text(&name, read, "common_name", 64, NULL);
        if (!err)
                err = json_field_text(&number, read, "serial", 64, NULL);
        if (!err)
                err = text_copy(serial, 65, number);
        if (!err)
                err = text_copy(common_name, 65, name);
        if (!err)
                err = revoked_rows_has(&revoked, db, serial);
        if (!err && revoked) {
                (void)parse_error_set(
                    bad, 0, "Chứng thư đã bị thu hồi.", "The certificate was revoked.");
                err = ERR_UNTRUSTED;
        }
        return err;
}

int office_check_signature(
    struct office *office, struct text certificate_pem, struct text data, struct text signature_der)
{
        AUTO(buffer_done) struct buffer options = BUFFER(MESSAGE_BODY_MAX);
        AUTO(buffer_done) struct buffer json = BUFFER(SMALL_JSON_MAX);
        char hex[2 * 128 + 1];
        int err;

        if (signature_der.len > 128)
                return ERR_UNTRUSTED;
        hex_write(hex, (const uint8_t *)signature_der.data, signature_der.len);
        err = options_of(&options, "certificate", certificate_pem, "signature", hex);
        return err ? err : office_reader_run(office, &json, "signature", options.data, data, NULL);
}

int office_sign_manifest(void *state, struct buffer *signature, struct text manifest)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        int err = ask_keys(&answer, state, KEYS_SIGN, manifest);

        return err ? err : buffer_add(signature, answer.body.data, answer.body.len);
}

int office_publish_set(
    struct office *office, char *generation, struct text set_bytes, struct text hash_bytes)
{
        int err = bundle_set(office->bundle, generation, set_bytes, hash_bytes);

        if (!err)
                http_server_wake(office->agents);
        return err;
}

int office_publish_if_changed(struct office *office)
{
        bool changed = false;
        int err = bundle_refresh(office->bundle, &changed);

        if (changed)
                http_server_wake(office->agents);
        return err;
}

int office_list_key(struct buffer *der, char fingerprint[65], struct office *office)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        struct sha256 digest;
        int err = ask_keys(&answer, office, KEYS_LIST_KEY, TEXT(""));

        if (err)
                return err;
        digest = sha256_of(answer.body.data, answer.body.len);
        (void)sha256_write(fingerprint, &digest);
        return der ? buffer_add(der, answer.body.data, answer.body.len) : 0;
}

int office_sign_list(struct buffer *signature, struct office *office, struct text data)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        const struct sha256 digest = sha256_of(data.data, data.len);
        int err = ask_keys(&answer, office, KEYS_LIST_SIGN,
            (struct text){ (const char *)digest.bytes, sizeof(digest.bytes) });

        return err ? err : buffer_add(signature, answer.body.data, answer.body.len);
}

int office_seal(struct buffer *out, struct office *office, const char *place, struct text secret)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        struct keys_secret s = { .len = (uint32_t)secret.len };
        int err = secret.len > sizeof(s.bytes)
                      ? ERR_LIMIT
                      : text_copy(s.place, sizeof(s.place), text_of(place));

        if (err)
                return err;
        memcpy(s.bytes, secret.data, secret.len);
        err = ask_keys(&answer, office, KEYS_SEAL, (struct text){ (const char *)&s, sizeof(s) });
        explicit_bzero(&s, sizeof(s));
        return err ? err : buffer_add(out, answer.body.data, answer.body.len);
}

int office_unseal(
    char *out, size_t room, struct office *office, const char *place, struct text sealed)
{
        AUTO(answer_done) struct answer answer = { .fd = -1 };
        struct keys_secret s = { .len = (uint32_t)sealed.len };
        int err = sealed.len > sizeof(s.bytes)
                      ? ERR_LIMIT
                      : text_copy(s.place, sizeof(s.place), text_of(place));

        if (err)
                return err;
        memcpy(s.bytes, sealed.data, sealed.len);
        err = ask_keys(&answer, office, KEYS_UNSEAL, (struct text){ (const char *)&s, sizeof(s) });
        if (err)
                return err;
        err = text_copy(out, room, (struct text){ answer.body.data, answer.body.len });
        explicit_bzero(answer.body.data, answer.body.len);
        return err;
}

void office_generation(struct office *office, char *out)
{
        bundle_generation(office->bundle, out);
}

void office_notify_change(struct office *office)
{
        http_server_wake(office->console);
        http_server_wake(office->agents);
}
