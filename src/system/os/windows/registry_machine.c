/* system/os/windows/registry_machine.c: the registry that Windows has; see registry.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/registry.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <string.h>
#include <windows.h>

enum { NAME_UNITS = 16384, KEY_UNITS = 1024 };

struct listing {
        wchar_t name[NAME_UNITS];
        char text[NAME_UNITS];
        _Alignas(8) BYTE bytes[REGISTRY_VALUE_MAX];
        struct registry_value value;
};

static int err_of(LSTATUS status)
{
        return status == ERROR_FILE_NOT_FOUND || status == ERROR_PATH_NOT_FOUND ? ERR_MISSING
               : status == ERROR_ACCESS_DENIED                                  ? ERR_DENIED
                                                                                : ERR_IO;
}

static void close_at(HKEY *key)
{
        if (*key)
                (void)RegCloseKey(*key);
}

static int open_key(HKEY *out, const char *key, enum registry_view view)
{
        static const struct {
                const char *head;
                HKEY root;
        } roots[] = { { "HKLM\\", HKEY_LOCAL_MACHINE }, { "HKU\\", HKEY_USERS },
                { "HKU", HKEY_USERS } };
        wchar_t wide[KEY_UNITS];
        size_t len;

        for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
                LSTATUS status;

                if (!text_starts(text_of(key), roots[i].head))
                        continue;
                if (wide_from_text(
                        (uint16_t *)wide, KEY_UNITS, &len, text_of(key + strlen(roots[i].head))))
                        return ERR_FORMAT;
                status = RegOpenKeyExW(roots[i].root, wide, 0,
                    KEY_READ | (view == REGISTRY_VIEW_32 ? KEY_WOW64_32KEY : KEY_WOW64_64KEY), out);
                return status == ERROR_SUCCESS ? 0 : err_of(status);
        }
        return ERR_FORMAT;
}

static int each_key(void *state, const char *key, enum registry_view view,
    int (*each)(void *each_state, const char *name), void *each_state)
{
        AUTO(mem_free_at) struct listing *l = mem_zero(1, sizeof(*l));
        AUTO(close_at) HKEY open = NULL;
        int err = l ? open_key(&open, key, view) : ERR_MEMORY;

        (void)state;
        for (DWORD i = 0; !err; i++) {
                DWORD len = NAME_UNITS;
                LSTATUS status = RegEnumKeyExW(open, i, l->name, &len, NULL, NULL, NULL, NULL);

                if (status == ERROR_NO_MORE_ITEMS)
                        return 0;
                if (status != ERROR_SUCCESS)
                        return err_of(status);
                if (wide_to_text(l->text, sizeof(l->text), (const uint16_t *)l->name, len) == 0)
                        err = each(each_state, l->text);
        }
        return err;
}

/* Several texts are parted by a zero and end with one more. */
static bool take_text(struct registry_value *out, wchar_t *wide, size_t len)
{
        while (len && !wide[len - 1])
                len--;
        for (size_t i = 0; i < len; i++)
                if (!wide[i])
                        wide[i] = L'\n';
        return wide_to_text(out->text, sizeof(out->text), (const uint16_t *)wide, len) == 0;
}

static bool take_value(struct listing *l, DWORD kind, DWORD bytes)
{
        l->value.kind = REGISTRY_OTHER;
        l->value.text[0] = '\0';
        if (kind == REG_DWORD && bytes == sizeof(uint32_t)) {
                uint32_t n;

                memcpy(&n, l->bytes, sizeof(n));
                l->value.kind = REGISTRY_NUMBER;
                l->value.number = n;
        } else if (kind == REG_QWORD && bytes == sizeof(uint64_t)) {
                memcpy(&l->value.number, l->bytes, sizeof(uint64_t));
                l->value.kind = REGISTRY_NUMBER;
        } else if (kind == REG_SZ || kind == REG_EXPAND_SZ || kind == REG_MULTI_SZ) {
                l->value.kind = REGISTRY_TEXT;
                return take_text(&l->value, (wchar_t *)l->bytes, bytes / sizeof(wchar_t));
        }
        return true;
}

static int each_value(void *state, const char *key, enum registry_view view,
    int (*each)(void *each_state, const char *name, const struct registry_value *value),
    void *each_state)
{
        AUTO(mem_free_at) struct listing *l = mem_zero(1, sizeof(*l));
        AUTO(close_at) HKEY open = NULL;
        int err = l ? open_key(&open, key, view) : ERR_MEMORY;

        (void)state;
        for (DWORD i = 0; !err; i++) {
                DWORD len = NAME_UNITS, bytes = sizeof(l->bytes), kind = 0;
                LSTATUS status = RegEnumValueW(
                    open, i, l->name, &len, NULL, &kind, l->bytes, &bytes);

                if (status == ERROR_NO_MORE_ITEMS)
                        return 0;
                if (status == ERROR_MORE_DATA)
                        continue;
                if (status != ERROR_SUCCESS)
                        return err_of(status);
                if (take_value(l, kind, bytes) &&
                    wide_to_text(l->text, sizeof(l->text), (const uint16_t *)l->name, len) == 0)
                        err = each(each_state, l->text, &l->value);
        }
        return err;
}

const struct registry registry_of_machine = { each_key, each_value, NULL };
