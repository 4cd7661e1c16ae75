/* canh/canh_flows_import.c: `canh flows import`: captures, exports and logs into an archive. What
 * was read before an input breaks off is kept, and said. An input that was imported whole before
 * (the same bytes) is passed over. SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/flows_archive.h"
#include "canh/flows_pipeline.h"
#include "canh/flows_verbs.h"
#include "canh/input.h"
#include "canh/input_stream.h"
#include "canh/progress.h"
#include "codec/json_write.h"
#include "system/os/folder.h"

#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX = 64 << 10, DONE_BYTES_MAX = 16 << 20, SETTLE_EVERY_MS = 5 * SECOND_MS };

struct import {
        struct flows_arguments *a;
        struct archive *archive;
        struct folder *folder;
        struct flows_pipeline pipeline;
        struct progress progress;
        uint64_t flows, names, translations, leases, faults;
        struct buffer done; /* lines of what is imported but not yet durable */
        time_ms settled_at;
        bool failed;
};

/* A sync of the disk for each of many small files would take longer than reading them. */
static int settle(struct import *job, time_ms after)
{
        time_ms now = clock_steady(&clock_real);
        int err;

        if (now - job->settled_at < after)
                return 0;
        job->settled_at = now;
        err = archive_flush(job->archive);
        return err ? err : flows_imported_keep(job->folder, &job->done);
}

static void show_progress(void *state, const struct input_stream *in)
{
        struct import *job = state;
        uint64_t size = input_stream_size(in);

        progress_show(&job->progress, input_stream_name(in),
            size ? input_stream_taken(in) : input_stream_taken(in) >> 20, size);
}

static int add_reasons(struct buffer *line, const struct flows_report *r)
{
        int err = json_add_name(line, "reasons");

        if (!err)
                err = buffer_add_byte(line, '[');
        for (size_t i = 0; i < r->reason_count && !err; i++) {
                const struct flows_reason *reason = &r->reasons[i];
                err = buffer_add_text(line, i ? ",{" : "{");
                if (!err)
                        err = json_add_text_member(line, "reason", text_of(reason->en));
                if (!err)
                        err = buffer_add_format(line,
                            ",\"count\":%" PRIu64 ",\"first_line\":%zu,\"fault\":%s}",
                            reason->count, reason->first_line, reason->is_fault ? "true" : "false");
        }
        return err ? err : buffer_add_text(line, "]}\n");
}

static int report_json(const struct flows_report *r, const char *name)
{
        AUTO(buffer_done) struct buffer line = BUFFER(LINE_MAX);
        int err = buffer_add_byte(&line, '{');

        if (!err)
                err = json_add_text_member(&line, "input", text_of(name));
        if (!err)
                err = json_add_text_member(&line, "format", text_of(r->format));
        if (!err)
                err = buffer_add_format(&line,
                    ",\"read\":%" PRIu64 ",\"flows\":%" PRIu64 ",\"names\":%" PRIu64
                    ",\"translations\":%" PRIu64 ",\"leases\":%" PRIu64 ",\"outside\":%" PRIu64
                    ",\"refused\":%" PRIu64,
                    r->packets, r->flows, r->names, r->translations, r->leases, r->outside,
                    flows_report_faults(r));
        if (!err)
                err = add_reasons(&line, r);
        if (!err)
                (void)fwrite(line.data, 1, line.len, stdout);
        return err;
}

static void say_count(uint64_t count, enum language l, const char *vi, const char *en)
{
        if (count)
                (void)printf(", %s %" PRIu64, say(l, vi, en), count);
}

