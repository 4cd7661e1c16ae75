/* indicators/lists/list_json.h: rows of a list as JSON lines, for `canh list show --json` and for
 * the centre.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_JSON_H
#define CANH_INDICATORS_LISTS_LIST_JSON_H

#include "base/buffer.h"
#include "indicators/lists/list_read.h"

/* Each adds one object without line feed. kind, type, value, family, source, first_seen, last_seen,
 * confidence and line are always there, null when the list is silent. */
MUST_USE int list_json_indicator(struct buffer *out, const struct indicator *indicator);
/* Besides: seen_at, src_ip, src_port, malware, cc_ip, cc_host, cc_port, protocol, inner_name,
 * src_host, url, isp, unit, note, severity, count, asn, raw. */
MUST_USE int list_json_victim(struct buffer *out, const struct victim *victim);
/* kind ("refused", "warned"), line, column, read, list, why {vi, en}, raw. */
MUST_USE int list_json_reason(
    struct buffer *out, const char *kind, const struct list_reason *reason);
/* {"read":…,"good":…,"duplicate":…,"refused":…,"warned":…} */
MUST_USE int list_json_counts(struct buffer *out, const struct list_counts *counts);

#endif
