/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/first_run.h"

#include "base/language.h"
#include "base/log.h"
#include "base/mem.h"
#include "centre/office.h"
#include "centre/sample.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

#include <sodium.h>

/* Crockford's letters without those that are misread; 40 bits, asked for at most a few times a
 * minute. */
static void make_code(char out[OFFICE_CODE_MAX])
{
        static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        size_t n = 0;

        for (size_t i = 0; i < 10; i++) {
                if (i == 5)
                        out[n++] = '-';
                out[n++] = letters[randombytes_uniform(sizeof(letters) - 1)];
        }
        out[n] = '\0';
}

static int count(int64_t *out, struct office *office)
{
        struct db *db = db_pool_take(office->pool);
        int err = accounts_count(out, db);

        db_pool_give(office->pool, db);
        return err;
}

int first_run_prepare(struct office *office)
{
        int64_t accounts = 0;
        int err = count(&accounts, office);

        office->first_run_code[0] = '\0';
        if (!err && accounts == 0)
                make_code(office->first_run_code);
        return err;
}

int first_run_sample(struct office *office, const char *sample_folder)
{
        struct sample_made made = { 0 };
        struct parse_error bad = { 0 };
        struct db *db;
        int err;

        if (!sample_folder[0] || !office->first_run_code[0])
                return 0;
        db = db_pool_take(office->pool);
        err = sample_load(&made, db, office->clock, sample_folder, office->packs_folder, &bad);
        db_pool_give(office->pool, db);
        if (err) {
                log_line(LOG_LEVEL_ERROR, "centre", "the sample %s was not loaded: %s %s",
                    sample_folder, err_text(err), bad.why_en);
                return err;
        }
        office->first_run_code[0] = '\0';
        (void)printf("%s: %s\n%s: %s\n", say(language_from_environment(), "Tài khoản", "User"),
            made.login,
            say(language_from_environment(), "Mật khẩu dùng một lần", "One-time password"),
            made.password);
        sodium_memzero(made.password, sizeof(made.password));
        (void)fflush(stdout);
        return 0;
}

void first_run_greet(const struct office *office, const char *address, unsigned port)
{
        enum language l = language_from_environment();
        const char *scheme = office->secure_cookies ? "https" : "http";
        bool all = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;

        (void)printf(strchr(address, ':') && !all ? "%s: %s://[%s]:%u/\n" : "%s: %s://%s:%u/\n",
            say(l, "Canh đang chạy tại", "Canh is at"), scheme, all ? "127.0.0.1" : address, port);
        (void)printf(
            "%s: %s\n", say(l, "Cửa của máy trạm", "Workstations connect to"), office->agents_url);
        if (office->first_run_code[0])
                (void)printf("%s: %s\n", say(l, "Mã cài đặt lần đầu", "First-run code"),
                    office->first_run_code);
        (void)fflush(stdout);
}
