/* traffic/archive/journal_parse_fuzz.c: any bytes as records. What parses is written and parsed
 * again to the same bytes. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
struct rewriting {
        struct buffer out;
        time_ms last;
};

#define TAKE(name, type)                                                                           \
        static int take_##name(void *state, const struct type *fact)                               \
        {                                                                                          \
                struct rewriting *r = state;                                                       \
                return journal_write_##name(&r->out, &r->last, fact);                              \
        }
TAKE(flow, flow)
TAKE(name, name_sighting)
TAKE(translation, translation)
TAKE(lease, lease)

static int rewrite(struct rewriting *r, struct text records)
{
        return journal_parse(records,
            (struct traffic_sink){ take_flow, take_name, take_translation, take_lease, r });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct rewriting r = { .out = BUFFER(1 << 20) }, again = { .out = BUFFER(1 << 20) };

        if (rewrite(&r, (struct text){ (const char *)data, size }) == 0 && r.out.len &&
            (rewrite(&again, (struct text){ r.out.data, r.out.len }) ||
                again.out.len != r.out.len || memcmp(again.out.data, r.out.data, r.out.len) != 0))
                abort();
        buffer_done(&r.out);
        buffer_done(&again.out);
        return 0;
}
