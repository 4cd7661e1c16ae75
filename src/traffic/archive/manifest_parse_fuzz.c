/* traffic/archive/manifest_parse_fuzz.c: any bytes as a manifest; the checksum is made to fit, so
 * that the fields are reached. What parses is written to the same bytes but for those that mean
 * nothing, and parses again. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/checksum.h"
#include "traffic/archive/little_endian.h"
#include "traffic/archive/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(mem_free_at) uint8_t *copy = mem_zero(size + 1, 1);
        AUTO(buffer_done) struct buffer out = BUFFER(MANIFEST_BYTES_MAX);
        struct manifest m = { 0 }, again = { 0 };

        if (!copy || size < MANIFEST_HEAD_BYTES + 8)
                return 0;
        memcpy(copy, data, size);
        put_u64(copy + size - 8, checksum_xxh64(copy, size - 8));
        if (manifest_parse(&m, (struct text){ (const char *)copy, size }) == 0 &&
            (manifest_write(&out, &m) || out.len != size ||
                manifest_parse(&again, (struct text){ out.data, out.len }) ||
                again.part_count != m.part_count || again.next_id != m.next_id))
                abort();
        manifest_done(&m);
        manifest_done(&again);
        return 0;
}
