/* system/os/proc_net_parse.h: one line of /proc/net/tcp, tcp6, udp, udp6 (proc(5)). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_PROC_NET_PARSE_H
#define CANH_SYSTEM_OS_PROC_NET_PARSE_H

#include "codec/ip_address.h"

enum { PROC_NET_ESTABLISHED = 1, PROC_NET_CLOSE = 7, PROC_NET_LISTEN = 10 };

struct proc_net_line {
        struct ip_address local, remote;
        uint16_t local_port, remote_port;
        unsigned state; /* the kernel's TCP_… */
        uint32_t uid;
        uint64_t inode;
};

/* FORMAT for the heading and all that is no such line. */
MUST_USE int proc_net_parse_line(struct proc_net_line *out, struct text line);

#endif
