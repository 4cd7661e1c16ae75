/* workstation/sweep/sweep_test.c: see sweep.h, quarantine.h, rule_set.h. Rules look for a harmless
 * word of ours.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/finding.h"
#include "workstation/sweep/path_text.h"
#include "workstation/sweep/quarantine.h"
#include "base/mem.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define MARK "CANH-HARMLESS-MARK-73921"

struct place {
        char path[64];
        struct folder *tree, *keep, *state;
        const char *rules[4]; /* one rule file each */
        struct hash_list *hashes;
        struct buffer seen; /* "path rule\n" of each hit */
        struct sweep_counts counts;
        char last_id[ULID_MAX];
        int last_err, file_seconds, depth;
        char root[128]; /* of a system whose packages are trusted; "" */
        void (*meddle)(struct place *p, const char *path);
};

static void on_hit(void *state, const struct sweep_hit *hit)
{
        struct place *p = state;

        assert_int_equal(path_text_add(&p->seen, hit->path + strlen(p->path)), 0);
        assert_int_equal(buffer_add_format(&p->seen, " %s\n", hit->rule), 0);
        (void)snprintf(p->last_id, sizeof(p->last_id), "%s", hit->quarantine_id);
}

static void on_failed(void *state, int err, const char *path)
{
        struct place *p = state;

        (void)path;
        p->last_err = err;
}

static bool on_progress(void *state, const struct sweep_counts *c, const char *path)
{
        struct place *p = state;

        (void)c;
        if (p->meddle)
                p->meddle(p, path);
        return true;
}

static struct rule_set *rules_of(const struct place *p)
{
        struct rule_set *r = NULL;

        assert_int_equal(rule_set_new(&r), 0);
        for (size_t i = 0; i < ARRAY_LEN(p->rules) && p->rules[i]; i++)
                assert_int_equal(rule_set_add(r, "own.yar", text_of(p->rules[i])), 0);
        return r;
}

static int sweep_once(struct place *p, bool quarantine, bool state)
{
        AUTO(rule_set_free_at) struct rule_set *rules = rules_of(p);
        AUTO(sweep_free_at) struct sweep *s = NULL;
        struct sweep_options o = { .rules = rules,
                .hashes = p->hashes,
                .trust_packages = p->root[0],
                .root = p->root,
                .file_bytes_max = 1 << 20,
                .depth_max = p->depth ? p->depth : 20,
                .file_seconds_max = p->file_seconds ? p->file_seconds : 10,
                .quarantine = quarantine ? p->keep : NULL,
                .state = state ? p->state : NULL,
                .clock = &clock_real };
        struct sweep_sink sink = { on_hit, on_failed, on_progress, NULL, p };

        buffer_clear(&p->seen);
        assert_int_equal(sweep_new(&s, &o, &sink), 0);
        assert_int_equal(sweep_root(s, folder_path(p->tree)), 0);
        assert_int_equal(sweep_finish(s), 0);
        p->counts = *sweep_count(s);
        return (int)p->counts.hits;
}

static int place_open(void **state)
{
        struct place *p = mem_zero(1, sizeof(*p));
        struct folder *all = NULL;

        *state = p;
        p->seen = BUFFER(1 << 16);
        (void)snprintf(p->path, sizeof(p->path), "/tmp/canh-sweep-XXXXXX");
        if (!mkdtemp(p->path) || folder_open(&all, p->path) ||
            folder_open_in(&p->tree, all, "tree", true) ||
            folder_open_in(&p->keep, all, "keep", true) ||
            folder_open_in(&p->state, all, "state", true))
                return -1;
        (void)folder_close(all);
        p->rules[0] = "rule Mark { strings: $a = \"" MARK "\" condition: $a }";
        return 0;
}

static int remove_it(const char *path, const struct stat *st, int kind, struct FTW *f)
{
        (void)st;
        (void)kind;
        (void)f;
        return remove(path);
}