static void report_people(const struct flows_report *r, const char *name, enum language l)
{
        (void)printf("%s (%s): %s %" PRIu64 " -> %s %" PRIu64, name, r->format ? r->format : "?",
            say(l, r->unit_vi, r->unit_en), r->packets, say(l, "luồng", "flows"), r->flows);
        say_count(r->names, l, "lần thấy tên", "sightings of names");
        say_count(r->translations, l, "dòng NAT", "NAT rows");
        say_count(r->leases, l, "lần cấp địa chỉ", "leases");
        (void)printf("\n");
        if (r->outside)
                (void)printf("  %" PRIu64 " %s\n", r->outside,
                    say(l, "ngoài khoảng --since, --until", "outside --since, --until"));
        for (size_t i = 0; i < r->reason_count; i++) {
                const struct flows_reason *reason = &r->reasons[i];
                (void)printf(reason->is_fault
                                 ? say(l, "  LOẠI %" PRIu64 ": %s", "  REFUSED %" PRIu64 ": %s")
                                 : "  %" PRIu64 " %s",
                    reason->count, say(l, reason->vi, reason->en));
                if (reason->first_line)
                        (void)printf(say(l, " (đầu tiên: dòng %zu)", " (first: line %zu)"),
                            reason->first_line);
                (void)printf("\n");
        }
}

static void complain(
    struct import *job, const char *name, int err, const struct parse_error *bad, bool of_packets)
{
        enum language l = job->a->language;
        struct parse_error said = *bad;

        if (!bad->why_en[0] && err == ERR_UNSUPPORTED)
                (void)parse_error_set(&said, 0,
                    "không nhận ra định dạng; hãy nêu bằng --as (xem: canh flows --help)",
                    "the format is not known; name it with --as (see: canh flows --help)");
        else if (!bad->why_en[0] && err == ERR_FORMAT)
                (void)parse_error_set(&said, 0, "tệp nén bị hỏng hoặc bị cắt cụt",
                    "the packed file is damaged or cut");
        progress_done(&job->progress);
        if (of_packets && said.line)
                (void)fprintf(stderr,
                    say(l, "canh: %s: gói %zu: %s\n", "canh: %s: packet %zu: %s\n"), name,
                    said.line, say(l, said.why_vi, said.why_en));
        else
                input_complain(l, name, err, &said);
}

static int import_one(struct import *job, struct input_stream *in)
{
        struct flows_report *r = mem_zero(1, sizeof(*r));
        struct parse_error bad = { 0 };
        const char *name = input_stream_name(in);
        int err = r ? flows_pipeline_run(r, &job->pipeline, in, &bad) : ERR_MEMORY;

        progress_done(&job->progress);
        if (r && (r->format || r->packets) && job->a->format == FLOW_TEXT_JSON)
                err = err ? err : report_json(r, name);
        else if (r && (r->format || r->packets))
                report_people(r, name, job->a->language);
        if (err)
                complain(job, name, err, &bad, flows_is_capture(input_stream_head(in)));
        if (r) {
                job->flows += r->flows;
                job->names += r->names;
                job->translations += r->translations;
                job->leases += r->leases;
                job->faults += flows_report_faults(r);
        }
        mem_free(r);
        return err;
}

/* An unknown file among others of a tar does not stop them. */
static int import_stream(struct import *job, const char *path)
{
        AUTO(input_stream_close_at) struct input_stream *in = NULL;
        int err = input_stream_open(&in, path), worst = 0;

        if (err == ERR_FORMAT)
                complain(job, path, err, &(struct parse_error){ 0 }, false);
        else if (err)
                input_complain(job->a->language, path, err, NULL);
        if (err)
                return err;
        while ((err = input_stream_next(in)) == 0) {
                err = import_one(job, in);
                worst = err ? err : worst;
                if (err && err != ERR_FORMAT && err != ERR_UNSUPPORTED)
                        return err;
        }
        if (err != ERR_CLOSED)
                complain(job, path, err, &(struct parse_error){ 0 }, false);
        return err == ERR_CLOSED ? worst : err;
}

