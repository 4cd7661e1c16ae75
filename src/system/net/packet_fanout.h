/* system/net/packet_fanout.h: several packet sockets share one interface: the kernel gives each
 * conversation, both its directions, to one of them (packet(7), PACKET_FANOUT_HASH).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_PACKET_FANOUT_H
#define CANH_SYSTEM_NET_PACKET_FANOUT_H

#include "base/err.h"

#include <stdint.h>

/* Puts the packet socket into the group of this number; fragments go where their first one went.
 * UNSUPPORTED: no packet socket, or one that the kernel does not share. */
MUST_USE int packet_fanout_join(int socket, uint16_t group);

#endif
