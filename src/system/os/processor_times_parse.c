/* system/os/processor_times_parse.c: see processor_times_parse.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/processor_times_parse.h"

enum { USER, NICE, SYSTEM, IDLE, WAITING, IRQ, SOFT_IRQ, STOLEN, FIELDS };

int processor_times_parse(struct processor_times *out, struct text stat)
{
        struct text line, field, rest = stat;
        uint64_t n[FIELDS] = { 0 };
        struct processor_times t = { 0 };
        int count = 0;

        if (!text_split(&line, &rest, '\n') || !text_starts(line, "cpu "))
                return ERR_FORMAT;
        line.data += 4;
        line.len -= 4;
        while (count < FIELDS && text_split(&field, &line, ' '))
                if (field.len && text_to_u64(&n[count++], field, INT64_MAX >> 4) != 0)
                        return ERR_FORMAT;
        if (count <= IDLE)
                return ERR_FORMAT;
        for (int i = 0; i < FIELDS; i++) {
                bool busy = i != NICE && i != IDLE && i != WAITING;

                t.all += n[i];
                t.busy += busy ? n[i] : 0;
        }
        *out = t;
        return 0;
}
