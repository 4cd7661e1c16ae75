/* traffic/decode/packet_each.c: see packet_each.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/packet_each.h"

#include "traffic/decode/names_parse.h"
#include "traffic/decode/packet_parse.h"

int packet_each(time_ms at, int link_type, struct text bytes, struct packet_sink sink)
{
        struct packet packet;
        struct packet_names names;
        int err = packet_parse(&packet, link_type, bytes);

        if (err)
                return err;
        for (int depth = 0;; depth++) {
                struct text inner = packet.inner;
                int inner_link = packet.inner_link;
                names_parse(&names, &packet);
                err = sink.take(sink.state, at, &packet, &names);
                if (err || inner.len == 0 || depth == PACKET_TUNNELS_MAX)
                        return err;
                if (packet_parse(&packet, inner_link, inner))
                        return 0; /* what is inside is no IP: the outer packet counted */
        }
}
