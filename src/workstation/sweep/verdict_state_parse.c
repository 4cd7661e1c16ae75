/* workstation/sweep/verdict_state_parse.c: docs/formats/sweep-state.md to a state and back. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"

#include <string.h>

/* The number reads wrong on a machine of the other byte order, which then begins anew. */
static const uint64_t MARK = 0x0001575348414E43u;

struct head {
        uint64_t mark;
        uint64_t count;
        struct sha256 rules;
};

_Static_assert(sizeof(struct verdict) == 80, "the layout on disk has no gaps");
_Static_assert(sizeof(struct head) == 48, "the layout on disk has no gaps");

int verdict_state_write(struct buffer *out, const struct verdict_state *s)
{
        struct head h = {
                .mark = MARK, .count = verdict_state_count(s), .rules = *verdict_state_rules(s)
        };
        size_t start = out->len;
        struct sha256 check;
        int err = buffer_add(out, &h, sizeof(h));

        if (!err && h.count)
                err = buffer_add(out, verdict_state_all(s), h.count * sizeof(struct verdict));
        if (err)
                return err;
        check = sha256_of(out->data + start, out->len - start);
        return buffer_add(out, check.bytes, SHA256_BYTES);
}

int verdict_state_parse(struct verdict_state **out, struct text bytes)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        struct sha256 check;
        struct head h;
        int err;

        if (bytes.len < sizeof(h) + SHA256_BYTES)
                return ERR_FORMAT;
        memcpy(&h, bytes.data, sizeof(h));
        if (h.mark != MARK || h.count > VERDICTS_MAX ||
            bytes.len != sizeof(h) + h.count * sizeof(struct verdict) + SHA256_BYTES)
                return ERR_FORMAT;
        check = sha256_of(bytes.data, bytes.len - SHA256_BYTES);
        if (memcmp(check.bytes, bytes.data + bytes.len - SHA256_BYTES, SHA256_BYTES) != 0)
                return ERR_UNTRUSTED;
        err = verdict_state_new(&s, &h.rules);
        for (size_t i = 0; !err && i < h.count; i++) {
                struct verdict v;

                memcpy(&v, bytes.data + sizeof(h) + i * sizeof(v), sizeof(v));
                err = verdict_state_add(s, &v);
        }
        if (err)
                return err;
        verdict_state_sort(s);
        *out = MOVE(s);
        return 0;
}
