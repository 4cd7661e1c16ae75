/* workstation/sweep/sweep.c: one file after the other: known? read, hash, match, keep; see sweep.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/file_facts.h"
#include "workstation/sweep/link_table.h"
#include "workstation/sweep/quarantine.h"
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"
#include "system/os/folder.h"
#include "system/os/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define STATE_NAME "sweep.state"
enum { STATE_BYTES_MAX = 768 << 20, RULES_OF_A_FILE_MAX = 64, STOP = 1 };

struct sweep {
        struct sweep_options options;
        struct sweep_sink sink;
        struct sweep_counts counts;
        struct rule_scanner *scanner;
        struct verdict_state *before, *now;
        struct link_table *links;
        struct buffer bytes; /* of the file at hand; its memory is used again */
        time_ms started;
        bool any_path;
        bool digests; /* of every file; else only of what was found */
        /* of the file at hand */
        const char *found[RULES_OF_A_FILE_MAX];
        size_t found_count;
        uid_t owner_id;
        char owner[64];
};

static int64_t ns_of(struct timespec t)
{
        return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct sha256 sweep_generation(const struct sweep_options *o)
{
        struct sha256 both[2] = { 0 };

        if (o->rules)
                both[0] = rule_set_digest(o->rules);
        if (o->hashes)
                both[1] = hash_list_digest(o->hashes);
        return sha256_of(both, sizeof(both));
}

/* Verdicts of other rules, or a damaged file, are as good as none. */
static int verdicts_load(struct sweep *s)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(STATE_BYTES_MAX);
        struct sha256 generation = sweep_generation(&s->options);
        int err;

        if (s->options.state && file_read_all(&bytes, s->options.state, STATE_NAME) == 0) {
                err = verdict_state_parse(&s->before, (struct text){ bytes.data, bytes.len });
                if (err == ERR_MEMORY)
                        return err;
                if (!err &&
                    memcmp(verdict_state_rules(s->before), &generation, sizeof(generation)) != 0)
                        s->before = verdict_state_free(s->before);
        }
        return verdict_state_new(&s->now, &generation);
}

int sweep_new(
    struct sweep **out, const struct sweep_options *options, const struct sweep_sink *sink)
{
        AUTO(sweep_free_at) struct sweep *s = mem_zero(1, sizeof(*s));
        int err;

        if (!s)
                return ERR_MEMORY;
        s->options = *options;
        s->sink = *sink;
        s->bytes = BUFFER(options->file_bytes_max);
        s->started = clock_steady(options->clock);
        s->counts = (struct sweep_counts){ .complete = true, .stopped_why = "" };
        s->any_path = !options->rules || !rule_set_asks_facts(options->rules);
        s->digests = options->state ||
                     (options->hashes && hash_list_has_kind(options->hashes, HASH_KIND_SHA256));
        s->owner_id = (uid_t)-1;
        err = verdicts_load(s);
        if (!err)
                err = link_table_new(&s->links);
        if (!err && options->rules)
                err = rule_scanner_new(&s->scanner, options->rules, options->file_seconds_max);
        if (err)
                return err;
        *out = MOVE(s);
        return 0;
}

struct sweep *sweep_free(struct sweep *s)
{
        if (s) {
                (void)rule_scanner_free(s->scanner);
                (void)verdict_state_free(s->before);
                (void)verdict_state_free(s->now);
                (void)link_table_free(s->links);
                buffer_done(&s->bytes);
                mem_free(s);
        }
        return NULL;
}

void sweep_free_at(struct sweep **s)
{
        *s = sweep_free(*s);
}

static struct verdict verdict_of(const char *path, const struct stat *st)
{
        return (struct verdict){ .dev = st->st_dev,
                .ino = st->st_ino,
                .bytes = (uint64_t)st->st_size,
                .modified_ns = ns_of(st->st_mtim),
                .changed_ns = ns_of(st->st_ctim),
                .path_key = verdict_path_key(path) };
}

static void remember(struct sweep *s, const struct verdict *v)
{
        if (s->options.state && verdict_state_add(s->now, v))
                return; /* full: this file is matched again next time */
}

/* O_NOATIME spares the disk a write for each file; only the owner and root may ask it. */
static int file_open(const struct walk_file *f)
{
        int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
        int fd = openat(f->folder, f->name, flags | O_NOATIME);

        return fd < 0 && errno == EPERM ? openat(f->folder, f->name, flags) : fd;
}

static int failed(struct sweep *s, int err, const char *path)
{
        s->counts.failed++;
        s->sink.failed(s->sink.state, err, path);
        return 0;
}

static void on_rule(void *state, const char *rule)
{
        struct sweep *s = state;

        if (s->found_count < RULES_OF_A_FILE_MAX)
                s->found[s->found_count++] = rule;
}

