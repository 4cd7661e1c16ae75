/* agent/command_check.c: `check [--out FILE] [--kit FILE] [--state DIR] [--rules PATH]… [--hashes
 * PATH]… [PATH…]`: checks this machine once, without installation and without network, shows the
 * result, and writes a signed result file (docs/formats/agent-report.md) that the centre takes.
 * Two processes: canh-check is started first, reads the machine and its files without network and
 * without the key, and hands its findings over; this one reads only that, has the key, and signs.
 * Exit 0 clean, 1 found, 2 could not be done.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/usage.h"
#include "line/agent_key.h"
#include "codec/base64_parse.h"
#include "agent/proc_scan.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "system/os/confine.h"
#include "system/proc/process.h"
#include "workstation/inventory/inventory.h"
#include "workstation/sweep/path_text.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        KIT_BYTES_MAX = 64 << 20,
        RESULT_BYTES_MAX = 32 << 20,
        PROGRESS_EVERY_MS = 250,
        SHOWN_HITS_MAX = 20,
        PATH_ROOM = 4096,
        WIDTH = 78
};

/* By blanks: the console of Windows 7 knows no escape sequences. */
#define CLEAR_LINE                                                                                 \
        "\r                                                                              \r"

struct check {
        enum language language;
        struct job job;
        const char *out_path, *kit_path, *state_path;
        struct agent_state *state;
        struct agent_identity me;
        char machine_key[SHA256_HEX_MAX];
        bool identity, screen, fenced;
        int out, from_parent, to_parent;
        time_ms started, shown;
        json_t *kit, *found, *inventory, *sweep;
};

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

static int complain(const struct check *c, const char *vi, const char *en, const char *detail)
{
        (void)fprintf(stderr, "canh-agent check: %s%s%s\n", say(c->language, vi, en),
            *detail ? ": " : "", detail);
        return EXIT_IMPOSSIBLE;
}

static bool on_progress(void *state, const struct sweep_counts *n, const char *path)
{
        struct check *c = state;
        time_ms now = clock_steady(&clock_real);

        (void)path;
        if (!c->screen || now - c->started < SECOND_MS || now - c->shown < PROGRESS_EVERY_MS)
                return true;
        c->shown = now;
        (void)fprintf(stderr, CLEAR_LINE "%s: %llu %s, %llu MiB, %llu %s",
            say(c->language, "Đang rà quét", "Sweeping"), (unsigned long long)n->files,
            say(c->language, "tệp", "files"), (unsigned long long)(n->bytes >> 20),
            (unsigned long long)n->hits, say(c->language, "phát hiện", "found"));
        return true;
}

static void on_problem(void *state, const char *what, int err, const char *why)
{
        struct check *c = state;
        AUTO(buffer_done) struct buffer shown = BUFFER(1 << 20);

        if (path_text_add(&shown, what) == 0)
                (void)fprintf(stderr, "%scanh-agent check: %s: %s (%s)\n",
                    c->shown ? CLEAR_LINE : "", shown.data, err_text(err), why);
}

static int pem_take(struct buffer *out, const json_t *o, const char *name)
{
        struct text t;
        int err = json_field_text(&t, o, name, AGENT_PEM_MAX, NULL);

        return err ? err : buffer_add(out, t.data, t.len);
}

/* docs/formats/check-kit.md */
static int kit_load(struct check *c)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(KIT_BYTES_MAX);
        struct text format;
        int err = file_read_path(&bytes, c->kit_path);

        if (!err)
                err = json_read(&c->kit, view(&bytes), NULL);
        if (!err)
                err = json_field_text(&format, c->kit, "format", 32, NULL);
        if (!err && !text_is(format, "canh-kit/1"))
                err = ERR_FORMAT;
        if (!err)
                err = pem_take(&c->me.certificate, c->kit, "certificate");
        if (!err)
                err = pem_take(&c->me.key, c->kit, "key");
        c->identity = !err;
        return err;
}

