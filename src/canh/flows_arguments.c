/* canh/flows_arguments.c: see flows_arguments.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_arguments.h"

#include "base/mem.h"
#include "canh/flows_time.h"
#include "codec/timestamp.h"

#include <stdio.h>
#include <string.h>

enum { TOP_MAX = 100000, KEEP_DAYS_MAX = 3660, TOP_USUAL = 10 };

struct taking {
        struct flows_arguments *a;
        int argc, at;
        char **argv;
        time_ms now;
};

int flows_complain(enum language l, const char *what, const char *vi, const char *en)
{
        (void)fprintf(stderr, "canh flows: %s: %s\n", what, say(l, vi, en));
        return ERR_FORMAT;
}

static int complain(const struct taking *t, const char *what, const char *vi, const char *en)
{
        return flows_complain(t->a->language, what, vi, en);
}

static int take_json(struct taking *t, const char *value)
{
        (void)value;
        t->a->format = FLOW_TEXT_JSON;
        return 0;
}

static int take_csv(struct taking *t, const char *value)
{
        (void)value;
        t->a->format = FLOW_TEXT_CSV;
        return 0;
}

static int take_again(struct taking *t, const char *value)
{
        (void)value;
        t->a->again = true;
        return 0;
}

static int take_brief(struct taking *t, const char *value)
{
        (void)value;
        t->a->brief = true;
        return 0;
}

static int take_moment(time_ms *out, struct taking *t, const char *value, bool is_end)
{
        if (flows_time_parse(out, text_of(value), t->now, t->a->zone_minutes, is_end))
                return complain(t, value,
                    "không phải thời điểm (ví dụ: 20/01/2024, \"20/01/2024 08:30\", 7d)",
                    "not a moment (such as 20/01/2024, \"20/01/2024 08:30\", 7d)");
        return 0;
}

static int take_since(struct taking *t, const char *value)
{
        return take_moment(&t->a->since, t, value, false);
}

static int take_until(struct taking *t, const char *value)
{
        return take_moment(&t->a->until, t, value, true);
}

static int take_at(struct taking *t, const char *value)
{
        return take_moment(&t->a->question.at, t, value, false);
}

static int take_within(struct taking *t, const char *value)
{
        if (flows_length_parse(&t->a->question.within, text_of(value)) || !t->a->question.within)
                return complain(t, value, "không phải khoảng thời gian (ví dụ: 15m, 2h)",
                    "not a length of time (such as 15m, 2h)");
        return 0;
}

static int take_zone(struct taking *t, const char *value)
{
        if (zone_parse(&t->a->zone_minutes, text_of(value)))
                return complain(
                    t, value, "múi giờ phải có dạng +07:00", "a zone is written +07:00");
        return 0;
}

static int take_number(uint64_t *out, struct taking *t, const char *value, uint64_t max)
{
        if (text_to_u64(out, text_of(value), max) || *out == 0)
                return complain(
                    t, value, "không phải số hợp lệ ở đây", "not a number that fits here");
        return 0;
}

static int take_top(struct taking *t, const char *value)
{
        uint64_t top = 0;
        int err = take_number(&top, t, value, TOP_MAX);

        t->a->top = (size_t)top;
        return err;
}

/* "host", or "host:packets". */
static int take_by(struct taking *t, const char *value)
{
        static const char *const orders[] = { "bytes", "packets", "flows" };
        struct text rest = text_of(value), by;
        char word[16];
        size_t order = 0;

        (void)text_split(&by, &rest, ':');
        while (rest.data && order < ARRAY_LEN(orders) && !text_is(rest, orders[order]))
                order++;
        if (text_copy(word, sizeof(word), by) || flow_top_by_parse(&t->a->by, word) ||
            order == ARRAY_LEN(orders))
                return complain(t, value,
                    "phải là host, remote, port, proto, net hoặc name, có thể thêm :bytes, "
                    ":packets, :flows",
                    "must be host, remote, port, proto, net or name, perhaps with :bytes, "
                    ":packets, :flows");
        t->a->order = (enum flow_top_order)order;
        if (!t->a->top)
                t->a->top = TOP_USUAL;
        return 0;
}