static const char *owner_name(struct sweep *s, uid_t uid)
{
        struct passwd entry, *found = NULL;
        char room[4096];

        if (uid == s->owner_id)
                return s->owner;
        s->owner_id = uid;
        if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
                (void)snprintf(s->owner, sizeof(s->owner), "%s", found->pw_name);
        else
                (void)snprintf(s->owner, sizeof(s->owner), "%u", (unsigned)uid);
        return s->owner;
}

static int match_rules(struct sweep *s, const struct walk_file *f, struct text bytes)
{
        struct rule_facts facts = { .filename = f->name,
                .filepath = f->path,
                .extension = file_extension_of(f->name),
                .filetype = "",
                .owner = "" };

        s->found_count = 0;
        if (!s->scanner)
                return 0;
        if (!s->any_path) {
                facts.filetype = file_type_of(bytes);
                facts.owner = owner_name(s, f->st->st_uid);
        }
        s->counts.matched++;
        return rule_scanner_scan(s->scanner, bytes, &facts, on_rule, s);
}

static const char *match_hashes(
    const struct sweep *s, struct text bytes, const struct sha256 *content)
{
        static const enum hash_method methods[] = { HASH_METHOD_MD5, HASH_METHOD_SHA1 };
        const struct hash_list *h = s->options.hashes;
        const char *name = h ? hash_list_find(h, HASH_KIND_SHA256, content->bytes) : NULL;

        for (int k = HASH_KIND_MD5; h && !name && k <= HASH_KIND_SHA1; k++) {
                uint8_t digest[SHA256_BYTES];

                if (hash_list_has_kind(h, (enum hash_kind)k) &&
                    hash_bytes(digest, methods[k], bytes))
                        name = hash_list_find(h, (enum hash_kind)k, digest);
        }
        return name;
}

struct taken {
        char id[ULID_MAX];
        int err;
};

static void report(
    struct sweep *s, const struct walk_file *f, const struct link_verdict *v, const struct taken *t)
{
        struct sweep_hit hit = { .path = f->path,
                .content = &v->content,
                .bytes = v->bytes,
                .quarantine_id = t->id,
                .quarantined = t->id[0],
                .quarantine_err = t->err };

        if (v->listed) {
                hit.engine = "hash";
                hit.rule = v->listed;
                s->counts.hits++;
                s->sink.hit(s->sink.state, &hit);
        }
        for (size_t i = 0; i < v->rule_count; i++) {
                hit.engine = "yara";
                hit.rule = v->rules[i];
                s->counts.hits++;
                s->sink.hit(s->sink.state, &hit);
        }
}

static struct taken take(struct sweep *s, const struct walk_file *f, const struct link_verdict *v)
{
        struct taken t = { .id = "" };
        struct quarantine_file file = { .folder = f->folder,
                .name = f->name,
                .path = f->path,
                .st = f->st,
                .bytes = { s->bytes.data, s->bytes.len },
                .content = &v->content,
                .engine = v->listed ? "hash" : "yara",
                .rule = v->listed ? v->listed : v->rules[0] };

        if (s->options.quarantine)
                t.err = quarantine_take(t.id, s->options.quarantine, &file, s->options.clock);
        return t;
}

static bool digest_of(struct sha256 *out, struct text bytes)
{
        return hash_bytes(out->bytes, HASH_METHOD_SHA256, bytes);
}

/* What was read is in s->bytes; `st` is the file as it was opened. */
static int judge(struct sweep *s, const struct walk_file *f, const struct stat *st, bool steady)
{
        struct text bytes = { s->bytes.data ? s->bytes.data : "", s->bytes.len };
        struct verdict v = verdict_of(f->path, st);
        struct link_verdict found = { .bytes = bytes.len };
        int err = 0;

        if (s->digests && !digest_of(&v.content, bytes))
                return failed(s, ERR_BUG, f->path);
        s->counts.files++;
        s->counts.bytes += bytes.len;
        s->found_count = 0;
        if (!s->before || !verdict_state_knows(s->before, &v.content, v.path_key, s->any_path)) {
                found.listed = match_hashes(s, bytes, &v.content);
                err = match_rules(s, f, bytes);
        }
        found.rules = s->found;
        found.rule_count = s->found_count;
        if (err == ERR_MEMORY)
                return err;
        if (!s->digests && (found.listed || found.rule_count) && !digest_of(&v.content, bytes))
                return failed(s, ERR_BUG, f->path);
        found.content = v.content;
        if (err)
                (void)failed(s, err, f->path); /* what was found before is reported all the same */
        if (st->st_nlink > 1 && !err)
                err = link_table_add(s->links, st->st_dev, st->st_ino, &found);
        if (found.listed || found.rule_count) {
                struct taken t = take(s, f, &found);

                report(s, f, &found, &t);
        } else if (!err && steady) {
                remember(s, &v);
        }
        return err == ERR_MEMORY ? err : 0;
}

