/* workstation/inventory/inventory_test.c: see inventory.h, system_files_parse.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory.h"
#include "workstation/inventory/system_files_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void system_names_itself(void **state)
{
        char v[OS_FIELD_MAX];
        struct text file = TEXT(
            "# c\nID=debian\nPRETTY_NAME=\"A \\\"B\\\" 12\"\nVERSION_ID='12'\n");

        (void)state;
        assert_int_equal(os_release_find(v, file, "PRETTY_NAME"), 0);
        assert_string_equal(v, "A \"B\" 12");
        assert_int_equal(os_release_find(v, file, "VERSION_ID"), 0);
        assert_string_equal(v, "12");
        assert_int_equal(os_release_find(v, file, "PRETTY"), ERR_MISSING);
}

static void packages_are_read_with_source_and_state(void **state)
{
        struct text rest = TEXT(
            "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\n"
            "Source: openssl (3.0.11-1)\nVersion: 3.0.11-1~deb12u2\nDescription: x\n Package: "
            "no\n\n"
            "Package: broken\n\nPackage: old\nStatus: deinstall ok config-files\nVersion: 1\n");
        struct package_entry p;

        (void)state;
        assert_int_equal(dpkg_status_next(&p, &rest), 0);
        assert_true(text_is(p.name, "libssl3") && text_is(p.source, "openssl") &&
                    text_is(p.state, "installed"));
        assert_true(text_is(p.version, "3.0.11-1~deb12u2"));
        assert_int_equal(dpkg_status_next(&p, &rest), 0);
        assert_true(
            text_is(p.name, "old") && text_is(p.state, "config-files") && text_is(p.source, "old"));
        assert_int_equal(dpkg_status_next(&p, &rest), ERR_MISSING);
}

static void accounts_show_who_may_administer_and_who_is_locked(void **state)
{
        struct account_entry a;
        bool locked = false;

        (void)state;
        assert_int_equal(passwd_parse_line(&a, TEXT("an:x:1000:1000:An,,,:/home/an:/bin/bash")), 0);
        assert_int_equal(a.uid, 1000);
        assert_true(text_is(a.shell, "/bin/bash"));
        assert_int_equal(passwd_parse_line(&a, TEXT("an:x:-1:1000::/:/bin/sh")), ERR_FORMAT);
        assert_true(group_line_has_member(TEXT("sudo:x:27:binh,an"), "sudo", TEXT("an")));
        assert_false(group_line_has_member(TEXT("sudo:x:27:binh,anh"), "sudo", TEXT("an")));
        assert_false(group_line_has_member(TEXT("users:x:27:an"), "sudo", TEXT("an")));
        assert_int_equal(
            shadow_find_locked(&locked, TEXT("root:*:1\nan:!$y$x:2\n"), TEXT("an")), 0);
        assert_true(locked);
        assert_int_equal(shadow_find_locked(&locked, TEXT("root:*:1\n"), TEXT("an")), ERR_MISSING);
}

static void this_machine_has_an_inventory(void **state)
{
        AUTO(json_free_at) json_t *body = NULL;
        char key[SHA256_HEX_MAX];

        (void)state;
        assert_int_equal(inventory_collect(&body, ""), 0);
        assert_true(json_array_size(json_object_get(body, "packages")) > 50);
        assert_true(json_array_size(json_object_get(body, "accounts")) > 3);
        assert_true(json_integer_value(
                        json_object_get(json_object_get(body, "hardware"), "memory_bytes")) > 0);
        assert_non_null(json_string_value(json_object_get(json_object_get(body, "os"), "id")));
        if (inventory_machine_key(key, "") == 0)
                assert_int_equal(strlen(key), 64);
        assert_int_equal(inventory_machine_key(key, "/nowhere"), ERR_MISSING);
}

static void empty_root_gives_empty_parts_not_a_failure(void **state)
{
        AUTO(json_free_at) json_t *body = NULL;

        (void)state;
        assert_int_equal(inventory_collect(&body, "/nowhere"), 0);
        assert_int_equal(json_array_size(json_object_get(body, "packages")), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(system_names_itself),
                cmocka_unit_test(packages_are_read_with_source_and_state),
                cmocka_unit_test(accounts_show_who_may_administer_and_who_is_locked),
                cmocka_unit_test(this_machine_has_an_inventory),
                cmocka_unit_test(empty_root_gives_empty_parts_not_a_failure),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
