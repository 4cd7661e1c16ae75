/* canh/canh_sweep.c: `canh sweep [--rules FILE]… [--hashes FILE]… [--quarantine DIR] [--state DIR]
 * [--clamd SOCKET] [--trust-packages] [--no-archives] [--cross-mounts] [--json]
 * PATH…`: a malware check of files
 * without a server. Output: JSON lines or a table; messages and the progress bar go to standard
 * error. Exit 0 nothing found, 1 found, 2 could not be done. SPDX-License-Identifier: Apache-2.0 */
#include "canh/command.h"
#include "base/mem.h"
#include "canh/input.h"
#include "codec/json_fields.h"
#include "system/net/local_ask.h"
#include "system/os/confine.h"
#include "system/os/folder.h"
#include "workstation/sweep/clamd_parse.h"
#include "workstation/sweep/path_text.h"
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/sweep_files.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
        GENERATION_CHARS = 16,
        PROGRESS_EVERY_MS = 200,
        PROGRESS_PATH_MAX = 48,
        EXIT_IMPOSSIBLE = 2
};

struct job {
        enum language language;
        bool json, screen;
        struct rule_set *rules;
        struct hash_list *hashes;
        struct folder *quarantine, *state;
        const char *clamd_path;
        struct engine_peer clamd_peer;
        struct engine *clamd;
        struct sweep_options options;
        char generation[SHA256_HEX_MAX];
        time_ms started, shown;
        bool bad_rules;
};

static void job_done(struct job *j)
{
        j->rules = rule_set_free(j->rules);
        j->hashes = hash_list_free(j->hashes);
        j->quarantine = folder_close(j->quarantine);
        j->state = folder_close(j->state);
        j->clamd = engine_free(j->clamd);
}

static int ask_clamd(void *state, struct buffer *answer, enum engine_ask what, struct text bytes)
{
        const struct job *j = state;
        struct clamd_command c;
        int err = 0;

        if (what == ENGINE_ASK_VERSION)
                clamd_write_version(&c);
        else
                err = clamd_write_stream(&c, bytes);
        return err ? err
                   : local_ask(answer, &(struct local_question){ j->clamd_path, c.parts, c.count,
                                           SWEEP_FILE_SECONDS_DEFAULT * SECOND_MS });
}

static void progress_end(struct job *j)
{
        if (j->shown && j->screen)
                (void)fputs("\r\033[K", stderr);
}

static int complain(const struct job *j, const char *what, int err)
{
        (void)fprintf(stderr, "canh sweep: %s: %s\n", what, input_reason(j->language, err));
        return EXIT_IMPOSSIBLE;
}

static void on_bad_rule(void *state, const struct rule_problem *p)
{
        struct job *j = state;

        j->bad_rules = true;
        (void)fprintf(stderr, "%s:%d: %s: %s\n", p->file, p->line,
            say(j->language, "bỏ qua tệp luật này", "this rule file is left out"), p->why);
}

static int print_json(const struct job *j, const struct sweep_hit *hit, const char *path)
{
        char content[SHA256_HEX_MAX];
        AUTO(json_free_at)
        json_t *o = json_pack("{ss ss ss ss ss ss ss ss sI}", "path", path, "sha256",
            sha256_write(content, hit->content), "verdict", "malware", "engine", hit->engine,
            "rule", hit->rule, "generation", j->generation, "engine_generation",
            hit->engine_generation, "quarantine_id", hit->quarantine_id, "bytes",
            (json_int_t)hit->bytes);

        if (!o || json_dumpf(o, stdout, JSON_COMPACT) != 0)
                return ERR_IO;
        return putchar('\n') == EOF ? ERR_IO : 0;
}

/* LIMIT is a full disk here: a file too large for the sweep is never found. */
static void complain_kept(const struct job *j, const char *path, int err)
{
        const char *why = err == ERR_LIMIT
                              ? say(j->language, "đĩa không còn chỗ", "the disk is full")
                              : input_reason(j->language, err);

        (void)fprintf(stderr, "canh sweep: %s: %s: %s\n", path,
            say(j->language, "chưa cách ly được, tệp còn nguyên chỗ cũ",
                "not quarantined, the file is still where it was"),
            why);
}

static void on_hit(void *state, const struct sweep_hit *hit)
{
        struct job *j = state;
        AUTO(buffer_done) struct buffer path = BUFFER(1 << 22);

        if (path_text_add(&path, hit->path))
                return;
        progress_end(j);
        if (j->json)
                (void)!print_json(j, hit, path.data);
        else
                (void)printf("%-6s %-32s %s%s%s\n", hit->engine, hit->rule, path.data,
                    hit->quarantined ? say(j->language, "  đã cách ly: ", "  quarantined: ") : "",
                    hit->quarantine_id);
        if (hit->quarantine_err)
                complain_kept(j, path.data, hit->quarantine_err);
}

