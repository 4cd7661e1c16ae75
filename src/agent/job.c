/* agent/job.c: see job.h. SPDX-License-Identifier: Apache-2.0 */
#include "agent/job.h"
#include "line/bundle.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_set.h"
#include "system/os/places.h"
#include "workstation/connections/connection_history.h"
#include "workstation/inventory/inventory.h"
#include "workstation/sweep/path_text.h"
#include "workstation/sweep/quarantine.h"
#include "workstation/sweep/sweep_files.h"

#include <stdio.h>
#include <string.h>

enum { HISTORY_BYTES_MAX = 16 << 20, GENERATION_CHARS = 16 };

void job_default_paths(struct job *j)
{
        j->path_count += places_of_sweep(j->paths + j->path_count, JOB_PATHS_MAX - j->path_count);
        j->usual_paths = true;
}

static void say_problem(const struct job *j, const char *what, int err, const char *why)
{
        if (j->problem)
                j->problem(j->report_state, what, err, why);
}

bool job_packages_unread(const json_t *inventory)
{
        const char *manager = json_string_value(
            json_object_get(json_object_get(inventory, "updates"), "manager"));

        return manager && strcmp(manager, "rpm") == 0 &&
               !json_array_size(json_object_get(inventory, "packages"));
}

int job_inventory(json_t **out, const struct job *j)
{
        int err = inventory_collect(out, "");

        if (!err && job_packages_unread(*out))
                say_problem(
                    j, "rpm", ERR_UNSUPPORTED, "the programs of this system are not listed");
        if (!err && j->addresses && json_object_set(*out, "addresses", j->addresses) != 0)
                err = ERR_MEMORY;
        return err;
}

struct means { /* what a sweep looks for */
        struct rule_set *rules;
        struct hash_list *hashes;
        char generation[GENERATION_MAX];
};

static void means_done(struct means *m)
{
        m->rules = rule_set_free(m->rules);
        m->hashes = hash_list_free(m->hashes);
}

static int means_add(struct means *m, const char *name, bool rules, struct text bytes)
{
        return rules ? rule_set_add(m->rules, name, bytes)
                     : hash_list_add_text(m->hashes, bytes, NULL);
}

/* With the authority's certificates, not the key: what scans must not have it. */
static int bundle_in_use(struct bundle *out, const struct job *j)
{
        AUTO(buffer_done) struct buffer authority = BUFFER(AGENT_PEM_MAX);
        int err = j->state ? agent_authority_load(&authority, j->state) : ERR_MISSING;

        return err ? err
                   : bundle_open(out, j->state, (struct text){ authority.data, authority.len });
}

static int means_from_bundle(struct means *m, const struct job *j)
{
        AUTO(bundle_done) struct bundle b = { .folder = NULL };
        int err = bundle_in_use(&b, j);

        if (err)
                return err == ERR_MISSING ? 0 : err;
        (void)snprintf(m->generation, sizeof(m->generation), "%s", b.manifest.generation);
        for (size_t i = 0; i < b.manifest.count; i++) {
                const struct bundle_file *f = &b.manifest.files[i];
                AUTO(buffer_done) struct buffer bytes = BUFFER(BUNDLE_FILE_BYTES_MAX);

                if (f->kind == BUNDLE_KIND_SET)
                        continue;
                err = bundle_read(&bytes, &b, f);
                if (!err)
                        err = means_add(m, f->name, f->kind == BUNDLE_KIND_RULES,
                            (struct text){ bytes.data ? bytes.data : "", bytes.len });
                if (err)
                        say_problem(j, f->name, err, err_text(err));
                if (err == ERR_MEMORY || err == ERR_UNTRUSTED)
                        return err;
        }
        return 0;
}

static int means_from_kit(struct means *m, const struct job *j, const char *field)
{
        const json_t *list = json_object_get(j->kit, field), *one;
        int err = 0;

        for (size_t i = 0; !err && i < json_array_size(list); i++) {
                const char *name, *text;

                one = json_array_get(list, i);
                name = json_string_value(json_object_get(one, "name"));
                text = json_string_value(json_object_get(one, "text"));
                if (name && text)
                        err = means_add(m, name, strcmp(field, "rules") == 0, text_of(text));
        }
        return err;
}

