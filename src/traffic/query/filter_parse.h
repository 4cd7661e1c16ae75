/* traffic/query/filter_parse.h: the familiar words of pcap and nfdump to a filter. Pure; any
 * thread. The words: docs/flows.md. Limits: FILTER_NODES_MAX comparisons, FILTER_DEPTH_MAX
 * parentheses inside each other.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FILTER_PARSE_H
#define CANH_TRAFFIC_QUERY_FILTER_PARSE_H

#include "traffic/query/filter.h"

enum { FILTER_DEPTH_MAX = 64 };

/* Empty words match every flow. *out belongs to the caller. FORMAT, LIMIT: *bad names the word and
 * its column, in bytes from 1. */
MUST_USE int filter_parse(struct filter **out, struct text words, struct parse_error *bad);

#endif
