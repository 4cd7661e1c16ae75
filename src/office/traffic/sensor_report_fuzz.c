/* What a sensor sends: what parses has the addresses and identifiers that its readers rely on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/ip_address.h"
#include "office/traffic/sensor_report_parse.h"

#include <stdlib.h>

static void expect_address(struct text t)
{
        struct ip_address a;

        if (ip_address_parse(&a, t))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text bytes = { (const char *)data, size };
        struct sensor_report r;
        struct sensor_status_said s;

        if (sensor_report_parse(&r, bytes, NULL) == 0) {
                for (size_t i = 0; i < json_array_size(r.alerts); i++) {
                        struct sensor_alert_said a;

                        if (sensor_alert_parse(&a, json_array_get(r.alerts, i), NULL) ||
                            a.last_at < a.first_at || !ulid_is_valid(a.id))
                                abort();
                        expect_address(a.host);
                }
                sensor_report_done(&r);
        }
        if (sensor_status_parse(&s, bytes, NULL) == 0)
                sensor_status_done(&s);
        return 0;
}
