/* system/os/socket_table.h: the sockets of this machine and the processes that hold them, from
 * /proc. Names of other users' processes need root; they are empty without. Limit: SOCKETS_MAX,
 * more are dropped and counted.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_SOCKET_TABLE_H
#define CANH_SYSTEM_OS_SOCKET_TABLE_H

#include "system/os/proc_net_parse.h"

enum { SOCKETS_MAX = 65536, PROCESS_NAME_MAX = 64 };

struct socket_entry {
        struct proc_net_line line;
        bool udp;
        char process[PROCESS_NAME_MAX]; /* "" = not known */
};

struct socket_table {
        struct socket_entry *at;
        size_t count, room, dropped;
};

/* `root` is "" or a folder that holds proc/, for tests. */
MUST_USE int socket_table_load(struct socket_table *out, const char *root);
void socket_table_done(struct socket_table *t);

#endif
