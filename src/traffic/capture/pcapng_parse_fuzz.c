/* traffic/capture/pcapng_parse_fuzz.c: the blocks of a file in memory. Packets lie within theirs,
 * and the same bytes read as a file give the same packets. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/capture/pcapng_parse.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(capture_file_close_at) struct capture_file *file = NULL;
        static struct pcapng p;
        struct text whole = { (const char *)data, size };
        struct capture_packet packet, same;
        struct parse_error bad = { 0 };
        const char *why = NULL;
        bool has = false;

        p = (struct pcapng){ 0 };
        if (size == 0 || data[0] != 0x0A || capture_file_open_bytes(&file, whole, &bad))
                return 0;
        for (size_t at = 0, length; at + PCAPNG_HEAD <= size; at += length) {
                struct text block = { whole.data + at, 0 };
                if (pcapng_block_length(&length, &p, data + at, &why) || length > size - at)
                        break;
                block.len = length;
                if (pcapng_block(&packet, &has, &p, block, &why))
                        break;
                if (!has)
                        continue;
                assert(packet.at >= 0);
                assert(packet.bytes.data >= block.data + 8);
                assert(packet.bytes.data + packet.bytes.len <= block.data + length - 4);
                assert(capture_file_next(&same, file, &bad) == 0);
                assert(same.at == packet.at && same.link_type == packet.link_type);
                assert(memcmp(same.bytes.data, packet.bytes.data, same.bytes.len) == 0);
        }
        assert(capture_file_next(&same, file, &bad) != 0);
        return 0;
}
