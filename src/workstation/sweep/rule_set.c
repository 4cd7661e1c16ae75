/* workstation/sweep/rule_set.c: see rule_set.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/rule_set.h"
#include "base/mem.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <yara.h>

struct source {
        char *file;
        char *text;
        size_t len;
        bool bad;
};

struct rule_set {
        struct source *sources;
        size_t count, room, bytes, bad;
        size_t rules;
        bool asks_facts;
        struct sha256 digest;
        YR_RULES *compiled;
};

struct rule_scanner {
        YR_SCANNER *scanner;
        const struct rule_set *rules;
        void (*match)(void *state, const char *rule);
        void *match_state;
};

static const char *const fact_names[] = { "filename", "filepath", "extension", "filetype",
        "owner" };

int rule_set_new(struct rule_set **out)
{
        struct rule_set *r;

        if (yr_initialize() != ERROR_SUCCESS)
                return ERR_MEMORY;
        r = mem_zero(1, sizeof(*r));
        if (!r) {
                (void)yr_finalize();
                return ERR_MEMORY;
        }
        *out = r;
        return 0;
}

static void sources_free(struct rule_set *r)
{
        for (size_t i = 0; i < r->count; i++) {
                mem_free(r->sources[i].file);
                mem_free(r->sources[i].text);
        }
        mem_free(r->sources);
        r->sources = NULL;
        r->count = r->room = 0;
}

struct rule_set *rule_set_free(struct rule_set *r)
{
        if (r) {
                if (r->compiled)
                        (void)yr_rules_destroy(r->compiled);
                sources_free(r);
                mem_free(r);
                (void)yr_finalize();
        }
        return NULL;
}

void rule_set_free_at(struct rule_set **r)
{
        *r = rule_set_free(*r);
}

int rule_set_add(struct rule_set *r, const char *file, struct text source)
{
        AUTO(mem_free_at) char *name = NULL;
        AUTO(mem_free_at) char *text = NULL;

        if (r->count >= RULE_FILES_MAX || source.len > RULE_BYTES_MAX - r->bytes)
                return ERR_LIMIT;
        if (r->count == r->room) {
                size_t room = r->room ? r->room * 2 : 16;
                struct source *grown = mem_grow(r->sources, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                r->sources = grown;
                r->room = room;
        }
        name = mem_copy_text(file, strlen(file));
        text = mem_copy_text(source.data, source.len);
        if (!name || !text)
                return ERR_MEMORY;
        r->sources[r->count++] = (struct source){
                .file = MOVE(name), .text = MOVE(text), .len = source.len
        };
        r->bytes += source.len;
        return 0;
}

/* The first error of a file, kept for the report. */
struct complaint {
        int line;
        char why[200];
};

static void on_compile_error(
    int level, const char *file, int line, const YR_RULE *rule, const char *message, void *user)
{
        struct complaint *c = user;

        (void)file;
        (void)rule;
        if (level != YARA_ERROR_LEVEL_ERROR || c->line)
                return;
        c->line = line ? line : 1;
        (void)snprintf(c->why, sizeof(c->why), "%s", message);
}

static int compiler_make(YR_COMPILER **out, struct complaint *c)
{
        YR_COMPILER *compiler;

        if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
                return ERR_MEMORY;
        yr_compiler_set_callback(compiler, on_compile_error, c);
        yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
        for (size_t i = 0; i < ARRAY_LEN(fact_names); i++)
                if (yr_compiler_define_string_variable(compiler, fact_names[i], "") !=
                    ERROR_SUCCESS) {
                        yr_compiler_destroy(compiler);
                        return ERR_MEMORY;
                }
        *out = compiler;
        return 0;
}

static bool has_zero(const struct source *s)
{
        return memchr(s->text, '\0', s->len) != NULL;
}

static int check_alone(struct source *s, struct complaint *c)
{
        YR_COMPILER *compiler = NULL;
        int err;

        *c = (struct complaint){ 0 };
        if (has_zero(s)) {
                *c = (struct complaint){ .line = 1, .why = "a zero byte: this is not a rule file" };
                s->bad = true;
                return 0;
        }
        err = compiler_make(&compiler, c);
        if (err)
                return err;
        s->bad = yr_compiler_add_string(compiler, s->text, s->file) != 0;
        yr_compiler_destroy(compiler);
        return 0;
}

/* All good sources into one compiler. FORMAT when one of them has an error after all. */
static int compile_together(struct rule_set *r)
{
        struct complaint ignored = { 0 };
        YR_COMPILER *compiler = NULL;
        int err = compiler_make(&compiler, &ignored);

        for (size_t i = 0; !err && i < r->count; i++) {
                const struct source *s = &r->sources[i];

                if (!s->bad &&
                    (has_zero(s) || yr_compiler_add_string(compiler, s->text, s->file) != 0))
                        err = ERR_FORMAT;
        }
        if (!err && yr_compiler_get_rules(compiler, &r->compiled) != ERROR_SUCCESS)
                err = ERR_MEMORY;
        if (compiler)
                yr_compiler_destroy(compiler);
        return err;
}

/* Which facts a source asks is known only to the compiler's inside; a word in the text is the safe
 * side. */
static bool mentions_facts(const struct source *s)
{
        for (size_t i = 0; i < ARRAY_LEN(fact_names); i++)
                if (strstr(s->text, fact_names[i]))
                        return true;
        return false;
}

