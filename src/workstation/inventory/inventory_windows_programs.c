/* workstation/inventory/inventory_windows_programs.c: installed programs of both views and of each
 * user, Office click-to-run, and the updates of the system.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_windows.h"
#include "workstation/inventory/inventory.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <stdio.h>
#include <string.h>

#define UNINSTALL "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
#define CBS_KEY                                                                                    \
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"
#define OFFICE_KEY "HKLM\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration"
#define SEARCHED_KEY                                                                               \
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto "                 \
        "Update\\Results\\"

enum {
        KEY_MAX = 1024,
        WORD_MAX = 512,
        CBS_INSTALLED = 0x70,
        CBS_INSTALLED_BY_OTHER = 0x80, /* superseded by a newer one, which holds it */
        KB_DIGITS_MAX = 9
};

struct programs {
        const struct registry *registry;
        json_t *list;
        const char *key;
        enum registry_view view;
        const char *user; /* "" = everybody's */
};

struct program {
        char name[WORD_MAX], version[128], publisher[WORD_MAX], parent[WORD_MAX];
        bool hidden;
};

static int on_program_value(void *state, const char *name, const struct registry_value *value)
{
        struct program *p = state;
        const struct {
                const char *name;
                char *to;
                size_t room;
        } texts[] = { { "DisplayName", p->name, sizeof(p->name) },
                { "DisplayVersion", p->version, sizeof(p->version) },
                { "Publisher", p->publisher, sizeof(p->publisher) },
                { "ParentKeyName", p->parent, sizeof(p->parent) } };

        for (size_t i = 0; value->kind == REGISTRY_TEXT && i < ARRAY_LEN(texts); i++)
                if (text_is_nocase(text_of(name), texts[i].name))
                        (void)!text_copy(texts[i].to, texts[i].room, text_of(value->text));
        if (value->kind == REGISTRY_NUMBER && text_is_nocase(text_of(name), "SystemComponent"))
                p->hidden = value->number == 1;
        return 0;
}

static int program_add(json_t *list, const char *name, const char *version, const char *publisher,
    const char *architecture, const char *user)
{
        json_t *o = json_pack("{ss ss ss ss ss}", "name", name, "version", version, "architecture",
            architecture, "source", publisher, "state", "installed");

        if (o && *user && json_object_set_new(o, "user", json_string(user)) != 0) {
                json_decref(o);
                return ERR_MEMORY;
        }
        return json_array_append_new(list, o) == 0 ? 0 : ERR_MEMORY;
}

/* What Windows' own list shows: entries without a name, parts of another program and updates of one
 * are left out. */
static int on_program(void *state, const char *name)
{
        const struct programs *all = state;
        struct program p = { .hidden = false };
        char key[KEY_MAX];

        if (json_array_size(all->list) >= PACKAGES_MAX ||
            snprintf(key, sizeof(key), "%s\\%s", all->key, name) >= (int)sizeof(key))
                return 0;
        (void)!all->registry->each_value(
            all->registry->state, key, all->view, on_program_value, &p);
        if (!p.name[0] || p.hidden || p.parent[0])
                return 0;
        return program_add(all->list, p.name, p.version, p.publisher,
            all->view == REGISTRY_VIEW_32 ? "x86" : "", all->user);
}

static int programs_below(const struct registry *r, json_t *list, const char *root,
    enum registry_view view, const char *user)
{
        char key[KEY_MAX];
        struct programs all = {
                .registry = r, .list = list, .key = key, .view = view, .user = user
        };
        int err;

        if (snprintf(key, sizeof(key), "%s\\%s", root, UNINSTALL) >= (int)sizeof(key))
                return 0;
        err = r->each_key(r->state, key, view, on_program, &all);
        return err == ERR_MEMORY ? err : 0;
}

/* A user's own programs are seen while the user's part of the registry is loaded. */
static int on_user(void *state, const char *sid)
{
        const struct programs *all = state;
        char root[KEY_MAX];

        if (!text_starts(text_of(sid), "S-1-5-21-") || text_ends(text_of(sid), "_Classes") ||
            snprintf(root, sizeof(root), "HKU\\%s", sid) >= (int)sizeof(root))
                return 0;
        return programs_below(all->registry, all->list, root, REGISTRY_VIEW_64, sid);
}

static int office_add(const struct registry *r, json_t *list)
{
        char version[128], products[WORD_MAX], platform[32], channel[WORD_MAX], name[WORD_MAX * 2];

        registry_text(version, sizeof(version), r, OFFICE_KEY, REGISTRY_VIEW_64, "VersionToReport");
        if (!version[0])
                return 0;
        registry_text(
            products, sizeof(products), r, OFFICE_KEY, REGISTRY_VIEW_64, "ProductReleaseIds");
        registry_text(platform, sizeof(platform), r, OFFICE_KEY, REGISTRY_VIEW_64, "Platform");
        registry_text(channel, sizeof(channel), r, OFFICE_KEY, REGISTRY_VIEW_64, "CDNBaseUrl");
        (void)snprintf(name, sizeof(name), "Microsoft Office Click-to-Run (%s)", products);
        return program_add(list, name, version, channel, platform, "");
}

