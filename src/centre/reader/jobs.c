/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job.h"

#include "base/mem.h"
#include "centre/reader/job_capture.h"
#include "centre/reader/job_feed_bundle.h"
#include "centre/reader/job_taxii.h"
#include "centre/reader/jobs.h"

static const struct reader_job *const jobs[] = {
        &job_request,
        &job_certificate,
        &job_signature,
        &job_capture,
        &job_preview_list,
        &job_rows_list,
        &job_feed_bundle,
        &job_taxii_answer,
        &job_taxii_join,
};

const struct reader_job *reader_job_find(const char *name)
{
        for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
                if (strcmp(jobs[i]->name, name) == 0)
                        return jobs[i];
        return NULL;
}
