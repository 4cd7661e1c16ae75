/* traffic/decode/netflow_v5_parse.c: Cisco's fixed form: a header of 24 bytes, then up to 30
 * records of 48, IPv4 only. The sequence counts flows. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

enum { V5_HEADER = 24, V5_RECORD = 48, V5_SAMPLING_MASK = 0x3FFF };

/* Through the record of the other forms, so that uptime and repair of times are one. */
static int read_record(struct export_context *c, const uint8_t *p)
{
        static const struct {
                uint8_t at, length, field;
        } places[] = {
                { 16, 4, EXPORT_PACKETS },
                { 20, 4, EXPORT_OCTETS },
                { 24, 4, EXPORT_START_UPTIME },
                { 28, 4, EXPORT_END_UPTIME },
                { 32, 2, EXPORT_SOURCE_PORT },
                { 34, 2, EXPORT_DESTINATION_PORT },
                { 37, 1, EXPORT_FLAGS },
                { 38, 1, EXPORT_PROTOCOL },
        };
        struct export_record r = { 0 };

        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
                r.numbers[places[i].field] = export_number(p + places[i].at, places[i].length);
                r.seen |= UINT64_C(1) << places[i].field;
        }
        r.addresses[EXPORT_SOURCE_V4 - EXPORT_NUMBERS] = ip_address_from_v4(export_u32(p));
        r.addresses[EXPORT_DESTINATION_V4 - EXPORT_NUMBERS] = ip_address_from_v4(export_u32(p + 4));
        r.seen |= UINT64_C(1) << EXPORT_SOURCE_V4 | UINT64_C(1) << EXPORT_DESTINATION_V4;
        return export_record_give(c, &r);
}

/* A count that says more than there is makes the whole datagram doubtful: nothing is read of it. */
int netflow_v5_parse(struct export_context *c, const struct export_source *from, struct text bytes)
{
        const uint8_t *p = (const uint8_t *)bytes.data;
        uint16_t count, engine, sampling;
        int err;

        if (bytes.len < V5_HEADER)
                return ERR_FORMAT;
        count = export_u16(p + 2);
        engine = export_u16(p + 20);
        sampling = export_u16(p + 22) & V5_SAMPLING_MASK;
        if (count == 0 || bytes.len < V5_HEADER + (size_t)count * V5_RECORD)
                return ERR_FORMAT;
        err = export_domain_find(&c->domain, c, &from->address, engine, EXPORT_KIND_NETFLOW_V5);
        if (err)
                return err;
        c->uptime = export_u32(p + 4);
        export_clock(c, (time_ms)export_u32(p + 8) * SECOND_MS + export_u32(p + 12) / 1000000);
        export_sequence(c, export_u32(p + 16), count);
        c->domain->sampling = sampling ? (struct export_sampling){ sampling, 1 }
                                       : (struct export_sampling){ 0 };
        for (uint16_t i = 0; !err && i < count; i++)
                err = read_record(c, p + V5_HEADER + (size_t)i * V5_RECORD);
        return err;
}
