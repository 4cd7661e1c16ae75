/* canh/canh_flows_hunt.c: `canh flows hunt`: who of ours ever touched what the set lists, by
 * address, prefix, name or certificate. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "canh/command.h"
#include "canh/flows_archive.h"
#include "canh/flows_verbs.h"
#include "canh/progress.h"
#include "canh/set_input.h"
#include "codec/json_write.h"
#include "codec/timestamp.h"
#include "system/os/folder.h"

#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX = 64 << 10 };

struct hunt {
        const struct flows_arguments *a;
        struct progress progress;
        struct buffer line;
        uint64_t hits;
};

static int add_json(struct buffer *out, const struct archive_hit *hit)
{
        char host[IP_TEXT_MAX], peer[IP_TEXT_MAX];
        const struct indicator_view *view = hit->indicator;
        int err = buffer_add_format(out, "{\"host\":\"%s\",\"peer\":\"%s\",\"seen_in\":\"%s\"",
            ip_address_write(host, &hit->host), ip_address_write(peer, &hit->peer),
            packet_place_name(hit->place));

        if (!err)
                err = json_add_text_member(out, "type", text_of(indicator_type_name(view->type)));
        if (!err)
                err = json_add_text_member(out, "value", indicator_view_value(view));
        if (!err)
                err = json_add_text_member(out, "family", view->family);
        if (!err)
                err = json_add_text_member(out, "list", view->source);
        if (!err && view->origin)
                err = json_add_text_member(
                    out, "origin", text_of(indicator_origin_name(view->origin)));
        if (!err)
                err = json_add_number_member(
                    out, "confidence", view->confidence, CONFIDENCE_UNKNOWN);
        if (!err)
                err = json_add_time_member(out, "valid_until", view->valid_until);
        if (!err)
                err = json_add_time_member(out, "first_at", hit->first_at);
        if (!err)
                err = json_add_time_member(out, "last_at", hit->last_at);
        if (err)
                return err;
        return hit->is_brief
                   ? buffer_add_text(out, ",\"brief\":true}\n")
                   : buffer_add_format(out, ",\"flows\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                         hit->flows, hit->bytes);
}

/* Two lines for each: who, when and how often; then what. */
static int add_row(struct hunt *h, const struct archive_hit *hit)
{
        char host[IP_TEXT_MAX], first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
        char flows[FLOW_TEXT_AMOUNT_MAX], bytes[FLOW_TEXT_AMOUNT_MAX];
        enum language l = h->a->language;
        int zone = h->a->zone_minutes, err = 0;
        bool is_old = hit->indicator->valid_until && hit->indicator->valid_until < hit->first_at;

        if (h->hits == 0)
                err = buffer_add_text(&h->line,
                    say(l,
                        "Máy              Lần đầu          Lần cuối         Luồng  Byte  Thấy ở\n",
                        "Host             First            Last             Flows  Bytes Seen "
                        "in\n"));
        if (!err)
                err = buffer_add_format(&h->line, "%-16s %-16s %-16s %5s %5s  %s\n",
                    ip_address_write(host, &hit->host),
                    timestamp_write_local(first, hit->first_at, zone),
                    timestamp_write_local(last, hit->last_at, zone),
                    hit->is_brief ? "-" : flow_text_amount(flows, hit->flows, l),
                    hit->is_brief ? "-" : flow_text_amount(bytes, hit->bytes, l),
                    packet_place_name(hit->place));
        return err ? err
                   : buffer_add_format(&h->line, "  %.*s  %.*s%s\n",
                         TEXT_ARGS(indicator_view_value(hit->indicator)),
                         TEXT_ARGS(hit->indicator->family),
                         is_old ? say(l, "  (dấu hiệu đã hết hạn trước đó)",
                                      "  (the indicator had expired before)")
                                : "");
}

static int take_hit(void *state, const struct archive_hit *hit)
{
        struct hunt *h = state;
        int err;

        buffer_clear(&h->line);
        err = h->a->format == FLOW_TEXT_JSON ? add_json(&h->line, hit) : add_row(h, hit);
        if (err)
                return err;
        progress_done(&h->progress);
        h->hits++;
        return fwrite(h->line.data, 1, h->line.len, stdout) == h->line.len ? 0 : ERR_IO;
}

static void show_progress(void *state, uint64_t done, uint64_t total)
{
        struct hunt *h = state;

        progress_show(&h->progress, h->a->archive, done, total);
}

static int hunt(struct hunt *h)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(archive_reader_close_at) struct archive_reader *reader = NULL;
        AUTO(folder_close_at) struct folder *folder = NULL;
        struct archive_question q = { .since = h->a->since,
                .until = h->a->until,
                .brief = h->a->brief,
                .progress = show_progress,
                .state = h };
        int err;

        if (h->a->word_count != 1)
                return flows_complain(h->a->language, "hunt",
                    "cần đúng một bộ dấu hiệu (của canh list build)",
                    "needs exactly one set (of canh list build)");
        err = set_input_load(&set, h->a->words[0], h->a->language);
        if (!err)
                err = flows_archive_read(&reader, &folder, h->a);
        if (err)
                return err;
        err = archive_hunt(reader, set, &q, (struct archive_hit_sink){ take_hit, h });
        if (err)
                (void)flows_complain(
                    h->a->language, h->a->archive, "không tìm hết được", "the hunt did not end");
        return err;
}

int flows_hunt(int argc, char **argv, enum language l)
{
        AUTO(flows_arguments_done) struct flows_arguments a;
        struct hunt h = { .a = &a, .line = BUFFER(LINE_MAX) };
        int err = flows_arguments_take(&a, FLOWS_HUNT, argc, argv, l);

        progress_init(&h.progress);
        if (!err)
                err = hunt(&h);
        progress_done(&h.progress);
        if (!err && a.format != FLOW_TEXT_JSON)
                (void)fprintf(stderr,
                    say(l, "%" PRIu64 " cặp máy và dấu hiệu\n",
                        "%" PRIu64 " pairs of host and indicator\n"),
                    h.hits);
        buffer_done(&h.line);
        if (fflush(stdout))
                err = ERR_IO;
        return err ? COMMAND_FAILED : h.hits ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}
