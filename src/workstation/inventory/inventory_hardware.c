/* workstation/inventory/inventory_hardware.c: maker, model, processor, memory, addresses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_internal.h"
#include "workstation/inventory/system_files_parse.h"
#include "base/mem.h"
#include "codec/ip_address.h"

#include <dirent.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_MAX = 4096, CPUINFO_MAX = 4 << 20, INTERFACES_MAX = 64 };

static json_t *line_of(const char *root, const char *path)
{
        AUTO(buffer_done) struct buffer file = BUFFER(SMALL_MAX);

        system_file_read(&file, root, path);
        return json_of_text(text_trim(system_file_text(&file)));
}

static void mac_of(char out[32], const char *root, const char *interface)
{
        AUTO(buffer_done) struct buffer file = BUFFER(SMALL_MAX);
        char path[300];
        struct text mac;

        out[0] = '\0';
        (void)snprintf(path, sizeof(path), "/sys/class/net/%s/address", interface);
        system_file_read(&file, root, path);
        mac = text_trim(system_file_text(&file));
        if (mac.len == 17 && !text_is(mac, "00:00:00:00:00:00") && text_is_utf8(mac))
                (void)!text_copy(out, 32, mac);
}

static int is_interface(const struct dirent *e)
{
        return e->d_name[0] != '.' && strcmp(e->d_name, "lo") != 0;
}

/* Of every interface, by name; the first stays the first. */
static json_t *macs_of(const char *root)
{
        char path[512], mac[32];
        struct dirent **names = NULL;
        json_t *list = json_array();
        int n;

        (void)snprintf(path, sizeof(path), "%s/sys/class/net", root);
        n = scandir(path, &names, is_interface, alphasort);
        for (int i = 0; i < n; i++) {
                mac_of(mac, root, names[i]->d_name);
                if (list && mac[0] && json_array_size(list) < INTERFACES_MAX)
                        (void)json_array_append_new(list, json_string(mac));
                free(names[i]);
        }
        free(names);
        return list;
}

void inventory_first_mac(char out[32], const char *root)
{
        json_t *list = macs_of(root);
        const char *first = json_string_value(json_array_get(list, 0));

        (void)snprintf(out, 32, "%s", first ? first : "");
        json_decref(list);
}

json_t *inventory_hardware(const char *root)
{
        AUTO(buffer_done) struct buffer cpu = BUFFER(CPUINFO_MAX);
        AUTO(buffer_done) struct buffer memory = BUFFER(CPUINFO_MAX);
        uint64_t bytes = 0;
        long cores = sysconf(_SC_NPROCESSORS_ONLN);

        system_file_read(&cpu, root, "/proc/cpuinfo");
        system_file_read(&memory, root, "/proc/meminfo");
        (void)!meminfo_total(&bytes, system_file_text(&memory));
        return json_pack("{so so so so sI sI so}", "vendor",
            line_of(root, "/sys/class/dmi/id/sys_vendor"), "model",
            line_of(root, "/sys/class/dmi/id/product_name"), "serial",
            line_of(root, "/sys/class/dmi/id/product_serial"), "cpu",
            json_of_text(cpuinfo_model(system_file_text(&cpu))), "cores",
            (json_int_t)(cores > 0 ? cores : 0), "memory_bytes", (json_int_t)bytes, "macs",
            macs_of(root));
}

static bool address_of(struct ip_address *out, const struct sockaddr *a)
{
        struct sockaddr_in v4;

        if (!a)
                return false;
        if (a->sa_family == AF_INET) {
                memcpy(&v4, a, sizeof(v4));
                *out = ip_address_from_v4(ntohl(v4.sin_addr.s_addr));
                return true;
        }
        if (a->sa_family != AF_INET6)
                return false;
        memcpy(out->bytes, (const char *)a + offsetof(struct sockaddr_in6, sin6_addr),
            sizeof(out->bytes));
        return true;
}

json_t *inventory_addresses(void)
{
        struct ifaddrs *all = NULL;
        json_t *list = json_array();

        /* A process without network rights cannot ask: then the list is empty and the program fills
         * it. */
        if (getifaddrs(&all) != 0)
                return list;
        for (struct ifaddrs *i = all; list && i; i = i->ifa_next) {
                struct ip_address a;
                char text[IP_TEXT_MAX];
                enum ip_scope scope;

                if (!(i->ifa_flags & IFF_UP) || !address_of(&a, i->ifa_addr))
                        continue;
                scope = ip_address_scope(&a);
                if (scope != IP_SCOPE_LOOPBACK && scope != IP_SCOPE_LINK_LOCAL)
                        (void)json_array_append_new(list, json_string(ip_address_write(text, &a)));
        }
        freeifaddrs(all);
        return list;
}
