/* canh/canh_feed.c: `canh feed show` and `canh feed take`: a signed bundle of lists from another
 * office, for a machine without a line and without a centre. What was taken lies in a folder:
 * signers.json (whom we believe, how far each came, what is in use), bundle-NUMBER/ (the lists),
 * indicators.set. SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "canh/command.h"
#include "canh/input.h"
#include "canh/list_arguments.h"
#include "canh/list_compare.h"
#include "canh/list_set.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/bundle/feed_bundle.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/set_compare.h"
#include "system/os/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MODE = 0600, FOLDER_MODE = 0700, STATE_MAX = 1 << 20, NAME_ROOM = 64 };

struct feed_job {
        enum language l;
        bool json;
        const char *signer, *bundle_path, *folder_path;
        struct list_arguments lists; /* the warning lists of the pack */
        struct buffer bytes;
        struct feed_bundle bundle;
        char fingerprint[SHA256_HEX_MAX];
        struct folder *folder;
        json_t *state;
};

static void job_done(struct feed_job *j)
{
        feed_bundle_done(&j->bundle);
        buffer_done(&j->bytes);
        list_arguments_done(&j->lists);
        j->folder = folder_close(j->folder);
        json_decref(j->state);
}

static int usage(FILE *to, enum language l, int code)
{
        (void)fputs(
            say(l,
                "Cách dùng: canh feed show GÓI\n"
                "           canh feed take GÓI THƯ-MỤC [--signer DẤU-VÂN-TAY] [--json]\n"
                "  Gói danh sách có chữ ký (.canhfeeds) do đơn vị có đường truyền làm ra.\n"
                "  show  ai ký, làm lúc nào, có những danh sách nào\n"
                "  take  nhận cả gói hoặc không gì cả vào THƯ-MỤC, làm THƯ-MỤC/indicators.set;\n"
                "        gói cũ hơn gói đã nhận bị từ chối. Lần đầu phải ghi --signer với dấu vân\n"
                "        tay mà nơi ký trao tận tay hoặc đọc qua điện thoại\n"
                "Mã thoát: 0 không có gì mới, 1 có, 2 không làm được.\n",
                "Usage: canh feed show BUNDLE\n"
                "       canh feed take BUNDLE FOLDER [--signer FINGERPRINT] [--json]\n"
                "  A signed bundle of lists (.canhfeeds), made by an office with a line.\n"
                "  show  who signed it, when it was made, which lists it holds\n"
                "  take  takes all of it or nothing into FOLDER, makes FOLDER/indicators.set; a\n"
                "        bundle older than the last one is refused. The first time --signer must\n"
                "        say the fingerprint that the signer gave in person or by telephone\n"
                "Exit code: 0 nothing new, 1 something, 2 not done.\n"),
            to);
        return code;
}

static int complain(const struct feed_job *j, const char *vi, const char *en)
{
        (void)fprintf(stderr, "canh feed: %s: %s\n", j->bundle_path, say(j->l, vi, en));
        return ERR_DENIED;
}

static int open_bundle(struct feed_job *j)
{
        struct parse_error bad = { 0 };
        int err;

        buffer_init(&j->bytes, FEED_BUNDLE_BYTES_MAX);
        err = input_read(&j->bytes, j->bundle_path);
        if (!err)
                err = feed_bundle_parse(&j->bundle,
                    (struct text){ j->bytes.data ? j->bytes.data : "", j->bytes.len }, &bad);
        if (!err)
                err = feed_bundle_check(j->fingerprint, &j->bundle, &bad);
        if (err)
                input_complain(j->l, j->bundle_path, err, &bad);
        return err;
}

static void show(const struct feed_job *j)
{
        char at[TIMESTAMP_TEXT_MAX];

        (void)printf(
            say(j->l, "Nơi ký (tự xưng): %s\nDấu vân tay:      %s\nLàm lúc:          %s\n",
                "Signer (by its own word): %s\nFingerprint:              %s\nMade at:       "
                "           %s\n"),
            j->bundle.office, j->fingerprint,
            timestamp_write_local(at, j->bundle.made_at, ZONE_VIETNAM_MINUTES));
        for (size_t i = 0; i < j->bundle.count; i++) {
                const struct feed_bundle_file *f = &j->bundle.files[i];

                (void)printf("%10zu  %s  %s  %s\n", f->content.len,
                    timestamp_write_local(at, f->fetched_at, ZONE_VIETNAM_MINUTES), f->source,
                    f->url);
        }
}

