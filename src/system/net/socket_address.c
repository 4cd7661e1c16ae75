/* system/net/socket_address.c: see socket_address.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/socket_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static int write_address(
    struct sockaddr_storage *out, socklen_t *len, const char *text, uint16_t port)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

        if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
                memcpy(out, &v4, sizeof(v4));
                *len = sizeof(v4);
                return 0;
        }
        if (inet_pton(AF_INET6, text, &v6.sin6_addr) != 1)
                return ERR_FORMAT;
        memcpy(out, &v6, sizeof(v6));
        *len = sizeof(v6);
        return 0;
}

static int bind_error(int number)
{
        switch (number) {
        case EADDRINUSE:
                return ERR_BUSY;
        case EADDRNOTAVAIL:
                return ERR_MISSING;
        default:
                return err_from_errno(number);
        }
}

int socket_bound(int *out, int kind, const char *address, uint16_t port)
{
        struct sockaddr_storage where = { 0 };
        socklen_t len;
        int fd, on = 1, off = 0;
        int err = write_address(&where, &len, address, port);

        if (err)
                return err;
        fd = socket(where.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return err_from_errno(errno);
        if (where.ss_family == AF_INET6)
                (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
        if (kind == SOCK_STREAM) /* a restart need not wait for the connections of before */
                (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (bind(fd, (struct sockaddr *)&where, len) != 0) {
                err = bind_error(errno);
                (void)close(fd);
                return err;
        }
        *out = fd;
        return 0;
}

uint16_t socket_port(int fd)
{
        struct sockaddr_storage where = { 0 };
        socklen_t len = sizeof(where);
        struct ip_address address;
        uint16_t port;

        if (getsockname(fd, (struct sockaddr *)&where, &len) != 0 ||
            !socket_address_read(&address, &port, &where))
                return 0;
        return port;
}

bool socket_address_read(
    struct ip_address *address, uint16_t *port, const struct sockaddr_storage *from)
{
        if (from->ss_family == AF_INET) {
                const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
                *address = ip_address_from_v4(ntohl(v4->sin_addr.s_addr));
                *port = ntohs(v4->sin_port);
                return true;
        }
        if (from->ss_family == AF_INET6) {
                const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
                memcpy(address->bytes, &v6->sin6_addr, sizeof(address->bytes));
                *port = ntohs(v6->sin6_port);
                return true;
        }
        return false;
}
