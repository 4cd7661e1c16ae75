/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/admin.h"

#include "base/arena.h"
#include "base/mem.h"
#include "centre/admin_files.h"
#include "centre/admin_rows.h"
#include "centre/backup/backup.h"
#include "centre/list_key.h"
#include "centre/lists/feed_bundles.h"
#include "centre/office.h"
#include "centre/sample.h"
#include "centre/settings.h"
#include "centre/web/router.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "indicators/bundle/feed_bundle.h"
#include "office/campaign/campaign.h"
#include "office/campaign/pack.h"
#include "office/registry/accounts.h"
#include "office/registry/machines.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <sys/stat.h>

enum { DONE = 0, CHECK_FAILED = 1, NOT_DONE = 2, KIT_DAYS_USUAL = 30, KINDS_ARENA_MAX = 32 << 20 };

struct admin {
        const struct settings *settings;
        enum language language;
        struct db *db;
        const struct clock *clock;
        char root[ULID_MAX];
        int argc;
        char **argv;
};

static int complain(const struct admin *a, int err, const struct parse_error *bad)
{
        (void)fprintf(stderr, "canh-centre admin %s: %s\n", a->argv[0],
            bad && bad->why_vi[0] ? say(a->language, bad->why_vi, bad->why_en) : err_text(err));
        return NOT_DONE;
}

static const char *argument(const struct admin *a, int index, const char *preset)
{
        return a->argc > index ? a->argv[index] : preset;
}

static int first_user(struct admin *a)
{
        struct sample_made made = { 0 };
        struct parse_error bad = { 0 };
        int err = sample_first_user(&made, a->db, a->clock, argument(a, 1, "quantri"),
            argument(a, 2, "Quản trị"), argument(a, 3, "Văn phòng"), &bad);

        if (err)
                return complain(a, err, &bad);
        (void)printf("%s: %s\n%s: %s\n", say(a->language, "Tài khoản", "User"), made.login,
            say(a->language, "Mật khẩu dùng một lần", "One-time password"), made.password);
        sodium_memzero(&made, sizeof(made));
        return DONE;
}

static int reset_password(struct admin *a)
{
        const struct account_change change = { .reset_password = true };
        const struct scope scope = office_own_scope(a->root);
        char id[ULID_MAX], one_time[ULID_MAX];
        int err = a->argc > 1 ? admin_rows_account(id, a->db, a->argv[1]) : ERR_FORMAT;

        if (!err)
                err = db_begin(a->db);
        if (!err)
                err = account_change(one_time, a->db, a->clock, &scope, id, &change);
        if (!err)
                err = db_commit(a->db);
        db_rollback(a->db);
        if (err)
                return complain(a, err, NULL);
        (void)printf(
            "%s: %s\n", say(a->language, "Mật khẩu dùng một lần", "One-time password"), one_time);
        sodium_memzero(one_time, sizeof(one_time));
        return DONE;
}

/* The public certificate only: the key stays where it is. */
static int fingerprint(char out[SHA256_HEX_MAX], const char *data_folder)
{
        char path[SETTING_MAX + 32];
        uint8_t digest[SHA256_BYTES];
        size_t len = sizeof(digest);
        gnutls_datum_t pem = { 0 };
        gnutls_x509_crt_t c;
        int err = ERR_MISSING;

        (void)snprintf(path, sizeof(path), "%s/keys/authority.pem", data_folder);
        if (gnutls_load_file(path, &pem) != 0)
                return ERR_MISSING;
        if (gnutls_x509_crt_init(&c) == 0) {
                if (gnutls_x509_crt_import(c, &pem, GNUTLS_X509_FMT_PEM) == 0 &&
                    gnutls_x509_crt_get_fingerprint(c, GNUTLS_DIG_SHA256, digest, &len) == 0) {
                        hex_write(out, digest, sizeof(digest));
                        err = 0;
                }
                gnutls_x509_crt_deinit(c);
        }
        gnutls_free(pem.data);
        return err;
}

