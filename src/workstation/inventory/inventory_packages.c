/* workstation/inventory/inventory_packages.c: programs and updates, from dpkg or apk. On systems
 * with rpm the list is empty and the manager named "rpm": its data base needs librpm.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_internal.h"
#include "workstation/inventory/system_files_parse.h"
#include "base/mem.h"
#include "codec/timestamp.h"

#include <stdio.h>
#include <sys/stat.h>

enum { STATUS_BYTES_MAX = 64 << 20 };
#define DPKG_STATUS "/var/lib/dpkg/status"
#define APK_INSTALLED "/lib/apk/db/installed"

static int add(json_t *list, const struct package_entry *p)
{
        json_t *o = json_pack("{so so so so so}", "name", json_of_text(p->name), "version",
            json_of_text(p->version), "architecture", json_of_text(p->architecture), "source",
            json_of_text(p->source), "state", json_of_text(p->state));

        return json_array_append_new(list, o) == 0 ? 0 : ERR_MEMORY;
}

json_t *inventory_packages(const char *root)
{
        AUTO(buffer_done) struct buffer file = BUFFER(STATUS_BYTES_MAX);
        int (*next)(struct package_entry *, struct text *) = dpkg_status_next;
        json_t *list = json_array();
        struct package_entry p;
        struct text rest;

        system_file_read(&file, root, DPKG_STATUS);
        if (!file.len) {
                system_file_read(&file, root, APK_INSTALLED);
                next = apk_installed_next;
        }
        rest = system_file_text(&file);
        while (list && json_array_size(list) < PACKAGES_MAX && next(&p, &rest) == 0)
                if (add(list, &p)) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

/* When the file was last written, as the time of the last installation; null when it is not there.
 */
static json_t *changed_at(const char *root, const char *path)
{
        char whole[512], at[TIMESTAMP_TEXT_MAX];
        struct stat st;

        (void)snprintf(whole, sizeof(whole), "%s%s", root, path);
        if (stat(whole, &st) != 0)
                return json_null();
        return json_string(timestamp_write(at, (time_ms)st.st_mtim.tv_sec * SECOND_MS));
}

static bool is_there(const char *root, const char *path)
{
        char whole[512];
        struct stat st;

        (void)snprintf(whole, sizeof(whole), "%s%s", root, path);
        return stat(whole, &st) == 0;
}

json_t *inventory_updates(const char *root)
{
        bool apt = is_there(root, DPKG_STATUS), apk = is_there(root, APK_INSTALLED);
        const char *manager = apt                              ? "apt"
                              : apk                            ? "apk"
                              : is_there(root, "/var/lib/rpm") ? "rpm"
                                                               : "";

        return json_pack("{ss so so}", "manager", manager, "checked_at",
            changed_at(root, "/var/lib/apt/periodic/update-success-stamp"), "last_installed_at",
            changed_at(root, apt ? DPKG_STATUS : APK_INSTALLED));
}
