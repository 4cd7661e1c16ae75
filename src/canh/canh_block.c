/* canh/canh_block.c: `canh block SET --for TARGET`: a set in the words of a firewall or resolver,
 * to standard output or a file. It is for the operator to load: nothing is blocked by this.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/input.h"
#include "indicators/blocks/block_list.h"
#include "indicators/set/indicator_set.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_BYTES_MAX = 1 << 30 };

struct block_job {
        const char *set, *output;
        const struct block_target *target;
        struct block_options options;
        enum language l;
};

static int usage(FILE *to, enum language l, int code)
{
        (void)fputs(
            say(l,
                "Cách dùng: canh block BỘ --for ĐÍCH [-o TỆP] [tùy chọn]\n"
                "  Viết bộ dấu hiệu theo lời của tường lửa hoặc máy chủ DNS, để nhà mạng\n"
                "  hoặc người quản trị tự nạp. Canh không tự chặn gì.\n"
                "  --name TÊN          tên danh sách (mặc định canh)\n"
                "  --confidence N      bỏ dấu hiệu có độ tin cậy dưới N (1-100)\n"
                "  --answer CÁCH       RPZ: nxdomain, nodata, drop, passthru (chỉ ghi log)\n"
                "ĐÍCH\n",
                "Usage: canh block SET --for TARGET [-o FILE] [options]\n"
                "  Writes the set in the words of a firewall or resolver, for the operator\n"
                "  to load. Canh itself blocks nothing.\n"
                "  --name NAME         name of the list (default canh)\n"
                "  --confidence N      leaves out what is less sure than N (1-100)\n"
                "  --answer HOW        RPZ: nxdomain, nodata, drop, passthru (log only)\n"
                "TARGETS\n"),
            to);
        for (size_t i = 0; block_target_at(i); i++)
                (void)fprintf(to, "  %-19s %s\n", block_target_at(i)->id,
                    say(l, block_target_at(i)->vi, block_target_at(i)->en));
        return code;
}

static int answer_of(enum block_answer *out, const char *word)
{
        static const char *const words[] = { [BLOCK_NXDOMAIN] = "nxdomain",
                [BLOCK_NODATA] = "nodata",
                [BLOCK_DROP] = "drop",
                [BLOCK_PASSTHRU] = "passthru" };

        for (unsigned i = 0; i < ARRAY_LEN(words); i++)
                if (strcmp(word, words[i]) == 0) {
                        *out = (enum block_answer)i;
                        return 0;
                }
        return ERR_FORMAT;
}

static int take_option(struct block_job *j, const char *name, const char *value)
{
        uint64_t n = 0;

        if (strcmp(name, "--for") == 0) {
                j->target = block_target_named(text_of(value));
                return j->target ? 0 : ERR_FORMAT;
        }
        if (strcmp(name, "-o") == 0) {
                j->output = value;
                return 0;
        }
        if (strcmp(name, "--name") == 0) {
                j->options.name = text_of(value);
                return 0;
        }
        if (strcmp(name, "--answer") == 0)
                return answer_of(&j->options.answer, value);
        if (strcmp(name, "--confidence") != 0 || text_to_u64(&n, text_of(value), 100))
                return ERR_FORMAT;
        j->options.least_confidence = (int)n;
        return 0;
}

static int take_arguments(struct block_job *j, int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                if (argv[i][0] == '-' && argv[i][1]) {
                        if (i + 1 >= argc || take_option(j, argv[i], argv[i + 1])) {
                                (void)fprintf(stderr,
                                    say(j->l, "canh block: không hiểu \"%s %s\"\n",
                                        "canh block: \"%s %s\" is not understood\n"),
                                    argv[i], i + 1 < argc ? argv[i + 1] : "");
                                return ERR_FORMAT;
                        }
                        i++;
                } else if (!j->set) {
                        j->set = argv[i];
                } else {
                        return ERR_FORMAT;
                }
        }
        return j->set && j->target ? 0 : ERR_FORMAT;
}

static int load(struct indicator_set **out, const struct block_job *j)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        struct parse_error bad = { 0 };
        int err = input_read(&bytes, j->set);

        if (!err)
                err = indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, &bad);
        if (err)
                input_complain(j->l, j->set, err, &bad);
        return err;
}

static int write_all(struct buffer *out, struct block_counts *counts, const struct block_job *j,
    const struct indicator_set *set)
{
        struct indicator_counts has;
        int err = block_list_begin(out, j->target, &j->options);

        indicator_set_count(&has, set);
        for (unsigned type = 0; type < INDICATOR_TYPES && !err; type++)
                for (size_t n = 0; n < has.of[type] && !err; n++) {
                        struct indicator_view view;
                        struct indicator indicator;
                        indicator_set_at(&view, set, (enum indicator_type)type, n);
                        indicator = indicator_of_view(&view);
                        err = block_list_add(out, counts, j->target, &j->options, &indicator);
                }
        return err ? err : block_list_end(out, j->target, &j->options);
}

static void say_counts(const struct block_job *j, const struct block_counts *c)
{
        (void)fprintf(stderr,
            say(j->l,
                "đã viết %zu dấu hiệu; bỏ qua: hết hiệu lực %zu, sinkhole %zu, chưa đủ tin cậy "
                "%zu, không dùng được ở đích này %zu\n",
                "%zu indicators written; left out: expired %zu, sinkholes %zu, not sure enough "
                "%zu, of no use to this target %zu\n"),
            c->written, c->expired, c->sinkholes, c->unsure, c->foreign);
}

static int run(int argc, char **argv, enum language l)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(buffer_done) struct buffer out = BUFFER(OUTPUT_BYTES_MAX);
        struct block_job job = { .l = l, .options = { .name = TEXT("canh") } };
        struct block_counts counts = { 0 };
        int err;

        if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
                return usage(stdout, l, COMMAND_NOTHING_FOUND);
        if (take_arguments(&job, argc, argv))
                return usage(stderr, l, COMMAND_FAILED);
        job.options.at = clock_now(&clock_real);
        job.options.serial = (uint32_t)(job.options.at / SECOND_MS); /* grows with each issue */
        err = load(&set, &job);
        if (err)
                return COMMAND_FAILED;
        err = write_all(&out, &counts, &job, set);
        if (!err && job.output)
                err = output_write(job.output, (struct text){ out.data, out.len });
        else if (!err && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)))
                err = ERR_IO;
        if (err) {
                (void)fprintf(stderr, "canh block: %s\n",
                    err == ERR_FORMAT
                        ? say(l, "tên chỉ gồm chữ thường, số, '-' và '_', dài không quá 24",
                              "the name has lower-case letters, digits, '-' and '_', at most 24")
                        : err_text(err));
                return COMMAND_FAILED;
        }
        say_counts(&job, &counts);
        return COMMAND_NOTHING_FOUND;
}

extern const struct command command_block;
const struct command command_block = { .name = "block",
        .vi = "viết bộ dấu hiệu cho tường lửa, DNS của nhà mạng tự nạp",
        .en = "write a set for firewalls and resolvers that an operator loads",
        .run = run };
