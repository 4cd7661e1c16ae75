/* workstation/sweep/rule_set_none.c: rule_set.h without a rule engine: rules are counted and left
 * out, each with that reason, so that a report never says it went by rules.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/rule_set.h"
#include "base/mem.h"

#include <string.h>

struct rule_set {
        char **names;
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
                mem_free(r->names[i]);
        if (r)
                mem_free(r->names);
        mem_free(r);
        return NULL;
}

void rule_set_free_at(struct rule_set **r)
{
        *r = rule_set_free(*r);
}

int rule_set_add(struct rule_set *r, const char *file, struct text source)
{
        char **grown;
        char *name;

        (void)source;
        if (r->count >= RULE_FILES_MAX)
                return ERR_LIMIT;
        grown = mem_grow(r->names, r->count + 1, sizeof(*grown));
        if (!grown)
                return ERR_MEMORY;
        r->names = grown;
        name = mem_copy_text(file, strlen(file));
        if (!name)
                return ERR_MEMORY;
        r->names[r->count++] = name;
        return 0;
}

int rule_set_finish(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state)
{
        for (size_t i = 0; problem && i < r->count; i++)
                problem(state,
                    &(struct rule_problem){
                        .file = r->names[i], .line = 1, .why = "this build has no rule engine" });
        return 0;
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

int rule_scanner_new(struct rule_scanner **out, const struct rule_set *r, int seconds_max)
{
        (void)r;
        (void)seconds_max;
        *out = NULL; /* sweep.c: no scanner, no rules to match */
        return 0;
}

struct rule_scanner *rule_scanner_free(struct rule_scanner *s)
{
        (void)s;
        return NULL;
}

void rule_scanner_free_at(struct rule_scanner **s)
{
        *s = NULL;
}

int rule_scanner_scan(struct rule_scanner *s, struct text bytes, const struct rule_facts *facts,
    void (*match)(void *state, const char *rule), void *state)
{
        (void)s;
        (void)bytes;
        (void)facts;
        (void)match;
        (void)state;
        return ERR_UNSUPPORTED;
}