/* token [UNIT_CODE] [USES] [HOURS]: prints TOKEN.FINGERPRINT */
static int token(struct admin *a)
{
        const struct scope scope = office_own_scope(a->root);
        char made[ENROL_TOKEN_MAX], finger[SHA256_HEX_MAX], unit[ULID_MAX];
        int64_t uses = 1, hours = 24;
        time_ms until;
        int err = fingerprint(finger, a->settings->data_folder);

        (void)snprintf(unit, sizeof(unit), "%s", a->root);
        if (!err && a->argc > 1)
                err = admin_rows_unit(unit, a->db, a->argv[1]);
        if (!err && a->argc > 2)
                err = text_to_i64(&uses, text_of(a->argv[2]));
        if (!err && a->argc > 3)
                err = text_to_i64(&hours, text_of(a->argv[3]));
        if (!err)
                err = db_begin(a->db);
        if (!err)
                err = enrol_token_new(
                    made, &until, a->db, a->clock, &scope, unit, "agent", uses, hours);
        if (!err)
                err = db_commit(a->db);
        db_rollback(a->db);
        if (err)
                return complain(a, err, NULL);
        (void)printf("%s.%s\n", made, finger);
        return DONE;
}

/* Kinds of unit that no letter in force names: their rows show the bare word, and they owe nothing.
 */
static int tell_unknown_kinds(struct admin *a)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        AUTO(json_free_at) json_t *units = NULL;
        AUTO(json_free_at) json_t *told = json_object();
        struct campaign *c = NULL;
        char root[ULID_MAX];
        const json_t *unit;
        size_t i;
        int err = unit_root(root, a->db);

        if (!err)
                err = arena_new(&arena, KINDS_ARENA_MAX);
        if (!err)
                err = campaign_open(&c, arena, a->db, TEXT(""));
        if (err)
                return err == ERR_MISSING ? 0 : err; /* no office or no letter yet */
        const struct scope scope = office_own_scope(root);
        err = units_json(&units, a->db, &scope, clock_now(a->clock));
        if (err)
                return err;
        json_array_foreach(units, i, unit)
        {
                const char *kind = json_get_text(unit, "kind");

                if (pack_unit_kind_index(c->pack, text_of(kind)) >= 0 ||
                    json_object_get(told, kind))
                        continue;
                (void)printf("%s: %s\n",
                    say(a->language, "Loại đơn vị không có trong văn bản chỉ đạo",
                        "Kind of unit that the letter does not name"),
                    kind);
                if (json_object_set_new(told, kind, json_true()))
                        return ERR_MEMORY;
        }
        return 0;
}

static int check(struct admin *a)
{
        char last[SHA256_HEX_MAX], finger[SHA256_HEX_MAX];
        int64_t bad_at = 0;
        int err = admin_rows_integrity(a->db);

        if (err) {
                (void)printf(
                    "%s\n", say(a->language, "Cơ sở dữ liệu HỎNG", "The database is DAMAGED"));
                return CHECK_FAILED;
        }
        (void)printf("%s\n", say(a->language, "Cơ sở dữ liệu: tốt", "Database: good"));
        err = audit_verify(&bad_at, last, a->db);
        if (err) {
                (void)printf("%s %lld\n",
                    say(a->language, "Nhật ký BỊ SỬA tại dòng", "The trail was ALTERED at"),
                    (long long)bad_at);
                return CHECK_FAILED;
        }
        (void)printf(
            "%s: %s\n", say(a->language, "Nhật ký: liền mạch, đến", "Trail: unbroken, to"), last);
        err = tell_unknown_kinds(a);
        if (err)
                return complain(a, err, NULL);
        if (fingerprint(finger, a->settings->data_folder) != 0) {
                (void)printf("%s\n",
                    say(a->language, "Không có cơ quan chứng thực", "There is no authority"));
                return CHECK_FAILED;
        }
        (void)printf("%s: %s\n",
            say(a->language, "Dấu vân tay của cơ quan chứng thực", "Authority"), finger);
        return DONE;
}

static int load(struct admin *a,
    int (*loader)(struct db *, const struct clock *, const char *, struct parse_error *))
{
        struct parse_error bad = { 0 };
        int err = a->argc > 1 ? loader(a->db, a->clock, a->argv[1], &bad) : ERR_FORMAT;

        return err ? complain(a, err, &bad) : DONE;
}

