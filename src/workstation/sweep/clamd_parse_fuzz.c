/* workstation/sweep/clamd_parse_fuzz.c: a name that is taken is text, and parses again to the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/clamd_parse.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text answer = { (const char *)data, size };
        char name[CLAMD_NAME_MAX], again[CLAMD_NAME_MAX], line[CLAMD_NAME_MAX + 32];
        enum clamd_verdict verdict;

        if (clamd_answer_parse(&verdict, name, answer) == 0 && verdict == CLAMD_FOUND) {
                int n = snprintf(line, sizeof(line), "stream: %s FOUND", name);

                assert(clamd_answer_parse(&verdict, again, (struct text){ line, (size_t)n }) == 0);
                assert(verdict == CLAMD_FOUND && strcmp(name, again) == 0);
        }
        if (clamd_version_parse(name, answer) == 0) {
                assert(clamd_version_parse(again, text_of(name)) == 0);
                assert(strcmp(name, again) == 0);
        }
        return 0;
}
