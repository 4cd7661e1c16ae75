/* workstation/sweep/engine_yara.c: YARA rules; each rule file is a part. Nothing is compiled until
 * a file has to be matched, and for content that was clean by the other files only the new ones
 * are. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/engine.h"
#include "workstation/sweep/file_facts.h"
#include "base/mem.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

enum {
        GENERATION_CHARS = 16,
        PLANS = 2 * GENERATIONS_MAX + 1, /* each generation under the same name and another; none */
        PLAN_ALL = PLANS - 1,
        OWNER_MAX = 64
};

/* What is to be asked of content that a generation knows. */
struct plan {
        bool made, nothing, all;
        bool *chosen;
        struct rule_matcher *matcher;
};

struct engine_yara {
        struct engine engine;
        struct rule_set *rules;
        int seconds_max;
        int *parts; /* of each rule file */
        struct plan plans[PLANS];
        uid_t owner_id;
        char owner[OWNER_MAX];
};

static int parts(struct engine *engine, struct part_table *t, int *out, size_t *count)
{
        struct engine_yara *e = (struct engine_yara *)engine;
        int err = 0;

        *count = rule_set_files(e->rules);
        for (size_t i = 0; !err && i < *count; i++) {
                struct rule_file_facts facts = rule_file_facts(e->rules, i);
                struct part *p;

                err = part_add(&e->parts[i], t, rule_file_digest(e->rules, i));
                if (err)
                        return err;
                out[i] = e->parts[i];
                p = &t->at[e->parts[i]];
                p->rules = (uint32_t)facts.rules;
                p->asks_facts = facts.asks_facts;
                if (facts.line && !p->line)
                        err = part_set_why(t, e->parts[i], (uint32_t)facts.line, facts.why);
        }
        return err;
}

static size_t plan_number(const struct held *held)
{
        return held->generation < GENERATIONS_MAX ? held->generation * 2u + held->other_name
                                                  : PLAN_ALL;
}

/* A rule that may look at the name is asked again under each. */
static bool is_asked(const struct engine_yara *e, const struct held *held, size_t file)
{
        struct rule_file_facts facts = rule_file_facts(e->rules, file);

        return !facts.line &&
               ((held->other_name && facts.asks_facts) ||
                   !verdict_state_holds(held->state, held->generation, e->parts[file]));
}

/* Without memory for the choice everything is asked, which is never wrong. */
static struct plan *plan_for(struct engine_yara *e, const struct held *held)
{
        struct plan *p = &e->plans[plan_number(held)];
        size_t files = rule_set_files(e->rules), missing = 0, bytes = 0, all_bytes = 0;

        if (p->made)
                return p;
        p->made = true;
        p->chosen = mem_zero(files + 1, sizeof(*p->chosen));
        for (size_t i = 0; p->chosen && i < files; i++) {
                p->chosen[i] = is_asked(e, held, i);
                missing += p->chosen[i];
                all_bytes += rule_file_bytes(e->rules, i);
                bytes += p->chosen[i] ? rule_file_bytes(e->rules, i) : 0;
        }
        p->nothing = (p->chosen && !missing) || !rule_set_rules(e->rules);
        /* a second compilation of nearly everything would only cost memory */
        p->all = !p->chosen || bytes > all_bytes / 2;
        return p;
}

static enum engine_need need(struct engine *engine, const struct held *held)
{
        return plan_for((struct engine_yara *)engine, held)->nothing ? ENGINE_NEED_NOTHING
                                                                     : ENGINE_NEED_BYTES;
}

static const char *owner_name(struct engine_yara *e, uid_t uid)
{
        struct passwd entry, *found = NULL;
        char room[4096];

        if (uid == e->owner_id)
                return e->owner;
        e->owner_id = uid;
        if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
                (void)snprintf(e->owner, sizeof(e->owner), "%s", found->pw_name);
        else
                (void)snprintf(e->owner, sizeof(e->owner), "%u", (unsigned)uid);
        return e->owner;
}

static int match(struct engine *engine, const struct held *held, const struct engine_file *file,
    const struct engine_sink *sink)
{
        struct engine_yara *e = (struct engine_yara *)engine;
        struct plan *p = plan_for(e, held);
        struct rule_facts facts = { .filename = file->name,
                .filepath = file->path,
                .extension = file_extension_of(file->name),
                .filetype = "",
                .owner = "" };
        int err = 0;

        if (p->nothing)
                return 0;
        if (p->all) /* one matcher for all who ask everything */
                p = &e->plans[PLAN_ALL];
        if (!p->matcher)
                err = rule_matcher_new(&p->matcher, e->rules,
                    p == &e->plans[PLAN_ALL] ? NULL : p->chosen, e->seconds_max);
        if (err)
                return err;
        if (rule_set_asks_facts(e->rules)) {
                facts.filetype = file_type_of(file->bytes);
                facts.owner = owner_name(e, file->st->st_uid);
        }
        return rule_matcher_match(p->matcher, file->bytes, &facts, sink->hit, sink->state);
}

static void yara_free(struct engine *engine)
{
        struct engine_yara *e = (struct engine_yara *)engine;

        for (size_t i = 0; i < PLANS; i++) {
                mem_free(e->plans[i].chosen);
                (void)rule_matcher_free(e->plans[i].matcher);
        }
        mem_free(e->parts);
        mem_free(e);
}

int engine_yara_new(struct engine **out, struct rule_set *rules, int seconds_max)
{
        struct engine_yara *e = mem_zero(1, sizeof(*e));
        struct sha256 all = rule_set_digest(rules);
        char hex[SHA256_HEX_MAX];

        if (!e)
                return ERR_MEMORY;
        *e = (struct engine_yara){ .engine = { .name = "yara",
                                       .skips_vouched = true,
                                       .parts = parts,
                                       .need = need,
                                       .match = match,
                                       .free = yara_free },
                .rules = rules,
                .seconds_max = seconds_max,
                .owner_id = (uid_t)-1,
                .parts = mem_zero(rule_set_files(rules) + 1, sizeof(*e->parts)) };
        (void)snprintf(e->engine.generation, sizeof(e->engine.generation), "%.*s", GENERATION_CHARS,
            sha256_write(hex, &all));
        if (!e->parts) {
                mem_free(e);
                return ERR_MEMORY;
        }
        *out = &e->engine;
        return 0;
}
