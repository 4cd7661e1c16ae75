/* traffic/decode/names_parse_fuzz.c: one byte chooses DNS, TLS or HTTP, then the payload. What is
 * found has the form of a name and keeps its limits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/names_parse.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct packet p = { .protocol = PACKET_TCP, .has_ports = true, .destination_port = 443 };
        struct packet_names names;

        if (size < 1)
                return 0;
        if (data[0] == 'd') {
                p.protocol = PACKET_UDP;
                p.destination_port = 53;
        } else if (data[0] == 't') {
                p.destination_port = 53;
        }
        p.payload = (struct text){ (const char *)data + 1, size - 1 };
        names_parse(&names, &p);
        assert(names.name_count <= PACKET_NAMES_MAX && names.address_count <= PACKET_NAMES_MAX);
        for (size_t i = 0; i < names.name_count; i++) {
                const char *name = names.names[i].text;
                size_t len = strnlen(name, PACKET_NAME_MAX);
                assert(len > 0 && len < PACKET_NAME_MAX);
                assert(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len);
                assert(strchr(name, '.') && name[0] != '.');
        }
        assert(strnlen(names.url, sizeof(names.url)) < sizeof(names.url));
        return 0;
}
