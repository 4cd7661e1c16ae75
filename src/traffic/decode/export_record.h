/* traffic/decode/export_record.h: the parts of a record, between the files export_flow.c,
 * export_times.c, export_sampling.c and export_translation.c. Only for them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_RECORD_H
#define CANH_TRAFFIC_DECODE_EXPORT_RECORD_H

#include "traffic/decode/export_internal.h"

enum { EXPORT_FIREWALL_CREATED = 1, EXPORT_FIREWALL_DELETED = 2, EXPORT_BIFLOW_REVERSE = 2 };

/* Any record gets a begin and an end, begin <= end: see export_counts for those that told none. */
void export_times(
    time_ms *begin, time_ms *end, struct export_context *c, const struct export_record *r);
/* What the record tells, or the options of its sampler or domain. */
struct export_sampling export_sampling_of(
    const struct export_context *c, const struct export_record *r);
/* NULL when the address was not told, or is all zeros. */
const struct ip_address *export_address(const struct export_record *r, enum export_field field);
/* What NAT did to the ends of the flow, if the record tells; the flow need not have a peer. */
MUST_USE int export_translation_give(
    struct export_context *c, const struct export_record *r, const struct flow *f);
/* The names that the record tells (HTTP host, server name of TLS, question of DNS). */
MUST_USE int export_names_give(
    struct export_context *c, const struct export_record *r, const struct flow *f);

#endif
