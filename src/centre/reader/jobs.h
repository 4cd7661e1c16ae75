/* centre/reader/jobs.h: the entries of the job_*.c files. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOBS_H
#define CANH_CENTRE_READER_JOBS_H

#include "centre/reader/job.h"

extern const struct reader_job job_request;      /* certificate request -> curve point */
extern const struct reader_job job_certificate;  /* certificate -> checked name and serial */
extern const struct reader_job job_signature;    /* signature over the bytes -> holds or not */
extern const struct reader_job job_preview_list; /* list -> Preview of docs/api.md */
extern const struct reader_job job_rows_list;    /* list -> victim rows or a set, see job_list.h */

#endif
