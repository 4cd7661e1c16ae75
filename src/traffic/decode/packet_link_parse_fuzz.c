/* traffic/decode/packet_link_parse_fuzz.c: two bytes of link type, then a frame. What is left lies
 * at its end or before, and the IP packet in it reads as it does behind an Ethernet header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/packet_link_parse.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAME_MAX = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        uint8_t frame[14 + FRAME_MAX] = { 0 };
        struct cursor c, again = { frame, 0 };
        int ether, same;

        if (size < 2)
                return 0;
        c = (struct cursor){ data + 2, size - 2 };
        if (packet_link_parse(&c, &ether, data[0] << 8 | data[1]))
                return 0;
        assert(c.at >= data + 2 && c.at + c.left <= data + size);
        assert(ether == ETHER_IPV4 || ether == ETHER_IPV6 || ether == ETHER_NONE);
        if (ether == ETHER_NONE || c.left > FRAME_MAX)
                return 0;
        frame[12] = (uint8_t)(ether >> 8);
        frame[13] = (uint8_t)ether;
        memcpy(frame + 14, c.at, c.left);
        again.left = 14 + c.left;
        assert(packet_link_parse(&again, &same, LINK_ETHERNET) == 0);
        assert(same == ether && again.left == c.left && again.at == frame + 14);
        return 0;
}
