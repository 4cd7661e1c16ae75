/* workstation/sweep/verdict_state_parse_fuzz.c: what parses is written the same again, and each
 * verdict in it is found. The checksum is put right first, so that the fuzzer gets behind it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct verdict_state *s = NULL;
        struct buffer bytes = BUFFER(1 << 20), again = BUFFER(1 << 20);
        struct sha256 check;

        if (buffer_add(&bytes, data, size) || size < SHA256_BYTES)
                goto end;
        check = sha256_of(data, size - SHA256_BYTES);
        memcpy(bytes.data + size - SHA256_BYTES, check.bytes, SHA256_BYTES);
        if (verdict_state_parse(&s, (struct text){ bytes.data, size }))
                goto end;
        for (size_t i = 0; i < verdict_state_count(s); i++) {
                const struct verdict *v = &verdict_state_all(s)[i];

                assert(verdict_state_find(s, v, false));
                assert(verdict_state_knows(s, &v->content, v->path_key, false));
        }
        assert(verdict_state_write(&again, s) == 0 && again.len == size);
end:
        (void)verdict_state_free(s);
        buffer_done(&bytes);
        buffer_done(&again);
        return 0;
}