static void on_failed(void *state, int err, const char *path)
{
        struct job *j = state;
        AUTO(buffer_done) struct buffer shown = BUFFER(1 << 22);

        if (path_text_add(&shown, path))
                return;
        progress_end(j);
        if (err == ERR_BUSY)
                (void)fprintf(stderr, "canh sweep: %s: %s\n", shown.data,
                    say(j->language, "quá thời gian cho một tệp", "took too long for one file"));
        else
                (void)complain(j, shown.data, err);
}

static bool on_progress(void *state, const struct sweep_counts *c, const char *path)
{
        struct job *j = state;
        AUTO(buffer_done) struct buffer shown = BUFFER(1 << 22);
        time_ms now = clock_steady(&clock_real);
        size_t len;

        if (!j->screen || now - j->started < SECOND_MS || now - j->shown < PROGRESS_EVERY_MS)
                return true;
        j->shown = now;
        if (path_text_add(&shown, path))
                return true;
        len = strlen(shown.data);
        (void)fprintf(stderr, "\r\033[K%llu %s, %llu MiB, %llu %s  %s",
            (unsigned long long)c->files, say(j->language, "tệp", "files"),
            (unsigned long long)(c->bytes >> 20), (unsigned long long)c->hits,
            say(j->language, "phát hiện", "found"),
            shown.data + (len > PROGRESS_PATH_MAX ? len - PROGRESS_PATH_MAX : 0));
        return true;
}

static void summary(const struct job *j, const struct sweep_counts *c)
{
        uint64_t skipped = 0;

        for (int i = 0; i < SKIP_WHYS; i++)
                skipped += c->skipped[i];
        (void)fprintf(stderr,
            say(j->language,
                "Đã rà quét %llu tệp (%llu MiB), %llu không đổi; bỏ qua %llu, không đọc được %llu; "
                "phát hiện %llu.\n",
                "Swept %llu files (%llu MiB), %llu unchanged; %llu skipped, %llu failed; %llu "
                "found.\n"),
            (unsigned long long)c->files, (unsigned long long)(c->bytes >> 20),
            (unsigned long long)c->unchanged, (unsigned long long)skipped,
            (unsigned long long)c->failed, (unsigned long long)c->hits);
        if (c->vouched)
                (void)fprintf(stderr,
                    say(j->language,
                        "  không đối chiếu luật vì đúng như gói phần mềm cài đặt: %llu\n",
                        "  not matched, as their packages brought them: %llu\n"),
                    (unsigned long long)c->vouched);
        for (int i = 0; i < CONTAINER_ENDS; i++)
                if (c->limited[i])
                        (void)fprintf(stderr,
                            say(j->language, "  tệp nén không mở được đến hết (%s): %llu\n",
                                "  archives not opened to their end (%s): %llu\n"),
                            container_end_name((enum container_end)i),
                            (unsigned long long)c->limited[i]);
        for (int i = 0; i < SKIP_WHYS; i++)
                if (c->skipped[i] && i != SKIP_WHY_SPECIAL)
                        (void)fprintf(stderr, "  %s: %llu\n", skip_why_name((enum skip_why)i),
                            (unsigned long long)c->skipped[i]);
}

static void generation_say(struct job *j, const struct sweep *s)
{
        struct sha256 generation = sweep_generation(s);

        (void)sha256_write(j->generation, &generation);
        j->generation[GENERATION_CHARS] = '\0';
}

static int sweep_all(struct job *j, struct sweep *s, char **paths, int count)
{
        int err, worst = 0;

        j->started = clock_steady(&clock_real);
        for (int i = 0; i < count; i++) {
                AUTO(mem_free_at) char *real = realpath(paths[i], NULL);

                err = sweep_root(s, real ? real : paths[i]);
                if (err)
                        worst = complain(j, paths[i], err);
        }
        err = sweep_finish(s);
        progress_end(j);
        if (err)
                worst = complain(j, "sweep.state", err);
        summary(j, sweep_count(s));
        if (fflush(stdout) != 0)
                worst = complain(j, "stdout", ERR_IO);
        return worst ? worst : sweep_count(s)->hits > 0;
}

static int sweep_paths(struct job *j, char **paths, int count)
{
        AUTO(sweep_free_at) struct sweep *s = NULL;
        struct sweep_sink sink = { on_hit, on_failed, on_progress, on_bad_rule, j };
        int err = sweep_new(&s, &j->options, &sink);

        if (err)
                return complain(j, "sweep", err);
        if (!rule_set_rules(j->rules) && !hash_list_count(j->hashes) && !j->clamd) {
                (void)fputs(
                    say(j->language,
                        "canh sweep: chưa có luật hoặc mã băm nào: thêm --rules hoặc --hashes\n",
                        "canh sweep: no rules and no hashes: give --rules or --hashes\n"),
                    stderr);
                return EXIT_IMPOSSIBLE;
        }
        generation_say(j, s);
        return sweep_all(j, s, paths, count);
}

