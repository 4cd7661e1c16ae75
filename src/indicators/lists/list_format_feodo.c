/* indicators/lists/list_format_feodo.c: Feodo Tracker of abuse.ch as CSV: control servers of
 * botnets with port, malware and when they last answered.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_format.h"

static int sniff(const struct list_sample *sample)
{
        if (!list_sample_has(sample, "dst_ip") || !list_sample_has(sample, "first_seen"))
                return 0;
        return list_sample_has(sample, "feodo") || list_sample_has(sample, "c2_status") ? 97 : 0;
}

extern const struct list_format list_format_feodo;
const struct list_format list_format_feodo = { .id = "feodo",
        .vi = "Feodo Tracker (CSV)",
        .en = "Feodo Tracker (CSV)",
        .sniff = sniff,
        .read = list_read_separated,
        .kind = LIST_KIND_INDICATOR,
        .origin = INDICATOR_ORIGIN_CONTROL,
        .utc = true };
