/* indicators/lists/list_format_threatfox.c: ThreatFox of abuse.ch as CSV: the header is a comment,
 * cells are quoted with a blank behind the comma.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_format.h"

static int sniff(const struct list_sample *sample)
{
        return list_sample_has(sample, "ioc_value") && list_sample_has(sample, "ioc_type") ? 97 : 0;
}

extern const struct list_format list_format_threatfox;
const struct list_format list_format_threatfox = { .id = "threatfox",
        .vi = "ThreatFox (CSV)",
        .en = "ThreatFox (CSV)",
        .sniff = sniff,
        .read = list_read_separated,
        .kind = LIST_KIND_INDICATOR,
        .utc = true };
