/* centre/reader/job_feed_bundle.h: a bundle of lists from another office: read and its signature
 * checked. Out: {"office","sequence","made_at","fingerprint","files":[{"source","format",
 * "file_name","url","fetched_at","sha256","at","bytes"}]}, at = where its content begins in the
 * upload. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_JOB_FEED_BUNDLE_H
#define CANH_CENTRE_READER_JOB_FEED_BUNDLE_H

#include "centre/reader/job.h"

extern const struct reader_job job_feed_bundle;

#endif
