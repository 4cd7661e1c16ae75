/* model/alert.c: see alert.h. SPDX-License-Identifier: Apache-2.0 */
#include "model/alert.h"

const char *traffic_alert_name(enum traffic_alert_kind kind)
{
        static const char *const names[] = { "beacon", "scan_hosts", "scan_ports", "flood_out",
                "flood_in" };

        return names[kind];
}
