/* workstation/inventory/inventory_machine_windows.c: inventory.h for the machine we run on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory.h"
#include "workstation/inventory/inventory_windows.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"

int inventory_collect(json_t **out, const char *root)
{
        AUTO(mem_free_at) struct machine_facts *facts = mem_zero(1, sizeof(*facts));
        AUTO(socket_table_done) struct socket_table sockets = { NULL, 0, 0, 0 };
        struct windows_answers answers = {
                .registry = &registry_of_machine, .facts = facts, .sockets = &sockets
        };
        int err = facts ? socket_table_load(&sockets, root) : ERR_MEMORY;

        if (err)
                return err;
        machine_facts_ask(facts);
        err = inventory_of_windows(out, &answers);
        if (!err && json_object_set_new(*out, "addresses", inventory_addresses()) != 0)
                err = ERR_MEMORY;
        return err;
}

int inventory_machine_key(char out[SHA256_HEX_MAX], const char *root)
{
        AUTO(mem_free_at) struct machine_facts *facts = mem_zero(1, sizeof(*facts));
        AUTO(buffer_done) struct buffer all = BUFFER(1024);
        char id[128];
        struct sha256 digest;
        int err;

        (void)root;
        if (!facts)
                return ERR_MEMORY;
        machine_facts_ask(facts);
        registry_text(id, sizeof(id), &registry_of_machine,
            "HKLM\\SOFTWARE\\Microsoft\\Cryptography", REGISTRY_VIEW_64, "MachineGuid");
        if (!id[0] && !facts->mac_count)
                return ERR_MISSING;
        err = buffer_add_format(&all, "%s\n%s", id, facts->mac_count ? facts->macs[0] : "");
        if (err)
                return err;
        digest = sha256_of(all.data, all.len);
        (void)sha256_write(out, &digest);
        return 0;
}

int inventory_os_name(char *out, size_t room, const char *root)
{
        (void)root;
        windows_name(out, room, &registry_of_machine);
        return 0;
}

int inventory_host_name(char *out, size_t room)
{
        AUTO(mem_free_at) struct machine_facts *facts = mem_zero(1, sizeof(*facts));

        if (!facts)
                return ERR_MEMORY;
        machine_facts_ask(facts);
        return facts->host[0] ? text_copy(out, room, text_of(facts->host)) : ERR_MISSING;
}

json_t *inventory_addresses(void)
{
        AUTO(mem_free_at) struct machine_facts *facts = mem_zero(1, sizeof(*facts));
        json_t *list = json_array();

        if (!facts || !list) {
                json_decref(list);
                return NULL;
        }
        machine_facts_ask(facts);
        for (size_t i = 0; i < facts->address_count; i++) {
                char text[IP_TEXT_MAX];

                (void)json_array_append_new(
                    list, json_string(ip_address_write(text, &facts->addresses[i])));
        }
        return list;
}