static int place_close(void **state)
{
        struct place *p = *state;

        p->hashes = hash_list_free(p->hashes);
        p->tree = folder_close(p->tree);
        p->keep = folder_close(p->keep);
        p->state = folder_close(p->state);
        buffer_done(&p->seen);
        (void)nftw(p->path, remove_it, 20, FTW_DEPTH | FTW_PHYS);
        mem_free(p);
        return 0;
}

static void put(struct place *p, const char *name, struct text bytes)
{
        assert_int_equal(file_write_atomic(p->tree, name, bytes, 0640), 0);
}

static void marked_file_is_found_and_a_clean_one_is_not(void **state)
{
        struct place *p = *state;

        put(p, "clean", TEXT("nothing here"));
        put(p, "bad.txt", TEXT("xx " MARK " yy"));
        assert_int_equal(sweep_once(p, false, false), 1);
        assert_string_equal(p->seen.data, "/tree/bad.txt Mark\n");
        assert_int_equal(p->counts.files, 2);
        assert_true(p->counts.complete);
}

static void links_are_not_followed_and_loops_end(void **state)
{
        struct place *p = *state;

        assert_int_equal(symlinkat("..", folder_handle(p->tree), "loop"), 0);
        assert_int_equal(symlinkat("/etc", folder_handle(p->tree), "out"), 0);
        assert_int_equal(symlinkat("self", folder_handle(p->tree), "self"), 0);
        assert_int_equal(mkfifoat(folder_handle(p->tree), "pipe", 0600), 0);
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.files, 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_SPECIAL], 4);
}

static void hostile_names_are_shown_without_harm(void **state)
{
        struct place *p = *state;

        put(p, "a\nb\xFF\x1B[2J", TEXT(MARK));
        assert_int_equal(sweep_once(p, false, false), 1);
        assert_string_equal(p->seen.data, "/tree/a\\x0Ab\\xFF\\x1B[2J Mark\n");
}

static void file_with_two_names_is_matched_once_and_reported_twice(void **state)
{
        struct place *p = *state;
        int at = folder_handle(p->tree);

        put(p, "one", TEXT(MARK));
        assert_int_equal(linkat(at, "one", at, "two", 0), 0);
        assert_int_equal(sweep_once(p, false, false), 2);
        assert_int_equal(p->counts.matched, 1);
        assert_int_equal(p->counts.files, 2);
}

static void unchanged_file_is_not_matched_again_but_a_changed_one_is(void **state)
{
        struct place *p = *state;

        put(p, "a", TEXT("clean"));
        put(p, "b", TEXT("clean too"));
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.matched, 2);
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.matched, 0);
        assert_int_equal(p->counts.unchanged, 2);
        put(p, "b", TEXT(MARK));
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_int_equal(p->counts.matched, 1);
        /* found again as long as it is there */
        assert_int_equal(sweep_once(p, false, true), 1);
        /* other inode, other ctime, same bytes: read, not matched */
        put(p, "a", TEXT("clean"));
        put(p, "b", TEXT("clean too"));
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.unchanged, 0);
        assert_int_equal(p->counts.matched, 0); /* both contents are known */
}

static void lists_add(struct place *p, const char *lines)
{
        p->hashes = hash_list_free(p->hashes);
        assert_int_equal(hash_list_new(&p->hashes), 0);
        assert_int_equal(hash_list_add_text(p->hashes, text_of(lines), NULL), 0);
        hash_list_finish(p->hashes);
}

#define NAMED "rule Named { condition: filename == \"wanted\" }"

