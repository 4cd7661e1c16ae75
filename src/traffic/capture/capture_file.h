/* traffic/capture/capture_file.h: the packets of a capture file (pcap by libpcap, pcapng by
 * pcapng_parse), one after the other. From: a file (canh) or bytes in memory (the centre's reader).
 * To: traffic/decode. Limit: CAPTURE_PACKET_MAX bytes of one packet are given, the rest is cut. One
 * thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_CAPTURE_CAPTURE_FILE_H
#define CANH_TRAFFIC_CAPTURE_CAPTURE_FILE_H

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

struct capture_file;

enum { CAPTURE_PACKET_MAX = 256 << 10 };

struct capture_packet {
        time_ms at;
        int link_type;     /* www.tcpdump.org/linktypes.html, as libpcap numbers it */
        struct text bytes; /* lives until the next call */
        size_t wire_bytes; /* how long the packet was before the capture cut it */
};

/* Takes the stream, also on failure. FORMAT with *bad: no capture, or one that is not read. */
MUST_USE int capture_file_open_own(
    struct capture_file **out, FILE *stream, struct parse_error *bad);
/* The same over bytes that the caller keeps until the close. */
MUST_USE int capture_file_open_bytes(
    struct capture_file **out, struct text bytes, struct parse_error *bad);
struct capture_file *capture_file_close(struct capture_file *c); /* takes NULL, returns NULL */
void capture_file_close_at(struct capture_file **c);

/* CLOSED at the end; FORMAT with *bad when the file is cut or damaged here: what came before is
 * good. */
MUST_USE int capture_file_next(
    struct capture_packet *out, struct capture_file *c, struct parse_error *bad);

#endif
