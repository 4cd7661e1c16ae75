/* traffic/decode/export_parse.c: see export_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

enum { VERSION_V5 = 5, VERSION_V9 = 9, VERSION_IPFIX = 10 };

typedef int (*parse_call)(
    struct export_context *c, const struct export_source *from, struct text bytes);

/* sFlow's version is a word of four bytes, the others' of two. */
static parse_call which(struct text bytes)
{
        const uint8_t *p = (const uint8_t *)bytes.data;

        if (bytes.len < 8)
                return NULL;
        switch (export_u16(p)) {
        case VERSION_V5:
                return netflow_v5_parse;
        case VERSION_V9:
                return netflow_v9_parse;
        case VERSION_IPFIX:
                return ipfix_parse;
        case 0:
                return export_u32(p) == 5 && (export_u32(p + 4) == 1 || export_u32(p + 4) == 2)
                           ? sflow_parse
                           : NULL;
        default:
                return NULL;
        }
}

int export_datagram_parse(struct export_state *state, const struct export_source *from,
    time_ms received, struct text bytes, struct traffic_sink sink, struct export_counts *counts)
{
        struct export_context c = {
                .state = state, .sink = &sink, .counts = counts, .received = received
        };
        parse_call parse = which(bytes);
        int err;

        if (!parse) {
                counts->foreign++;
                return 0;
        }
        counts->datagrams++;
        err = parse(&c, from, bytes);
        if (err == ERR_FORMAT) {
                counts->damaged++;
                err = 0;
        }
        return err;
}

bool export_datagram_is(struct text bytes)
{
        const uint8_t *p = (const uint8_t *)bytes.data;
        parse_call parse = which(bytes);

        if (parse == netflow_v5_parse)
                return bytes.len >= 72 && export_u16(p + 2) > 0 &&
                       bytes.len == 24 + (size_t)export_u16(p + 2) * 48;
        if (parse == netflow_v9_parse)
                return bytes.len >= 24 && export_u16(p + 22) >= 4 &&
                       export_u16(p + 22) <= bytes.len - 20;
        if (parse == ipfix_parse)
                return bytes.len >= 16 && export_u16(p + 2) == bytes.len;
        return parse != NULL && bytes.len >= 28 && bytes.len % 4 == 0;
}
