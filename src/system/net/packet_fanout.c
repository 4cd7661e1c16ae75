/* system/net/packet_fanout.c: see packet_fanout.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/packet_fanout.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

int packet_fanout_join(int socket, uint16_t group)
{
        uint32_t value = group | (uint32_t)(PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG) << 16;

        return setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)) == 0
                   ? 0
                   : ERR_UNSUPPORTED;
}
