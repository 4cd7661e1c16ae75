/* centre/first_run.h: the first start: a code that proves who stands at the machine, or the sample
 * district.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_FIRST_RUN_H
#define CANH_CENTRE_FIRST_RUN_H

#include "base/err.h"

struct office;

/* Makes office->first_run_code while there is no account. */
MUST_USE int first_run_prepare(struct office *office);
/* With a sample folder and without accounts: loads it (units, people, ranges, systems, machines as
 * CSV), the pack it names, and makes the user "canbo" with a one-time password, printed once. */
MUST_USE int first_run_sample(struct office *office, const char *sample_folder);
/* Prints the address, and the code when there is one. */
void first_run_greet(const struct office *office, const char *address, unsigned port);

#endif