json_t *windows_programs(const struct registry *r)
{
        AUTO(json_free_at) json_t *list = json_array();
        struct programs all = { .registry = r, .list = list };
        int err = list ? programs_below(r, list, "HKLM", REGISTRY_VIEW_64, "") : ERR_MEMORY;

        if (!err)
                err = programs_below(r, list, "HKLM", REGISTRY_VIEW_32, "");
        if (!err)
                err = r->each_key(r->state, "HKU", REGISTRY_VIEW_64, on_user, &all);
        if (err != ERR_MEMORY)
                err = office_add(r, list);
        return err ? NULL : MOVE(list);
}

struct updates {
        const struct registry *registry;
        json_t *numbers, *packages;
        uint64_t newest; /* FILETIME of the last installation */
};

/* "KB5033372" out of "Package_for_KB5033372~31bf…". */
static bool kb_of(char out[KB_DIGITS_MAX + 3], const char *package)
{
        const char *at = strstr(package, "KB");
        size_t digits = at ? strspn(at + 2, "0123456789") : 0;

        if (digits < 6 || digits > KB_DIGITS_MAX)
                return false;
        (void)snprintf(out, KB_DIGITS_MAX + 3, "KB%.*s", (int)digits, at + 2);
        return true;
}

static int number_add(json_t *list, const char *number)
{
        for (size_t i = 0; i < json_array_size(list); i++)
                if (strcmp(json_string_value(json_array_get(list, i)), number) == 0)
                        return 0;
        return json_array_append_new(list, json_string(number)) == 0 ? 0 : ERR_MEMORY;
}

static bool is_update(const char *package)
{
        return strncmp(package, "Package_for_", 12) == 0;
}

static int on_package(void *state, const char *name)
{
        struct updates *u = state;
        const struct registry *r = u->registry;
        uint64_t now = 0, high = 0, low = 0;
        char key[KEY_MAX], number[KB_DIGITS_MAX + 3];
        int err = 0;

        if (!is_update(name) || json_array_size(u->packages) >= WINDOWS_UPDATES_MAX ||
            snprintf(key, sizeof(key), "%s\\%s", CBS_KEY, name) >= (int)sizeof(key) ||
            !registry_number(&now, r, key, REGISTRY_VIEW_64, "CurrentState") ||
            (now != CBS_INSTALLED && now != CBS_INSTALLED_BY_OTHER))
                return 0;
        if (registry_number(&high, r, key, REGISTRY_VIEW_64, "InstallTimeHigh") &&
            registry_number(&low, r, key, REGISTRY_VIEW_64, "InstallTimeLow") &&
            (high << 32 | low) > u->newest)
                u->newest = high << 32 | low;
        if (kb_of(number, name))
                err = number_add(u->numbers, number);
        return err                                                          ? err
               : json_array_append_new(u->packages, json_string(name)) == 0 ? 0
                                                                            : ERR_MEMORY;
}

static json_t *time_of_filetime(uint64_t ticks)
{
        char at[TIMESTAMP_TEXT_MAX];

        if (ticks <= 116444736000000000u) /* 100 ns, from 1601 to 1970 */
                return json_null();
        return json_string(
            timestamp_write(at, (time_ms)((ticks - 116444736000000000u) / 10000000u) * SECOND_MS));
}

/* "2023-12-14 03:05:10", in UTC. */
static json_t *time_of_result(const struct registry *r, const char *what)
{
        char key[KEY_MAX], word[64], at[TIMESTAMP_TEXT_MAX];
        time_ms when;

        (void)snprintf(key, sizeof(key), SEARCHED_KEY "%s", what);
        registry_text(word, sizeof(word), r, key, REGISTRY_VIEW_64, "LastSuccessTime");
        if (strlen(word) != 19 || word[10] != ' ')
                return json_null();
        word[10] = 'T';
        word[19] = 'Z';
        word[20] = '\0';
        return timestamp_parse(&when, text_of(word)) == 0 ? json_string(timestamp_write(at, when))
                                                          : json_null();
}

json_t *windows_updates(const struct registry *r)
{
        AUTO(json_free_at) json_t *numbers = json_array();
        AUTO(json_free_at) json_t *packages = json_array();
        struct updates u = { .registry = r, .numbers = numbers, .packages = packages };
        int err = numbers && packages
                      ? r->each_key(r->state, CBS_KEY, REGISTRY_VIEW_64, on_package, &u)
                      : ERR_MEMORY;

        if (err == ERR_MEMORY)
                return NULL;
        return json_pack("{ss so so sO sO}", "manager", "windows", "checked_at",
            time_of_result(r, "Detect"), "last_installed_at", time_of_filetime(u.newest),
            "hotfixes", numbers, "packages", packages);
}
