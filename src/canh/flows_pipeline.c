/* canh/flows_pipeline.c: see flows_pipeline.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_pipeline.h"

#include "base/buffer.h"
#include "base/mem.h"
#include "canh/input_stream.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/export_packet.h"
#include "traffic/decode/log_reader.h"
#include "traffic/decode/packet_each.h"
#include "traffic/flow/flow_table.h"

#include <stdio.h>
#include <string.h>

enum { PIECE = 64 << 10, EXPORT_FILE_MAX = 1 << 20, DATAGRAM_MAX = 65536 };

struct run {
        const struct flows_pipeline *pipeline;
        struct flows_report *report;
        struct input_stream *in;
        struct parse_error *bad;
};

/* What every fact passes before the sink. */

static bool is_outside(struct run *r, time_ms begin, time_ms end)
{
        const struct flows_pipeline *p = r->pipeline;
        bool outside = (p->since && end < p->since) || (p->until && begin >= p->until);

        r->report->outside += outside;
        return outside;
}

static int take_flow(void *state, const struct flow *flow)
{
        struct run *r = state;

        if (is_outside(r, flow->begin, flow->end))
                return 0;
        r->report->flows++;
        return traffic_sink_flow(&r->pipeline->sink, flow);
}

static int take_name(void *state, const struct name_sighting *sighting)
{
        struct run *r = state;

        if (is_outside(r, sighting->at, sighting->at))
                return 0;
        r->report->names++;
        return traffic_sink_name(&r->pipeline->sink, sighting);
}

static int take_translation(void *state, const struct translation *row)
{
        struct run *r = state;

        if (is_outside(r, row->begin, row->end ? row->end : row->begin))
                return 0;
        r->report->translations++;
        return traffic_sink_translation(&r->pipeline->sink, row);
}

static int take_lease(void *state, const struct lease *lease)
{
        struct run *r = state;

        if (is_outside(r, lease->begin, lease->end ? lease->end : lease->begin))
                return 0;
        r->report->leases++;
        return traffic_sink_lease(&r->pipeline->sink, lease);
}

static struct traffic_sink gate(struct run *r)
{
        return (struct traffic_sink){ take_flow, take_name, take_translation, take_lease, r };
}

static void add_reason(
    struct run *r, const char *vi, const char *en, uint64_t count, size_t first_line, bool is_fault)
{
        struct flows_reason *reason = &r->report->reasons[r->report->reason_count];

        if (count == 0 || r->report->reason_count == FLOWS_REASONS_MAX)
                return;
        *reason = (struct flows_reason){
                .count = count, .first_line = first_line, .is_fault = is_fault
        };
        (void)snprintf(reason->vi, sizeof(reason->vi), "%s", vi);
        (void)snprintf(reason->en, sizeof(reason->en), "%s", en);
        r->report->reason_count++;
}

static void count_unit(struct run *r, const char *format, const char *vi, const char *en)
{
        r->report->format = format;
        r->report->unit_vi = vi;
        r->report->unit_en = en;
}

static void show(struct run *r)
{
        if (r->pipeline->progress)
                r->pipeline->progress(r->pipeline->state, r->in);
}

/* Packets of a capture. */

static int each_packet(struct run *r, struct packet_sink sink)
{
        AUTO(capture_file_close_at) struct capture_file *capture = NULL;
        FILE *stream = input_stream_file(r->in);
        struct capture_packet packet;
        uint64_t without_ip = 0, cut = 0;
        int err = stream ? capture_file_open_own(&capture, stream, r->bad) : ERR_MEMORY;

        while (!err && (err = capture_file_next(&packet, capture, r->bad)) == 0) {
                r->report->packets++;
                show(r);
                err = packet_each(packet.at, packet.link_type, packet.bytes, sink);
                without_ip += err == ERR_UNSUPPORTED;
                cut += err == ERR_FORMAT;
                if (err == ERR_UNSUPPORTED || err == ERR_FORMAT)
                        err = 0;
        }
        add_reason(
            r, "gói không có IP bên trong", "packets without IP inside", without_ip, 0, false);
        add_reason(r, "gói hỏng trước khi đọc được hai địa chỉ",
            "packets that are damaged before both addresses", cut, 0, true);
        return err == ERR_CLOSED ? 0 : err;
}