static int load_sample(struct admin *a)
{
        return load(a, sample_import);
}

static int load_pack(struct admin *a)
{
        return load(a, sample_load_pack);
}

/* kit UNIT_CODE FILE [DAYS] */
static int kit(struct admin *a)
{
        const struct scope scope = office_own_scope(a->root);
        char unit[ULID_MAX], finger[SHA256_HEX_MAX];
        int64_t days = KIT_DAYS_USUAL;
        int err = a->argc > 2 ? admin_rows_unit(unit, a->db, a->argv[1]) : ERR_FORMAT;

        if (!err && a->argc > 3)
                err = text_to_i64(&days, text_of(a->argv[3]));
        if (!err)
                err = fingerprint(finger, a->settings->data_folder); /* MISSING: never started */
        if (!err)
                err = admin_kit(
                    a->db, a->clock, &scope, a->settings->data_folder, unit, days, a->argv[2]);
        return err ? complain(a, err, NULL) : DONE;
}

/* backup FILE [PASSPHRASE_FILE]; without one a code is made and printed, once. */
static int backup(struct admin *a)
{
        char passphrase[PASSPHRASE_MAX] = "";
        size_t files = 0;
        int err = a->argc > 1 ? 0 : ERR_FORMAT;

        if (!err && a->argc > 2)
                err = admin_read_passphrase(passphrase, a->argv[2]);
        else
                admin_make_code(passphrase);
        if (!err)
                err = backup_make(
                    &files, a->db, a->settings->data_folder, a->argv[1], text_of(passphrase));
        if (!err)
                (void)printf("%s: %zu\n", say(a->language, "Số tệp", "Files"), files);
        if (!err && a->argc <= 2)
                (void)printf("%s: %s\n",
                    say(a->language, "Mã khôi phục (ghi lại, cất riêng)",
                        "Recovery code (write it down, keep it apart)"),
                    passphrase);
        sodium_memzero(passphrase, sizeof(passphrase));
        return err ? complain(a, err, NULL) : DONE;
}

/* restore FILE [PASSPHRASE_FILE]; without one the code is read from standard input. */
static int restore(struct admin *a)
{
        static const struct parse_error there = { .why_vi = "Thư mục dữ liệu đã có một văn phòng; "
                                                            "không ghi đè.",
                .why_en = "There is an office in the data folder; nothing is overwritten." };
        static const struct parse_error wrong = { .why_vi = "Mã khôi phục sai, hoặc tệp đã bị sửa.",
                .why_en = "The recovery code is wrong, or the file was altered." };
        char passphrase[PASSPHRASE_MAX] = "";
        size_t files = 0;
        int err = a->argc > 1 ? 0 : ERR_FORMAT;

        if (!err)
                err = admin_read_passphrase(passphrase, argument(a, 2, "-"));
        if (!err)
                err = backup_restore(
                    &files, a->settings->data_folder, a->argv[1], text_of(passphrase));
        sodium_memzero(passphrase, sizeof(passphrase));
        if (err)
                return complain(a, err,
                    err == ERR_EXISTS      ? &there
                    : err == ERR_UNTRUSTED ? &wrong
                                           : NULL);
        (void)printf("%s: %zu\n", say(a->language, "Số tệp đã khôi phục", "Files restored"), files);
        return DONE;
}

static int sign_here(void *state, struct buffer *signature, struct text data)
{
        const struct sha256 digest = sha256_of(data.data, data.len);

        return list_key_sign(signature, state, &digest);
}

static int key_here(void *state, struct buffer *der)
{
        return list_key_public(der, state);
}

static int make_bundle(struct buffer *out, struct admin *a, struct office *office,
    struct list_key *key, struct parse_error *bad)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct list_signing by = { sign_here, key_here, key };
        const struct scope scope = office_own_scope(a->root);
        int err = arena_new(&arena, KINDS_ARENA_MAX);

        (void)snprintf(
            office->list_folder, sizeof(office->list_folder), "%s/lists", a->settings->data_folder);
        office->clock = a->clock;
        return err ? err : feed_bundle_make(out, office, a->db, arena, &scope, &by, bad);
}