/* Whose rules they are: the centre asks what a sweep with them proves. */
static void generation_of_kit(struct means *m, const struct job *j)
{
        const char *generation = json_string_value(json_object_get(j->kit, "generation"));

        if (generation && !m->generation[0])
                (void)snprintf(m->generation, sizeof(m->generation), "%s", generation);
}

static int means_load(struct means *m, const struct job *j)
{
        struct parse_error bad = { 0 };
        int err = rule_set_new(&m->rules);

        if (!err)
                err = hash_list_new(&m->hashes);
        if (!err)
                err = means_from_bundle(m, j);
        if (!err)
                err = means_from_kit(m, j, "rules");
        if (!err)
                err = means_from_kit(m, j, "hashes");
        generation_of_kit(m, j);
        for (size_t i = 0; !err && i < j->rule_count; i++)
                if ((err = sweep_files_add_rules(m->rules, j->rules[i])) != 0)
                        say_problem(j, j->rules[i], err, err_text(err));
        for (size_t i = 0; !err && i < j->hash_count; i++)
                if ((err = sweep_files_add_hashes(m->hashes, j->hashes[i], &bad)) != 0)
                        say_problem(j, j->hashes[i], err, bad.line ? bad.why_en : err_text(err));
        if (!err)
                hash_list_finish(m->hashes);
        return err;
}

struct run {
        const struct job *job;
        json_t *hits, *roots;
        uint64_t hits_left_out;
        size_t roots_failed;
        int err;
};

static void on_hit(void *state, const struct sweep_hit *hit)
{
        struct run *r = state;
        AUTO(buffer_done) struct buffer path = BUFFER(1 << 20);
        char content[SHA256_HEX_MAX];
        json_t *o;

        if (json_array_size(r->hits) >= JOB_HITS_MAX) {
                r->hits_left_out++;
                return;
        }
        if (hit->quarantine_err)
                say_problem(r->job, hit->path, hit->quarantine_err, "quarantine");
        if (path_text_add(&path, hit->path)) {
                r->err = ERR_MEMORY;
                return;
        }
        o = json_pack("{ss ss sI ss ss ss ss}", "path", path.data, "sha256",
            sha256_write(content, hit->content), "bytes", (json_int_t)hit->bytes, "engine",
            hit->engine, "rule", hit->rule, "action", hit->quarantined ? "quarantined" : "none",
            "quarantine_id", hit->quarantine_id);
        if (json_array_append_new(r->hits, o) != 0)
                r->err = ERR_MEMORY;
}

static void on_failed(void *state, int err, const char *path)
{
        struct run *r = state;

        if (err != ERR_DENIED)
                say_problem(r->job, path, err, err_text(err));
}

static void on_bad_rule(void *state, const struct rule_problem *p)
{
        struct run *r = state;
        char why[300];

        (void)snprintf(why, sizeof(why), "line %d: %s", p->line, p->why);
        say_problem(r->job, p->file, ERR_FORMAT, why);
}

static bool on_progress(void *state, const struct sweep_counts *c, const char *path)
{
        struct run *r = state;

        return !r->job->progress || r->job->progress(r->job->report_state, c, path);
}

static json_t *skipped_why(const struct sweep_counts *c, uint64_t *all)
{
        json_t *o = json_object();

        for (int i = 0; i < SKIP_WHYS; i++) {
                if (c->skipped[i] && o)
                        (void)json_object_set_new(o, skip_why_name((enum skip_why)i),
                            json_integer((json_int_t)c->skipped[i]));
                *all += c->skipped[i];
        }
        return o;
}

/* Which took part, each with the generation of its rules or lists. */
static json_t *engines_write(const struct sweep *s)
{
        json_t *list = json_array();
        const struct engine *e;

        for (size_t i = 0; (e = sweep_engine(s, i)) != NULL; i++)
                (void)json_array_append_new(
                    list, json_pack("{ss ss}", "engine", e->name, "generation", e->generation));
        return list;
}

static json_t *limited_write(const struct sweep_counts *c)
{
        json_t *o = json_object();

        for (int i = 0; i < CONTAINER_ENDS; i++)
                if (c->limited[i])
                        (void)json_object_set_new(o, container_end_name((enum container_end)i),
                            json_integer((json_int_t)c->limited[i]));
        return o;
}