/* A second name of a file that was matched in this sweep. */
static bool is_other_name(struct sweep *s, const struct walk_file *f)
{
        const struct link_verdict *v = f->st->st_nlink > 1
                                           ? link_table_find(s->links, f->st->st_dev, f->st->st_ino)
                                           : NULL;

        if (!v || (v->rule_count && s->options.quarantine) || (v->listed && s->options.quarantine))
                return false; /* its bytes are needed: read it again */
        if (v->bytes != (uint64_t)f->st->st_size)
                return false;
        s->counts.files++;
        report(s, f, v, &(struct taken){ .id = "" });
        if (!v->listed && !v->rule_count) {
                struct verdict clean = verdict_of(f->path, f->st);

                clean.content = v->content;
                remember(s, &clean);
        }
        return true;
}

static int read_and_judge(struct sweep *s, const struct walk_file *f)
{
        AUTO(file_close_at) int fd = file_open(f);
        struct stat st, after;
        int err;

        if (fd < 0 || fstat(fd, &st) != 0) {
                if (errno != ENOENT && errno != ELOOP && errno != ESTALE)
                        return failed(s, err_from_errno(errno), f->path);
                s->counts.skipped[SKIP_WHY_GONE]++;
                return 0;
        }
        if (!S_ISREG(st.st_mode)) { /* swapped under us */
                s->counts.skipped[SKIP_WHY_SPECIAL]++;
                return 0;
        }
        buffer_clear(&s->bytes);
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        if ((uint64_t)st.st_size < s->options.file_bytes_max &&
            buffer_reserve(&s->bytes, (size_t)st.st_size) == ERR_MEMORY)
                return failed(s, ERR_MEMORY, f->path);
        err = file_read_handle(&s->bytes, fd);
        if (err == ERR_LIMIT) {
                s->counts.skipped[SKIP_WHY_TOO_LARGE]++;
                return 0;
        }
        if (err)
                return failed(s, err, f->path);
        struct walk_file opened = {
                .folder = f->folder, .name = f->name, .path = f->path, .st = &st
        };
        bool steady = fstat(fd, &after) == 0 && ns_of(after.st_ctim) == ns_of(st.st_ctim) &&
                      after.st_size == st.st_size;
        return judge(s, &opened, &st, steady);
}

static int go_on(struct sweep *s, const char *path)
{
        if (s->options.time_max &&
            clock_steady(s->options.clock) - s->started > s->options.time_max) {
                s->counts.complete = false;
                s->counts.stopped_why = "time limit";
                return STOP;
        }
        if (!s->sink.progress(s->sink.state, &s->counts, path)) {
                s->counts.complete = false;
                s->counts.stopped_why = "stopped by the user";
                return STOP;
        }
        return 0;
}

static int on_file(void *state, const struct walk_file *f)
{
        struct sweep *s = state;
        struct verdict v = verdict_of(f->path, f->st);
        const struct verdict *known;
        int err = go_on(s, f->path);

        if (err)
                return err;
        if ((uint64_t)f->st->st_size > s->options.file_bytes_max) {
                s->counts.skipped[SKIP_WHY_TOO_LARGE]++;
                return 0;
        }
        known = s->before ? verdict_state_find(s->before, &v, s->any_path) : NULL;
        if (known) {
                v.content = known->content;
                s->counts.files++;
                s->counts.unchanged++;
                s->counts.bytes += v.bytes;
                remember(s, &v);
                return 0;
        }
        return is_other_name(s, f) ? 0 : read_and_judge(s, f);
}

static void on_skipped(void *state, enum skip_why why, const char *path)
{
        struct sweep *s = state;

        (void)path;
        s->counts.skipped[why]++;
}

static void on_failed(void *state, int err, const char *path)
{
        (void)failed(state, err, path);
}

int sweep_root(struct sweep *s, const char *root)
{
        struct walk_options options = { .depth_max = s->options.depth_max,
                .cross_mounts = s->options.cross_mounts,
                .leave_out = s->options.quarantine ? folder_path(s->options.quarantine) : NULL };
        struct walk_sink sink = {
                .file = on_file, .skipped = on_skipped, .failed = on_failed, .state = s
        };
        int err;

        if (!s->counts.complete)
                return 0; /* stopped before */
        err = walk_tree(root, &options, &sink);
        return err == STOP ? 0 : err;
}

int sweep_finish(struct sweep *s)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(STATE_BYTES_MAX);
        int err;

        /* A sweep that ended early knows less than the one before it. */
        if (!s->options.state || !s->counts.complete)
                return 0;
        verdict_state_sort(s->now);
        err = verdict_state_write(&bytes, s->now);
        return err ? err
                   : file_write_atomic(s->options.state, STATE_NAME,
                         (struct text){ bytes.data, bytes.len }, 0600);
}

const struct sweep_counts *sweep_count(const struct sweep *s)
{
        return &s->counts;
}
