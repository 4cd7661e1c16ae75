/* indicators/set/set_slot.h: the set in use, replaced without a pause. Readers take and drop and
 * never wait; whoever swaps waits for the few instructions in which a reader may be between two
 * steps. Any thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_SET_SLOT_H
#define CANH_INDICATORS_SET_SET_SLOT_H

#include "base/err.h"

struct indicator_set;
struct set_slot;
struct set_ref; /* a counted reference to one set */

MUST_USE int set_slot_new(struct set_slot **out);
/* No thread may use it any more; references that are still held stay good. */
struct set_slot *set_slot_free(struct set_slot *slot);
/* Puts the set in use and drops the old one; the slot owns it from now on, also on failure. NULL:
 * none. */
MUST_USE int set_slot_swap_own(struct set_slot *slot, struct indicator_set *set);
/* NULL when no set is in use. Every reference taken must be dropped. */
struct set_ref *set_slot_take(struct set_slot *slot);
const struct indicator_set *set_ref_set(const struct set_ref *ref);
void set_ref_drop(struct set_ref *ref); /* takes NULL */

#endif
