/* line/bundle_manifest_parse_fuzz.c: no name that parses leads out of a folder, no order is without
 * identifier.
 * SPDX-License-Identifier: Apache-2.0 */
#include "line/bundle_manifest_parse.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text json = { (const char *)data, size };
        struct manifest m = { .count = 0 };
        struct work *w = mem_zero(1, sizeof(*w));

        if (bundle_manifest_parse(&m, json, NULL) == 0)
                for (size_t i = 0; i < m.count; i++)
                        assert(m.files[i].name[0] != '.' && !strchr(m.files[i].name, '/') &&
                               m.files[i].bytes >= 0);
        bundle_manifest_done(&m);
        if (w && work_parse(w, json, NULL) == 0)
                for (size_t i = 0; i < w->order_count; i++)
                        assert(ulid_is_valid(text_of(w->orders[i].id)));
        mem_free(w);
        return 0;
}
