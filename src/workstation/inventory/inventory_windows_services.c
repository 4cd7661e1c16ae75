/* workstation/inventory/inventory_windows_services.c: what starts by itself, and what protects.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_windows.h"
#include "base/mem.h"
#include "codec/json_fields.h"

#include <stdio.h>
#include <string.h>

#define SERVICES_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services"
#define DEFENDER "SOFTWARE\\Microsoft\\Windows Defender"
#define FIREWALL_KEY                                                                               \
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\"

enum { KEY_MAX = 1024, WORD_MAX = 1024, KIND_PROGRAM = 0x30 /* own or shared process */ };

struct services {
        const struct registry *registry;
        json_t *list;
};

static int on_service(void *state, const char *name)
{
        static const char *const starts[] = { "boot", "system", "automatic", "manual", "disabled" };
        const struct services *s = state;
        const struct registry *r = s->registry;
        char key[KEY_MAX], path[WORD_MAX], account[256], display[WORD_MAX];
        uint64_t start = 0, kind = 0;

        if (json_array_size(s->list) >= WINDOWS_SERVICES_MAX ||
            snprintf(key, sizeof(key), "%s\\%s", SERVICES_KEY, name) >= (int)sizeof(key) ||
            !registry_number(&start, r, key, REGISTRY_VIEW_64, "Start") ||
            !registry_number(&kind, r, key, REGISTRY_VIEW_64, "Type") || start > 4)
                return 0;
        registry_text(path, sizeof(path), r, key, REGISTRY_VIEW_64, "ImagePath");
        registry_text(account, sizeof(account), r, key, REGISTRY_VIEW_64, "ObjectName");
        registry_text(display, sizeof(display), r, key, REGISTRY_VIEW_64, "DisplayName");
        return json_array_append_new(
                   s->list, json_pack("{ss ss ss ss ss sb}", "name", name, "display", display,
                                "path", path, "start", starts[start], "account", account, "driver",
                                !(kind & KIND_PROGRAM))) == 0
                   ? 0
                   : ERR_MEMORY;
}

json_t *windows_services(const struct registry *r)
{
        AUTO(json_free_at) json_t *list = json_array();
        struct services s = { .registry = r, .list = list };
        int err = list ? r->each_key(r->state, SERVICES_KEY, REGISTRY_VIEW_64, on_service, &s)
                       : ERR_MEMORY;

        return err == ERR_MEMORY ? NULL : MOVE(list);
}

struct autostart {
        const struct registry *registry;
        json_t *list;
        const char *where;
};

static int on_command(void *state, const char *name, const struct registry_value *value)
{
        const struct autostart *a = state;

        if (value->kind != REGISTRY_TEXT || !value->text[0] ||
            json_array_size(a->list) >= WINDOWS_AUTOSTART_MAX)
                return 0;
        return json_array_append_new(a->list, json_pack("{ss ss ss}", "where", a->where, "name",
                                                  name, "command", value->text)) == 0
                   ? 0
                   : ERR_MEMORY;
}

static int commands_of(const struct registry *r, json_t *list, const char *root)
{
        static const char *const keys[] = { "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
                "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
                "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run" };
        char key[KEY_MAX];
        struct autostart a = { .registry = r, .list = list, .where = key };
        bool machine = strcmp(root, "HKLM") == 0;
        int err = 0;

        for (size_t i = 0; err != ERR_MEMORY && i < ARRAY_LEN(keys); i++) {
                if (snprintf(key, sizeof(key), "%s\\%s", root, keys[i]) >= (int)sizeof(key))
                        continue;
                err = r->each_value(r->state, key, REGISTRY_VIEW_64, on_command, &a);
                if (machine && err != ERR_MEMORY)
                        err = r->each_value(r->state, key, REGISTRY_VIEW_32, on_command, &a);
        }
        return err == ERR_MEMORY ? err : 0;
}

static int on_user(void *state, const char *sid)
{
        const struct autostart *a = state;
        char root[KEY_MAX];

        if (text_ends(text_of(sid), "_Classes") ||
            snprintf(root, sizeof(root), "HKU\\%s", sid) >= (int)sizeof(root))
                return 0;
        return commands_of(a->registry, a->list, root);
}

/* A program that takes the place of the shell or of the sign-in, or is put before another one. */
static int winlogon_add(const struct registry *r, json_t *list)
{
        static const char key[] = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon";
        static const char *const names[] = { "Shell", "Userinit" };
        struct autostart a = { .registry = r, .list = list, .where = key };
        int err = 0;

        for (size_t i = 0; !err && i < ARRAY_LEN(names); i++) {
                struct registry_value value = { .kind = REGISTRY_TEXT };

                registry_text(value.text, sizeof(value.text), r, key, REGISTRY_VIEW_64, names[i]);
                err = on_command(&a, names[i], &value);
        }
        return err;
}

json_t *windows_autostart(const struct registry *r)
{
        AUTO(json_free_at) json_t *list = json_array();
        struct autostart a = { .registry = r, .list = list };
        int err = list ? commands_of(r, list, "HKLM") : ERR_MEMORY;

        if (!err)
                err = r->each_key(r->state, "HKU", REGISTRY_VIEW_64, on_user, &a);
        if (err != ERR_MEMORY)
                err = winlogon_add(r, list);
        return err ? NULL : MOVE(list);
}

/* null: the registry does not say. */
static json_t *is_number(const struct registry *r, const char *key, const char *name, uint64_t good)
{
        uint64_t n = 0;

        if (!registry_number(&n, r, key, REGISTRY_VIEW_64, name))
                return json_null();
        return json_boolean(n == good);
}

static json_t *firewall(const struct registry *r, const char *profile)
{
        char key[KEY_MAX];

        (void)snprintf(key, sizeof(key), FIREWALL_KEY "%s", profile);
        return is_number(r, key, "EnableFirewall", 1);
}

static json_t *defender(const struct registry *r)
{
        static const char key[] = "HKLM\\" DEFENDER,
                          signatures[] = "HKLM\\" DEFENDER "\\Signature Updates",
                          live[] = "HKLM\\" DEFENDER "\\Real-Time Protection",
                          policy[] = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender";
        char version[64];
        uint64_t off = 0, live_off = 0, installed = 0;
        bool known = registry_number(&installed, r, key, REGISTRY_VIEW_64, "ProductStatus") ||
                     registry_number(&off, r, key, REGISTRY_VIEW_64, "DisableAntiSpyware");

        registry_text(
            version, sizeof(version), r, signatures, REGISTRY_VIEW_64, "AVSignatureVersion");
        (void)(registry_number(&off, r, key, REGISTRY_VIEW_64, "DisableAntiSpyware") ||
               registry_number(&off, r, policy, REGISTRY_VIEW_64, "DisableAntiSpyware"));
        (void)registry_number(&live_off, r, live, REGISTRY_VIEW_64, "DisableRealtimeMonitoring");
        if (!known && !version[0])
                return json_null();
        return json_pack("{sb sb ss}", "on", off == 0, "real_time", off == 0 && live_off == 0,
            "signatures", version);
}

json_t *windows_protection(const struct registry *r)
{
        return json_pack("{so s{so so so} so so}", "defender", defender(r), "firewall", "domain",
            firewall(r, "DomainProfile"), "private", firewall(r, "StandardProfile"), "public",
            firewall(r, "PublicProfile"), "remote_desktop_off",
            is_number(r, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server",
                "fDenyTSConnections", 1),
            "smb1_off",
            is_number(r, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\LanmanServer\\Parameters",
                "SMB1", 0));
}
