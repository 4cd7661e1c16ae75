/* workstation/sweep/quarantine_parse_fuzz.c: what parses is written and parses to the same again.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/quarantine_parse.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct quarantine_note first = { .mode = 0 }, second = { .mode = 0 };
        struct buffer json = BUFFER(QUARANTINE_NOTE_MAX * 4);
        struct parse_error bad;

        if (quarantine_note_parse(&first, (struct text){ (const char *)data, size }, &bad))
                return 0;
        assert(quarantine_note_write(&json, &first) == 0);
        assert(quarantine_note_parse(&second, (struct text){ json.data, json.len }, &bad) == 0);
        assert(first.path.len == second.path.len &&
               memcmp(first.path.data, second.path.data, first.path.len) == 0);
        assert(first.mode == second.mode && first.bytes == second.bytes &&
               first.read_ns == second.read_ns);
        assert(memcmp(first.key, second.key, sizeof(first.key)) == 0 &&
               strcmp(first.rule, second.rule) == 0);
        quarantine_note_done(&first);
        quarantine_note_done(&second);
        buffer_done(&json);
        return 0;
}
