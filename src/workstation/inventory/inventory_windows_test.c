/* workstation/inventory/inventory_windows_test.c: inventories of recorded machines
 * (tests/cases/windows).
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_windows.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "system/os/folder.h"
#include "system/os/windows/wide_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { RECORD_MAX = 1 << 20, KEY_MAX = 1024 };

static const char *folder;

/* An export as {key: {name: value}}, keys and names as they stand there. */
static json_t *recorded;

static void unescape(char *text)
{
        char *to = text;

        for (; *text; text++) {
                if (*text == '\\' && text[1])
                        text++;
                *to++ = *text;
        }
        *to = '\0';
}

static json_t *hex_text(const char *value)
{
        uint16_t wide[512] = { 0 };
        char out[1536];
        size_t bytes = 0;

        for (const char *p = strchr(value, ':') + 1; *p; p++) {
                uint8_t byte;

                if (strchr(",\\ \n", *p))
                        continue;
                assert_int_equal(hex_parse(&byte, 1, (struct text){ p, 2 }), 0);
                wide[bytes / 2] |= (uint16_t)(byte << (bytes % 2 * 8));
                bytes++;
                p++;
        }
        assert_int_equal(wide_to_text(out, sizeof(out), wide, bytes / 2 - 1), 0);
        return json_string(out);
}

static void take_value(json_t *key, char *line)
{
        char *value = strstr(line, "\"=");

        assert_non_null(value);
        *value = '\0';
        value += 2;
        if (strncmp(value, "dword:", 6) == 0) {
                uint8_t b[4];

                assert_int_equal(hex_parse(b, 4, text_of(value + 6)), 0);
                json_object_set_new(key, line + 1,
                    json_integer((json_int_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]));
        } else if (strncmp(value, "hex(2):", 7) == 0) {
                json_object_set_new(key, line + 1, hex_text(value));
        } else {
                assert_int_equal(value[0], '"');
                value[strlen(value) - 1] = '\0';
                unescape(value + 1);
                json_object_set_new(key, line + 1, json_string(value + 1));
        }
}

static void record_load(const char *name)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(RECORD_MAX);
        AUTO(folder_close_at) struct folder *in = NULL;
        struct text rest, line;
        json_t *key = NULL;
        char whole[4096];

        json_decref(recorded);
        recorded = json_object();
        assert_int_equal(folder_open(&in, folder), 0);
        assert_int_equal(file_read_all(&bytes, in, name), 0);
        rest = (struct text){ bytes.data, bytes.len };
        while (text_split(&line, &rest, '\n')) {
                struct text more;

                assert_int_equal(text_copy(whole, sizeof(whole), line), 0);
                while (text_ends(text_of(whole), "\\") && text_split(&more, &rest, '\n'))
                        (void)snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole), "%.*s",
                            TEXT_ARGS(more));
                if (whole[0] == '[') {
                        const char *root = strstr(whole, "HKEY_USERS") ? "HKU" : "HKLM";
                        char path[KEY_MAX];

                        whole[strlen(whole) - 1] = '\0';
                        (void)snprintf(path, sizeof(path), "%s%s", root, strchr(whole, '\\'));
                        key = json_object();
                        json_object_set_new(recorded, path, key);
                } else if (whole[0] == '"') {
                        take_value(key, whole);
                }
        }
        assert_true(json_object_size(recorded) > 0);
}

/* As Windows shows 32-bit programs the key. */
static void key_of(char out[KEY_MAX], const char *key, enum registry_view view)
{
        static const char head[] = "HKLM\\SOFTWARE\\";

        if (view == REGISTRY_VIEW_32 && text_starts(text_of(key), head))
                (void)snprintf(out, KEY_MAX, "%sWOW6432Node\\%s", head, key + strlen(head));
        else
                (void)snprintf(out, KEY_MAX, "%s", key);
}

static int each_key(void *state, const char *key, enum registry_view view,
    int (*each)(void *each_state, const char *name), void *each_state)
{
        AUTO(json_free_at) json_t *seen = json_object();
        char path[KEY_MAX];
        const char *one;
        json_t *values;
        size_t len;
        int err = 0;

        (void)state;
        key_of(path, key, view);
        len = strlen(path);
        json_object_foreach(recorded, one, values)
        {
                char name[KEY_MAX];

                if (strncmp(one, path, len) != 0 || one[len] != '\\')
                        continue;
                (void)snprintf(
                    name, sizeof(name), "%.*s", (int)strcspn(one + len + 1, "\\"), one + len + 1);
                if (!json_object_get(seen, name) && !err)
                        err = each(each_state, name);
                json_object_set_new(seen, name, json_true());
        }
        return err ? err : json_object_size(seen) ? 0 : ERR_MISSING;
}

