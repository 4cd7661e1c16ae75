/* indicators/lists/stix_pattern_parse.c: see stix_pattern_parse.h. A scanner over words, strings
 * and signs: `path op literal` is all that matters here. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/stix_pattern_parse.h"
#include "base/mem.h"

#include <string.h>

enum token { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN, TOKEN_BAD };

struct scan {
        struct text rest;
        struct text token; /* of a string: without its quotes, escapes as they stand */
        int brackets;
};

static bool is_word(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               memchr("_-.:*[]", c, 7) != NULL;
}

static void advance(struct scan *s, size_t n)
{
        s->rest = (struct text){ s->rest.data + n, s->rest.len - n };
}

static enum token take_string(struct scan *s)
{
        size_t i = 1;

        while (i < s->rest.len && s->rest.data[i] != '\'')
                i += s->rest.data[i] == '\\' ? 2 : 1;
        if (i >= s->rest.len)
                return TOKEN_BAD;
        s->token = (struct text){ s->rest.data + 1, i - 1 };
        advance(s, i + 1);
        return TOKEN_STRING;
}

/* A path: words with quoted steps inside, file:hashes.'SHA-256'. A bracket belongs to it only as a
 * list index, so that '[ipv4-addr' and 'value]' fall apart. */
static enum token take_word(struct scan *s)
{
        size_t i = 0;

        while (i < s->rest.len) {
                char c = s->rest.data[i];
                if (c == '\'' && i && s->rest.data[i - 1] == '.') {
                        const char *end = memchr(s->rest.data + i + 1, '\'', s->rest.len - i - 1);
                        if (!end)
                                return TOKEN_BAD;
                        i = (size_t)(end - s->rest.data) + 1;
                } else if (!is_word(c) || (c == '[' && i == 0) ||
                           (c == ']' && !memchr(s->rest.data, '[', i))) {
                        break;
                } else {
                        i++;
                }
        }
        s->token = (struct text){ s->rest.data, i };
        advance(s, i);
        return TOKEN_WORD;
}

static enum token next(struct scan *s)
{
        s->rest = text_trim(s->rest);
        if (s->rest.len == 0)
                return s->brackets ? TOKEN_BAD : TOKEN_END;
        if (s->rest.data[0] == '\'')
                return take_string(s);
        if (is_word(s->rest.data[0]) && s->rest.data[0] != '[' && s->rest.data[0] != ']')
                return take_word(s);
        s->brackets += s->rest.data[0] == '[' || s->rest.data[0] == '(';
        s->brackets -= s->rest.data[0] == ']' || s->rest.data[0] == ')';
        s->token = (struct text){ s->rest.data, s->rest.len > 1 && s->rest.data[1] == '=' ? 2 : 1 };
        advance(s, s->token.len);
        return s->brackets < 0 ? TOKEN_BAD : TOKEN_SIGN;
}

static bool has(struct text t, const char *word)
{
        return memmem(t.data, t.len, word, strlen(word)) != NULL;
}

/* Which heap the value of a path belongs to; NULL: it is no sign that a set can hold. */
static struct buffer *heap_of(struct buffer *values, struct buffer *certificates, struct text path)
{
        static const char *const whole[] = { "ipv4-addr:value", "ipv6-addr:value",
                "domain-name:value", "url:value" };
        bool sha1 = has(path, "SHA-1") || has(path, "sha1") || has(path, "SHA1");

        for (size_t i = 0; i < ARRAY_LEN(whole); i++)
                if (text_is(path, whole[i]))
                        return values;
        if (text_starts(path, "x509-certificate:hashes"))
                return sha1 ? certificates : NULL;
        if (text_starts(path, "network-traffic:") && text_ends(path, "_ref.value"))
                return values;
        if (!has(path, "hashes"))
                return NULL;
        return sha1 || has(path, "MD5") || has(path, "md5") || has(path, "SHA-256") ||
                       has(path, "sha256") || has(path, "SHA256")
                   ? values
                   : NULL;
}

/* \' and \\ stand for the second character. */
static int add_value(struct buffer *heap, struct text literal)
{
        size_t before = heap->len;
        int err = before ? buffer_add_byte(heap, '\n') : 0;

        if (literal.len == 0 || memchr(literal.data, ' ', literal.len))
                return 0;
        for (size_t i = 0; i < literal.len && !err; i++) {
                i += literal.data[i] == '\\' && i + 1 < literal.len;
                err = buffer_add_byte(heap, literal.data[i]);
        }
        return err;
}

struct comparison {
        struct buffer *heap; /* of the path on the left */
        bool takes;          /* the operator between is one that names values */
        bool negated;
};

static void on_word(
    struct comparison *c, struct buffer *values, struct buffer *certificates, struct text word)
{
        if (text_is(word, "NOT")) {
                c->negated = true;
        } else if (text_is(word, "IN") || text_is(word, "ISSUBSET")) {
                c->takes = !c->negated;
        } else if (memchr(word.data, ':', word.len)) {
                *c = (struct comparison){ .heap = heap_of(values, certificates, word) };
        } else {
                c->takes = false; /* LIKE, MATCHES, AND, FOLLOWEDBY, a number … */
        }
}

int stix_pattern_values(struct buffer *values, struct buffer *certificates, struct text pattern)
{
        struct scan s = { .rest = pattern };
        struct comparison c = { 0 };
        enum token token;
        int err = 0;

        while (!err && (token = next(&s)) != TOKEN_END) {
                if (token == TOKEN_BAD)
                        return ERR_FORMAT;
                if (token == TOKEN_WORD)
                        on_word(&c, values, certificates, s.token);
                else if (token == TOKEN_STRING && c.heap && c.takes)
                        err = add_value(c.heap, s.token);
                else if (token == TOKEN_SIGN && s.token.data[0] != '(' && s.token.data[0] != ',')
                        c.takes = !c.negated && (text_is(s.token, "=") || text_is(s.token, "=="));
        }
        return err;
}
