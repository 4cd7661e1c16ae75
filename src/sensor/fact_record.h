/* sensor/fact_record.h: facts of traffic as records of the ring between analyse and keeper. The
 * keeper reads them as what a process that reads foreign bytes may have made up. Pure but for the
 * ring.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_FACT_RECORD_H
#define CANH_SENSOR_FACT_RECORD_H

#include "model/flow.h"

struct shared_ring;

struct fact_writer {
        struct shared_ring *ring;
        int wait_ms; /* for room; beyond it the fact is lost, and the ring counts it */
};

/* A sink into the ring; never fails. */
struct traffic_sink fact_writer_sink(struct fact_writer *w);
/* Hands the fact to the sink. UNTRUSTED: no record of ours. */
MUST_USE int fact_record_take(struct text record, struct traffic_sink sink);

#endif
