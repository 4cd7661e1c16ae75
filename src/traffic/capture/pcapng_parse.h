/* traffic/capture/pcapng_parse.h: the blocks of a pcapng file (draft-ietf-opsawg-pcapng): sections
 * of either byte order, interfaces of any link type and snapshot length beside each other, which
 * libpcap refuses. From: capture_file.c, which reads the bytes. To: its packets. Limits:
 * PCAPNG_BLOCK_MAX bytes of a block, PCAPNG_INTERFACES_MAX interfaces of a section. Pure; one
 * thread at a time. For this folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_CAPTURE_PCAPNG_PARSE_H
#define CANH_TRAFFIC_CAPTURE_PCAPNG_PARSE_H

#include "traffic/capture/capture_file.h"

enum { PCAPNG_HEAD = 12, PCAPNG_BLOCK_MAX = 16 << 20, PCAPNG_INTERFACES_MAX = 256 };

/* Zeroed: before the first section. */
struct pcapng {
        bool in_section, big_endian;
        size_t interface_count;
        struct pcapng_interface {
                uint16_t link_type;
                uint8_t resolution;  /* of its clock: 10 to the power of -resolution seconds; with
                                        the highest bit 2 to the power of the rest */
                uint32_t snap_bytes; /* 0 = no limit */
                int64_t offset_seconds;
        } interfaces[PCAPNG_INTERFACES_MAX];
};

/* By the first bytes of a block how long it is, these included. FORMAT with *why (English, lasts).
 */
MUST_USE int pcapng_block_length(
    size_t *out, struct pcapng *p, const uint8_t head[PCAPNG_HEAD], const char **why);
/* Takes one whole block. *out is filled when *has_packet; its bytes are views into the block.
 * FORMAT with *why. */
MUST_USE int pcapng_block(struct capture_packet *out, bool *has_packet, struct pcapng *p,
    struct text block, const char **why);

#endif