static int load_state(struct feed_job *j)
{
        AUTO(buffer_done) struct buffer text = BUFFER(STATE_MAX);
        int err = folder_open_or_make(&j->folder, j->folder_path, FOLDER_MODE);

        if (!err)
                err = file_read_all(&text, j->folder, "signers.json");
        if (err == ERR_MISSING) {
                j->state = json_pack("{s:{}}", "signers");
                return j->state ? 0 : ERR_MEMORY;
        }
        return err ? err : json_read(&j->state, (struct text){ text.data, text.len }, NULL);
}

static int check_signer(const struct feed_job *j)
{
        const json_t *known = json_object_get(json_object_get(j->state, "signers"), j->fingerprint);

        if (known && json_integer_value(json_object_get(known, "sequence")) >= j->bundle.sequence)
                return complain(j, "gói này không mới hơn gói đã nhận của cùng nơi ký",
                    "this bundle is not newer than the last one taken from this signer");
        if (known || (j->signer && strcmp(j->signer, j->fingerprint) == 0))
                return 0;
        (void)complain(j,
            j->signer ? "dấu vân tay không khớp với --signer" : "chưa xác nhận khóa của nơi ký",
            j->signer ? "the fingerprint is not that of --signer"
                      : "the signer's key is not confirmed");
        (void)fprintf(stderr,
            say(j->l, "  dấu vân tay trong gói: %s\n", "  fingerprint in the bundle: %s\n"),
            j->fingerprint);
        return ERR_DENIED;
}

/* Its name in the folder: a number, since sources have names of all kinds. */
static const char *list_name(char out[NAME_ROOM], const char *source)
{
        struct sha256 digest = sha256_of(source, strlen(source));
        char hex[SHA256_HEX_MAX];

        (void)snprintf(out, NAME_ROOM, "%.16s.list", sha256_write(hex, &digest));
        return out;
}

static struct list_options options_of(const struct feed_job *j, const struct feed_bundle_file *f)
{
        struct list_options o = j->lists.options;

        o.file_name = text_of(f->file_name);
        o.source = text_of(f->source);
        o.as = text_of(f->format);
        o.kind = LIST_KIND_INDICATOR;
        return o;
}

static int add_set(struct indicator_builder *builder, const struct feed_job *j,
    const struct feed_bundle_file *f, struct parse_error *bad)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        const struct list_options o = options_of(j, f);
        struct indicator_counts c = { 0 };
        int err = list_set_of_bytes(&set, NULL, f->content, &o, bad);

        if (!err)
                indicator_set_count(&c, set);
        if (!err && c.total == 0)
                err = parse_error_set(
                    bad, 0, "danh sách không có dòng dùng được", "the list has no good row");
        if (err && bad->why_vi[0])
                (void)fprintf(
                    stderr, "canh feed: %s: %s\n", f->source, say(j->l, bad->why_vi, bad->why_en));
        return err ? err : indicator_builder_add_set(builder, set);
}

/* All lists as one set; none of them may be unreadable. */
static int make_set(struct indicator_set **out, const struct feed_job *j)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        int err = indicator_builder_new(&builder, BUILDER_INDICATORS_MAX);

        for (size_t i = 0; i < j->bundle.count && !err; i++) {
                struct parse_error bad = { 0 };

                err = add_set(builder, j, &j->bundle.files[i], &bad);
        }
        return err ? err : indicator_builder_finish(out, builder);
}

static int load_old(struct indicator_set **out, const struct feed_job *j)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *none = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        int err = file_read_all(&bytes, j->folder, "indicators.set");

        if (!err)
                return indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
        if (err == ERR_MISSING)
                err = indicator_builder_new(&none, 1);
        return err ? err : indicator_builder_finish(out, none);
}

static int write_lists(const struct feed_job *j, const char *name)
{
        AUTO(folder_close_at) struct folder *to = NULL;
        int err = folder_open_in(&to, j->folder, name, true);

        for (size_t i = 0; i < j->bundle.count && !err; i++) {
                char file[NAME_ROOM];

                err = file_write_atomic(to, list_name(file, j->bundle.files[i].source),
                    j->bundle.files[i].content, FILE_MODE);
        }
        return err ? err : file_write_atomic(to, "manifest.json", j->bundle.manifest, FILE_MODE);
}

static int remove_file(void *state, const char *name)
{
        return file_remove(state, name);
}