static void digest_sources(struct rule_set *r)
{
        crypto_hash_sha256_state all;
        uint64_t version = YR_VERSION_HEX;

        (void)crypto_hash_sha256_init(&all);
        (void)crypto_hash_sha256_update(&all, (const uint8_t *)&version, sizeof(version));
        for (size_t i = 0; i < r->count; i++) {
                const struct source *s = &r->sources[i];
                uint64_t len = s->len;

                if (s->bad)
                        continue;
                (void)crypto_hash_sha256_update(&all, (const uint8_t *)&len, sizeof(len));
                (void)crypto_hash_sha256_update(&all, (const uint8_t *)s->text, s->len);
                r->asks_facts = r->asks_facts || mentions_facts(s);
        }
        (void)crypto_hash_sha256_final(&all, r->digest.bytes);
}

static int find_bad(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state)
{
        for (size_t i = 0; i < r->count; i++) {
                struct complaint c;
                int err = check_alone(&r->sources[i], &c);

                if (err)
                        return err;
                if (!r->sources[i].bad)
                        continue;
                r->bad++;
                if (problem)
                        problem(
                            state, &(struct rule_problem){
                                       .file = r->sources[i].file, .line = c.line, .why = c.why });
        }
        return 0;
}

struct compilation {
        struct rule_set *rules;
        void (*problem)(void *state, const struct rule_problem *p);
        void *state;
        int err;
};

/* All at once first: the usual case costs one compilation. A compiler is useless after an error,
 * so only then is each file tried in its own. */
static void *compile(void *compilation)
{
        struct compilation *c = compilation;

        c->err = compile_together(c->rules);
        if (c->err == ERR_FORMAT) {
                c->err = find_bad(c->rules, c->problem, c->state);
                if (!c->err)
                        c->err = compile_together(c->rules);
        }
        return NULL;
}

/* In a thread of its own, whose memory arena keeps what compiling leaves scattered: a scan that
 * allocates among these holes takes a quarter more time (23/11/2026, 687 rule files, glibc 2.36:
 * 2.0 s instead of 1.6 s for 49 MiB). */
static void compile_apart(struct compilation *c)
{
        pthread_t thread;

        if (pthread_create(&thread, NULL, compile, c) == 0)
                (void)pthread_join(thread, NULL);
        else
                (void)compile(c);
}

int rule_set_finish(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state)
{
        struct compilation c = { r, problem, state, 0 };
        YR_RULE *rule;
        int err;

        compile_apart(&c);
        err = c.err;
        if (err)
                return err == ERR_FORMAT ? ERR_BUG : err;
        yr_rules_foreach(r->compiled, rule)
        {
                r->rules++;
        }
        digest_sources(r);
        sources_free(r);
        return 0;
}

size_t rule_set_rules(const struct rule_set *r)
{
        return r->rules;
}

size_t rule_set_bad_files(const struct rule_set *r)
{
        return r->bad;
}

struct sha256 rule_set_digest(const struct rule_set *r)
{
        return r->digest;
}

bool rule_set_asks_facts(const struct rule_set *r)
{
        return r->asks_facts;
}

static int on_match(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
        struct rule_scanner *s = user;

        (void)context;
        if (message == CALLBACK_MSG_RULE_MATCHING && s->match)
                s->match(s->match_state, ((const YR_RULE *)data)->identifier);
        return CALLBACK_CONTINUE;
}

int rule_scanner_new(struct rule_scanner **out, const struct rule_set *r, int seconds_max)
{
        struct rule_scanner *s = mem_zero(1, sizeof(*s));

        if (!s)
                return ERR_MEMORY;
        if (yr_scanner_create(r->compiled, &s->scanner) != ERROR_SUCCESS) {
                mem_free(s);
                return ERR_MEMORY;
        }
        s->rules = r;
        yr_scanner_set_callback(s->scanner, on_match, s);
        yr_scanner_set_timeout(s->scanner, seconds_max);
        /* FAST_MODE ends at the first match of strings whose number and place no rule asks: same
         * rules, less work. NO_TRYCATCH: the bytes are our own memory, so no signal handler is
         * needed. */
        yr_scanner_set_flags(s->scanner,
            SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
        *out = s;
        return 0;
}

struct rule_scanner *rule_scanner_free(struct rule_scanner *s)
{
        if (s) {
                yr_scanner_destroy(s->scanner);
                mem_free(s);
        }
        return NULL;
}

void rule_scanner_free_at(struct rule_scanner **s)
{
        *s = rule_scanner_free(*s);
}

static int define_facts(struct rule_scanner *s, const struct rule_facts *f)
{
        const char *values[] = { f->filename, f->filepath, f->extension, f->filetype, f->owner };

        for (size_t i = 0; i < ARRAY_LEN(fact_names); i++)
                if (yr_scanner_define_string_variable(s->scanner, fact_names[i], values[i]) !=
                    ERROR_SUCCESS)
                        return ERR_MEMORY;
        return 0;
}

int rule_scanner_scan(struct rule_scanner *s, struct text bytes, const struct rule_facts *facts,
    void (*match)(void *state, const char *rule), void *state)
{
        int err = s->rules->asks_facts ? define_facts(s, facts) : 0;
        int answer;

        if (err)
                return err;
        s->match = match;
        s->match_state = state;
        answer = yr_scanner_scan_mem(s->scanner, (const uint8_t *)bytes.data, bytes.len);
        s->match = NULL;
        if (answer == ERROR_SUCCESS)
                return 0;
        if (answer == ERROR_SCAN_TIMEOUT)
                return ERR_BUSY;
        return answer == ERROR_INSUFFICIENT_MEMORY ? ERR_MEMORY : ERR_FORMAT;
}
