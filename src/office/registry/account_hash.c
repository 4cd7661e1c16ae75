/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/account_hash.h"

#include "base/mem.h"
#include "codec/digest.h"
#include "office/registry/accounts.h"

#include <sodium.h>

_Static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "a hash must fit");

int password_hash(char out[PASSWORD_HASH_MAX], struct text password)
{
        if (sodium_init() < 0)
                return ERR_BUG;
        return crypto_pwhash_str(out, password.data ? password.data : "", password.len,
                   crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0
                   ? 0
                   : ERR_MEMORY;
}

bool password_matches(const char *hash, struct text password)
{
        return sodium_init() >= 0 && crypto_pwhash_str_verify(hash,
                                         password.data ? password.data : "", password.len) == 0;
}

void password_waste_time(struct text password)
{
        char out[PASSWORD_HASH_MAX];

        (void)!password_hash(out, password);
        sodium_memzero(out, sizeof(out));
}

void secret_make(char *out)
{
        uint8_t bytes[32];

        randombytes_buf(bytes, sizeof(bytes));
        hex_write(out, bytes, sizeof(bytes));
        sodium_memzero(bytes, sizeof(bytes));
}

void secret_make_groups(char *out, size_t groups)
{
        static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

        for (size_t i = 0; i < groups * 5; i++) {
                if (i && i % 5 == 0)
                        *out++ = '-';
                *out++ = letters[randombytes_uniform(32)];
        }
        *out = '\0';
}

void password_make(char out[ULID_MAX])
{
        secret_make_groups(out, 4);
}

/* The commonest of leaked lists that are ten characters or longer, and what people here type to get
 * to ten. */
static const char *const common[] = { "1234567890", "0123456789", "0987654321", "123456789a",
        "123456789q", "a123456789", "q123456789", "1q2w3e4r5t", "qwertyuiop", "1qaz2wsx3edc",
        "password12", "password123", "passw0rd123", "matkhau123", "matkhau1234", "abcd123456",
        "abc1234567", "abcdefghij", "asdfghjkl;", "zxcvbnm123", "iloveyou12", "admin12345",
        "admin123456", "administrator", "1111111111", "0000000000", "1122334455", "1231231230",
        "123123123a", "123456abcd", "vietnam123", "vietnam1945", "hochiminh1", "quantri123",
        "huyenmau123", "anhyeuem123", "canh123456" };

static bool is_one_character(struct text t)
{
        for (size_t i = 1; i < t.len; i++)
                if (t.data[i] != t.data[0])
                        return false;
        return true;
}

static size_t characters(struct text t)
{
        size_t n = 0;

        for (size_t i = 0; i < t.len; i++)
                n += ((uint8_t)t.data[i] & 0xc0) != 0x80;
        return n;
}

int password_check(struct text password, struct text login, struct parse_error *bad)
{
        if (!text_is_utf8(password) || characters(password) < PASSWORD_CHARACTERS_MIN)
                return parse_error_set(bad, 0, "Mật khẩu phải có ít nhất 10 ký tự.",
                    "A password has at least 10 characters.");
        if (password.len > PASSWORD_BYTES_MAX)
                return parse_error_set(bad, 0, "Mật khẩu quá dài.", "The password is too long.");
        for (size_t i = 0; i < ARRAY_LEN(common); i++)
                if (text_is_nocase(password, common[i]))
                        return parse_error_set(bad, 0, "Mật khẩu này quá phổ biến, dễ bị đoán ra.",
                            "This password is too common and easily guessed.");
        if (is_one_character(password) ||
            (login.len == password.len && memcmp(login.data, password.data, login.len) == 0))
                return parse_error_set(bad, 0,
                    "Mật khẩu không được là tên đăng nhập hay một ký tự lặp lại.",
                    "A password is not the login nor one character over and over.");
        return 0;
}
