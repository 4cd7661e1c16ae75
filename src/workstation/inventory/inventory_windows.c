/* workstation/inventory/inventory_windows.c: puts the parts together; see inventory_windows.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_windows.h"
#include "workstation/inventory/inventory.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <stdio.h>
#include <string.h>

#define VERSION_KEY "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define BIOS_KEY "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS"
#define PROCESSOR_KEY "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0"
#define ENVIRONMENT_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"

enum { WORD_MAX = 512, BUILD_OF_WINDOWS_11 = 22000 };

static void version_text(char *out, size_t room, const struct registry *r, const char *name)
{
        registry_text(out, room, r, VERSION_KEY, REGISTRY_VIEW_64, name);
}

static uint64_t build_number(const struct registry *r)
{
        char word[32];
        uint64_t build = 0;

        version_text(word, sizeof(word), r, "CurrentBuildNumber");
        (void)!text_to_u64(&build, text_of(word), UINT32_MAX);
        return build;
}

void windows_build(char *out, size_t room, const struct registry *r)
{
        uint64_t major = 0, minor = 0, revision = 0, build = build_number(r);
        char version[32];

        out[0] = '\0';
        if (!build)
                return;
        /* Windows 10 and later say 6.3 in the old value. */
        version_text(version, sizeof(version), r, "CurrentVersion");
        if (registry_number(
                &major, r, VERSION_KEY, REGISTRY_VIEW_64, "CurrentMajorVersionNumber") &&
            registry_number(&minor, r, VERSION_KEY, REGISTRY_VIEW_64, "CurrentMinorVersionNumber"))
                (void)snprintf(version, sizeof(version), "%llu.%llu", (unsigned long long)major,
                    (unsigned long long)minor);
        if (registry_number(&revision, r, VERSION_KEY, REGISTRY_VIEW_64, "UBR"))
                (void)snprintf(out, room, "%s.%llu.%llu", version, (unsigned long long)build,
                    (unsigned long long)revision);
        else
                (void)snprintf(out, room, "%s.%llu", version, (unsigned long long)build);
}

static void release(char *out, size_t room, const struct registry *r)
{
        version_text(out, room, r, "DisplayVersion");
        if (!out[0])
                version_text(out, room, r, "ReleaseId");
        if (!out[0])
                version_text(out, room, r, "CSDVersion"); /* "Service Pack 1" */
}

void windows_name(char *out, size_t room, const struct registry *r)
{
        char product[WORD_MAX], version[64];
        const char *rest = product;

        version_text(product, sizeof(product), r, "ProductName");
        release(version, sizeof(version), r);
        if (!product[0])
                (void)snprintf(product, sizeof(product), "Windows");
        /* The value was never changed for Windows 11. */
        if (build_number(r) >= BUILD_OF_WINDOWS_11 && text_starts(text_of(product), "Windows 10")) {
                rest = product + strlen("Windows 10");
                (void)snprintf(out, room, "Windows 11%s%s%s", rest, version[0] ? " " : "", version);
                return;
        }
        (void)snprintf(out, room, "%s%s%s", rest, version[0] ? " " : "", version);
}

static json_t *time_or_null(uint64_t seconds)
{
        char at[TIMESTAMP_TEXT_MAX];

        return seconds ? json_string(timestamp_write(at, (time_ms)seconds * SECOND_MS))
                       : json_null();
}

static json_t *os_part(const struct registry *r)
{
        char name[WORD_MAX], version[64], build[64], edition[64], architecture[32];
        uint64_t installed = 0;

        windows_name(name, sizeof(name), r);
        release(version, sizeof(version), r);
        windows_build(build, sizeof(build), r);
        version_text(edition, sizeof(edition), r, "EditionID");
        registry_text(architecture, sizeof(architecture), r, ENVIRONMENT_KEY, REGISTRY_VIEW_64,
            "PROCESSOR_ARCHITECTURE");
        (void)registry_number(&installed, r, VERSION_KEY, REGISTRY_VIEW_64, "InstallDate");
        return json_pack("{ss ss ss ss ss ss so}", "name", name, "id", "windows", "version",
            version, "build", build, "edition", edition, "architecture", architecture,
            "installed_at", time_or_null(installed));
}

