/* indicators/set/set_intern.h: byte strings as small numbers, each kept once. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_SET_INTERN_H
#define CANH_INDICATORS_SET_SET_INTERN_H

#include "base/buffer.h"
#include "base/text.h"

struct set_intern {
        struct buffer bytes;
        uint32_t *offsets; /* count + 1 */
        size_t count, room;
        uint32_t *slots; /* number + 1; 0 = free */
        size_t slot_count;
};

void set_intern_init(struct set_intern *in, size_t max_bytes);
void set_intern_done(struct set_intern *in);
/* LIMIT when max_bytes are full. */
MUST_USE int set_intern_add(uint32_t *out, struct set_intern *in, const void *bytes, size_t len);
struct text set_intern_at(const struct set_intern *in, uint32_t number);

#endif
