/* centre/upkeep.h: what is done every minute without anybody asking.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_UPKEEP_H
#define CANH_CENTRE_UPKEEP_H

struct office;

/* Forgets old sessions, evaluates the matrix again (what was filed, and what time alone changes),
 * publishes changed rules. Failures are logged; the next minute tries again.
 */
void upkeep(struct office *office);

#endif
