/* codec/p256_der_parse_fuzz.c: what parses is written, and parses again to the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/p256_der_parse.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(buffer_done) struct buffer key_der = BUFFER(4096);
        AUTO(buffer_done) struct buffer signature_der = BUFFER(4096);
        AUTO(buffer_done) struct buffer block = BUFFER(4096);
        struct text all = { (const char *)data, size }, rest = all;
        struct p256_key key, again;
        struct p256_signature signature, same;

        if (p256_key_parse(&key, all) == 0) {
                assert(p256_key_write(&key_der, &key) == 0);
                assert(p256_key_parse(&again, (struct text){ key_der.data, key_der.len }) == 0);
                assert(memcmp(&key, &again, sizeof(key)) == 0);
        }
        if (p256_signature_parse(&signature, all) == 0) {
                assert(p256_signature_write(&signature_der, &signature) == 0);
                assert(p256_signature_parse(
                           &same, (struct text){ signature_der.data, signature_der.len }) == 0);
                assert(memcmp(&signature, &same, sizeof(same)) == 0);
        }
        if (pem_next(&block, &rest, "PRIVATE KEY") == 0)
                assert(block.len < size);
        return 0;
}