static void new_rules_alone_run_over_unchanged_content(void **state)
{
        struct place *p = *state;

        put(p, "a", TEXT("clean"));
        put(p, "b", TEXT("second"));
        assert_int_equal(sweep_once(p, false, true), 0);
        p->rules[1] = "rule Second { strings: $a = \"second\" condition: $a }";
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_string_equal(p->seen.data, "/tree/b Second\n");
        assert_int_equal(p->counts.matched, 2);
        assert_int_equal(p->counts.unchanged, 0);
        /* the first rule is gone and the second still there: what is clean stays clean */
        p->rules[0] = p->rules[1];
        p->rules[1] = NULL;
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_int_equal(p->counts.unchanged, 1);
        assert_int_equal(p->counts.matched, 1);
        p->rules[1] = "rule Bad { condition: nothing_that_is }";
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_int_equal(p->counts.unchanged, 1); /* a file that does not compile asks nothing */
}

static void rule_about_names_is_asked_again_under_a_new_name(void **state)
{
        struct place *p = *state;
        int at = folder_handle(p->tree);

        p->rules[0] = NAMED;
        put(p, "a", TEXT("clean"));
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(renameat(at, "a", at, "wanted"), 0);
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_string_equal(p->seen.data, "/tree/wanted Named\n");
        assert_int_equal(linkat(at, "wanted", at, "b", 0), 0);
        assert_int_equal(unlinkat(at, "wanted", 0), 0);
        assert_int_equal(sweep_once(p, false, true), 0);
}

static void lists_of_every_kind_are_asked_only_for_what_is_new(void **state)
{
        struct place *p = *state;

        p->rules[0] = NULL;
        lists_add(p, "ffffffffffffffffffffffffffffffff nothing");
        put(p, "a", TEXT("clean"));
        put(p, "b", TEXT("other"));
        assert_int_equal(sweep_once(p, false, true), 0);
        /* SHA-256 of "other": what is clean need not be read to know that it is not listed */
        lists_add(p, "ffffffffffffffffffffffffffffffff nothing\n"
                     "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa by256\n");
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_string_equal(p->seen.data, "/tree/b by256\n");
        assert_int_equal(p->counts.unchanged, 1);
        lists_add(p, "d0941e68da8f38151ff86a61fc59f7c5cf9fcaa2 by1");
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_string_equal(p->seen.data, "/tree/b by1\n");
        lists_add(p, "795f3202b17cb6bc3d4b771d8c6c9eaf by5");
        assert_int_equal(sweep_once(p, false, true), 1);
        assert_string_equal(p->seen.data, "/tree/b by5\n");
}

/* A system of our own with one package of two files, and one that no package brought. */
static void package_make(struct place *p)
{
        AUTO(folder_close_at) struct folder *info = NULL;
        AUTO(folder_close_at) struct folder *dpkg = NULL;
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/tree/var/lib/dpkg/info", p->path);
        assert_int_equal(folder_open_or_make(&info, path, 0700), 0);
        (void)snprintf(path, sizeof(path), "%s/tree/var/lib/dpkg", p->path);
        assert_int_equal(folder_open(&dpkg, path), 0);
        assert_int_equal(file_write_atomic(dpkg, "status", TEXT("some"), 0600), 0);
        /* MD5 of "other", under its true name and under one whose file is altered */
        (void)snprintf(path, sizeof(path), "%s/tree/good", p->path);
        buffer_clear(&p->seen);
        assert_int_equal(buffer_add_format(&p->seen,
                             "795f3202b17cb6bc3d4b771d8c6c9eaf  %s\n"
                             "795f3202b17cb6bc3d4b771d8c6c9eaf  %s/tree/altered\n",
                             path + 1, p->path + 1),
            0);
        assert_int_equal(file_write_atomic(
                             info, "one.md5sums", (struct text){ p->seen.data, p->seen.len }, 0600),
            0);
        (void)snprintf(p->root, sizeof(p->root), "%s/tree", p->path);
}

