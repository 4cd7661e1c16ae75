/* sensor/config_parse.h: the lines of a configuration: "word = value". Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_CONFIG_PARSE_H
#define CANH_SENSOR_CONFIG_PARSE_H

#include "base/text.h"

/* The next line with a word; views into *rest. MISSING at the end; FORMAT with *bad: a line without
 * '=', or without a word or a value. *line counts lines, 0 at first. */
MUST_USE int config_next(struct text *word, struct text *value, struct text *rest, size_t *line,
    struct parse_error *bad);

#endif