static int identity_find(struct check *c)
{
        time_ms from, until;
        int err;

        if (c->kit_path) {
                err = kit_load(c);
                if (err)
                        return complain(c, "không đọc được tệp bộ kiểm tra",
                            "the kit file cannot be read", c->kit_path);
        } else if (access(c->state_path, R_OK | W_OK | X_OK) == 0 &&
                   agent_state_open(&c->state, c->state_path) == 0) {
                c->identity = agent_identity_load(&c->me, c->state) == 0;
        }
        if (!c->out_path)
                return 0;
        if (!c->identity)
                return complain(c, "chưa ghi danh và không có --kit: không ký được tệp kết quả",
                    "not enrolled and no --kit: the result file cannot be signed", "");
        if (agent_certificate_check(&from, &until, view(&c->me.certificate), view(&c->me.key)))
                return complain(c, "chứng thư và khóa không thuộc về nhau",
                    "the certificate and the key do not belong together", "");
        return until > clock_now(&clock_real)
                   ? 0
                   : complain(c, "chứng thư đã hết hạn: xin bộ kiểm tra mới",
                         "the certificate has expired: ask for a new kit", "");
}

static int report_add(json_t *list, const struct check *c, const char *kind, json_t *body)
{
        AUTO(buffer_done) struct buffer text = BUFFER(REPORT_BYTES_MAX);
        uint64_t sequence = 0; /* a kit's, always: its reports are told by their identifiers */
        int err = c->kit ? 0 : agent_sequence_take(&sequence, c->state, 1);

        if (!err)
                err = agent_report_text_own(&text, c->kit ? "" : c->me.machine, c->machine_key,
                    sequence, kind, "hand", json_incref(body), &clock_real);
        if (err)
                return err;
        return json_array_append_new(list, json_stringn(text.data, text.len)) == 0 ? 0 : ERR_MEMORY;
}

/* Each text preceded by its length as 8 bytes, big-endian. */
static int signed_bytes(struct buffer *out, const json_t *list)
{
        for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *t = json_array_get(list, i);
                uint64_t len = __builtin_bswap64(json_string_length(t));
                int err = buffer_add(out, &len, sizeof(len));

                if (!err)
                        err = buffer_add(out, json_string_value(t), json_string_length(t));
                if (err)
                        return err;
        }
        return 0;
}

