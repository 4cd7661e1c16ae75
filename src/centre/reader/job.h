/* centre/reader/job.h: one kind of foreign file that the centre reads. A job runs in a child of its
 * own without files, network or other processes, under limits of memory and time: bytes and options
 * in, bytes (mostly JSON) out. Adding one: a file centre/reader/job_<name>.c that ends in a const
 * struct reader_job, one line in jobs.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOB_H
#define CANH_CENTRE_READER_JOB_H

#include "base/buffer.h"
#include "base/text.h"

#include <jansson.h>

enum { JOB_OUT_BYTES_MAX = 256 << 20 };

struct reader_job {
        const char *name;    /* what office_reader_run is given */
        unsigned seconds;    /* CPU seconds; three times that on the wall clock */
        unsigned memory_mib; /* address space beyond the program's own */
        /* Adds the answer to *out. FORMAT and others with *bad for the person who sent the file. */
        int (*run)(
            struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad);
};

/* NULL when there is none. */
const struct reader_job *reader_job_find(const char *name);

#endif