static int take_limit(struct taking *t, const char *value)
{
        return take_number(&t->a->limit, t, value, UINT32_MAX);
}

static int take_keep(struct taking *t, const char *value)
{
        uint64_t days = 0;
        int err = take_number(&days, t, value, KEEP_DAYS_MAX);

        t->a->keep_days = (int)days;
        return err;
}

static int take_as(struct taking *t, const char *value)
{
        t->a->as = value;
        return 0;
}

static int take_nat(struct taking *t, const char *value)
{
        t->a->nat = value;
        return 0;
}

static int take_ranges(struct taking *t, const char *value)
{
        t->a->ranges = value;
        return 0;
}

static int take_unit(struct taking *t, const char *value)
{
        t->a->unit = value;
        return 0;
}

static int take_one_own(struct flows_arguments *a, struct text value)
{
        struct text rest = value, one;

        while (text_split(&one, &rest, ',')) {
                if (a->own_count == FLOWS_OWN_MAX ||
                    ip_prefix_parse(&a->own[a->own_count], text_trim(one), false))
                        return ERR_FORMAT;
                a->own_count++;
        }
        return 0;
}

/* Takes what follows as long as it looks like a range with a length: "--own 10.0.0.0/8 fd00::/8".
 */
static int take_own(struct taking *t, const char *value)
{
        if (take_one_own(t->a, text_of(value)))
                return complain(t, value, "không phải dải địa chỉ", "not an address range");
        while (t->at + 1 < t->argc && strchr(t->argv[t->at + 1], '/') &&
               take_one_own(t->a, text_of(t->argv[t->at + 1])) == 0)
                t->at++;
        return 0;
}

static int take_public(struct taking *t, const char *value)
{
        t->a->has_public = true;
        if (ip_address_parse(&t->a->question.outer, text_of(value)))
                return complain(t, value, "không phải địa chỉ", "not an address");
        return 0;
}

/* "203.0.113.9", "203.0.113.9:443", "2001:db8::1", "[2001:db8::1]:443". */
static int take_peer(struct taking *t, const char *value)
{
        struct trace_question *q = &t->a->question;
        struct text all = text_of(value), address = all, port = { 0 };
        size_t close = text_find(all, ']'), colon = text_find(all, ':');
        uint64_t number = 0;

        if (text_starts(all, "[") && close < all.len) {
                address = (struct text){ all.data + 1, close - 1 };
                port = (struct text){ all.data + close + 1, all.len - close - 1 };
        } else if (colon < all.len && !memchr(all.data + colon + 1, ':', all.len - colon - 1)) {
                address.len = colon;
                port = (struct text){ all.data + colon, all.len - colon };
        }
        if (ip_address_parse(&q->peer, address) ||
            (port.len && (port.data[0] != ':' ||
                             text_to_u64(&number, (struct text){ port.data + 1, port.len - 1 },
                                 UINT16_MAX))))
                return complain(t, value, "không phải ĐỊA-CHỈ hoặc ĐỊA-CHỈ:CỔNG",
                    "not an ADDRESS or ADDRESS:PORT");
        q->has_peer = true;
        q->peer_port = (uint16_t)number;
        return 0;
}

static int take_source_port(struct taking *t, const char *value)
{
        uint64_t port = 0;
        int err = take_number(&port, t, value, UINT16_MAX);

        t->a->question.source_port = (uint16_t)port;
        return err;
}