static int result_write(struct check *c)
{
        AUTO(json_free_at) json_t *list = json_array();
        AUTO(json_free_at) json_t *o = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(RESULT_BYTES_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(1024);
        AUTO(buffer_done) struct buffer base64 = BUFFER(2048);
        AUTO(mem_free_at) char *text = NULL;
        int err = list ? report_add(list, c, "inventory", c->inventory) : ERR_MEMORY;

        if (!err)
                err = report_add(list, c, "sweep", c->sweep);
        if (!err)
                err = signed_bytes(&bytes, list);
        if (!err)
                err = agent_key_sign(&signature, view(&c->me.key), view(&bytes));
        if (!err)
                err = base64_add(&base64, view(&signature));
        if (err)
                return err;
        o = json_pack("{ss ss sO ss}", "format", "canh-result/1", "certificate",
            c->me.certificate.data, "reports", list, "signature", base64.data);
        text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        err = text ? file_write_handle(c->out, text_of(text)) : ERR_MEMORY;
        return err ? err : fsync(c->out) == 0 ? 0 : ERR_IO;
}

static void rule_line(void)
{
        for (int i = 0; i < WIDTH; i++)
                (void)putchar('=');
        (void)putchar('\n');
}

static void show_hits(const struct check *c, const json_t *hits)
{
        for (size_t i = 0; i < json_array_size(hits) && i < SHOWN_HITS_MAX; i++) {
                const json_t *h = json_array_get(hits, i);

                (void)printf("   %s\n      %s: %s\n", json_string_value(json_object_get(h, "path")),
                    say(c->language, "dấu hiệu", "sign"),
                    json_string_value(json_object_get(h, "rule")));
        }
        if (json_array_size(hits) > SHOWN_HITS_MAX)
                (void)printf("   … %s %zu\n", say(c->language, "và còn", "and"),
                    json_array_size(hits) - SHOWN_HITS_MAX);
}

static long long number(const json_t *o, const char *name)
{
        return (long long)json_integer_value(json_object_get(o, name));
}

static const char *why_text(enum language l, const char *why)
{
        if (strcmp(why, "a folder could not be read") == 0)
                return say(l, "có thư mục không đọc được hoặc không tồn tại",
                    "a folder is not there or cannot be read");
        if (strcmp(why, "too many hits") == 0)
                return say(l, "quá nhiều phát hiện", "too many were found");
        return say(l, "bị dừng giữa chừng", why);
}

/* What "nothing found" speaks of, and no more. */
static void show_roots(const struct check *c)
{
        const json_t *roots = json_object_get(c->sweep, "roots");
        const char *why = json_string_value(json_object_get(c->sweep, "stopped_why"));

        (void)printf(" %s:\n", say(c->language, "Trong các thư mục", "In the folders"));
        for (size_t i = 0; i < json_array_size(roots); i++)
                (void)printf("   %s\n", json_string_value(json_array_get(roots, i)));
        if (why && *why)
                (void)printf(" %s: %s\n", say(c->language, "Chưa xong vì", "Not complete because"),
                    why_text(c->language, why));
        if (!c->fenced)
                (void)printf(" %s\n",
                    say(c->language, "Cảnh báo: hệ điều hành này không rào được việc kiểm tra.",
                        "Warning: this system does not fence the check."));
}

static void show(const struct check *c)
{
        const json_t *hits = json_object_get(c->sweep, "hits");
        const json_t *os = json_object_get(c->inventory, "os");
        bool complete = json_is_true(json_object_get(c->sweep, "complete"));
        char at[TIMESTAMP_TEXT_MAX];
        enum language l = c->language;

        if (c->shown)
                (void)fputs(CLEAR_LINE, stderr);
        rule_line();
        (void)printf(
            " %s\n", say(l, "KẾT QUẢ KIỂM TRA MÁY TRẠM", "RESULT OF THE WORKSTATION CHECK"));
        rule_line();
        (void)printf(" %s: %s\n", say(l, "Máy", "Machine"),
            json_string_value(json_object_get(c->inventory, "hostname")));
        (void)printf(" %s: %s\n", say(l, "Hệ điều hành", "System"),
            json_string_value(json_object_get(os, "name")));
        (void)printf(" %s: %s\n", say(l, "Thời điểm", "Time"),
            timestamp_write_local(at, clock_now(&clock_real), ZONE_VIETNAM_MINUTES));
        if (job_packages_unread(c->inventory))
                (void)printf(" %s\n", say(l, "Phần mềm đã cài: không đọc được (hệ dùng rpm)",
                                          "Programs installed: not read (a system with rpm)"));
        else
                (void)printf(" %s: %zu\n", say(l, "Phần mềm đã cài", "Programs installed"),
                    json_array_size(json_object_get(c->inventory, "packages")));
        (void)printf(" %s: %lld %s, %lld MiB; %s %lld; %s %lld\n", say(l, "Đã rà quét", "Swept"),
            number(c->sweep, "files"), say(l, "tệp", "files"), number(c->sweep, "bytes") >> 20,
            say(l, "bỏ qua", "skipped"), number(c->sweep, "skipped"),
            say(l, "không đọc được", "not readable"), number(c->sweep, "failed"));
        (void)printf(" %s: %lld %s, %lld %s\n\n", say(l, "Đối chiếu với", "Compared with"),
            number(c->sweep, "rules"), say(l, "luật", "rules"), number(c->sweep, "hashes"),
            say(l, "mã băm", "hashes"));
        if (json_array_size(hits))
                (void)printf(" >>> %s: %zu\n", say(l, "PHÁT HIỆN MÃ ĐỘC", "MALWARE FOUND"),
                    json_array_size(hits));
        else
                (void)printf(" >>> %s\n", complete
                                              ? say(l, "KHÔNG PHÁT HIỆN MÃ ĐỘC", "NO MALWARE FOUND")
                                              : say(l, "CHƯA RÀ QUÉT XONG: CHƯA THỂ KẾT LUẬN",
                                                    "NOT COMPLETE: NO CONCLUSION"));
        show_hits(c, hits);
        show_roots(c);
        if (geteuid() != 0)
                (void)printf(" %s\n",
                    say(l, "Chú ý: không chạy với quyền quản trị, một số tệp không được kiểm tra.",
                        "Note: not run by an administrator, some files were not checked."));
        rule_line();
        if (c->out_path)
                (void)printf(
                    " %s: %s\n", say(l, "Tệp kết quả đã ký", "Signed result file"), c->out_path);
}

/* What the child reads of the kit: its rules and lists, never its key. */
static int kit_to_child(const struct check *c, int fd)
{
        AUTO(mem_free_at) char *text = NULL;
        json_t *rules = json_object_get(c->kit, "rules");
        json_t *hashes = json_object_get(c->kit, "hashes");
        AUTO(json_free_at)
        json_t *o = json_pack("{sO* sO*}", "rules", rules, "hashes", hashes);

        text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        return text ? file_write_handle(fd, text_of(text)) : ERR_MEMORY;
}

static int child_fence(struct check *c)
{
        char key[PATH_ROOM];
        int err;

        (void)snprintf(key, sizeof(key), "%s/key.pem", c->state_path);
        confine_be_idle();
        err = proc_scan_confine(&c->fenced, c->job.state ? c->state_path : NULL,
            c->kit_path ? c->kit_path : key, CONFINE_READ);
        if (!err && !c->fenced)
                (void)fprintf(stderr, "canh-agent check: %s\n",
                    say(c->language,
                        "CẢNH BÁO: nhân hệ điều hành này không có Landlock, tiến trình kiểm tra "
                        "không bị giới hạn ghi tệp và đọc khóa",
                        "WARNING: this kernel has no Landlock, the checking process is not kept "
                        "from writing files and reading the key"));
        return err;
}

static int child_read_kit(struct check *c)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(KIT_BYTES_MAX);
        int err = file_read_handle(&bytes, c->from_parent);

        if (!err && !bytes.len)
                return ERR_CLOSED; /* the parent could not go on, and has said why */
        return err ? err : json_read(&c->job.kit, view(&bytes), NULL);
}

