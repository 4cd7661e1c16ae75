/* system/os/places.h: where things are by custom on this platform. SPDX-License-Identifier:
 * Apache-2.0
 */
#ifndef CANH_SYSTEM_OS_PLACES_H
#define CANH_SYSTEM_OS_PLACES_H

#include "base/text.h"

/* The agent's own folder. */
const char *place_of_agent(void);
/* What people and services can write: where a sweep looks when nobody says where. At most `max`,
 * how many is returned; they live as long as the program. */
size_t places_of_sweep(const char **out, size_t max);
/* What parts the names of a way when people read it. Within the code it is "/". */
char place_separator(void);
/* How much of an absolute way is its root: "/", "C:/"; 0 = not absolute. */
size_t place_root_bytes(struct text path);

#endif