static int capture_to_flows(struct run *r)
{
        AUTO(flow_table_free_at) struct flow_table *table = NULL;
        struct flow_table_options options = { .seed = (uint64_t)clock_steady(&clock_real) };
        struct flow_table_counts counts;
        int err = flow_table_new(&table, &options, gate(r)), end;

        if (err)
                return err;
        count_unit(r, "pcap", "gói", "packets");
        err = each_packet(r, flow_table_sink(table));
        end = flow_table_finish(table);
        flow_table_count(&counts, table);
        add_reason(r, "lần đồng hồ trong bản ghi chạy lùi",
            "times that the capture's clock went back", counts.jumps_back, 0, false);
        return err ? err : end;
}

static void report_exports(struct run *r, const struct export_counts *c)
{
        r->report->packets = c->datagrams;
        add_reason(r, "bản tin bị hỏng hoặc cụt", "datagrams that are damaged or cut", c->damaged,
            0, true);
        add_reason(r, "nhóm bản ghi không bao giờ có khuôn mẫu (template)",
            "sets of records whose template never came", c->dropped, 0, true);
        add_reason(r, "khuôn mẫu không nhận vì vượt giới hạn", "templates refused at a limit",
            c->refused, 0, true);
        add_reason(
            r, "bản ghi không có hai địa chỉ", "records without two addresses", c->other, 0, false);
        add_reason(r, "bản ghi bị thiết bị đánh mất (theo số thứ tự)",
            "records lost before the capture (by their sequence)", c->lost, 0, false);
}

static int capture_to_exports(struct run *r)
{
        AUTO(export_state_free_at) struct export_state *state = NULL;
        struct export_limits limits = { 0 };
        struct export_capture capture = { .sink = gate(r) };
        int err = export_state_new(&state, &limits);

        if (err)
                return err;
        count_unit(r, "netflow", "bản tin", "datagrams");
        capture.state = state;
        err = each_packet(r, (struct packet_sink){ export_packet_take, &capture });
        report_exports(r, &capture.counts);
        add_reason(r, "gói không phải bản tin NetFlow, IPFIX, sFlow",
            "packets that are no NetFlow, IPFIX or sFlow", capture.passed_over, 0, false);
        return err;
}

/* Messages of exporters one after the other (an IPFIX file), or one bare datagram. */

static int exports_in(
    struct run *r, struct export_state *state, struct buffer *bytes, struct export_counts *counts)
{
        struct text all = { bytes->data, bytes->len };
        struct export_source nobody = { .port = 0 };
        size_t used = 0;
        int err;

        if (all.len >= 2 && all.data[0] == 0 && all.data[1] == 10) {
                err = export_file_parse(&used, state, all, gate(r), counts, r->bad);
                memmove(bytes->data, bytes->data + used, bytes->len - used);
                bytes->len -= used;
                return err;
        }
        err = export_datagram_parse(state, &nobody, 0, all, gate(r), counts);
        buffer_clear(bytes);
        return err;
}

static int exports_to_flows(struct run *r)
{
        AUTO(export_state_free_at) struct export_state *state = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(EXPORT_FILE_MAX);
        struct export_limits limits = { 0 };
        struct export_counts counts = { 0 };
        size_t n = 1;
        int err = export_state_new(&state, &limits);

        count_unit(r, "ipfix", "bản tin", "datagrams");
        while (!err && n) {
                err = buffer_reserve(&bytes, PIECE);
                if (!err)
                        err = input_stream_read(&n, r->in, bytes.data + bytes.len, PIECE);
                if (!err)
                        bytes.len += n;
                if (!err && n && bytes.len)
                        err = exports_in(r, state, &bytes, &counts);
                show(r);
        }
        counts.damaged += !err && bytes.len;
        report_exports(r, &counts);
        return err;
}