static int option_take(struct job *j, int option)
{
        struct parse_error bad = { 0 };
        int err = 0;

        if (option == 'r')
                err = sweep_files_add_rules(j->rules, optarg);
        else if (option == 'h')
                err = sweep_files_add_hashes(j->hashes, optarg, &bad);
        else if (option == 'q')
                err = folder_open_or_make(&j->quarantine, optarg, 0700);
        else if (option == 's')
                err = folder_open_or_make(&j->state, optarg, 0700);
        else if (option == 'c')
                j->clamd_path = optarg;
        else if (option == 'j')
                j->json = true;
        else if (option == 't')
                j->options.trust_packages = true;
        else if (option == 'a')
                j->options.open_archives = false;
        else if (option == 'x')
                j->options.cross_mounts = true;
        else
                return EXIT_IMPOSSIBLE;
        if (err == ERR_FORMAT && bad.line) {
                (void)fprintf(stderr, "%s:%zu: %s\n", optarg, bad.line,
                    say(j->language, bad.why_vi, bad.why_en));
                return EXIT_IMPOSSIBLE;
        }
        return err ? complain(j, optarg, err) : 0;
}

static int usage(const struct job *j)
{
        (void)fputs(
            say(j->language,
                "Cách dùng: canh sweep [--rules TỆP]… [--hashes TỆP]… [--quarantine "
                "THƯMỤC] [--state THƯMỤC]\n"
                "                      [--clamd SOCKET] [--trust-packages] [--no-archives]\n"
                "                      [--cross-mounts] [--json] ĐƯỜNGDẪN…\n",
                "Usage: canh sweep [--rules FILE]… [--hashes FILE]… [--quarantine DIR] "
                "[--state DIR]\n"
                "                  [--clamd SOCKET] [--trust-packages] [--no-archives]\n"
                "                  [--cross-mounts] [--json] PATH…\n"),
            stderr);
        return EXIT_IMPOSSIBLE;
}

static int options_read(struct job *j, int argc, char **argv)
{
        static const struct option options[] = { { "rules", required_argument, NULL, 'r' },
                { "hashes", required_argument, NULL, 'h' },
                { "quarantine", required_argument, NULL, 'q' },
                { "state", required_argument, NULL, 's' },
                { "clamd", required_argument, NULL, 'c' },
                { "trust-packages", no_argument, NULL, 't' },
                { "no-archives", no_argument, NULL, 'a' }, { "json", no_argument, NULL, 'j' },
                { "cross-mounts", no_argument, NULL, 'x' }, { NULL, 0, NULL, 0 } };
        int option;

        optind = 1;
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                int bad = option == '?' ? usage(j) : option_take(j, option);

                if (bad)
                        return bad;
        }
        return optind < argc ? 0 : usage(j);
}

static int sweep_run(int argc, char **argv, enum language language)
{
        AUTO(job_done) struct job j = { .language = language, .screen = isatty(STDERR_FILENO) };
        int bad;

        j.options = (struct sweep_options){ .file_bytes_max = SWEEP_FILE_BYTES_DEFAULT,
                .depth_max = SWEEP_DEPTH_DEFAULT,
                .file_seconds_max = SWEEP_FILE_SECONDS_DEFAULT,
                .root = "",
                .open_archives = true,
                .clock = &clock_real };
        if (rule_set_new(&j.rules) || hash_list_new(&j.hashes))
                return complain(&j, "sweep", ERR_MEMORY);
        bad = options_read(&j, argc, argv);
        if (bad)
                return bad;
        hash_list_finish(j.hashes);
        j.clamd_peer = (struct engine_peer){ ask_clamd, &j };
        if (j.clamd_path) {
                int err = engine_clamd_new(&j.clamd, &j.clamd_peer);

                if (err)
                        return complain(&j, j.clamd_path, err);
        }
        j.options.other = j.clamd;
        j.options.rules = j.rules;
        j.options.hashes = j.hashes;
        j.options.quarantine = j.quarantine;
        j.options.state = j.state;
        confine_be_idle();
        bad = sweep_paths(&j, argv + optind, argc - optind);
        /* A rule file that was left out means that less was looked for than was asked. */
        return j.bad_rules && bad == 0 ? EXIT_IMPOSSIBLE : bad;
}

extern const struct command command_sweep;
const struct command command_sweep = { "sweep", "rà quét mã độc trong tệp, thư mục",
        "check files and folders for malware", sweep_run };