/* What cannot be removed is only room: it is tried again the next time. */
static void forget(const struct feed_job *j, const char *name)
{
        AUTO(folder_close_at) struct folder *old = NULL;

        if (name[0] && folder_open_in(&old, j->folder, name, false) == 0 &&
            folder_each(old, remove_file, old) == 0)
                (void)unlinkat(folder_handle(j->folder), name, AT_REMOVEDIR);
}

static int save_state(struct feed_job *j, const char *name)
{
        json_t *signers = json_object_get(j->state, "signers");
        char *text;
        int err = json_object_set_new(signers, j->fingerprint,
                      json_pack("{s:s,s:I}", "office", j->bundle.office, "sequence",
                          (json_int_t)j->bundle.sequence)) ||
                          json_object_set_new(j->state, "in_use", json_string(name))
                      ? ERR_MEMORY
                      : 0;

        text = err ? NULL : json_dumps(j->state, JSON_INDENT(1) | JSON_SORT_KEYS);
        if (!err)
                err = text ? file_write_atomic(j->folder, "signers.json", text_of(text), FILE_MODE)
                           : ERR_MEMORY;
        free(text);
        return err;
}

/* The state is written last: until then everything is as it was, or is done again. */
static int keep(struct feed_job *j, const struct indicator_set *set)
{
        char name[NAME_ROOM], old[NAME_ROOM] = "";
        const char *before = json_string_value(json_object_get(j->state, "in_use"));
        int err;

        (void)snprintf(name, sizeof(name), "bundle-%lld", (long long)j->bundle.sequence);
        if (before && strcmp(before, name) != 0)
                (void)snprintf(old, sizeof(old), "%s", before);
        err = write_lists(j, name);
        if (!err)
                err = file_write_atomic(
                    j->folder, "indicators.set", indicator_set_bytes(set), FILE_MODE);
        if (!err)
                err = save_state(j, name);
        if (!err)
                forget(j, old);
        return err;
}

static int take(struct feed_job *j)
{
        AUTO(indicator_set_free_at) struct indicator_set *older = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *newer = NULL;
        AUTO(mem_free_at) struct set_comparison *result = mem_zero(1, sizeof(*result));
        int err = result ? load_state(j) : ERR_MEMORY;

        if (!err && check_signer(j))
                return COMMAND_FAILED;
        if (!err)
                err = make_set(&newer, j);
        if (!err)
                err = load_old(&older, j);
        if (!err)
                err = set_compare(
                    result, older, newer, clock_now(&clock_real), (struct set_compare_sink){ 0 });
        if (!err)
                err = keep(j, newer);
        if (err) {
                input_complain(j->l, j->folder_path, err, NULL);
                return COMMAND_FAILED;
        }
        err = list_compare_print(stdout, result, j->json, j->l);
        if (err || fflush(stdout) || ferror(stdout))
                return COMMAND_FAILED;
        return result->all.added + result->all.gone ? COMMAND_FOUND : COMMAND_NOTHING_FOUND;
}

static int take_arguments(struct feed_job *j, int argc, char **argv)
{
        for (int i = 2; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0)
                        j->json = true;
                else if (strcmp(argv[i], "--signer") == 0 && i + 1 < argc)
                        j->signer = argv[++i];
                else if (argv[i][0] == '-')
                        return ERR_FORMAT;
                else if (!j->bundle_path)
                        j->bundle_path = argv[i];
                else if (!j->folder_path)
                        j->folder_path = argv[i];
                else
                        return ERR_FORMAT;
        }
        return j->bundle_path ? 0 : ERR_FORMAT;
}

static int run(int argc, char **argv, enum language l)
{
        AUTO(job_done) struct feed_job job = { .l = l };
        char *none[] = { (char *)(uintptr_t) "-" };
        bool taking = argc > 1 && strcmp(argv[1], "take") == 0;

        if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
                return usage(stdout, l, COMMAND_NOTHING_FOUND);
        if (argc < 2 || (!taking && strcmp(argv[1], "show") != 0) ||
            take_arguments(&job, argc, argv) || taking != (job.folder_path != NULL))
                return usage(stderr, l, COMMAND_FAILED);
        if (open_bundle(&job))
                return COMMAND_FAILED;
        if (!taking) {
                show(&job);
                return COMMAND_NOTHING_FOUND;
        }
        if (list_arguments_take(&job.lists, 1, none, l)) /* only for the pack's warning lists */
                return COMMAND_FAILED;
        return take(&job);
}

extern const struct command command_feed;
const struct command command_feed = { .name = "feed",
        .vi = "nhận gói danh sách có chữ ký từ đơn vị khác (USB)",
        .en = "take a signed bundle of lists from another office (USB stick)",
        .run = run };
