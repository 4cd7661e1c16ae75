/* sensor/listen_address.c: see listen_address.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/listen_address.h"

int listen_address_parse(struct listen_address *out, struct text t)
{
        size_t colon = t.len;
        struct text host;
        uint64_t port;

        while (colon > 0 && t.data[colon - 1] != ':')
                colon--;
        if (!colon)
                return ERR_FORMAT;
        host = (struct text){ t.data, colon - 1 };
        if (host.len > 1 && host.data[0] == '[' && host.data[host.len - 1] == ']')
                host = (struct text){ host.data + 1, host.len - 2 };
        if (text_copy(out->host, sizeof(out->host), host) ||
            text_to_u64(&port, (struct text){ t.data + colon, t.len - colon }, UINT16_MAX))
                return ERR_FORMAT;
        out->port = (uint16_t)port;
        return 0;
}