static int child_hand_over(const struct check *c)
{
        AUTO(json_free_at)
        json_t *o = json_pack("{sO sO sb sb}", "inventory", c->inventory, "sweep", c->sweep,
            "fenced", (int)c->fenced, "shown", (int)(c->shown != 0));
        AUTO(mem_free_at) char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

        return text ? file_write_handle(c->to_parent, text_of(text)) : ERR_MEMORY;
}

/* The role of canh-check. Rights kept: reading files, but not the key; the state folder, for what
 * is known of unchanged files. Never: network, other programs, new processes. */
static int child_run(void *state)
{
        struct check *c = state;
        int err = child_read_kit(c);

        if (err == ERR_CLOSED)
                return EXIT_IMPOSSIBLE;
        c->job.addresses = inventory_addresses(); /* asks by a socket: before the fence */
        if (!c->kit_path && access(c->state_path, R_OK | W_OK | X_OK) == 0 &&
            agent_state_open(&c->state, c->state_path) == 0)
                c->job.state = c->state;
        if (!err && (err = child_fence(c)) != 0)
                return complain(c, "không giới hạn được quyền", "the process could not be confined",
                    err_text(err));
        if (!err)
                err = job_inventory(&c->inventory, &c->job);
        if (!err)
                err = job_sweep(&c->sweep, &c->job);
        if (err == ERR_MISSING)
                return complain(c,
                    "chưa có luật hoặc mã băm nào: thêm --kit, --rules hoặc --hashes",
                    "no rules and no hashes: give --rules or --hashes", "");
        if (!err)
                err = child_hand_over(c);
        return err ? complain(c, "không kiểm tra được", "the check failed", err_text(err))
                   : EXIT_GOOD;
}

static int child_start(struct check *c, int *pid, int *to_child, int *from_child)
{
        struct process_start start = {
                .name = "canh-check", .run = child_run, .state = c, .handle_count = 2
        };
        int in[2] = { -1, -1 }, out[2] = { -1, -1 };
        int err = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 ? 0 : ERR_IO;

        (void)fflush(NULL);
        c->from_parent = start.handles[0] = in[0];
        c->to_parent = start.handles[1] = out[1];
        if (!err)
                err = process_start(pid, &start);
        file_close_at(&in[0]);
        file_close_at(&out[1]);
        *to_child = in[1];
        *from_child = out[0];
        return err;
}

/* What the child says is our own message, whole or not at all. */
static int found_read(struct check *c, int from_child)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(RESULT_BYTES_MAX);
        int err = file_read_handle(&bytes, from_child);

        if (!err)
                err = bytes.len ? json_read(&c->found, view(&bytes), NULL) : ERR_CLOSED;
        if (err)
                return err;
        c->inventory = json_object_get(c->found, "inventory");
        c->sweep = json_object_get(c->found, "sweep");
        c->fenced = json_is_true(json_object_get(c->found, "fenced"));
        c->shown = json_is_true(json_object_get(c->found, "shown"));
        return c->inventory && c->sweep ? 0 : ERR_FORMAT;
}