static int body_make(json_t **out, const struct run *r, const struct means *m,
    const struct sweep *s, time_ms started)
{
        const struct sweep_counts *c = sweep_count(s);
        const struct job *j = r->job;
        char id[ULID_MAX], from[TIMESTAMP_TEXT_MAX], to[TIMESTAMP_TEXT_MAX];
        uint64_t skipped = 0;
        json_t *why = skipped_why(c, &skipped), *body;
        bool complete = c->complete && !r->hits_left_out && !r->roots_failed;
        const char *stopped = r->hits_left_out  ? "too many hits"
                              : r->roots_failed ? "a folder could not be read"
                                                : c->stopped_why;

        body = json_pack("{ss ss ss ss ss sb ss so sI sI sO sI sI sI sI sI sI so so sO ss}",
            "sweep", ulid_make(id, j->clock), "started_at", timestamp_write(from, started),
            "ended_at", timestamp_write(to, clock_now(j->clock)), "reason", j->reason, "order",
            j->order, "complete", (int)complete, "generation", m->generation, "engines",
            engines_write(s), "rules", (json_int_t)rule_set_rules(m->rules), "hashes",
            (json_int_t)hash_list_count(m->hashes), "roots", r->roots, "files",
            (json_int_t)c->files, "bytes", (json_int_t)c->bytes, "vouched", (json_int_t)c->vouched,
            "skipped", (json_int_t)skipped, "failed", (json_int_t)c->failed, "members",
            (json_int_t)c->members, "archives_limited", limited_write(c), "skipped_why", why,
            "hits", r->hits, "stopped_why", stopped);
        if (!body)
                return ERR_MEMORY;
        *out = body;
        return 0;
}

static int root_add(struct run *r, const char *path)
{
        AUTO(buffer_done) struct buffer name = BUFFER(1 << 20);
        int err = path_text_add(&name, path);

        if (!err && json_array_append_new(r->roots, json_string(name.data)) != 0)
                err = ERR_MEMORY;
        return err;
}

/* A usual folder that this machine has not is no failure; one that somebody named is. */
static int sweep_one(struct run *r, struct sweep *s, const char *path)
{
        AUTO(mem_free_at) char *real = realpath(path, NULL);
        bool linked = r->job->usual_paths && real && strcmp(real, path) != 0;
        /* A usual folder that is a link is named both ways: as the centre asks, as hits say. */
        int err = linked ? root_add(r, path) : 0;

        if (!err)
                err = root_add(r, real ? real : path);
        if (!err)
                err = sweep_root(s, real ? real : path);
        if (!err || err == ERR_MEMORY || (err == ERR_MISSING && r->job->usual_paths))
                return err == ERR_MISSING ? 0 : err;
        r->roots_failed++;
        say_problem(r->job, path, err, err_text(err));
        return 0;
}

static int sweep_all(struct run *r, struct sweep *s)
{
        int err = 0;

        for (size_t i = 0; !err && i < r->job->path_count; i++)
                err = sweep_one(r, s, r->job->paths[i]);
        return err ? err : r->err;
}

/* What came from nowhere with a name is named by what it is. */
static void generation_say(struct means *m, const struct sweep *s)
{
        struct sha256 generation = sweep_generation(s);
        char hex[SHA256_HEX_MAX];

        if (!m->generation[0])
                (void)snprintf(m->generation, sizeof(m->generation), "%.*s", GENERATION_CHARS,
                    sha256_write(hex, &generation));
}

/* One that does not answer is said, and the sweep goes without it: the report names who took part.
 */
static void clamd_meet(struct engine **out, const struct job *j)
{
        int err = j->clamd_peer ? engine_clamd_new(out, j->clamd_peer) : 0;

        if (err)
                say_problem(j, j->clamd, err, "clamd does not answer");
}

