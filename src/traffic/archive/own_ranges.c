/* traffic/archive/own_ranges.c: see own_ranges.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/own_ranges.h"
#include "base/mem.h"

static const struct ip_prefix private_ranges[] = {
        { { { [10] = 0xff, 0xff, 10 } }, 104 },
        { { { [10] = 0xff, 0xff, 172, 16 } }, 108 },
        { { { [10] = 0xff, 0xff, 192, 168 } }, 112 },
        { { { 0xfc } }, 7 },
};

static int compare_ranges(const void *a, const void *b)
{
        return part_key_compare(
            ((const struct own_range *)a)->low, ((const struct own_range *)b)->low);
}

int own_ranges_init(struct own_ranges *own, const struct ip_prefix *prefixes, size_t count)
{
        size_t kept = 0;

        if (count == 0) {
                prefixes = private_ranges;
                count = ARRAY_LEN(private_ranges);
        }
        own->ranges = mem_zero(count, sizeof(*own->ranges));
        if (!own->ranges)
                return ERR_MEMORY;
        for (size_t i = 0; i < count; i++) {
                struct ip_address low, high;

                ip_prefix_range(&low, &high, &prefixes[i]);
                own->ranges[i] = (struct own_range){ part_key_of(&low), part_key_of(&high) };
        }
        qsort(own->ranges, count, sizeof(*own->ranges), compare_ranges);
        /* Prefixes lie within each other or apart: one that begins inside the last lies within. */
        for (size_t i = 0; i < count; i++)
                if (kept == 0 ||
                    part_key_compare(own->ranges[i].low, own->ranges[kept - 1].high) > 0)
                        own->ranges[kept++] = own->ranges[i];
        own->count = kept;
        return 0;
}

void own_ranges_done(struct own_ranges *own)
{
        mem_free(MOVE(own->ranges));
        own->count = 0;
}

bool own_ranges_have(const struct own_ranges *own, const struct ip_address *address)
{
        struct part_key key = part_key_of(address);
        size_t low = 0, high = own->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (part_key_compare(own->ranges[middle].low, key) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low && part_key_compare(key, own->ranges[low - 1].high) <= 0;
}
