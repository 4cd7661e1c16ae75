/* canh/canh_list_compare.c: `canh list compare OLD NEW`: what is new, gone and still there, for
 * each list and in all. SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/list_arguments.h"
#include "canh/list_compare.h"
#include "canh/list_set.h"
#include "codec/json_write.h"
#include "indicators/set/set_compare.h"

#include <stdio.h>
#include <string.h>

enum { FLUSH_BYTES = 1 << 16, LINE_MAX_BYTES = 1 << 20 };

struct comparing {
        const struct list_arguments *a;
        enum language l;
        struct buffer out;
};

static void flush(struct comparing *c)
{
        if (c->out.len)
                (void)fwrite(c->out.data, 1, c->out.len, stdout);
        buffer_clear(&c->out);
}

static int json_value(struct buffer *out, const char *change, const struct indicator_view *v)
{
        int err = buffer_add_byte(out, '{');

        if (!err)
                err = json_add_text_member(out, "kind", text_of(change));
        if (!err)
                err = json_add_text_member(out, "type", text_of(indicator_type_name(v->type)));
        if (!err)
                err = json_add_text_member(out, "value", indicator_view_value(v));
        if (!err)
                err = json_add_text_member(out, "family", v->family);
        if (!err)
                err = json_add_text_member(out, "source", v->source);
        if (!err)
                err = json_add_time_member(out, "valid_until", v->valid_until);
        return err ? err : buffer_add_text(out, "}\n");
}

static int show_value(void *state, enum set_change change, const struct indicator_view *v)
{
        static const char *const words[] = { "new", "gone", "still" };
        static const char signs[] = "+-=";
        struct comparing *c = state;
        int err;

        if (strcmp(c->a->show, words[change]) != 0 && strcmp(c->a->show, "all") != 0)
                return 0;
        err = c->a->json ? json_value(&c->out, words[change], v)
                         : buffer_add_format(&c->out, "%c %s %.*s\n", signs[change],
                               indicator_type_name(v->type), TEXT_ARGS(indicator_view_value(v)));
        if (c->out.len > FLUSH_BYTES)
                flush(c);
        return err;
}

static int json_line(struct buffer *out, const char *source, const struct set_difference *d)
{
        int err = buffer_add_text(out, "{\"kind\":\"compare\"");

        if (!err)
                err = json_add_text_member(out, "source", text_of(source));
        return err ? err
                   : buffer_add_format(out,
                         ",\"new\":%zu,\"still\":%zu,\"gone\":%zu,\"expired\":%zu}\n", d->added,
                         d->still, d->gone, d->expired);
}

static int table_line(struct buffer *out, const char *source, const struct set_difference *d)
{
        return buffer_add_format(
            out, "%9zu %9zu %9zu %9zu  %s\n", d->added, d->still, d->gone, d->expired, source);
}

int list_compare_print(FILE *to, const struct set_comparison *c, bool json, enum language l)
{
        AUTO(buffer_done) struct buffer out = BUFFER(LINE_MAX_BYTES);
        int err = json ? 0
                       : buffer_add_text(
                             &out, say(l, "      MỚI  VẪN CÒN    ĐÃ HẾT  HẾT HẠN   NGUỒN\n",
                                       "      NEW     STILL      GONE   EXPIRED  LIST\n"));

        for (size_t i = 0; i < c->source_count && !err; i++)
                err = json ? json_line(&out, c->sources[i].name, &c->sources[i].difference)
                           : table_line(&out, c->sources[i].name, &c->sources[i].difference);
        if (!err)
                err = json ? json_line(&out, "", &c->all)
                           : table_line(&out, say(l, "TẤT CẢ", "IN ALL"), &c->all);
        if (!err)
                (void)fwrite(out.data, 1, out.len, to);
        return err;
}

/* Two files are two versions of one list, whatever they are called: the newer one's name counts. */
static struct list_options options_of(const struct list_arguments *a)
{
        struct list_options options = a->options;
        struct text name = text_of(a->files[1]);

        for (size_t i = name.len; i > 0 && !options.source.len; i--)
                if (name.data[i - 1] == '/')
                        options.source = (struct text){ name.data + i, name.len - i };
        if (!options.source.len)
                options.source = name;
        options.file_name = options.source;
        return options;
}

int list_compare(const struct list_arguments *a, enum language l)
{
        AUTO(indicator_set_free_at) struct indicator_set *older = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *newer = NULL;
        AUTO(mem_free_at) struct set_comparison *result = mem_zero(1, sizeof(*result));
        struct comparing c = { .a = a, .l = l, .out = BUFFER(LINE_MAX_BYTES) };
        struct list_options options;
        int err = result ? 0 : ERR_MEMORY;

        if (a->file_count != 2 || a->map_count) {
                (void)fprintf(stderr, "canh list compare: %s\n",
                    say(l, "cần đúng hai tệp: CŨ MỚI", "exactly two files are needed: OLD NEW"));
                return COMMAND_FAILED;
        }
        options = options_of(a);
        if (!err)
                err = list_set_load(&older, a->files[0], &options, l);
        if (!err)
                err = list_set_load(&newer, a->files[1], &options, l);
        if (!err)
                err = set_compare(result, older, newer, clock_now(&clock_real),
                    (struct set_compare_sink){ a->show ? show_value : NULL, &c });
        flush(&c);
        buffer_done(&c.out);
        if (!err)
                err = list_compare_print(stdout, result, a->json, l);
        if (err || fflush(stdout) || ferror(stdout))
                return COMMAND_FAILED;
        return result->all.added + result->all.gone ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}
