/* workstation/sweep/sweep.c: one file after the other: known? read, hash, ask the engines, keep;
 * see sweep.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/quarantine.h"
#include "workstation/sweep/sweep_internal.h"
#include "base/mem.h"
#include "system/os/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { STOP = 1, SAVE_EVERY_MS = 10 * 60 * 1000 };

static int64_t ns_of(struct timespec t)
{
        return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct sha256 sweep_generation(const struct sweep *s)
{
        struct sha256 all[1 + HASH_KINDS] = { 0 };

        if (s->options.rules)
                all[0] = rule_set_digest(s->options.rules);
        for (int k = 0; s->options.hashes && k < HASH_KINDS; k++)
                all[1 + k] = hash_list_digest(s->options.hashes, (enum hash_kind)k);
        return sha256_of(all, sizeof(all));
}

const struct engine *sweep_engine(const struct sweep *s, size_t number)
{
        return number < s->engine_count ? s->engines[number] : NULL;
}

static struct verdict verdict_of(const struct sweep *s, const char *path, const struct stat *st)
{
        return (struct verdict){ .dev = st->st_dev,
                .ino = st->st_ino,
                .bytes = (uint64_t)st->st_size,
                .modified_ns = ns_of(st->st_mtim),
                .changed_ns = ns_of(st->st_ctim),
                .path_key = verdict_path_key(path),
                .seen_day = s->today };
}

static bool is_vouched(const struct sweep *s, unsigned generation)
{
        return s->package_part != PART_NONE &&
               verdict_state_holds(s->state, generation, s->package_part);
}

static void limited_count(struct sweep *s, const struct verdict *v)
{
        if (v->note > CONTAINER_WHOLE && v->note < CONTAINER_ENDS)
                s->counts.limited[v->note]++;
}

/* Full or without memory: this file is matched again next time. */
static void remember(struct sweep *s, struct verdict *v, const struct held *held)
{
        bool vouched = held->vouched || is_vouched(s, held->generation);

        v->generation = (uint16_t)(vouched ? s->vouched : s->whole);
        s->counts.vouched += vouched;
        if (!vouched && s->archive_part != PART_NONE)
                limited_count(s, v);
        (void)!verdict_state_put(s->state, v);
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

static struct held held_by(const struct sweep *s, const struct verdict *known, uint64_t path_key)
{
        return (struct held){ .state = s->state,
                .generation = known ? known->generation : GENERATION_NONE,
                .other_name = known && known->path_key != path_key };
}

/* Whether this engine has to be asked about content that is held so. */
static enum engine_need need_of_one(
    const struct sweep *s, struct engine *e, const struct held *held)
{
        return e->skips_vouched && (held->vouched || is_vouched(s, held->generation))
                   ? ENGINE_NEED_NOTHING
                   : e->need(e, held);
}

static enum engine_need need_of(struct sweep *s, const struct held *held)
{
        unsigned g = held->generation < GENERATIONS_MAX ? held->generation : GENERATIONS_MAX;
        int8_t fresh = -1, *kept = held->vouched ? &fresh : &s->need[g * 2 + held->other_name];

        if (*kept >= 0)
                return (enum engine_need) * kept;
        *kept = ENGINE_NEED_NOTHING;
        if (s->archive_part != PART_NONE && !held->vouched && !is_vouched(s, held->generation) &&
            !verdict_state_holds(s->state, held->generation, s->archive_part))
                *kept = ENGINE_NEED_BYTES;
        for (size_t i = 0; i < s->engine_count; i++) {
                int8_t one = (int8_t)need_of_one(s, s->engines[i], held);

                *kept = one > *kept ? one : *kept;
        }
        return (enum engine_need) * kept;
}

struct asking {
        struct sweep *s;
        struct finding next; /* all but the rule */
        int err;
};

static void on_engine_hit(void *state, const char *rule)
{
        struct asking *a = state;
        struct finding f = a->next;

        f.rule = (char *)(uintptr_t)rule;
        if (!a->err)
                a->err = finding_add(&a->s->found, &f);
}

int sweep_engines_ask(
    struct sweep *s, const struct held *held, const struct engine_file *file, const char *member)
{
        struct asking a = { .s = s,
                .next = { .content = *file->content,
                    .bytes = file->bytes.len,
                    .member = (char *)(uintptr_t)member } };
        struct engine_sink sink = { on_engine_hit, &a };
        int worst = 0;

        for (size_t i = 0; i < s->engine_count; i++) {
                struct engine *e = s->engines[i];
                enum engine_need need = need_of_one(s, e, held);
                int err = 0;

                if (need == ENGINE_NEED_NOTHING || (member && e->opens_archives))
                        continue;
                a.next.engine = e;
                if (need <= (file->bytes.data ? ENGINE_NEED_BYTES : ENGINE_NEED_CONTENT))
                        err = e->match(e, held, file, &sink);
                if (err == ERR_MEMORY || a.err)
                        return ERR_MEMORY;
                worst = worst ? worst : err;
        }
        return worst;
}

struct taken {
        char id[ULID_MAX];
        int err;
};

static void report(struct sweep *s, const struct walk_file *f, const struct finding_list *found,
    const struct taken *t)
{
        struct sweep_hit hit = {
                .quarantine_id = t->id, .quarantined = t->id[0], .quarantine_err = t->err
        };

        for (size_t i = 0; i < found->count; i++) {
                const struct finding *one = &found->at[i];

                buffer_clear(&s->member_path);
                if (one->member &&
                    buffer_add_format(&s->member_path, "%s!%s", f->path, one->member) == 0)
                        hit.path = s->member_path.data;
                else
                        hit.path = f->path;
                hit.content = &one->content;
                hit.bytes = one->bytes;
                hit.engine = one->engine->name;
                hit.engine_generation = one->engine->generation;
                hit.rule = one->rule;
                s->counts.hits++;
                s->sink.hit(s->sink.state, &hit);
        }
}

static struct taken take(struct sweep *s, const struct walk_file *f, const struct sha256 *content)
{
        struct taken t = { .id = "" };
        struct quarantine_file file = { .folder = f->folder,
                .name = f->name,
                .path = f->path,
                .st = f->st,
                .bytes = { s->bytes.data, s->bytes.len },
                .content = content,
                .engine = s->found.at[0].engine->name,
                .rule = s->found.at[0].rule };

        if (s->options.quarantine)
                t.err = quarantine_take(t.id, s->options.quarantine, &file, s->options.clock);
        return t;
}

/* About the file and what is inside it; v->note says how an archive ended. */
static int ask_all(
    struct sweep *s, struct verdict *v, const struct held *held, const struct engine_file *file)
{
        enum container_end end = CONTAINER_WHOLE;
        int inside = 0, err = sweep_engines_ask(s, held, file, NULL);

        if (err == ERR_MEMORY || s->archive_part == PART_NONE || held->vouched ||
            is_vouched(s, held->generation))
                return err;
        inside = sweep_members_ask(&end, s, held, file);
        v->note = end;
        return err ? err : inside;
}

/* What was read is in s->bytes; `st` is the file as it was opened; v->content is set. */
static int judge(struct sweep *s, const struct walk_file *f, struct verdict *v,
    const struct held *held, bool steady)
{
        struct engine_file file = { .name = f->name,
                .path = f->path,
                .st = f->st,
                .bytes = { s->bytes.data ? s->bytes.data : "", s->bytes.len },
                .content = &v->content };
        struct taken t;
        int err = 0;

        s->counts.files++;
        s->counts.bytes += s->bytes.len;
        finding_list_clear(&s->found);
        if (need_of(s, held) != ENGINE_NEED_NOTHING) {
                s->counts.matched += need_of(s, held) == ENGINE_NEED_BYTES;
                err = ask_all(s, v, held, &file);
        }
        if (err == ERR_MEMORY)
                return err;
        if (err)
                (void)failed(s, err, f->path); /* what was found before is reported all the same */
        if (!s->found.count) {
                if (!err && steady)
                        remember(s, v, held);
                else
                        verdict_state_drop(s->state, v);
                return 0;
        }
        verdict_state_drop(s->state, v);
        if (s->archive_part != PART_NONE)
                limited_count(s, v);
        if (f->st->st_nlink > 1 && !err)
                err = link_table_add(s->links, v->dev, v->ino, v->bytes, &s->found);
        if (s->found.left_out)
                (void)failed(s, ERR_LIMIT, f->path); /* not all of it is reported */
        t = take(s, f, &v->content);
        report(s, f, &s->found, &t);
        return err == ERR_MEMORY ? err : 0;
}

/* A second name of a file in which something was found in this sweep. When it is to be taken away
 * its bytes are needed: then it is read again. */
static bool is_other_name(struct sweep *s, const struct walk_file *f)
{
        const struct finding_list *found = NULL;

        if (f->st->st_nlink > 1 && !s->options.quarantine)
                found = link_table_find(
                    s->links, f->st->st_dev, f->st->st_ino, (uint64_t)f->st->st_size);
        if (!found)
                return false;
        s->counts.files++;
        report(s, f, found, &(struct taken){ .id = "" });
        return true;
}

/* 1: it was not read, and that was counted. */
static int file_read(struct sweep *s, struct stat *st, bool *steady, const struct walk_file *f)
{
        AUTO(file_close_at) int fd = file_open(f);
        struct stat after;
        int err;

        if (fd < 0 || fstat(fd, st) != 0) {
                if (errno != ENOENT && errno != ELOOP && errno != ESTALE)
                        (void)failed(s, err_from_errno(errno), f->path);
                else
                        s->counts.skipped[SKIP_WHY_GONE]++;
                return 1;
        }
        if (!S_ISREG(st->st_mode)) { /* swapped under us */
                s->counts.skipped[SKIP_WHY_SPECIAL]++;
                return 1;
        }
        buffer_clear(&s->bytes);
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        err = (uint64_t)st->st_size < s->options.file_bytes_max
                  ? buffer_reserve(&s->bytes, (size_t)st->st_size)
                  : 0;
        if (!err)
                err = file_read_handle(&s->bytes, fd);
        if (err == ERR_LIMIT) {
                s->counts.skipped[SKIP_WHY_TOO_LARGE]++;
                return 1;
        }
        if (err) {
                (void)failed(s, err, f->path);
                return 1;
        }
        *steady = fstat(fd, &after) == 0 && ns_of(after.st_ctim) == ns_of(st->st_ctim) &&
                  after.st_size == st->st_size;
        return 0;
}

/* Loaded when the first file might be vouched for; without it nothing is. */
static bool packages_have(struct sweep *s, uint64_t path_key)
{
        if (s->package_part == PART_NONE)
                return false;
        if (!s->packages && package_list_load(&s->packages, s->options.root))
                return false;
        return package_list_has(s->packages, path_key);
}

/* The bytes at hand are the file's that a package brought under this path. */
static bool is_as_packaged(struct sweep *s, struct verdict *v)
{
        struct text bytes = { s->bytes.data ? s->bytes.data : "", s->bytes.len };
        uint8_t md5[MD5_BYTES];

        if (!packages_have(s, v->path_key) || !hash_bytes(md5, HASH_METHOD_MD5, bytes) ||
            !package_list_vouches(s->packages, v->path_key, md5))
                return false;
        v->note = package_md5_first(md5);
        return true;
}

static bool is_still(const struct verdict *a, const struct verdict *b)
{
        return a->dev == b->dev && a->ino == b->ino && a->bytes == b->bytes &&
               a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

/* `known`: the verdict that the walk's word of the file found; its content holds if what was opened
 * is still that file. */
static int read_and_judge(
    struct sweep *s, const struct walk_file *f, const struct verdict *known, struct held held)
{
        struct stat st;
        struct verdict v;
        bool steady = false;

        if (file_read(s, &st, &steady, f))
                return 0;
        v = verdict_of(s, f->path, &st);
        if (known && steady && is_still(known, &v)) {
                v.content = known->content;
                v.note = known->note;
        } else {
                struct text bytes = { s->bytes.data ? s->bytes.data : "", s->bytes.len };

                if (!hash_bytes(v.content.bytes, HASH_METHOD_SHA256, bytes))
                        return failed(s, ERR_BUG, f->path);
                held = held_by(s, verdict_state_content(s->state, &v.content, v.path_key, s->whole),
                    v.path_key);
        }
        if (need_of(s, &held) == ENGINE_NEED_BYTES && is_as_packaged(s, &v))
                held = (struct held){
                        .state = s->state, .generation = GENERATION_NONE, .vouched = true
                };
        struct walk_file opened = {
                .folder = f->folder, .name = f->name, .path = f->path, .st = &st
        };
        return judge(s, &opened, &v, &held, steady);
}

/* Only its digest is asked about: it need not be read unless it is listed. True: it is clean. */
static int is_clean_by_content(bool *out, struct sweep *s, const struct walk_file *f,
    const struct verdict *v, const struct held *held)
{
        struct engine_file file = {
                .name = f->name, .path = f->path, .st = f->st, .content = &v->content
        };
        int err;

        finding_list_clear(&s->found);
        err = sweep_engines_ask(s, held, &file, NULL);
        *out = !err && !s->found.count;
        return err == ERR_MEMORY ? err : 0;
}

static int on_known(
    struct sweep *s, const struct walk_file *f, const struct verdict *known, struct verdict *v)
{
        struct verdict was = *known; /* the view ends with the next put */
        struct held held = held_by(s, &was, v->path_key);
        enum engine_need need = need_of(s, &held);
        bool clean = need == ENGINE_NEED_NOTHING;
        int err = 0;

        v->content = was.content;
        v->note = was.note;
        if (need == ENGINE_NEED_CONTENT)
                err = is_clean_by_content(&clean, s, f, v, &held);
        if (err)
                return err;
        if (!clean)
                return read_and_judge(s, f, &was, held);
        s->counts.files++;
        s->counts.unchanged++;
        s->counts.bytes += v->bytes;
        remember(s, v, &held);
        return 0;
}

static int save(struct sweep *s)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SWEEP_STATE_BYTES_MAX);
        int err;

        s->saved = clock_steady(s->options.clock);
        if (!s->options.state || !verdict_state_is_changed(s->state))
                return 0;
        err = verdict_state_write(&bytes, s->state, s->today);
        return err ? err
                   : file_write_atomic(s->options.state, SWEEP_STATE_NAME,
                         (struct text){ bytes.data, bytes.len }, 0600);
}

/* Now and then, so that a long first sweep that is killed goes on where it was. */
static int save_early(struct sweep *s)
{
        return clock_steady(s->options.clock) - s->saved > SAVE_EVERY_MS ? save(s) : 0;
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
        (void)!save_early(s); /* sweep_finish will say why it cannot */
        return 0;
}

static int on_file(void *state, const struct walk_file *f)
{
        struct sweep *s = state;
        const struct verdict *known;
        struct verdict v;
        int err = go_on(s, f->path);

        if (err)
                return err;
        if ((uint64_t)f->st->st_size > s->options.file_bytes_max) {
                s->counts.skipped[SKIP_WHY_TOO_LARGE]++;
                return 0;
        }
        v = verdict_of(s, f->path, f->st);
        known = verdict_state_find(s->state, &v);
        if (known)
                return on_known(s, f, known, &v);
        return is_other_name(s, f) ? 0 : read_and_judge(s, f, NULL, held_by(s, NULL, 0));
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
        return save(s);
}

const struct sweep_counts *sweep_count(const struct sweep *s)
{
        return &s->counts;
}
