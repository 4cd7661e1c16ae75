/* workstation/sweep/verdict_state_parse_fuzz.c: what parses is written and parses again with as
 * many verdicts, and each is found. The checksum is put right first, so that the fuzzer gets behind
 * it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct verdict_state *s = NULL, *back = NULL;
        struct buffer bytes = BUFFER(1 << 20), again = BUFFER(1 << 22);
        struct sha256 check;
        size_t count;

        if (buffer_add(&bytes, data, size) || size < SHA256_BYTES)
                goto end;
        check = sha256_of(data, size - SHA256_BYTES);
        memcpy(bytes.data + size - SHA256_BYTES, check.bytes, SHA256_BYTES);
        if (verdict_state_parse_own(&s, &bytes))
                goto end;
        count = verdict_state_count(s);
        for (size_t i = 0; i < count; i++) {
                struct verdict v = verdict_state_all(s)[i];

                assert(verdict_state_content(s, &v.content, v.path_key, 0));
                const struct verdict *found = verdict_state_find(s, &v);

                /* of one file named twice the first counts */
                assert(!found || (found->ino == v.ino && found->changed_ns == v.changed_ns));
        }
        assert(verdict_state_write(&again, s, 0) == 0);
        assert(verdict_state_parse_own(&back, &again) == 0);
        assert(verdict_state_count(back) == count);
end:
        (void)verdict_state_free(s);
        (void)verdict_state_free(back);
        buffer_done(&bytes);
        buffer_done(&again);
        return 0;
}
