/* indicators/bundle/feed_bundle_parse_fuzz.c: what parses lies inside the file, and written again
 * it parses to the same. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/bundle/feed_bundle.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(feed_bundle_done) struct feed_bundle b = { .count = 0 };
        AUTO(buffer_done) struct buffer again = BUFFER(FEED_BUNDLE_BYTES_MAX);
        const struct text bytes = { (const char *)data, size };
        char fingerprint[SHA256_HEX_MAX];

        if (feed_bundle_parse(&b, bytes, NULL) != 0)
                return 0;
        for (size_t i = 0; i < b.count; i++)
                assert(b.files[i].content.data >= bytes.data &&
                       b.files[i].content.data + b.files[i].content.len <= bytes.data + size);
        assert(feed_bundle_write(&again, &b) == 0);
        assert(again.len == size && memcmp(again.data, data, size) == 0);
        (void)!feed_bundle_check(fingerprint, &b, NULL);
        return 0;
}