static void file_as_its_package_brought_it_is_not_matched(void **state)
{
        struct place *p = *state;

        p->rules[0] = "rule Always { condition: filename matches /^(good|altered|foreign)$/ }";
        put(p, "good", TEXT("other"));
        put(p, "altered", TEXT("othes"));
        put(p, "foreign", TEXT("other!"));
        package_make(p);
        for (int again = 0; again < 2; again++) {
                assert_int_equal(sweep_once(p, false, true), 2);
                assert_null(memmem(p->seen.data, p->seen.len, "/good", 5));
                assert_int_equal(p->counts.vouched, 1);
        }
        assert_true(p->counts.unchanged >= 1);
        /* the package goes: its file is nobody's now */
        (void)snprintf(p->root + strlen(p->root), sizeof(p->root) - strlen(p->root), "%s",
            "/var/lib/dpkg/info/one.md5sums");
        assert_int_equal(unlink(p->root), 0);
        (void)snprintf(p->root, sizeof(p->root), "%s/tree", p->path);
        assert_int_equal(sweep_once(p, false, true), 3);
        assert_int_equal(p->counts.vouched, 0);
        /* and without the option nothing is trusted */
        package_make(p);
        assert_int_equal(sweep_once(p, false, true), 2);
        p->root[0] = '\0';
        assert_int_equal(sweep_once(p, false, true), 3);
}

static void altered_state_costs_time_and_hides_nothing(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 20);

        put(p, "a", TEXT("clean"));
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(file_read_all(&b, p->state, "sweep.state"), 0);
        b.data[b.len / 2] ^= 1;
        assert_int_equal(
            file_write_atomic(p->state, "sweep.state", (struct text){ b.data, b.len }, 0600), 0);
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.unchanged, 0);
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.unchanged, 1);
}

static void sweep_of_one_folder_keeps_what_is_known_of_others(void **state)
{
        struct place *p = *state;
        AUTO(folder_close_at) struct folder *all = MOVE(p->tree);
        AUTO(folder_close_at) struct folder *in = NULL;

        assert_int_equal(folder_open_in(&in, all, "in", true), 0);
        assert_int_equal(file_write_atomic(all, "a", TEXT("clean"), 0600), 0);
        assert_int_equal(file_write_atomic(in, "b", TEXT("clean too"), 0600), 0);
        p->tree = MOVE(all);
        assert_int_equal(sweep_once(p, false, true), 0);
        all = p->tree;
        p->tree = in;
        assert_int_equal(sweep_once(p, false, true), 0);
        p->tree = MOVE(all);
        assert_int_equal(p->counts.unchanged, 1);
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.unchanged, 2);
}

/* Ten thousand folders, one in the other: made and taken away by handles, for no path names them.
 */
enum { LEVELS = 10000 };

static void levels_make(int at)
{
        at = dup(at);
        for (int i = 0; i < LEVELS; i++) {
                int next;

                assert_int_equal(mkdirat(at, "d", 0700), 0);
                next = openat(at, "d", O_RDONLY | O_DIRECTORY);
                assert_true(next >= 0);
                (void)close(at);
                at = next;
        }
        (void)close(at);
}

static void levels_remove(int at)
{
        while (faccessat(at, "d/d", F_OK, 0) == 0) {
                assert_int_equal(renameat(at, "d/d", at, "e"), 0);
                assert_int_equal(unlinkat(at, "d", AT_REMOVEDIR), 0);
                assert_int_equal(renameat(at, "e", at, "d"), 0);
        }
        assert_int_equal(unlinkat(at, "d", AT_REMOVEDIR), 0);
}

static void ten_thousand_levels_end_at_the_limit(void **state)
{
        struct place *p = *state;

        put(p, "bad", TEXT(MARK));
        levels_make(folder_handle(p->tree));
        assert_int_equal(sweep_once(p, false, false), 1);
        assert_int_equal(p->counts.skipped[SKIP_WHY_TOO_DEEP], 1);
        p->depth = WALK_DEPTH_MAX;
        assert_int_equal(sweep_once(p, false, false), 1);
        assert_int_equal(p->counts.skipped[SKIP_WHY_TOO_DEEP], 1);
        levels_remove(folder_handle(p->tree));
}

