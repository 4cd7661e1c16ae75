/* Any bytes: a report that is taken holds what its header promises; a result file's signed bytes
 * are its reports with eight bytes each.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/ulid.h"
#include "office/intake/report_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void result_holds(struct text bytes)
{
        AUTO(buffer_done)
        struct buffer b = BUFFER((size_t)RESULT_BYTES_MAX + 8 * RESULT_REPORTS_MAX);
        struct result_file file;
        size_t sum = 0;

        if (result_file_parse(&file, bytes, NULL))
                return;
        for (size_t i = 0; i < file.report_count; i++)
                sum += 8 + file.reports[i].len;
        if (result_file_signed_bytes(&b, &file) || b.len != sum)
                abort();
        result_file_done(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(report_free_at) struct report *r = NULL;
        struct text bytes = { (const char *)data, size };

        result_holds(bytes);
        if (report_parse(&r, bytes, NULL))
                return 0;
        if (!ulid_is_valid(r->id) || r->sequence < 1 || r->kind >= REPORT_KINDS)
                abort();
        if (r->kind == REPORT_SWEEP &&
            (r->sweep.ended_at < r->sweep.started_at || r->sweep.hit_count > REPORT_HITS_MAX))
                abort();
        return 0;
}