/* Lines of a log. */

static void report_log(struct run *r, const struct log_counts *c)
{
        count_unit(r, c->format, "dòng", "lines");
        r->report->packets = c->lines;
        for (size_t i = 0; i < c->reason_count; i++)
                add_reason(r, c->reasons[i].vi, c->reasons[i].en, c->reasons[i].lines,
                    c->reasons[i].first_line, true);
        add_reason(r, "dòng không nói về lưu lượng", "lines that are not about traffic", c->ignored,
            0, false);
}

static int log_to_facts(struct run *r)
{
        AUTO(log_reader_free_at) struct log_reader *reader = NULL;
        const struct flows_pipeline *p = r->pipeline;
        struct log_options options = { .as = text_of(p->as),
                .zone_minutes = p->zone_minutes,
                .reference = input_stream_written_at(r->in) };
        struct traffic_sink sink = gate(r);
        AUTO(mem_free_at) char *piece = mem_zero(PIECE, 1);
        size_t n = 1;
        int err = piece ? 0 : ERR_MEMORY;

        if (options.reference == 0 || options.reference > p->now)
                options.reference = p->now;
        if (!err)
                err = log_reader_new(&reader, &options, &sink);
        while (!err && n) {
                err = input_stream_read(&n, r->in, piece, PIECE);
                if (!err && n)
                        err = log_reader_add(reader, (struct text){ piece, n });
                show(r);
        }
        if (!err)
                err = log_reader_end(reader);
        if (reader)
                report_log(r, log_reader_counts(reader));
        return err;
}

/* Which of them. */

bool flows_is_capture(struct text head)
{
        static const char *const magics[] = { "\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4",
                "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a", "\x34\xcd\xb2\xa1",
                "\xa1\xb2\xcd\x34" };

        for (size_t i = 0; i < ARRAY_LEN(magics) && head.len >= 4; i++)
                if (memcmp(head.data, magics[i], 4) == 0)
                        return true;
        return false;
}

static bool is_as(const struct run *r, const char *kind)
{
        return r->pipeline->as && strcmp(r->pipeline->as, kind) == 0;
}

static bool is_export_kind(const struct run *r)
{
        return is_as(r, "netflow") || is_as(r, "ipfix") || is_as(r, "sflow");
}

int flows_pipeline_run(struct flows_report *out, const struct flows_pipeline *p,
    struct input_stream *in, struct parse_error *bad)
{
        struct run r = { p, out, in, bad };
        struct text head = input_stream_head(in);
        int err;

        *out = (struct flows_report){ .format = NULL, .unit_vi = "", .unit_en = "" };
        if (flows_is_capture(head) && is_export_kind(&r))
                err = capture_to_exports(&r);
        else if (is_as(&r, "pcap") || (flows_is_capture(head) && !p->as))
                err = capture_to_flows(&r);
        else if (is_export_kind(&r) || (!p->as && export_datagram_is(head)))
                err = exports_to_flows(&r);
        else
                err = log_to_facts(&r);
        return err ? err : input_stream_error(in);
}

uint64_t flows_report_faults(const struct flows_report *r)
{
        uint64_t faults = 0;

        for (size_t i = 0; i < r->reason_count; i++)
                faults += r->reasons[i].is_fault ? r->reasons[i].count : 0;
        return faults;
}

const char *flows_kind(size_t n)
{
        static const char *const kinds[] = { "pcap", "netflow", "ipfix", "sflow" };

        return n < ARRAY_LEN(kinds) ? kinds[n] : log_format_id(n - ARRAY_LEN(kinds));
}
