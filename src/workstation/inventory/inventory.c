/* workstation/inventory/inventory.c: puts the parts together; see inventory.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory.h"
#include "workstation/inventory/inventory_internal.h"
#include "workstation/inventory/system_files_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/os/folder.h"
#include "system/os/socket_table.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { SMALL_FILE_MAX = 1 << 16 };

void system_file_read(struct buffer *out, const char *root, const char *path)
{
        char whole[512];

        if (snprintf(whole, sizeof(whole), "%s%s", root, path) < (int)sizeof(whole) &&
            file_read_path(out, whole) == 0)
                return;
        buffer_clear(out);
}

struct text system_file_text(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

json_t *json_of_text(struct text t)
{
        json_t *s = t.len ? json_stringn(t.data, t.len) : NULL;

        return s ? s : json_string("");
}

int inventory_host_name(char *out, size_t room)
{
        char name[256] = "";

        if (gethostname(name, sizeof(name) - 1) != 0)
                return ERR_MISSING;
        return text_copy(out, room, text_is_utf8(text_of(name)) ? text_of(name) : TEXT("?"));
}

int inventory_os_name(char *out, size_t room, const char *root)
{
        AUTO(buffer_done) struct buffer file = BUFFER(SMALL_FILE_MAX);
        char name[OS_FIELD_MAX];

        system_file_read(&file, root, "/etc/os-release");
        if (os_release_find(name, system_file_text(&file), "PRETTY_NAME"))
                return text_copy(out, room, TEXT("Linux"));
        return text_copy(out, room, text_of(name));
}

int inventory_machine_key(char out[SHA256_HEX_MAX], const char *root)
{
        AUTO(buffer_done) struct buffer id = BUFFER(256);
        AUTO(buffer_done) struct buffer all = BUFFER(1024);
        struct text trimmed;
        struct sha256 digest;
        char mac[32];
        int err;

        system_file_read(&id, root, "/etc/machine-id");
        trimmed = text_trim(system_file_text(&id));
        inventory_first_mac(mac, root);
        if (!trimmed.len && !mac[0])
                return ERR_MISSING;
        err = buffer_add_format(&all, "%.*s\n%s", TEXT_ARGS(trimmed), mac);
        if (err)
                return err;
        digest = sha256_of(all.data, all.len);
        (void)sha256_write(out, &digest);
        return 0;
}

static json_t *os_part(const char *root)
{
        AUTO(buffer_done) struct buffer file = BUFFER(SMALL_FILE_MAX);
        char name[OS_FIELD_MAX] = "Linux", id[OS_FIELD_MAX] = "linux", version[OS_FIELD_MAX] = "";
        struct utsname u;

        system_file_read(&file, root, "/etc/os-release");
        (void)!os_release_find(name, system_file_text(&file), "PRETTY_NAME");
        (void)!os_release_find(id, system_file_text(&file), "ID");
        (void)!os_release_find(version, system_file_text(&file), "VERSION_ID");
        if (uname(&u) != 0)
                return NULL;
        return json_pack("{ss ss ss ss ss sn}", "name", name, "id", id, "version", version, "build",
            u.release, "architecture", u.machine, "installed_at");
}

static json_t *listener(const struct socket_entry *e)
{
        struct passwd entry, *found = NULL;
        char address[IP_TEXT_MAX], room[4096], user[64];

        (void)snprintf(user, sizeof(user), "%u", e->line.uid);
        if (getpwuid_r(e->line.uid, &entry, room, sizeof(room), &found) == 0 && found)
                (void)snprintf(user, sizeof(user), "%s", found->pw_name);
        return json_pack("{ss ss si ss ss}", "protocol", e->udp ? "udp" : "tcp", "address",
            ip_address_write(address, &e->line.local), "port", (int)e->line.local_port, "process",
            e->process, "user", user);
}

static json_t *listeners_part(const char *root)
{
        AUTO(socket_table_done) struct socket_table t = { NULL, 0, 0, 0 };
        json_t *list = json_array();

        if (!list || socket_table_load(&t, root))
                return list;
        for (size_t i = 0; i < t.count && json_array_size(list) < LISTENERS_MAX; i++) {
                /* A UDP socket without a peer takes from anybody: that is its way to listen. */
                if (t.at[i].line.state != (t.at[i].udp ? PROC_NET_CLOSE : PROC_NET_LISTEN))
                        continue;
                if (json_array_append_new(list, listener(&t.at[i])) != 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}

int inventory_collect(json_t **out, const char *root)
{
        AUTO(json_free_at) json_t *body = json_object();
        char host[256] = "";
        int bad;

        if (!body)
                return ERR_MEMORY;
        if (inventory_host_name(host, sizeof(host)))
                host[0] = '\0';
        /* _set_new refuses NULL: a part without memory makes the whole fail. */
        bad = json_object_set_new(body, "hostname", json_string(host));
        bad |= json_object_set_new(body, "os", os_part(root));
        bad |= json_object_set_new(body, "hardware", inventory_hardware(root));
        bad |= json_object_set_new(body, "addresses", inventory_addresses());
        bad |= json_object_set_new(body, "packages", inventory_packages(root));
        bad |= json_object_set_new(body, "listeners", listeners_part(root));
        bad |= json_object_set_new(body, "accounts", inventory_accounts(root));
        bad |= json_object_set_new(body, "updates", inventory_updates(root));
        if (bad)
                return ERR_MEMORY;
        *out = MOVE(body);
        return 0;
}
