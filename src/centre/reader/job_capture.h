/* centre/reader/job_capture.h: what the confined reader does with an uploaded capture: decodes it
 * and asks the set in use about each packet. Pure: bytes in, JSON out. Limit: CAPTURE_MATCHES_MAX
 * matches; more are counted.
 *
 * options: {"set_bytes":N}. The bytes are those of the set file (the first N; 0: no set is in use)
 * and behind them those of the capture.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOB_CAPTURE_H
#define CANH_CENTRE_READER_JOB_CAPTURE_H

#include "centre/reader/job.h"

enum { CAPTURE_MATCHES_MAX = 10000 };

/* Adds an object of packets, skipped (those without IP), left_out, cut (null, or why the capture
 * breaks off: what came before counts) and matches (match_json.h). FORMAT with *bad: no capture, or
 * a damaged set. */
extern const struct reader_job job_capture;

#endif
