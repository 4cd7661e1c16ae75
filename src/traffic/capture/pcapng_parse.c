/* traffic/capture/pcapng_parse.c: see pcapng_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/pcapng_parse.h"

enum block_type {
        BLOCK_SECTION = 0x0A0D0D0A,
        BLOCK_INTERFACE = 1,
        BLOCK_PACKET_OLD = 2,
        BLOCK_PACKET_SIMPLE = 3,
        BLOCK_PACKET = 6
};

enum interface_option { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

enum {
        HEAD_BYTES = 8, /* type and length before the body, the length again behind it */
        TAIL_BYTES = 4,
        SECTION_MAGIC = 0x1A2B3C4D,
        MICROSECONDS = 6,
        BINARY = 0x80,       /* of a resolution */
        TENS_MAX = 19,       /* 10 to the power of more is no 64-bit number */
        SHIFT_EXACT_MAX = 50 /* of the rest of a second, so that a thousand times it still fits */
};

static uint32_t get32(const struct pcapng *p, const char *at)
{
        const uint8_t *b = (const uint8_t *)at;

        return p->big_endian
                   ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                   : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static uint16_t get16(const struct pcapng *p, const char *at)
{
        const uint8_t *b = (const uint8_t *)at;

        return (uint16_t)(p->big_endian ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
}

static int refuse(const char **why, const char *text)
{
        *why = text;
        return ERR_FORMAT;
}

int pcapng_block_length(
    size_t *out, struct pcapng *p, const uint8_t head[PCAPNG_HEAD], const char **why)
{
        const char *at = (const char *)head;
        bool section = get32(p, at) == BLOCK_SECTION; /* reads the same from both ends */
        uint32_t length;

        if (!section && !p->in_section)
                return refuse(why, "a pcapng file begins with a section header");
        if (section) {
                p->big_endian = head[8] == 0x1A;
                if (get32(p, at + 8) != SECTION_MAGIC)
                        return refuse(why, "the byte order of a pcapng section is not known");
        }
        length = get32(p, at + 4);
        if (length < HEAD_BYTES + TAIL_BYTES || length % 4 || length > PCAPNG_BLOCK_MAX)
                return refuse(why, "the length of a pcapng block is wrong");
        *out = length;
        return 0;
}

static int take_section(struct pcapng *p, struct text body, const char **why)
{
        if (body.len < 16 || get16(p, body.data + 4) != 1)
                return refuse(why, "a version of pcapng that is not known");
        p->in_section = true;
        p->interface_count = 0;
        return 0;
}

static void take_option(
    struct pcapng_interface *to, const struct pcapng *p, unsigned code, struct text value)
{
        if (code == OPTION_RESOLUTION && value.len == 1) {
                to->resolution = (uint8_t)value.data[0];
        } else if (code == OPTION_OFFSET && value.len == 8) {
                uint64_t low = get32(p, value.data), high = get32(p, value.data + 4);
                to->offset_seconds = (int64_t)(p->big_endian ? low << 32 | high : high << 32 | low);
        }
}

static int take_interface(struct pcapng *p, struct text body, const char **why)
{
        struct pcapng_interface *to;

        if (body.len < 8)
                return refuse(why, "a pcapng interface is cut");
        if (p->interface_count == PCAPNG_INTERFACES_MAX)
                return refuse(why, "more interfaces in a pcapng section than are read");
        to = &p->interfaces[p->interface_count++];
        *to = (struct pcapng_interface){ .link_type = get16(p, body.data),
                .resolution = MICROSECONDS,
                .snap_bytes = get32(p, body.data + 4) };
        for (size_t at = 8; at + 4 <= body.len;) {
                unsigned code = get16(p, body.data + at);
                size_t length = get16(p, body.data + at + 2);
                if (code == OPTION_END || length > body.len - at - 4)
                        break;
                take_option(to, p, code, (struct text){ body.data + at + 4, length });
                at += 4 + (length + 3) / 4 * 4;
        }
        return 0;
}

/* Whole seconds and the thousandths of the rest; 0 for what is no time of our calendar. */
static time_ms milliseconds(const struct pcapng_interface *from, uint64_t ticks)
{
        const int64_t most = INT64_C(253402300799); /* the last second of the year 9999 */
        int64_t offset = from->offset_seconds;
        unsigned exponent = from->resolution & ~(unsigned)BINARY;
        uint64_t seconds, rest, unit = 1;

        if (from->resolution & BINARY) {
                if (exponent > 63)
                        return 0;
                seconds = ticks >> exponent;
                rest = ticks & ((UINT64_C(1) << exponent) - 1);
                if (exponent > SHIFT_EXACT_MAX) {
                        rest >>= exponent - SHIFT_EXACT_MAX;
                        exponent = SHIFT_EXACT_MAX;
                }
                rest = rest * 1000 >> exponent;
        } else {
                if (exponent > TENS_MAX)
                        return 0;
                for (unsigned i = 0; i < exponent; i++)
                        unit *= 10;
                seconds = ticks / unit;
                rest = unit >= 1000 ? ticks % unit / (unit / 1000) : ticks % unit * 1000 / unit;
        }
        if (seconds > (uint64_t)most || offset > most || offset < -most)
                return 0;
        offset += (time_ms)seconds;
        return offset < 0 ? 0 : offset * 1000 + (time_ms)rest;
}

/* The three forms of a packet. */
static int take_packet(struct capture_packet *out, const struct pcapng *p, uint32_t type,
    struct text body, const char **why)
{
        static const char cut[] = "a pcapng packet is longer than its block";
        size_t head = type == BLOCK_PACKET_SIMPLE ? 4 : 20, number = 0, kept;
        uint64_t ticks = 0;
        uint32_t wire;

        if (body.len < head)
                return refuse(why, cut);
        if (type == BLOCK_PACKET)
                number = get32(p, body.data);
        else if (type == BLOCK_PACKET_OLD)
                number = get16(p, body.data);
        if (number >= p->interface_count)
                return refuse(why, "a pcapng packet of an interface that was not described");
        if (type == BLOCK_PACKET_SIMPLE) {
                uint32_t snap = p->interfaces[0].snap_bytes;
                wire = get32(p, body.data);
                kept = snap && wire > snap ? snap : wire;
        } else {
                ticks = (uint64_t)get32(p, body.data + 4) << 32 | get32(p, body.data + 8);
                kept = get32(p, body.data + 12);
                wire = get32(p, body.data + 16);
        }
        if (kept > body.len - head)
                return refuse(why, cut);
        *out = (struct capture_packet){ .at = milliseconds(&p->interfaces[number], ticks),
                .link_type = p->interfaces[number].link_type,
                .bytes = { body.data + head, kept },
                .wire_bytes = wire };
        return 0;
}

int pcapng_block(struct capture_packet *out, bool *has_packet, struct pcapng *p, struct text block,
    const char **why)
{
        struct text body = { block.data + HEAD_BYTES, block.len - HEAD_BYTES - TAIL_BYTES };
        uint32_t type = get32(p, block.data);

        *has_packet = false;
        if (get32(p, block.data + block.len - TAIL_BYTES) != block.len)
                return refuse(why, "the two lengths of a pcapng block differ");
        switch (type) {
        case BLOCK_SECTION:
                return take_section(p, body, why);
        case BLOCK_INTERFACE:
                return take_interface(p, body, why);
        case BLOCK_PACKET:
        case BLOCK_PACKET_OLD:
        case BLOCK_PACKET_SIMPLE:
                *has_packet = true;
                return take_packet(out, p, type, body, why);
        default:
                return 0; /* names, statistics, a vendor's own */
        }
}
