/* traffic/archive/text_order.c: see text_order.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/text_order.h"
#include "traffic/archive/little_endian.h"

void text_reverse_labels(char *out, struct text t)
{
        size_t end = t.len, to = 0;

        while (end) {
                size_t from = end;

                while (from && t.data[from - 1] != '.')
                        from--;
                memcpy(out + to, t.data + from, end - from);
                to += end - from;
                if (from)
                        out[to++] = '.';
                end = from ? from - 1 : 0;
        }
}

int text_order_compare(struct text a, struct text b)
{
        size_t len = a.len < b.len ? a.len : b.len;
        int order = len ? memcmp(a.data, b.data, len) : 0;

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

struct part_key text_part_key(struct text t)
{
        uint8_t head[16] = { 0 };

        if (t.len)
                memcpy(head, t.data, t.len < sizeof(head) ? t.len : sizeof(head));
        return (struct part_key){ get_u64_network(head), get_u64_network(head + 8) };
}

bool text_is_below(struct text reversed, struct text above)
{
        if (above.len == 0)
                return true;
        return reversed.len >= above.len && memcmp(reversed.data, above.data, above.len) == 0 &&
               (reversed.len == above.len || reversed.data[above.len] == '.');
}