static json_t *macs_part(const struct machine_facts *f)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->mac_count; i++)
                (void)json_array_append_new(list, json_string(f->macs[i]));
        return list;
}

static json_t *hardware_part(const struct windows_answers *a)
{
        char vendor[WORD_MAX], model[WORD_MAX], cpu[WORD_MAX];

        registry_text(
            vendor, sizeof(vendor), a->registry, BIOS_KEY, REGISTRY_VIEW_64, "SystemManufacturer");
        registry_text(
            model, sizeof(model), a->registry, BIOS_KEY, REGISTRY_VIEW_64, "SystemProductName");
        registry_text(
            cpu, sizeof(cpu), a->registry, PROCESSOR_KEY, REGISTRY_VIEW_64, "ProcessorNameString");
        return json_pack("{ss ss ss ss% sI sI so}", "vendor", vendor, "model", model, "serial", "",
            "cpu", text_trim(text_of(cpu)).data, text_trim(text_of(cpu)).len, "cores",
            (json_int_t)a->facts->cores, "memory_bytes", (json_int_t)a->facts->memory_bytes, "macs",
            macs_part(a->facts));
}

static json_t *listeners_part(const struct socket_table *t)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < t->count && json_array_size(list) < LISTENERS_MAX; i++) {
                const struct socket_entry *e = &t->at[i];
                char address[IP_TEXT_MAX];

                if (e->line.state != (e->udp ? PROC_NET_CLOSE : PROC_NET_LISTEN))
                        continue;
                (void)json_array_append_new(
                    list, json_pack("{ss ss si ss ss}", "protocol", e->udp ? "udp" : "tcp",
                              "address", ip_address_write(address, &e->line.local), "port",
                              (int)e->line.local_port, "process", e->process, "user", ""));
        }
        return list;
}

static json_t *accounts_part(const struct machine_facts *f)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->account_count; i++) {
                const struct machine_account *a = &f->accounts[i];

                (void)json_array_append_new(list,
                    json_pack("{ss sI ss ss sb sb sb so}", "name", a->name, "id", (json_int_t)a->id,
                        "shell", "", "home", "", "administrator", (int)a->administrator, "locked",
                        (int)a->locked, "no_password_needed", (int)a->no_password_needed,
                        "last_login_at",
                        time_or_null(a->last_sign_in_at > 0 ? (uint64_t)a->last_sign_in_at : 0)));
        }
        return list;
}

static json_t *shares_part(const struct machine_facts *f)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < f->share_count; i++)
                (void)json_array_append_new(list,
                    json_pack("{ss ss}", "name", f->shares[i].name, "path", f->shares[i].path));
        return list;
}

int inventory_of_windows(json_t **out, const struct windows_answers *a)
{
        AUTO(json_free_at) json_t *body = json_object();
        int bad;

        if (!body)
                return ERR_MEMORY;
        /* _set_new refuses NULL: a part without memory makes the whole fail. */
        bad = json_object_set_new(body, "hostname", json_string(a->facts->host));
        bad |= json_object_set_new(body, "os", os_part(a->registry));
        bad |= json_object_set_new(body, "hardware", hardware_part(a));
        bad |= json_object_set_new(body, "packages", windows_programs(a->registry));
        bad |= json_object_set_new(body, "updates", windows_updates(a->registry));
        bad |= json_object_set_new(body, "services", windows_services(a->registry));
        bad |= json_object_set_new(body, "autostart", windows_autostart(a->registry));
        bad |= json_object_set_new(body, "protection", windows_protection(a->registry));
        bad |= json_object_set_new(body, "listeners", listeners_part(a->sockets));
        bad |= json_object_set_new(body, "accounts", accounts_part(a->facts));
        if (a->facts->shares_known)
                bad |= json_object_set_new(body, "shares", shares_part(a->facts));
        if (bad)
                return ERR_MEMORY;
        *out = MOVE(body);
        return 0;
}
