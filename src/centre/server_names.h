/* centre/server_names.h: by which names and addresses this machine is reached.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_SERVER_NAMES_H
#define CANH_CENTRE_SERVER_NAMES_H

#include <stddef.h>

enum { KEYS_SERVER_NAMES_ROOM = 512 };

/* One a line: host name, localhost, the listening addresses, those of the network cards; as many as
 * fit. */
void server_names_list(
    char *out, size_t room, const char *listen_address, const char *agents_address);
/* "https://HOST:PORT" for others: the listening address, or that of the first card when it listens
 * on all. */
void server_names_url(char *out, size_t room, const char *address, unsigned port);

#endif
