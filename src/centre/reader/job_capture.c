/* centre/reader/job_capture.c: see job_capture.h. The steps of a capture, joined:
 * traffic/capture -> traffic/decode -> traffic/match.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_capture.h"

#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_builder.h"
#include "traffic/capture/capture_file.h"
#include "traffic/decode/packet_each.h"
#include "traffic/match/match_json.h"

struct reading {
        json_int_t packets, skipped;
        struct parse_error end; /* why the capture broke off; empty at a clean end */
};

/* Every packet to the matcher; a capture that is cut is good up to there. */
static int read_packets(struct reading *r, struct capture_file *capture, struct packet_match *match)
{
        struct capture_packet packet;
        int err;

        while ((err = capture_file_next(&packet, capture, &r->end)) == 0) {
                r->packets++;
                err = packet_each(
                    packet.at, packet.link_type, packet.bytes, packet_match_sink(match));
                if (err == ERR_FORMAT || err == ERR_UNSUPPORTED)
                        r->skipped++;
                else if (err)
                        return err;
        }
        return err == ERR_CLOSED || err == ERR_FORMAT ? 0 : err;
}

static int add_matches(json_t *array, const struct packet_match *match)
{
        for (size_t i = 0; i < packet_match_count(match); i++) {
                json_t *one;
                int err = match_json(&one, packet_match_at(match, i));
                if (err)
                        return err;
                if (json_array_append_new(array, one))
                        return ERR_MEMORY;
        }
        return 0;
}

static int write_answer(
    struct buffer *out, const struct reading *r, const struct packet_match *match)
{
        AUTO(json_free_at)
        json_t *answer = json_pack("{s:I,s:I,s:I,s:s?,s:[]}", "packets", r->packets, "skipped",
            r->skipped, "left_out", (json_int_t)packet_match_left_out(match), "cut",
            r->end.why_en[0] ? r->end.why_en : NULL, "matches");
        char *text = NULL;
        int err;

        if (!answer)
                return ERR_MEMORY;
        err = add_matches(json_object_get(answer, "matches"), match);
        if (err)
                return err;
        text = json_dumps(answer, JSON_COMPACT);
        err = text ? buffer_add_text(out, text) : ERR_MEMORY;
        free(text);
        return err;
}

/* The first set_bytes of the bytes; what is left is the capture. */
static int take_set(
    struct indicator_set **set, struct text *bytes, const json_t *options, struct parse_error *bad)
{
        struct text set_bytes = *bytes;
        int64_t len;
        int err = json_field_i64(&len, options, "set_bytes", 0, (int64_t)bytes->len, bad);

        if (err)
                return err;
        set_bytes.len = (size_t)len;
        bytes->data += len;
        bytes->len -= (size_t)len;
        return len ? indicator_set_parse(set, set_bytes, bad) : 0;
}

/* Without a set in use every packet is still read, and nothing is listed. */
static int empty_set(struct indicator_set **set)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        int err = indicator_builder_new(&builder, 1);

        return err ? err : indicator_builder_finish(set, builder);
}

static int run(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(capture_file_close_at) struct capture_file *capture = NULL;
        AUTO(packet_match_free_at) struct packet_match *match = NULL;
        struct reading reading = { 0 };
        int err = take_set(&set, &bytes, options, bad);

        if (!err && !set)
                err = empty_set(&set);
        if (!err)
                err = capture_file_open_bytes(&capture, bytes, bad);
        if (!err)
                err = packet_match_new(&match, set, CAPTURE_MATCHES_MAX);
        if (!err)
                err = read_packets(&reading, capture, match);
        return err ? err : write_answer(out, &reading, match);
}

const struct reader_job job_capture = {
        .name = "capture", .seconds = 60, .memory_mib = 1024, .run = run
};