static void become_pipe(struct place *p, const char *path)
{
        (void)p;
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkfifo(path, 0600), 0);
}

static void become_link(struct place *p, const char *path)
{
        (void)p;
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/etc/passwd", path), 0);
}

static void become_device(struct place *p, const char *path)
{
        (void)p;
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mknod(path, S_IFCHR | 0600, makedev(1, 5)), 0); /* never ends */
}

static void file_that_becomes_something_else_before_it_is_opened_is_not_read(void **state)
{
        struct place *p = *state;

        put(p, "a", TEXT(MARK));
        p->meddle = become_pipe;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_SPECIAL], 1);
        assert_int_equal(unlinkat(folder_handle(p->tree), "a", 0), 0);
        put(p, "a", TEXT(MARK));
        p->meddle = become_link;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_GONE], 1);
        assert_int_equal(p->counts.files, 0);
        if (geteuid() != 0)
                return; /* only root makes devices */
        assert_int_equal(unlinkat(folder_handle(p->tree), "a", 0), 0);
        put(p, "a", TEXT(MARK));
        p->meddle = become_device;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_SPECIAL], 1);
}

static void more_rules_than_a_report_takes_are_said(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer rules = BUFFER(1 << 20);

        for (int i = 0; i < FINDINGS_MAX + 5; i++)
                assert_int_equal(buffer_add_format(&rules, "rule r%d { condition: true }\n", i), 0);
        p->rules[0] = rules.data;
        put(p, "a", TEXT("anything"));
        p->seen.max = 1 << 20;
        assert_int_equal(sweep_once(p, false, false), FINDINGS_MAX);
        assert_int_equal(p->counts.failed, 1);
        assert_int_equal(p->last_err, ERR_LIMIT);
}

static void grow_it(struct place *p, const char *path)
{
        (void)p;
        assert_int_equal(truncate(path, (1 << 20) + 1), 0);
}

static void file_that_grows_beyond_the_limit_is_left_out(void **state)
{
        struct place *p = *state;

        put(p, "a", TEXT(MARK));
        p->meddle = grow_it;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_TOO_LARGE], 1);
}

static void rule_that_does_not_end_is_stopped_and_said(void **state)
{
        struct place *p = *state;

        p->rules[1] = "rule Endless { condition: for all i in (0..4000000000) : "
                      "(for all k in (0..4000000000) : (i + k >= 0)) }";
        put(p, "bad", TEXT(MARK));
        p->file_seconds = 1;
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.failed, 1);
        assert_int_equal(p->last_err, ERR_BUSY);
        assert_int_equal(sweep_once(p, false, true), 0);
        assert_int_equal(p->counts.unchanged, 0); /* no verdict: it is not known to be clean */
}

static void vanish(struct place *p, const char *path)
{
        (void)p;
        (void)unlink(path);
}

static void shorten(struct place *p, const char *path)
{
        (void)p;
        assert_int_equal(truncate(path, 1), 0);
}

static void file_that_vanishes_or_shrinks_meanwhile_does_no_harm(void **state)
{
        struct place *p = *state;

        put(p, "a", TEXT("will be gone"));
        p->meddle = vanish;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_GONE], 1);
        put(p, "a", TEXT(MARK));
        p->meddle = shorten;
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.files, 1);
}

static void too_large_and_too_deep_are_counted(void **state)
{
        struct place *p = *state;
        AUTO(mem_free_at) char *big = mem_zero((1 << 20) + 1, 1);
        char path[1024];
        size_t n = (size_t)snprintf(path, sizeof(path), "%s", folder_path(p->tree));

        put(p, "big", (struct text){ big, (1 << 20) + 1 });
        for (int i = 0; i < 25; i++) {
                n += (size_t)snprintf(path + n, sizeof(path) - n, "/d");
                assert_int_equal(mkdir(path, 0700), 0);
        }
        assert_int_equal(sweep_once(p, false, false), 0);
        assert_int_equal(p->counts.skipped[SKIP_WHY_TOO_LARGE], 1);
        assert_int_equal(p->counts.skipped[SKIP_WHY_TOO_DEEP], 1);
}

