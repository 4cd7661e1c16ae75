/* sensor/set_loader.h: reads a set of indicators beside the thread that looks at traffic, and puts
 * it in use without a pause. From: sealed memory, by the root. To: a set_slot. One that is refused
 * leaves the one in use. Its thread is confined like the process.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_SET_LOADER_H
#define CANH_SENSOR_SET_LOADER_H

#include "base/err.h"

#include <stdint.h>

struct set_loader;
struct set_slot;

/* Before the process confines itself: the thread does so by itself, first. The slot is the
 * caller's, and outlives it. */
MUST_USE int set_loader_new(struct set_loader **out, struct set_slot *slot);
/* Ends the thread when it has done what it was given; takes NULL, returns NULL. */
struct set_loader *set_loader_free(struct set_loader *l);
/* Takes the handle. Two sets in a row are put in use one after the other. BUSY: 64 wait. */
MUST_USE int set_loader_load_own(struct set_loader *l, int fd);
/* How many it has looked at, refused or not. */
uint64_t set_loader_done(const struct set_loader *l);

#endif