/* The same file as the console gives, for a script that fills a USB stick each week. */
static int feed_bundle(struct admin *a)
{
        static const struct parse_error none = {
                .why_vi = "chưa nguồn tự động nào tải được danh sách dấu hiệu",
                .why_en = "no feed of indicators has brought anything yet"
        };
        AUTO(buffer_done) struct buffer bytes = BUFFER(FEED_BUNDLE_BYTES_MAX);
        AUTO(mem_free_at) struct office *office = mem_zero(1, sizeof(*office));
        struct list_key *key = NULL;
        struct parse_error bad = { 0 };
        int err = a->argc > 1 ? 0 : ERR_FORMAT;

        if (!err)
                err = office ? list_key_open(&key, a->settings->data_folder) : ERR_MEMORY;
        if (!err)
                err = make_bundle(&bytes, a, office, key, &bad);
        key = list_key_close(key);
        if (!err)
                err = admin_write_file(a->argv[1], (struct text){ bytes.data, bytes.len });
        if (err)
                return complain(a, err, err == ERR_MISSING ? &none : &bad);
        (void)printf("%s: %zu byte\n", a->argv[1], bytes.len);
        return DONE;
}

/* For the test that holds the description of the API to the program. */
static int routes(struct admin *a)
{
        (void)a;
        for (size_t t = 0; api_tables[t]; t++) {
                for (size_t i = 0; i < api_tables[t]->count; i++) {
                        const struct route *r = &api_tables[t]->routes[i];
                        (void)printf("%s %s %s\n", r->method, r->pattern,
                            r->flags & ROUTE_OPEN ? "open" : role_word(r->min_role));
                }
        }
        return DONE;
}

enum needs { NEEDS_NOTHING, NEEDS_DATABASE, NEEDS_ROOT };

static const struct {
        const char *word;
        enum needs needs;
        int (*run)(struct admin *a);
} verbs[] = {
        { "first-user", NEEDS_DATABASE, first_user },
        { "reset-password", NEEDS_ROOT, reset_password },
        { "token", NEEDS_ROOT, token },
        { "load-sample", NEEDS_ROOT, load_sample },
        { "load-pack", NEEDS_ROOT, load_pack },
        { "check", NEEDS_DATABASE, check },
        { "kit", NEEDS_ROOT, kit },
        { "feed-bundle", NEEDS_ROOT, feed_bundle },
        { "backup", NEEDS_DATABASE, backup },
        { "restore", NEEDS_NOTHING, restore },
        { "routes", NEEDS_NOTHING, routes },
};

static int open_office(struct admin *a, enum needs needs)
{
        char folder[SETTING_MAX + 16];
        int err;

        if (needs == NEEDS_NOTHING)
                return 0;
        (void)snprintf(folder, sizeof(folder), "%s/office", a->settings->data_folder);
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
                return err_from_errno(errno);
        err = db_open(&a->db, a->settings->database_url);
        if (!err)
                err = db_migrate(a->db, NULL);
        return err || needs != NEEDS_ROOT ? err : unit_root(a->root, a->db);
}

int admin_run(const struct settings *settings, int argc, char **argv, enum language l)
{
        struct admin a = { .settings = settings,
                .language = l,
                .clock = &clock_real,
                .argc = argc,
                .argv = argv };
        int status = NOT_DONE;

        for (size_t i = 0; argc > 0 && i < ARRAY_LEN(verbs); i++) {
                if (strcmp(argv[0], verbs[i].word) != 0)
                        continue;
                if (sodium_init() < 0)
                        return NOT_DONE;
                int err = open_office(&a, verbs[i].needs);
                status = err ? complain(&a, err, NULL) : verbs[i].run(&a);
                a.db = db_close(a.db);
                return status;
        }
        (void)fprintf(stderr,
            "canh-centre admin: first-user [LOGIN NAME OFFICE] | reset-password LOGIN |\n"
            "  token [UNIT_CODE USES HOURS] | load-sample FOLDER | load-pack FOLDER | check |\n"
            "  kit UNIT_CODE FILE [DAYS] | feed-bundle FILE |\n"
            "  backup FILE [PASSPHRASE_FILE] |\n"
            "  restore FILE [PASSPHRASE_FILE] | routes\n");
        return status;
}