static void pseudo_file_systems_are_not_entered(void **state)
{
        struct place *p = *state;
        AUTO(rule_set_free_at) struct rule_set *rules = rules_of(p);
        AUTO(sweep_free_at) struct sweep *s = NULL;
        struct sweep_options o = { .rules = rules,
                .file_bytes_max = 1 << 20,
                .depth_max = 20,
                .file_seconds_max = 10,
                .clock = &clock_real };
        struct sweep_sink sink = { on_hit, on_failed, on_progress, NULL, p };

        assert_int_equal(sweep_new(&s, &o, &sink), 0);
        assert_int_equal(sweep_root(s, "/proc"), 0);
        assert_int_equal(sweep_count(s)->files, 0);
        assert_int_equal(sweep_count(s)->skipped[SKIP_WHY_PSEUDO_MOUNT], 1);
        assert_int_equal(sweep_root(s, "/no/such/folder"), ERR_MISSING);
}

static void quarantined_file_comes_back_byte_for_byte(void **state)
{
        struct place *p = *state;
        AUTO(buffer_done) struct buffer b = BUFFER(1000);
        struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
        int at = folder_handle(p->tree);
        struct stat st;

        put(p, "bad\n\xFF", TEXT("\0\1 " MARK));
        assert_int_equal(fchmodat(at, "bad\n\xFF", 04751, 0), 0);
        assert_int_equal(utimensat(at, "bad\n\xFF", times, 0), 0);
        assert_int_equal(sweep_once(p, true, false), 1);
        assert_int_equal(fstatat(at, "bad\n\xFF", &st, 0), -1);
        assert_int_equal(sweep_once(p, true, false), 0);
        assert_int_equal(strlen(p->last_id), ULID_LEN);
        {
                char name[64];
                (void)snprintf(name, sizeof(name), "%s.bin", p->last_id);
                assert_int_equal(file_read_all(&b, p->keep, name), 0);
                assert_null(memmem(b.data, b.len, MARK, strlen(MARK)));
        }
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), 0);
        assert_int_equal(fstatat(at, "bad\n\xFF", &st, 0), 0);
        assert_int_equal(st.st_mode & 07777, 04751);
        assert_int_equal(st.st_mtim.tv_sec, 1100000000);
        assert_int_equal(st.st_mtim.tv_nsec, 987654321);
        buffer_clear(&b);
        assert_int_equal(file_read_all(&b, p->tree, "bad\n\xFF"), 0);
        assert_int_equal(b.len, sizeof("\0\1 " MARK) - 1);
        assert_memory_equal(b.data, "\0\1 " MARK, b.len);
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), ERR_MISSING);
}

static void restore_never_writes_over_or_through_a_link(void **state)
{
        struct place *p = *state;
        int at = folder_handle(p->tree);

        put(p, "bad", TEXT(MARK));
        assert_int_equal(sweep_once(p, true, false), 1);
        put(p, "bad", TEXT("somebody's new file"));
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), ERR_EXISTS);
        assert_int_equal(file_remove(p->tree, "bad"), 0);
        assert_int_equal(renameat(at, "../tree", at, "../moved"), 0);
        assert_int_equal(symlinkat("/tmp", at, "../tree"), 0);
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), ERR_DENIED);
        assert_int_equal(unlinkat(at, "../tree", 0), 0);
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), ERR_MISSING);
        assert_int_equal(renameat(at, "../moved", at, "../tree"), 0);
        assert_int_equal(quarantine_restore(NULL, p->keep, p->last_id), 0);
}