static const struct option {
        const char *word;
        unsigned verbs;
        bool has_value;
        int (*take)(struct taking *t, const char *value);
} options[] = {
        { "--json", FLOWS_IMPORT | FLOWS_SHOW | FLOWS_HUNT | FLOWS_TRACE, false, take_json },
        { "--csv", FLOWS_SHOW, false, take_csv },
        { "--again", FLOWS_IMPORT, false, take_again },
        { "--brief", FLOWS_HUNT, false, take_brief },
        { "--since", FLOWS_IMPORT | FLOWS_SHOW | FLOWS_HUNT, true, take_since },
        { "--until", FLOWS_IMPORT | FLOWS_SHOW | FLOWS_HUNT, true, take_until },
        { "--zone", FLOWS_IMPORT | FLOWS_SHOW | FLOWS_HUNT | FLOWS_TRACE, true, take_zone },
        { "--own", FLOWS_IMPORT | FLOWS_SHOW | FLOWS_TRACE, true, take_own },
        { "--as", FLOWS_IMPORT, true, take_as },
        { "--keep", FLOWS_IMPORT, true, take_keep },
        { "--top", FLOWS_SHOW, true, take_top },
        { "--by", FLOWS_SHOW, true, take_by },
        { "--limit", FLOWS_SHOW, true, take_limit },
        { "--public", FLOWS_TRACE, true, take_public },
        { "--at", FLOWS_TRACE, true, take_at },
        { "--peer", FLOWS_TRACE, true, take_peer },
        { "--source-port", FLOWS_TRACE, true, take_source_port },
        { "--within", FLOWS_TRACE, true, take_within },
        { "--nat", FLOWS_TRACE, true, take_nat },
        { "--ranges", FLOWS_TRACE, true, take_ranges },
        { "--unit", FLOWS_TRACE, true, take_unit },
};

static int take_option(struct taking *t, enum flows_verb verb)
{
        const char *word = t->argv[t->at];

        for (size_t i = 0; i < ARRAY_LEN(options); i++) {
                if (!(options[i].verbs & verb) || strcmp(word, options[i].word) != 0)
                        continue;
                if (options[i].has_value && t->at + 1 == t->argc)
                        return complain(
                            t, word, "thiếu giá trị ở sau", "a value is missing behind it");
                return options[i].take(t, options[i].has_value ? t->argv[++t->at] : NULL);
        }
        return complain(t, word, "không có tùy chọn này; xem: canh flows --help",
            "there is no such option; see: canh flows --help");
}

/* The zone first: it says how the moments before it are read too. */
static int take_zone_first(struct taking *t)
{
        for (int i = 1; i + 1 < t->argc; i++)
                if (strcmp(t->argv[i], "--zone") == 0)
                        return take_zone(t, t->argv[i + 1]);
        return 0;
}

int flows_arguments_take(
    struct flows_arguments *out, enum flows_verb verb, int argc, char **argv, enum language l)
{
        struct taking t = { .a = out, .argc = argc, .argv = argv, .now = clock_now(&clock_real) };
        int err;

        *out = (struct flows_arguments){ .language = l, .zone_minutes = ZONE_VIETNAM_MINUTES };
        out->words = mem_zero((size_t)argc + 1, sizeof(*out->words));
        out->own = mem_zero(FLOWS_OWN_MAX, sizeof(*out->own));
        if (!out->words || !out->own)
                return ERR_MEMORY;
        err = take_zone_first(&t);
        for (t.at = 1; t.at < argc && !err; t.at++) {
                if (argv[t.at][0] == '-' && argv[t.at][1])
                        err = take_option(&t, verb);
                else if (!out->archive)
                        out->archive = argv[t.at];
                else
                        out->words[out->word_count++] = argv[t.at];
        }
        if (!err && !out->archive)
                err = complain(&t, argv[0], "thiếu tên kho lưu lượng (thư mục)",
                    "the archive (a folder) is missing");
        if (!err && out->since && out->until && out->until <= out->since)
                err = complain(&t, "--until", "phải sau --since", "must be after --since");
        return err;
}

void flows_arguments_done(struct flows_arguments *a)
{
        mem_free(a->words);
        mem_free(a->own);
}
