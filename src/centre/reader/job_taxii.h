/* centre/reader/job_taxii.h: what the confined reader does with the answers of a TAXII server. Two
 * jobs:
 *   taxii-answer   bytes: one answer. Out: what it is, as one JSON object (taxii_answer_parse.h).
 *   taxii-join     options {"parts":[bytes of each]}, bytes: the parts behind one another. Out: one
 *                  STIX bundle (taxii_join).
 * Limit: LIST_BYTES_MAX out, as any list. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOB_TAXII_H
#define CANH_CENTRE_READER_JOB_TAXII_H

#include "centre/reader/job.h"

extern const struct reader_job job_taxii_answer, job_taxii_join;

#endif
