/* What the centre asks: what parses has identifiers, a known kind, and no more than there is room.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/order_parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct sensor_orders o;

        if (order_parse(&o, (struct text){ (const char *)data, size }, NULL))
                return 0;
        if (o.count > ORDERS_MAX || o.cancelled_count > ORDERS_MAX)
                abort();
        for (size_t i = 0; i < o.count; i++)
                if (!ulid_is_valid(text_of(o.of[i].id)) || o.of[i].kind < SENSOR_HUNT ||
                    o.of[i].kind > SENSOR_SHOW)
                        abort();
        for (size_t i = 0; i < o.cancelled_count; i++)
                if (!ulid_is_valid(text_of(o.cancelled[i])))
                        abort();
        return 0;
}
