/* sensor/search_rows.h: the lines of an answer as JSON (docs/formats/sensor-report.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_SEARCH_ROWS_H
#define CANH_SENSOR_SEARCH_ROWS_H

#include "traffic/archive/archive.h"
#include "traffic/trace/trace.h"

#include <jansson.h>

/* Each: the caller's; NULL without memory, or when a text is no UTF-8. */
json_t *search_hit_json(const struct archive_hit *hit);
json_t *search_flow_json(const struct ip_address *host, const struct flow *flow);
json_t *search_name_json(const struct name_sighting *sighting);
json_t *search_candidate_json(const struct trace_candidate *candidate);

#endif