static int import_path(struct import *job, const char *path)
{
        char digest[FLOWS_DIGEST_TEXT_MAX] = "";
        bool is_known = false;
        int err = flows_digest(digest, path);

        if (!err)
                err = flows_imported(&is_known, job->folder, &job->done, digest);
        if (err && err != ERR_UNSUPPORTED) {
                input_complain(job->a->language, path, err, NULL);
                return err;
        }
        if (is_known && !job->a->again) {
                (void)fprintf(stderr,
                    say(job->a->language,
                        "canh flows: %s: đã nhập trước đây, bỏ qua (--again để nhập lại)\n",
                        "canh flows: %s: was imported before, passed over (--again to repeat)\n"),
                    path);
                return 0;
        }
        err = import_stream(job, path);
        if (!err && digest[0] && !is_known)
                err = flows_imported_add(&job->done, digest, path);
        return err ? err : settle(job, SETTLE_EVERY_MS);
}

static int prepare(struct import *job)
{
        struct flows_arguments *a = job->a;
        int err;

        if (a->word_count == 0)
                return flows_complain(
                    a->language, "import", "thiếu tệp để nhập", "the files to import are missing");
        err = folder_open_or_make(&job->folder, a->archive, 0700);
        if (err) {
                input_complain(a->language, a->archive, err, NULL);
                return err;
        }
        err = flows_archive_own(a, job->folder);
        if (!err)
                err = flows_archive_write(&job->archive, &job->folder, a);
        if (!err)
                err = flows_archive_keep_own(job->folder, a);
        if (err)
                return err;
        job->pipeline = (struct flows_pipeline){ .as = a->as,
                .since = a->since,
                .until = a->until,
                .zone_minutes = a->zone_minutes,
                .now = clock_now(&clock_real),
                .sink = archive_sink(job->archive),
                .progress = show_progress,
                .state = job };
        progress_init(&job->progress);
        return 0;
}

static void say_total(const struct import *job)
{
        enum language l = job->a->language;
        struct archive_counts counts;

        archive_count(&counts, job->archive);
        (void)printf(say(l,
                         "Đã nhập %" PRIu64 " luồng, %" PRIu64 " lần thấy tên, %" PRIu64
                         " dòng NAT, %" PRIu64 " lần cấp địa chỉ; loại %" PRIu64 ".\n",
                         "Imported %" PRIu64 " flows, %" PRIu64 " sightings of names, %" PRIu64
                         " NAT rows, %" PRIu64 " leases; refused %" PRIu64 ".\n"),
            job->flows, job->names, job->translations, job->leases, job->faults + counts.refused);
        (void)printf(say(l, "Kho có %" PRIu64 " luồng, %" PRIu64 " byte.\n",
                         "The archive holds %" PRIu64 " flows, %" PRIu64 " bytes.\n"),
            counts.flows, counts.bytes);
}

int flows_import(int argc, char **argv, enum language l)
{
        AUTO(flows_arguments_done) struct flows_arguments a;
        struct import job = { .a = &a, .done = BUFFER(DONE_BYTES_MAX) };
        int err = flows_arguments_take(&a, FLOWS_IMPORT, argc, argv, l);

        if (!err)
                err = prepare(&job);
        for (size_t i = 0; i < a.word_count && !err; i++) {
                err = import_path(&job, a.words[i]);
                job.failed |= err != 0;
                if (err == ERR_FORMAT || err == ERR_UNSUPPORTED || err == ERR_MISSING ||
                    err == ERR_DENIED)
                        err = 0; /* said; the next one may be read */
        }
        if (!err && job.archive)
                err = archive_seal(job.archive);
        if (!err && job.archive)
                err = settle(&job, 0);
        if (!err && a.format != FLOW_TEXT_JSON)
                say_total(&job);
        buffer_done(&job.done);
        job.archive = archive_close(job.archive);
        job.folder = folder_close(job.folder);
        if (fflush(stdout))
                err = ERR_IO;
        return err || job.failed ? COMMAND_FAILED : COMMAND_NOTHING_FOUND;
}
