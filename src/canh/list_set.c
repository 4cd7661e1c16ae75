/* canh/list_set.c: see list_set.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/list_set.h"
#include "base/mem.h"
#include "canh/input.h"
#include "indicators/set/indicator_builder.h"

#include <stdio.h>

static int on_indicator(void *state, const struct indicator *indicator)
{
        return indicator_builder_add(state, indicator);
}

static int on_victim(void *state, const struct victim *victim)
{
        (void)state;
        (void)victim;
        return ERR_UNSUPPORTED;
}

int list_set_of_bytes(struct indicator_set **out, struct list_counts *counts, struct text bytes,
    const struct list_options *options, struct parse_error *bad)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        AUTO(list_summary_free_at) struct list_summary *summary = NULL;
        struct list_sink sink = { .indicator = on_indicator, .victim = on_victim };
        int err = indicator_builder_new(&builder, BUILDER_INDICATORS_MAX);

        sink.state = builder;
        if (!err)
                err = list_summary_new(&summary);
        if (!err)
                err = list_read(summary, bytes, options, &sink, bad);
        if (!err && summary->kind == LIST_KIND_VICTIM)
                err = ERR_UNSUPPORTED;
        if (err == ERR_UNSUPPORTED && bad && !bad->why_vi[0])
                (void)parse_error_set(bad, 0,
                    "đây là danh sách nạn nhân (địa chỉ của mình), không phải dấu hiệu nhận biết",
                    "this is a list of victims (our own addresses), not of indicators");
        if (!err && counts)
                *counts = summary->counts;
        return err ? err : indicator_builder_finish(out, builder);
}

int list_set_load(struct indicator_set **out, const char *path, const struct list_options *options,
    enum language l)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        struct parse_error bad = { 0 };
        int err = input_read(&bytes, path);
        struct text t = { bytes.data ? bytes.data : "", bytes.len };

        if (!err)
                err = text_starts(t, "CANHSET\n") ? indicator_set_parse(out, t, &bad)
                                                  : list_set_of_bytes(out, NULL, t, options, &bad);
        if (err)
                input_complain(l, path, err, &bad);
        return err;
}
