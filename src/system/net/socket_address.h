/* system/net/socket_address.h: a numeric address and port, as the kernel's sockets and as ours.
 * Only for the listeners of this folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_SOCKET_ADDRESS_H
#define CANH_SYSTEM_NET_SOCKET_ADDRESS_H

#include "codec/ip_address.h"

#include <sys/socket.h>

/* A socket of the kind (SOCK_DGRAM, SOCK_STREAM) bound to the numeric address; neither inherited
 * nor blocking. "::" takes IPv4 as well. FORMAT: no address; BUSY: somebody else listens there;
 * DENIED: a port below 1024, for example; MISSING: the address is not ours. */
MUST_USE int socket_bound(int *out, int kind, const char *address, uint16_t port);
/* The port that the socket is bound to; 0 when that cannot be told. */
uint16_t socket_port(int fd);
/* Who stands in `from`; false if it is no IP address. */
bool socket_address_read(
    struct ip_address *address, uint16_t *port, const struct sockaddr_storage *from);

#endif
