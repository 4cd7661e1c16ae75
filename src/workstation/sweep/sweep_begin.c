/* workstation/sweep/sweep_begin.c: what is known and what is asked: the state, the rules, the
 * engines, the packages; see sweep.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/sweep_internal.h"
#include "base/mem.h"

#include <string.h>

enum { MEMBER_PATH_MAX = 2 << 20 };

/* A damaged file is as good as none. */
static int state_load(struct sweep *s)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SWEEP_STATE_BYTES_MAX);
        int64_t size = 0;
        int err = ERR_MISSING;

        if (s->options.state)
                err = file_size(&size, s->options.state, SWEEP_STATE_NAME);
        if (!err && size > 0 && size < SWEEP_STATE_BYTES_MAX)
                err = buffer_reserve(&bytes, (size_t)size + 1);
        if (!err)
                err = file_read_all(&bytes, s->options.state, SWEEP_STATE_NAME);
        if (!err)
                err = verdict_state_parse_own(&s->state, &bytes);
        return !err || err == ERR_MEMORY ? err : verdict_state_new(&s->state);
}

/* What was compiled once need not be compiled again only to be counted. */
static int rules_finish(struct sweep *s)
{
        const struct part_table *t = verdict_state_parts(s->state);
        struct rule_set *r = s->options.rules;
        int err = 0;

        for (size_t i = 0; !err && i < rule_set_files(r); i++) {
                int part = part_find(t, rule_file_digest(r, i));
                const struct part *p = part == PART_NONE ? NULL : &t->at[part];

                if (p)
                        err = rule_file_know(r, i,
                            &(struct rule_file_facts){
                                p->rules, (int)p->line, part_why(t, part), p->asks_facts });
        }
        return err ? err : rule_set_finish(r, s->sink.bad_rule, s->sink.state);
}

static int engines_make(struct sweep *s)
{
        const struct sweep_options *o = &s->options;
        int err = 0;

        if (o->hashes && hash_list_count(o->hashes))
                err = engine_hash_new(&s->engines[s->engine_count++], o->hashes);
        if (!err && o->rules && rule_set_files(o->rules))
                err = engine_yara_new(
                    &s->engines[s->engine_count++], o->rules, o->file_seconds_max);
        s->own_engines = s->engine_count;
        if (!err && o->other)
                s->engines[s->engine_count++] = o->other;
        return err;
}

static int parts_add(struct sweep *s, int *parts, size_t *count, bool of_vouched)
{
        int err = 0;

        *count = 0;
        for (size_t i = 0; !err && i < s->engine_count; i++) {
                struct engine *e = s->engines[i];
                size_t more = 0;

                if (of_vouched && e->skips_vouched)
                        continue;
                if (*count + ENGINE_PARTS_MAX > PARTS_MAX)
                        return ERR_LIMIT;
                err = e->parts(e, verdict_state_parts(s->state), parts + *count, &more);
                *count += more;
        }
        return err;
}

static bool is_vouched_still(void *state, const struct verdict *v)
{
        const struct sweep *s = state;

        return package_list_vouches_still(s->packages, v->path_key, v->note);
}

/* Since packages changed, a file that one vouched for may be nobody's, or another's: its path must
 * still be listed with the digest that its bytes had. */
static int packages_compare(struct sweep *s)
{
        struct part_table *t = verdict_state_parts(s->state);
        struct sha256 stamp;
        char hex[SHA256_HEX_MAX];
        int err = package_list_stamp(&stamp, s->options.root);

        if (err)
                return err;
        (void)sha256_write(hex, &stamp);
        if (strcmp(part_why(t, s->package_part), hex) == 0)
                return 0;
        err = package_list_load(&s->packages, s->options.root);
        if (err)
                return err;
        verdict_state_sift(s->state, s->package_part, is_vouched_still, s);
        return part_set_why(t, s->package_part, 0, hex);
}

/* A system without dpkg has no files that a package vouches for: all are matched. */
static int packages_begin(struct sweep *s)
{
        static const char name[] = "files as dpkg's packages brought them, by MD5";
        struct sha256 digest = sha256_of(name, sizeof(name));
        int err = part_add(&s->package_part, verdict_state_parts(s->state), &digest);

        if (!err)
                err = packages_compare(s);
        if (err && err != ERR_MEMORY) {
                s->package_part = PART_NONE;
                return 0;
        }
        return err;
}

/* The number is that of the limits and forms of container.c: when these grow, so does it, and
 * archives are opened again. */
static int archives_begin(struct sweep *s, int *parts, size_t *count)
{
        static const char name[] = "members of archives, 1";
        struct sha256 digest = sha256_of(name, sizeof(name));
        int err;

        s->archive_part = PART_NONE;
        if (!s->options.open_archives || !container_can_open())
                return 0;
        err = part_add(&s->archive_part, verdict_state_parts(s->state), &digest);
        if (!err)
                parts[(*count)++] = s->archive_part;
        return err;
}

/* All parts in use are one generation; what is asked of files that a package vouches for, and that
 * a package does, is another. */
static int generation_make(struct sweep *s)
{
        AUTO(mem_free_at) int *parts = mem_zero(PARTS_MAX + 1, sizeof(*parts));
        size_t count = 0;
        int err = parts ? parts_add(s, parts, &count, false) : ERR_MEMORY;

        memset(s->need, -1, sizeof(s->need));
        s->package_part = PART_NONE;
        if (!err)
                err = archives_begin(s, parts, &count);
        if (!err)
                err = verdict_state_generation(&s->whole, s->state, parts, count);
        if (err)
                return err;
        verdict_state_set_current(s->state, s->whole);
        if (!s->options.trust_packages || !s->options.root)
                return 0;
        err = packages_begin(s);
        if (!err && s->package_part != PART_NONE)
                err = parts_add(s, parts, &count, true);
        if (err || s->package_part == PART_NONE)
                return err;
        parts[count++] = s->package_part;
        return verdict_state_generation(&s->vouched, s->state, parts, count);
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
        s->member_path = BUFFER(MEMBER_PATH_MAX);
        s->started = s->saved = clock_steady(options->clock);
        s->today = (uint16_t)(clock_now(options->clock) / DAY_MS);
        s->counts = (struct sweep_counts){ .complete = true, .stopped_why = "" };
        err = state_load(s);
        if (!err)
                err = link_table_new(&s->links);
        if (!err && options->rules)
                err = rules_finish(s);
        if (!err)
                err = engines_make(s);
        if (!err)
                err = generation_make(s);
        if (err)
                return err;
        *out = MOVE(s);
        return 0;
}

struct sweep *sweep_free(struct sweep *s)
{
        if (s) {
                for (size_t i = 0; i < s->own_engines; i++)
                        (void)engine_free(s->engines[i]);
                (void)verdict_state_free(s->state);
                (void)link_table_free(s->links);
                (void)package_list_free(s->packages);
                finding_list_done(&s->found);
                buffer_done(&s->member_path);
                buffer_done(&s->bytes);
                mem_free(s);
        }
        return NULL;
}

void sweep_free_at(struct sweep **s)
{
        *s = sweep_free(*s);
}