static int each_value(void *state, const char *key, enum registry_view view,
    int (*each)(void *each_state, const char *name, const struct registry_value *value),
    void *each_state)
{
        AUTO(mem_free_at) struct registry_value *value = mem_zero(1, sizeof(*value));
        char path[KEY_MAX];
        const char *name;
        json_t *values, *one;
        int err = 0;

        (void)state;
        key_of(path, key, view);
        values = json_object_get(recorded, path);
        if (!values)
                return ERR_MISSING;
        json_object_foreach(values, name, one)
        {
                value->kind = json_is_string(one) ? REGISTRY_TEXT : REGISTRY_NUMBER;
                value->number = (uint64_t)json_integer_value(one);
                (void)snprintf(value->text, sizeof(value->text), "%s",
                    json_is_string(one) ? json_string_value(one) : "");
                if (!err)
                        err = each(each_state, name, value);
        }
        return err;
}

static const struct registry registry = { each_key, each_value, NULL };

static json_t *inventory_of(const char *name, const struct machine_facts *facts)
{
        struct socket_table none = { NULL, 0, 0, 0 };
        json_t *body = NULL;

        record_load(name);
        assert_int_equal(inventory_of_windows(&body,
                             &(struct windows_answers){
                                 .registry = &registry, .facts = facts, .sockets = &none }),
            0);
        return body;
}

static const char *word(const json_t *o, const char *name)
{
        const char *w = json_string_value(json_object_get(o, name));

        assert_non_null(w);
        return w;
}

static struct machine_facts *facts_made(void)
{
        struct machine_facts *f = mem_zero(1, sizeof(*f));

        assert_non_null(f);
        (void)snprintf(f->host, sizeof(f->host), "MAY-01");
        f->memory_bytes = 8ull << 30;
        f->cores = 4;
        f->accounts[0] = (struct machine_account){
                .name = "an", .id = 1001, .administrator = true
        };
        f->account_count = 1;
        return f;
}

static void windows_11_is_told_from_10_by_its_build(void **state)
{
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-11.reg", facts);
        const json_t *os = json_object_get(body, "os");

        (void)state;
        assert_string_equal(word(os, "name"), "Windows 11 Pro 23H2");
        assert_string_equal(word(os, "build"), "10.0.22631.2891");
        assert_string_equal(word(os, "architecture"), "AMD64");
        assert_string_equal(word(os, "installed_at"), "2024-01-15T03:09:36Z");
        assert_string_equal(word(json_object_get(body, "hardware"), "model"), "Máy Mẫu 1");
        assert_string_equal(
            word(json_object_get(body, "hardware"), "cpu"), "A Made Processor @ 2.00GHz");
}

static void windows_7_has_its_service_pack(void **state)
{
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-7.reg", facts);
        const json_t *os = json_object_get(body, "os"),
                     *guard = json_object_get(body, "protection");

        (void)state;
        assert_string_equal(word(os, "name"), "Windows 7 Professional Service Pack 1");
        assert_string_equal(word(os, "build"), "6.1.7601");
        assert_int_equal(json_array_size(json_object_get(body, "packages")), 0);
        assert_true(json_is_null(json_object_get(guard, "defender"))); /* not known, not "off" */
        assert_true(json_is_false(json_object_get(guard, "smb1_off")));
}

static void programs_are_those_that_windows_itself_lists(void **state)
{
        static const char *const names[] = { "7-Zip 23.01 (x64)", "Bộ gõ Mẫu", "A chat program",
                "Microsoft Office Click-to-Run (O365ProPlusRetail)" };
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-11.reg", facts);
        const json_t *list = json_object_get(body, "packages");

        (void)state;
        assert_int_equal(json_array_size(list), ARRAY_LEN(names));
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                assert_string_equal(word(json_array_get(list, i), "name"), names[i]);
        assert_string_equal(word(json_array_get(list, 1), "architecture"), "x86");
        assert_string_equal(word(json_array_get(list, 2), "user"), "S-1-5-21-1-2-3-1001");
        assert_string_equal(word(json_array_get(list, 3), "version"), "16.0.16924.20150");
}

