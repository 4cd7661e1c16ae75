/* SPDX-License-Identifier: Apache-2.0 */
#include "system/db/schema.h"

/* Where the quoted piece or comment that starts at `at` ends (one past it); `at` if none starts. */
static size_t quoted_end(struct text t, size_t at)
{
        char c = t.data[at];
        size_t i = at + 1;

        if (c == '\'' || c == '"') {
                /* a doubled quote ends one piece and starts the next: the same to us */
                while (i < t.len && t.data[i] != c)
                        i++;
                return i < t.len ? i + 1 : t.len;
        }
        return at;
}

static size_t comment_end(struct text t, size_t at)
{
        size_t i = at + 2;

        if (t.len - at < 2)
                return at;
        if (t.data[at] == '-' && t.data[at + 1] == '-') {
                while (i < t.len && t.data[i] != '\n')
                        i++;
                return i;
        }
        if (t.data[at] == '/' && t.data[at + 1] == '*') {
                while (i + 1 < t.len && !(t.data[i] == '*' && t.data[i + 1] == '/'))
                        i++;
                return i + 1 < t.len ? i + 2 : t.len;
        }
        return at;
}

static struct text without_head(struct text t, size_t n)
{
        return (struct text){ t.data + n, t.len - n };
}

static struct text skip_blank(struct text t)
{
        for (;;) {
                size_t end;

                while (t.len > 0 && (t.data[0] == ' ' || (t.data[0] >= '\t' && t.data[0] <= '\r')))
                        t = without_head(t, 1);
                if (t.len == 0)
                        return t;
                end = comment_end(t, 0);
                if (end == 0)
                        return t;
                t = without_head(t, end);
        }
}

static size_t statement_end(struct text t)
{
        size_t i = 0;

        while (i < t.len && t.data[i] != ';') {
                size_t end = quoted_end(t, i);

                if (end == i)
                        end = comment_end(t, i);
                i = end == i ? i + 1 : end;
        }
        return i;
}

bool schema_next_statement(struct text *out, struct text *rest)
{
        for (;;) {
                struct text t = skip_blank(*rest);
                size_t end;

                if (t.len == 0) {
                        *rest = t;
                        return false;
                }
                end = statement_end(t);
                *rest = without_head(t, end < t.len ? end + 1 : end);
                if (end == 0) /* ";;" */
                        continue;
                *out = text_trim((struct text){ t.data, end });
                return true;
        }
}
