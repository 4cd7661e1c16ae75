/* workstation/sweep/file_facts.h: what rules may ask of a file besides its bytes, in the words that
 * rule writers use: extension with its dot, type as "EXE", "ELF", "PDF" …
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_FILE_FACTS_H
#define CANH_WORKSTATION_SWEEP_FILE_FACTS_H

#include "workstation/sweep/rule_set.h"

/* By its first bytes; "" when not known. Static. */
const char *file_type_of(struct text bytes);
/* "" without one; a view into name. ".x" alone is a name, not an extension. */
const char *file_extension_of(const char *name);

#endif
