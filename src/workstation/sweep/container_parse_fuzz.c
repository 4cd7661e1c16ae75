/* workstation/sweep/container_parse_fuzz.c: whatever the bytes are, no more comes out than the
 * limits allow, and every member has a way that ends in its name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/container.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct container_limits limits = { .depth_max = 3,
        .members_max = 50,
        .member_bytes_max = 1 << 16,
        .bytes_max = 1 << 20,
        .ratio_max = 1000,
        .time_max = 10000,
        .clock = &clock_real };

struct seen {
        uint64_t members, bytes;
};

static int on_member(void *state, const struct container_member *m)
{
        struct seen *s = state;
        size_t way = strlen(m->way), name = strlen(m->name);

        s->members++;
        s->bytes += m->bytes.len;
        assert(m->bytes.len <= limits.member_bytes_max);
        assert(way >= name && strcmp(m->way + way - name, m->name) == 0);
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct seen s = { 0 };
        struct container_sink sink = { on_member, &s };
        enum container_end end;
        int err = container_open(&end, (struct text){ (const char *)data, size }, &limits, &sink);

        assert(!err && end < CONTAINER_ENDS);
        assert(s.members <= limits.members_max && s.bytes <= limits.bytes_max + (1 << 16));
        return 0;
}
