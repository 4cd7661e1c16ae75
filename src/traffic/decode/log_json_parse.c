/* traffic/decode/log_json_parse.c: one JSON object as the fields that are asked for, without a
 * tree; see log_format.h. Checks the form of what it passes over (RFC 8259), not the meaning of
 * escapes. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum { DEPTH_MAX = 16, PATH_MAX_BYTES = 96 };

struct scan {
        const char *at, *end;
        char *room; /* where the next unescaped string goes */
        const struct log_names *names;
        size_t count;
        struct log_record *out;
        char path[PATH_MAX_BYTES];
        size_t path_len; /* > PATH_MAX_BYTES: a name too long to be one of ours */
};

static void skip_blanks(struct scan *s)
{
        while (
            s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
                s->at++;
}

static int expect(struct scan *s, char c)
{
        skip_blanks(s);
        if (s->at == s->end || *s->at != c)
                return ERR_FORMAT;
        s->at++;
        return 0;
}

static int hex4(unsigned *out, const char *p, const char *end)
{
        *out = 0;
        if (end - p < 4)
                return ERR_FORMAT;
        for (int i = 0; i < 4; i++) {
                char c = p[i], low = c | 32;
                if (c >= '0' && c <= '9')
                        *out = *out << 4 | (unsigned)(c - '0');
                else if (low >= 'a' && low <= 'f')
                        *out = *out << 4 | (unsigned)(low - 'a' + 10);
                else
                        return ERR_FORMAT;
        }
        return 0;
}

/* UTF-8 of one unit; half of a pair becomes '?': no name or address has one. */
static char *add_unit(char *to, unsigned c)
{
        if (c >= 0xD800 && c <= 0xDFFF)
                c = '?';
        if (c < 0x80) {
                *to++ = (char)c;
        } else if (c < 0x800) {
                *to++ = (char)(0xC0 | c >> 6);
                *to++ = (char)(0x80 | (c & 0x3F));
        } else {
                *to++ = (char)(0xE0 | c >> 12);
                *to++ = (char)(0x80 | (c >> 6 & 0x3F));
                *to++ = (char)(0x80 | (c & 0x3F));
        }
        return to;
}

/* The string from behind its quote up to `close`, which has escapes, as itself. */
static int unescape(struct text *out, struct scan *s, const char *from, const char *close)
{
        static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        char *to = s->room;

        for (const char *p = from; p < close; p++) {
                const char *which;
                unsigned unit;
                if (*p != '\\') {
                        *to++ = *p;
                        continue;
                }
                p++;
                if (*p == 'u') {
                        if (hex4(&unit, p + 1, close))
                                return ERR_FORMAT;
                        to = add_unit(to, unit);
                        p += 4;
                        continue;
                }
                which = *p ? strchr(plain, *p) : NULL;
                if (!which)
                        return ERR_FORMAT;
                *to++ = meant[which - plain];
        }
        *out = (struct text){ s->room, (size_t)(to - s->room) };
        s->room = to; /* never more than the bytes read */
        return 0;
}

/* From behind the opening quote to behind the closing one. */
static int take_string(struct text *out, struct scan *s)
{
        const char *from = s->at;
        bool has_escape = false;

        while (s->at < s->end && *s->at != '"') {
                if ((unsigned char)*s->at < ' ')
                        return ERR_FORMAT;
                if (*s->at == '\\') {
                        has_escape = true;
                        if (++s->at == s->end)
                                return ERR_FORMAT;
                }
                s->at++;
        }
        if (s->at == s->end)
                return ERR_FORMAT;
        s->at++;
        if (has_escape)
                return unescape(out, s, from, s->at - 1);
        *out = (struct text){ from, (size_t)(s->at - 1 - from) };
        return 0;
}

static void give(struct scan *s, struct text value)
{
        if (s->path_len <= PATH_MAX_BYTES)
                log_record_set(s->out,
                    log_field_named(s->names, s->count, (struct text){ s->path, s->path_len }),
                    value);
}

/* A number, true, false or null: null is not said. */
static int take_bare(struct scan *s)
{
        const char *from = s->at;
        struct text t;

        while (s->at < s->end && !strchr(",]} \t\r\n", *s->at))
                s->at++;
        t = (struct text){ from, (size_t)(s->at - from) };
        if (text_is(t, "null"))
                return 0;
        if (!text_is(t, "true") && !text_is(t, "false")) {
                if (t.len == 0)
                        return ERR_FORMAT;
                for (size_t i = 0; i < t.len; i++)
                        if (t.data[i] == '\0' || !strchr("0123456789+-.eE", t.data[i]))
                                return ERR_FORMAT;
        }
        give(s, t);
        return 0;
}

static size_t path_add(struct scan *s, struct text name)
{
        size_t before = s->path_len, dot = before ? 1 : 0;

        if (before > PATH_MAX_BYTES || before + dot + name.len > PATH_MAX_BYTES) {
                s->path_len = PATH_MAX_BYTES + 1;
                return before;
        }
        if (dot)
                s->path[before] = '.';
        memcpy(s->path + before + dot, name.data, name.len);
        s->path_len = before + dot + name.len;
        return before;
}

static int take_value(struct scan *s, int depth);

static int take_members(struct scan *s, int depth)
{
        skip_blanks(s);
        if (s->at < s->end && *s->at == '}') {
                s->at++;
                return 0;
        }
        for (;;) {
                struct text name;
                size_t before;
                int err = expect(s, '"');
                if (!err)
                        err = take_string(&name, s);
                if (!err)
                        err = expect(s, ':');
                if (err)
                        return err;
                before = path_add(s, name);
                err = take_value(s, depth);
                s->path_len = before;
                if (err)
                        return err;
                if (expect(s, ',') == 0)
                        continue;
                return expect(s, '}');
        }
}

static int take_items(struct scan *s, int depth)
{
        skip_blanks(s);
        if (s->at < s->end && *s->at == ']') {
                s->at++;
                return 0;
        }
        for (;;) {
                int err = take_value(s, depth);
                if (err)
                        return err;
                if (expect(s, ',') == 0)
                        continue;
                return expect(s, ']');
        }
}

static int take_value(struct scan *s, int depth)
{
        struct text value;
        int err;

        if (depth > DEPTH_MAX)
                return ERR_LIMIT;
        skip_blanks(s);
        if (s->at == s->end)
                return ERR_FORMAT;
        switch (*s->at) {
        case '{':
                s->at++;
                return take_members(s, depth + 1);
        case '[':
                s->at++;
                return take_items(s, depth + 1);
        case '"':
                s->at++;
                err = take_string(&value, s);
                if (!err)
                        give(s, value);
                return err;
        default:
                return take_bare(s);
        }
}

int log_json_parse(struct log_record *out, struct text line, char *room,
    const struct log_names *names, size_t count)
{
        struct scan s = { .at = line.data,
                .end = line.data + line.len,
                .room = room,
                .names = names,
                .count = count,
                .out = out };
        int err = expect(&s, '{');

        if (!err)
                err = take_members(&s, 1);
        skip_blanks(&s);
        return err ? err : s.at == s.end ? 0 : ERR_FORMAT;
}