static int sign_and_show(struct check *c)
{
        int err = c->out >= 0 ? result_write(c) : 0;

        if (err)
                return complain(c, "không ghi được tệp kết quả",
                    "the result file cannot be written", err_text(err));
        show(c);
        if (fflush(stdout) != 0)
                return EXIT_IMPOSSIBLE;
        return json_array_size(json_object_get(c->sweep, "hits"))    ? EXIT_FOUND
               : json_is_true(json_object_get(c->sweep, "complete")) ? EXIT_GOOD
                                                                     : EXIT_IMPOSSIBLE;
}

static int out_make(struct check *c)
{
        if (!c->out_path)
                return 0;
        c->out = open(c->out_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        return c->out >= 0
                   ? 0
                   : complain(c, "không tạo được tệp kết quả (đã có tệp này?)",
                         "the result file cannot be made (is it there already?)", c->out_path);
}

/* The child is started before the key is read: nothing of it is in the child's memory. */
static int work(struct check *c)
{
        AUTO(file_close_at) int to_child = -1;
        AUTO(file_close_at) int from_child = -1;
        int pid = 0, status = 0, bad;

        if (child_start(c, &pid, &to_child, &from_child))
                return complain(c, "không chạy được tiến trình kiểm tra",
                    "the checking process could not be run", "");
        bad = out_make(c);
        if (!bad)
                bad = identity_find(c);
        if (!bad && kit_to_child(c, to_child))
                bad = EXIT_IMPOSSIBLE;
        file_close_at(&to_child);
        if (!bad && found_read(c, from_child))
                bad = EXIT_IMPOSSIBLE; /* the child has said why */
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
                return complain(c, "tiến trình kiểm tra bị dừng đột ngột",
                    "the checking process was killed", "");
        return bad ? bad : sign_and_show(c);
}

static void prepare(struct check *c)
{
        agent_identity_init(&c->me);
        if (inventory_machine_key(c->machine_key, ""))
                c->machine_key[0] = '\0';
        if (!c->job.path_count)
                job_default_paths(&c->job);
}

static bool option_take(struct check *c, int option)
{
        struct job *j = &c->job;

        if (option == 'o')
                c->out_path = optarg;
        else if (option == 'k')
                c->kit_path = optarg;
        else if (option == 's')
                c->state_path = optarg;
        else if (option == 'r' && j->rule_count < JOB_PATHS_MAX)
                j->rules[j->rule_count++] = optarg;
        else if (option == 'h' && j->hash_count < JOB_PATHS_MAX)
                j->hashes[j->hash_count++] = optarg;
        else
                return false;
        return true;
}

static void check_done(struct check *c)
{
        json_decref(c->found);
        json_decref(c->kit);
        json_decref(c->job.addresses);
        agent_identity_done(&c->me);
        c->state = agent_state_close(c->state);
}

int command_check(int argc, char **argv, enum language language)
{
        static const struct option options[] = { { "out", required_argument, NULL, 'o' },
                { "kit", required_argument, NULL, 'k' }, { "state", required_argument, NULL, 's' },
                { "rules", required_argument, NULL, 'r' },
                { "hashes", required_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
        AUTO(mem_free_at) struct check *c = mem_zero(1, sizeof(*c));
        struct stat st;
        int option, status;

        if (!c)
                return EXIT_IMPOSSIBLE;
        *c = (struct check){ .language = language,
                .state_path = place_of_agent(),
                .out = -1,
                .screen = isatty(STDERR_FILENO),
                .started = clock_steady(&clock_real) };
        c->job.reason = "check";
        c->job.order = "";
        c->job.clock = &clock_real;
        c->job.progress = on_progress;
        c->job.problem = on_problem;
        c->job.report_state = c;
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
                if (!option_take(c, option))
                        return usage_refuse("check", argv[optind - 1], language);
        for (; optind < argc && c->job.path_count < JOB_PATHS_MAX; optind++)
                c->job.paths[c->job.path_count++] = argv[optind];
        prepare(c);
        status = work(c);
        if (c->out >= 0) {
                (void)close(c->out);
                if (stat(c->out_path, &st) == 0 && !st.st_size)
                        (void)unlink(c->out_path); /* nothing was signed */
        }
        check_done(c);
        return status;
}