static void updates_count_when_they_are_installed(void **state)
{
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-11.reg", facts);
        const json_t *u = json_object_get(body, "updates"), *fixes = json_object_get(u, "hotfixes");

        (void)state;
        assert_string_equal(word(u, "manager"), "windows");
        assert_string_equal(word(u, "checked_at"), "2024-01-15T08:30:00Z");
        assert_int_equal(json_array_size(fixes), 1);
        assert_string_equal(json_string_value(json_array_get(fixes, 0)), "KB5033375");
        assert_int_equal(json_array_size(json_object_get(u, "packages")), 2);
        assert_true(text_starts(text_of(word(u, "last_installed_at")), "2023-12-"));
}

static void what_starts_by_itself_is_named_with_its_place(void **state)
{
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-11.reg", facts);
        const json_t *list = json_object_get(body, "autostart"),
                     *services = json_object_get(body, "services");
        static const char *const commands[] = { "%windir%\\system32\\SecurityHealthSystray.exe",
                "\"C:\\Program Files (x86)\\Old\\old.exe\" /s", "C:\\c.exe", "explorer.exe",
                "C:\\Windows\\system32\\userinit.exe," };

        (void)state;
        assert_int_equal(json_array_size(list), ARRAY_LEN(commands));
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                assert_string_equal(word(json_array_get(list, i), "command"), commands[i]);
        assert_int_equal(json_array_size(services), 2);
        assert_string_equal(word(json_array_get(services, 0), "path"), "%SystemRoot%\\spoolsv.exe");
        assert_string_equal(word(json_array_get(services, 0), "start"), "automatic");
        assert_true(json_is_false(json_object_get(json_array_get(services, 0), "driver")));
        assert_true(json_is_true(json_object_get(json_array_get(services, 1), "driver")));
}

static void protection_is_on_off_or_not_known(void **state)
{
        AUTO(mem_free_at) struct machine_facts *facts = facts_made();
        AUTO(json_free_at) json_t *body = inventory_of("made-windows-11.reg", facts);
        const json_t *guard = json_object_get(body, "protection"),
                     *defender = json_object_get(guard, "defender"),
                     *wall = json_object_get(guard, "firewall");

        (void)state;
        assert_true(json_is_true(json_object_get(defender, "on")));
        assert_true(json_is_false(json_object_get(defender, "real_time")));
        assert_string_equal(word(defender, "signatures"), "1.403.1090.0");
        assert_true(json_is_true(json_object_get(wall, "domain")));
        assert_true(json_is_null(json_object_get(wall, "private")));
        assert_true(json_is_false(json_object_get(wall, "public")));
        assert_true(json_is_true(json_object_get(guard, "remote_desktop_off")));
        assert_true(json_is_null(json_object_get(guard, "smb1_off")));
}

static void names_that_only_windows_allows_come_back_the_same(void **state)
{
        static const uint16_t odd[] = { 'a', 0xD800, 0x1EBF, 0xD83D, 0xDE00, 0xDC00, 'z' };
        char text[64];
        uint16_t back[16];
        size_t len = 0;

        (void)state;
        assert_int_equal(wide_to_text(text, sizeof(text), odd, ARRAY_LEN(odd)), 0);
        assert_string_equal(text, "a\xED\xA0\x80ế😀\xED\xB0\x80z");
        assert_int_equal(wide_from_text(back, ARRAY_LEN(back), &len, text_of(text)), 0);
        assert_int_equal(len, ARRAY_LEN(odd));
        assert_memory_equal(back, odd, sizeof(odd));
        assert_int_equal(wide_from_text(back, 3, &len, TEXT("abcd")), ERR_LIMIT);
        assert_int_equal(wide_to_text(text, 4, odd, ARRAY_LEN(odd)), ERR_LIMIT);
        assert_int_equal(wide_from_text(back, 16, &len, TEXT("\xC0\xAF")), ERR_FORMAT);
        assert_int_equal(wide_from_text(back, 16, &len, TEXT("\xF4\x90\x80\x80")), ERR_FORMAT);
        assert_int_equal(wide_from_text(back, 16, &len, TEXT("\xE1\xBA")), ERR_FORMAT);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(
                                                windows_11_is_told_from_10_by_its_build),
                cmocka_unit_test(windows_7_has_its_service_pack),
                cmocka_unit_test(programs_are_those_that_windows_itself_lists),
                cmocka_unit_test(updates_count_when_they_are_installed),
                cmocka_unit_test(what_starts_by_itself_is_named_with_its_place),
                cmocka_unit_test(protection_is_on_off_or_not_known),
                cmocka_unit_test(names_that_only_windows_allows_come_back_the_same) };
        int bad;

        if (argc != 2)
                return 2;
        folder = argv[1];
        bad = cmocka_run_group_tests(tests, NULL, NULL);
        json_decref(recorded);
        return bad;
}