int job_sweep(json_t **out, const struct job *j)
{
        AUTO(means_done) struct means m = { .generation = "" };
        AUTO(engine_free_at) struct engine *clamd = NULL;
        AUTO(sweep_free_at) struct sweep *s = NULL;
        AUTO(folder_close_at) struct folder *keep = NULL;
        AUTO(json_free_at) json_t *hits = json_array();
        AUTO(json_free_at) json_t *roots = json_array();
        struct run r = { .job = j, .hits = hits, .roots = roots };
        struct sweep_sink sink = { on_hit, on_failed, on_progress, on_bad_rule, &r };
        struct sweep_options o = { .file_bytes_max = SWEEP_FILE_BYTES_DEFAULT,
                .depth_max = SWEEP_DEPTH_DEFAULT,
                .file_seconds_max = SWEEP_FILE_SECONDS_DEFAULT,
                .trust_packages = j->trust_packages,
                .root = "",
                .open_archives = true,
                .clock = j->clock };
        time_ms started = clock_now(j->clock);
        int err = hits && roots ? means_load(&m, j) : ERR_MEMORY;

        if (err)
                return err;
        o.rules = m.rules;
        o.hashes = m.hashes;
        o.state = j->state ? agent_state_folder(j->state) : NULL;
        if (j->quarantine && j->state)
                err = folder_open_in(&keep, agent_state_folder(j->state), "quarantine", true);
        if (err)
                return err;
        o.quarantine = keep;
        clamd_meet(&clamd, j);
        o.other = clamd;
        err = sweep_new(&s, &o, &sink);
        if (!err && !rule_set_rules(m.rules) && !hash_list_count(m.hashes))
                err = ERR_MISSING;
        if (err)
                return err;
        generation_say(&m, s);
        err = sweep_all(&r, s);
        if (err)
                return err;
        err = sweep_finish(s);
        if (err)
                say_problem(j, "sweep.state", err, err_text(err));
        return body_make(out, &r, &m, s, started);
}

static int set_load(struct indicator_set **out, const struct job *j)
{
        AUTO(bundle_done) struct bundle b = { .folder = NULL };
        AUTO(buffer_done) struct buffer bytes = BUFFER(BUNDLE_FILE_BYTES_MAX);
        int err = bundle_in_use(&b, j);

        for (size_t i = 0; !err && i < b.manifest.count; i++) {
                if (b.manifest.files[i].kind != BUNDLE_KIND_SET)
                        continue;
                err = bundle_read(&bytes, &b, &b.manifest.files[i]);
                return err ? err
                           : indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
        }
        return err == ERR_MISSING ? 0 : err;
}

static int history_load(struct connection_history **out, const struct job *j)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(HISTORY_BYTES_MAX);
        int err = file_read_all(&bytes, agent_state_folder(j->state), "connections.tsv");

        if (!err)
                err = connection_history_parse(
                    out, (struct text){ bytes.data ? bytes.data : "", bytes.len }, CONNECTIONS_MAX);
        if (err == ERR_FORMAT)
                say_problem(j, "connections.tsv", err, "damaged: begun anew");
        return err == ERR_MISSING || err == ERR_FORMAT
                   ? connection_history_new(out, CONNECTIONS_MAX)
                   : err;
}

int job_connections(json_t **out, const struct job *j, bool report)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;
        AUTO(socket_table_done) struct socket_table table = { NULL, 0, 0, 0 };
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(HISTORY_BYTES_MAX);
        AUTO(json_free_at) json_t *body = NULL;
        time_ms now = clock_now(j->clock);
        size_t matches = 0;
        int err = history_load(&h, j);

        if (!err)
                err = socket_table_load(&table, "");
        if (!err)
                err = connection_history_look(h, &table, now);
        if (err)
                return err;
        connection_history_age(h, now);
        if (report) {
                err = set_load(&set, j);
                if (err)
                        say_problem(j, "indicator set", err, err_text(err));
                err = connection_report(&body, &matches, h, set, now);
                connection_history_set_reported(h, now);
        }
        if (!err)
                err = connection_history_write(&bytes, h);
        if (!err)
                err = file_write_atomic(agent_state_folder(j->state), "connections.tsv",
                    (struct text){ bytes.data, bytes.len }, 0600);
        if (!err)
                *out = MOVE(body);
        return err;
}

int job_restore(const struct job *j, const char *id)
{
        AUTO(folder_close_at) struct folder *keep = NULL;
        int err = folder_open_in(&keep, agent_state_folder(j->state), "quarantine", false);

        return err ? err : quarantine_restore(NULL, keep, id);
}
