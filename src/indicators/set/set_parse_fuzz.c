/* indicators/set/set_parse_fuzz.c: a loaded set answers within its tables, and every entry it lists
 * is found again. The checksum is put right first: a forger would do that too.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "indicators/set/set_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_each(const struct indicator_set *set, unsigned type)
{
        struct indicator_view view;

        for (size_t i = 0; i < set->tables[type].count; i++) {
                indicator_set_at(&view, set, (enum indicator_type)type, i);
                if (!text_is_utf8(view.source) || indicator_view_value(&view).len == 0)
                        abort();
                if (type == INDICATOR_IPV4 &&
                    !indicator_set_has_v4(set, get_u32(set->tables[type].values + 4 * i)))
                        abort();
                if (type >= INDICATOR_NAME &&
                    set_table_find(&set->tables[type], set_entry(&set->tables[type], i)) != i)
                        abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(mem_free_at) char *copy = mem_copy_text((const char *)data, size);
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;

        if (copy && size > SET_LENGTHS_AT) {
                struct sha256 sum = sha256_of(copy + SET_LENGTHS_AT, size - SET_LENGTHS_AT);
                memcpy(copy + SET_CHECKSUM_AT, sum.bytes, sizeof(sum.bytes));
        }
        if (copy && indicator_set_parse(&set, (struct text){ copy, size }, NULL) == 0)
                for (unsigned type = 0; type < INDICATOR_TYPES; type++)
                        ask_each(set, type);
        return 0;
}
