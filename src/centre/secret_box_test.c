/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/secret_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char data[] = "/tmp/canh-secret-box-XXXXXX";

static struct secret_box *open_box(void)
{
        struct secret_box *b = NULL;

        assert_int_equal(secret_box_open(&b, data), 0);
        return b;
}

static struct keys_secret secret_of(const char *place, const void *bytes, size_t len)
{
        struct keys_secret s = { .len = (uint32_t)len };

        (void)snprintf(s.place, sizeof(s.place), "%s", place);
        memcpy(s.bytes, bytes, len);
        return s;
}

static void a_secret_opens_for_its_place_and_after_a_restart(void **state)
{
        struct secret_box *b = open_box();
        struct buffer sealed = BUFFER(KEYS_SEALED_MAX), plain = BUFFER(KEYS_SEALED_MAX);
        struct keys_secret s = secret_of("feed 1 https://a.example", "mat khau", 8);

        (void)state;
        assert_int_equal(secret_box_seal(&sealed, b, &s), 0);
        assert_null(memmem(sealed.data, sealed.len, "mat khau", 8));
        b = secret_box_close(b);
        b = open_box();
        s = secret_of("feed 1 https://a.example", sealed.data, sealed.len);
        assert_int_equal(secret_box_open_sealed(&plain, b, &s), 0);
        assert_int_equal(plain.len, 8);
        assert_memory_equal(plain.data, "mat khau", 8);
        s = secret_of("feed 1 https://b.example", sealed.data, sealed.len);
        assert_int_equal(secret_box_open_sealed(&plain, b, &s), ERR_UNTRUSTED);
        s = secret_of("feed 1 https://a.example", sealed.data, sealed.len);
        s.bytes[sealed.len - 1] ^= 1;
        assert_int_equal(secret_box_open_sealed(&plain, b, &s), ERR_UNTRUSTED);
        (void)secret_box_close(b);
        buffer_done(&sealed);
        buffer_done(&plain);
}

static void the_same_secret_is_sealed_differently_each_time(void **state)
{
        struct secret_box *b = open_box();
        struct buffer one = BUFFER(KEYS_SEALED_MAX), two = BUFFER(KEYS_SEALED_MAX);
        const struct keys_secret s = secret_of("x", "y", 1);

        (void)state;
        assert_int_equal(secret_box_seal(&one, b, &s), 0);
        assert_int_equal(secret_box_seal(&two, b, &s), 0);
        assert_int_equal(one.len, two.len);
        assert_memory_not_equal(one.data, two.data, one.len);
        (void)secret_box_close(b);
        buffer_done(&one);
        buffer_done(&two);
}

static void what_breaks_its_bounds_is_refused(void **state)
{
        struct secret_box *b = open_box();
        struct buffer out = BUFFER(KEYS_SEALED_MAX);
        struct keys_secret s = secret_of("x", "y", 1);

        (void)state;
        s.len = 0;
        assert_int_equal(secret_box_seal(&out, b, &s), ERR_FORMAT);
        s.len = KEYS_SECRET_MAX + 1;
        assert_int_equal(secret_box_seal(&out, b, &s), ERR_FORMAT);
        assert_int_equal(
            secret_box_open_sealed(&out, b, &(struct keys_secret){ .len = 40 }), ERR_FORMAT);
        s = secret_of("x", "y", 1);
        memset(s.place, 'a', sizeof(s.place));
        assert_int_equal(secret_box_seal(&out, b, &s), ERR_FORMAT);
        (void)secret_box_close(b);
        buffer_done(&out);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_secret_opens_for_its_place_and_after_a_restart),
                cmocka_unit_test(the_same_secret_is_sealed_differently_each_time),
                cmocka_unit_test(what_breaks_its_bounds_is_refused),
        };
        char keys[64];

        if (!mkdtemp(data))
                return 1;
        (void)snprintf(keys, sizeof(keys), "%s/keys", data);
        return mkdir(keys, 0700) != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
