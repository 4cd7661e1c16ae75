/* workstation/sweep/rule_set_none.c: rule_set.h without a rule engine: rules are counted and left
 * out, each with that reason, so that a report never says it went by rules.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/rule_set.h"
#include "base/mem.h"

#include <string.h>

static const char why[] = "this build has no rule engine";

struct rule_set {
        struct none_file {
                char *name;
                size_t bytes;
                struct sha256 digest;
        } * files;
        size_t count;
};

int rule_set_new(struct rule_set **out)
{
        struct rule_set *r = mem_zero(1, sizeof(*r));

        if (!r)
                return ERR_MEMORY;
        *out = r;
        return 0;
}

struct rule_set *rule_set_free(struct rule_set *r)
{
        for (size_t i = 0; r && i < r->count; i++)
                mem_free(r->files[i].name);
        if (r)
                mem_free(r->files);
        mem_free(r);
        return NULL;
}

void rule_set_free_at(struct rule_set **r)
{
        *r = rule_set_free(*r);
}

int rule_set_add(struct rule_set *r, const char *file, struct text source)
{
        struct none_file *grown;
        char *name;

        if (r->count >= RULE_FILES_MAX)
                return ERR_LIMIT;
        grown = mem_grow(r->files, r->count + 1, sizeof(*grown));
        if (!grown)
                return ERR_MEMORY;
        r->files = grown;
        name = mem_copy_text(file, strlen(file));
        if (!name)
                return ERR_MEMORY;
        r->files[r->count++] = (struct none_file){
                .name = name, .bytes = source.len, .digest = sha256_of(source.data, source.len)
        };
        return 0;
}

size_t rule_set_files(const struct rule_set *r)
{
        return r->count;
}

const struct sha256 *rule_file_digest(const struct rule_set *r, size_t file)
{
        return &r->files[file].digest;
}

/* What another build knew of the rules is of no use here. */
int rule_file_know(struct rule_set *r, size_t file, const struct rule_file_facts *facts)
{
        (void)r;
        (void)file;
        (void)facts;
        return 0;
}

int rule_set_finish(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state)
{
        for (size_t i = 0; problem && i < r->count; i++)
                problem(state,
                    &(struct rule_problem){ .file = r->files[i].name, .line = 1, .why = why });
        return 0;
}

struct rule_file_facts rule_file_facts(const struct rule_set *r, size_t file)
{
        (void)r;
        (void)file;
        return (struct rule_file_facts){ .line = 1, .why = why };
}

size_t rule_file_bytes(const struct rule_set *r, size_t file)
{
        return r->files[file].bytes;
}

size_t rule_set_rules(const struct rule_set *r)
{
        (void)r;
        return 0;
}

size_t rule_set_bad_files(const struct rule_set *r)
{
        return r->count;
}

struct sha256 rule_set_digest(const struct rule_set *r)
{
        (void)r;
        return (struct sha256){ { 0 } };
}

bool rule_set_asks_facts(const struct rule_set *r)
{
        (void)r;
        return false;
}

int rule_matcher_new(
    struct rule_matcher **out, struct rule_set *r, const bool *chosen, int seconds_max)
{
        (void)r;
        (void)chosen;
        (void)seconds_max;
        *out = NULL;
        return ERR_UNSUPPORTED;
}

struct rule_matcher *rule_matcher_free(struct rule_matcher *m)
{
        (void)m;
        return NULL;
}

void rule_matcher_free_at(struct rule_matcher **m)
{
        *m = NULL;
}

int rule_matcher_match(struct rule_matcher *m, struct text bytes, const struct rule_facts *facts,
    void (*match)(void *state, const char *rule), void *state)
{
        (void)m;
        (void)bytes;
        (void)facts;
        (void)match;
        (void)state;
        return ERR_UNSUPPORTED;
}
