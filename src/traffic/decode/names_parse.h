/* traffic/decode/names_parse.h: the names that one packet's payload speaks of: questions and
 * answers of DNS (RFC 1035; over TCP when the message is whole), the server name of a TLS
 * ClientHello (RFC 6066), the Host and the URL of an HTTP request. One packet at a time: what is
 * spread over several is not put together. Pure; any thread. Limit: PACKET_NAMES_MAX names of at
 * most 255 bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_NAMES_PARSE_H
#define CANH_TRAFFIC_DECODE_NAMES_PARSE_H

#include "model/packet.h"

/* Fills *out; nothing found is no error. Never reads outside packet->payload. Names are lower-case
 * letters, digits,
 * '-', '_' and '.', without a final dot; others are left out. In a name of DNS '_' stands for any
 * other byte too. */
void names_parse(struct packet_names *out, const struct packet *packet);

/* The parts, for tests and fuzzing: each adds to *out what it finds. */
void names_parse_dns(struct packet_names *out, struct text message);
void names_parse_tls(struct packet_names *out, struct text record);
void names_parse_http(struct packet_names *out, struct text request);

#endif
