/* traffic/decode/log_value.h: values as the writers of logs write them: times, ends, counts, flags.
 * Pure. For this folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_LOG_VALUE_H
#define CANH_TRAFFIC_DECODE_LOG_VALUE_H

#include "traffic/decode/log_reader.h"

/* All FORMAT on nonsense; outputs and *t are untouched then. */
MUST_USE int log_value_time(time_ms *out, struct text t, const struct log_options *options);
MUST_USE int log_value_milliseconds(int64_t *out, struct text seconds); /* "0.055687" */
MUST_USE int log_value_count(uint64_t *out, struct text t);             /* also "1.0" */
MUST_USE int log_value_port(uint16_t *out, struct text t);              /* also "0x0008" */
MUST_USE int log_value_protocol(uint8_t *out, struct text t);           /* name or number */
MUST_USE int log_value_hardware(uint8_t out[LEASE_HARDWARE_BYTES], struct text t);
/* "a.b.c.d:port", "[v6]:port", an address alone; port 0 when not said. */
MUST_USE int log_value_end(struct ip_address *address, uint16_t *port, struct text t);
/* Letters of TCP flags, others are passed over: F S R P A U E C. */
uint8_t log_value_flags(struct text t);
/* Day and month names, "Sep 30 14:35:50"; takes them off *t. */
MUST_USE int log_value_old_time(time_ms *out, struct text *t, const struct log_options *options);
/* ISO like date and time of day with or without zone, off *t. */
MUST_USE int log_value_iso_time(time_ms *out, struct text *t, const struct log_options *options);
/* "20/Jun/2022:13:09:14 +0200", off *t. */
MUST_USE int log_value_web_time(time_ms *out, struct text *t, const struct log_options *options);
/* The next word up to a blank, off *t. */
struct text log_value_word(struct text *t);
/* What stands between `before` and the next of `ends` (or the end); empty when there is none. */
struct text log_value_after(struct text t, const char *before, const char *ends);
bool log_value_has(struct text t, const char *piece);
/* "SYN,ACK" or "… WINDOW=64240 RES=0x00 SYN URGP=0": the flags that stand as words. */
uint8_t log_value_flag_words(struct text t);
/* type * 256 + code. */
MUST_USE int log_value_icmp(uint16_t *out, struct text type, struct text code);

#endif