static void full_disk_leaves_the_found_file_where_it_is(void **state)
{
        struct place *p = *state;
        struct stat st;
        pid_t child;
        int status = 0;

        put(p, "bad", TEXT(MARK));
        child = fork();
        if (child == 0) {
                struct rlimit r = { .rlim_cur = 10, .rlim_max = 10 };

                (void)signal(SIGXFSZ, SIG_IGN);
                _exit(setrlimit(RLIMIT_FSIZE, &r) == 0 && sweep_once(p, true, false) == 1 &&
                              !p->last_id[0]
                          ? 0
                          : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(fstatat(folder_handle(p->tree), "bad", &st, 0), 0);
}

struct problems {
        int count, line;
        char file[32];
};

static void on_problem(void *state, const struct rule_problem *problem)
{
        struct problems *p = state;

        p->count++;
        p->line = problem->line;
        (void)snprintf(p->file, sizeof(p->file), "%s", problem->file);
}

static void bad_rule_file_is_named_and_does_not_spoil_the_others(void **state)
{
        AUTO(rule_set_free_at) struct rule_set *r = NULL;
        struct problems seen = { 0 };

        (void)state;
        assert_int_equal(rule_set_new(&r), 0);
        assert_int_equal(rule_set_add(r, "a.yar", TEXT("rule A { condition: filesize > 3 }")), 0);
        assert_int_equal(rule_set_add(r, "b.yar", TEXT("rule B {\n condition:\n nonsense }")), 0);
        assert_int_equal(rule_set_add(r, "c.yar", TEXT("include \"/etc/passwd\"")), 0);
        assert_int_equal(rule_set_add(r, "d.yar",
                             TEXT("rule A { condition: filename == \"x\" and extension == \"\" and "
                                  "owner != \"?\" "
                                  "and filetype == \"\" and filepath == \"\" }")),
            0);
        assert_int_equal(rule_set_finish(r, on_problem, &seen), 0);
        assert_int_equal(seen.count, 2);
        assert_string_equal(seen.file, "c.yar");
        assert_int_equal(rule_set_rules(r), 2);
        assert_int_equal(rule_set_bad_files(r), 2);
        assert_true(rule_set_asks_facts(r));
}

#define WITH_PLACE(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_PLACE(marked_file_is_found_and_a_clean_one_is_not),
                WITH_PLACE(links_are_not_followed_and_loops_end),
                WITH_PLACE(hostile_names_are_shown_without_harm),
                WITH_PLACE(file_with_two_names_is_matched_once_and_reported_twice),
                WITH_PLACE(unchanged_file_is_not_matched_again_but_a_changed_one_is),
                WITH_PLACE(new_rules_alone_run_over_unchanged_content),
                WITH_PLACE(rule_about_names_is_asked_again_under_a_new_name),
                WITH_PLACE(lists_of_every_kind_are_asked_only_for_what_is_new),
                WITH_PLACE(file_as_its_package_brought_it_is_not_matched),
                WITH_PLACE(altered_state_costs_time_and_hides_nothing),
                WITH_PLACE(sweep_of_one_folder_keeps_what_is_known_of_others),
                WITH_PLACE(ten_thousand_levels_end_at_the_limit),
                WITH_PLACE(file_that_becomes_something_else_before_it_is_opened_is_not_read),
                WITH_PLACE(more_rules_than_a_report_takes_are_said),
                WITH_PLACE(file_that_grows_beyond_the_limit_is_left_out),
                WITH_PLACE(rule_that_does_not_end_is_stopped_and_said),
                WITH_PLACE(file_that_vanishes_or_shrinks_meanwhile_does_no_harm),
                WITH_PLACE(too_large_and_too_deep_are_counted),
                WITH_PLACE(pseudo_file_systems_are_not_entered),
                WITH_PLACE(quarantined_file_comes_back_byte_for_byte),
                WITH_PLACE(restore_never_writes_over_or_through_a_link),
                WITH_PLACE(full_disk_leaves_the_found_file_where_it_is),
                cmocka_unit_test(bad_rule_file_is_named_and_does_not_spoil_the_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
