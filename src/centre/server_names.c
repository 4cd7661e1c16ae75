/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/server_names.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

static void add(char *out, size_t room, const char *name)
{
        size_t len = strlen(out), more = strlen(name);

        if (more == 0 || len + more + 2 > room)
                return;
        memcpy(out + len, name, more);
        out[len + more] = '\n';
        out[len + more + 1] = '\0';
}

static bool card_address(char out[INET6_ADDRSTRLEN], const struct ifaddrs *card)
{
        const struct sockaddr *a = card->ifa_addr;
        const struct sockaddr_in6 *six = (const void *)a;

        if (!a || (card->ifa_flags & IFF_LOOPBACK))
                return false;
        if (a->sa_family == AF_INET)
                return inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr,
                           out, INET6_ADDRSTRLEN) != NULL;
        return a->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) &&
               inet_ntop(AF_INET6, &six->sin6_addr, out, INET6_ADDRSTRLEN) != NULL;
}

static bool is_all(const char *address)
{
        return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

void server_names_list(
    char *out, size_t room, const char *listen_address, const char *agents_address)
{
        char name[256] = "", address[INET6_ADDRSTRLEN];
        struct ifaddrs *cards = NULL;

        out[0] = '\0';
        add(out, room, "localhost");
        add(out, room, "127.0.0.1");
        add(out, room, "::1");
        if (gethostname(name, sizeof(name) - 1) == 0)
                add(out, room, name);
        if (!is_all(listen_address))
                add(out, room, listen_address);
        if (!is_all(agents_address))
                add(out, room, agents_address);
        if (getifaddrs(&cards) != 0)
                return;
        for (const struct ifaddrs *c = cards; c; c = c->ifa_next)
                if (card_address(address, c))
                        add(out, room, address);
        freeifaddrs(cards);
}

void server_names_url(char *out, size_t room, const char *address, unsigned port)
{
        char found[INET6_ADDRSTRLEN] = "127.0.0.1";
        struct ifaddrs *cards = NULL;

        if (!is_all(address)) {
                (void)snprintf(found, sizeof(found), "%s", address);
        } else if (getifaddrs(&cards) == 0) {
                for (const struct ifaddrs *c = cards; c; c = c->ifa_next)
                        if (card_address(found, c))
                                break;
                freeifaddrs(cards);
        }
        (void)snprintf(
            out, room, strchr(found, ':') ? "https://[%s]:%u" : "https://%s:%u", found, port);
}
