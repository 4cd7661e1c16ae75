/* office/evidence/measure_victims.c: questions put to the rows of a list that name our own
 * addresses, and to a person.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/evidence/measure_kinds.h"

/* A row is done when the machine behind it was swept clean (verified), the next list was silent too
 * (confirmed), or somebody closed it or waived it with a reason. */
static enum verdict ask_row(struct words *why, const struct victim_fact *v,
    const struct measure_rule *rule, const struct measure_context *context)
{
        static const char *const done[] = { "verified", "confirmed", "closed", "waived" };

        (void)rule;
        (void)context;
        for (size_t i = 0; i < ARRAY_LEN(done); i++)
                if (text_is(v->state, done[i]))
                        return VERDICT_YES;
        *why = v->machine_id.len ? WORDS("Đã xác định máy, chưa rà quét không phát hiện mã độc",
                                       "The machine is known, but no clean sweep has followed")
                                 : WORDS("Chưa xác định được máy sau địa chỉ này",
                                       "The machine behind this address is not known yet");
        return VERDICT_NO;
}

const struct measure_kind measure_victim_rows_closed = { "victim_rows_closed", SUBJECT_VICTIM,
        false, NULL, ask_row };
const struct measure_kind measure_attested = { "attested", SUBJECT_PERSON, false, NULL, NULL };
