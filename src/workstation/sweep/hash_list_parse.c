/* workstation/sweep/hash_list_parse.c: see hash_list_parse.h. SPDX-License-Identifier: Apache-2.0
 */
#include "workstation/sweep/hash_list_parse.h"

#include <string.h>

size_t hash_kind_bytes(enum hash_kind kind)
{
        static const size_t bytes[HASH_KINDS] = { 16, 20, 32 };

        return bytes[kind];
}

static bool is_hex(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t hex_run(struct text t)
{
        size_t n = 0;

        while (n < t.len && is_hex(t.data[n]))
                n++;
        return n;
}

/* ClamAV's `:SIZE:NAME`: the size is left out of the name. */
static struct text name_after(struct text rest)
{
        struct text number, after = rest;

        if (rest.len && rest.data[0] == ':') {
                after.data++;
                after.len--;
                if (text_split(&number, &after, ':') && after.data)
                        return text_trim(after);
                return text_trim((struct text){ rest.data + 1, rest.len - 1 });
        }
        while (rest.len && strchr(" \t;,*\"|", rest.data[0])) {
                rest.data++;
                rest.len--;
        }
        return text_trim(rest);
}

int hash_line_parse(struct hash_line *out, struct text line, size_t number, struct parse_error *bad)
{
        struct hash_line h = { .present = true };
        struct text t = text_trim(line);
        size_t digits;
        int err;

        if (!t.len || t.data[0] == '#' || t.data[0] == ';' || text_starts(t, "//")) {
                *out = (struct hash_line){ .present = false };
                return 0;
        }
        if (t.data[0] == '"') {
                t.data++;
                t.len--;
        }
        digits = hex_run(t);
        for (h.kind = HASH_KIND_MD5; h.kind < HASH_KINDS && hash_kind_bytes(h.kind) * 2 != digits;)
                h.kind++;
        if (h.kind == HASH_KINDS || (digits < t.len && !strchr(" \t:;,*\"|", t.data[digits])))
                return parse_error_quote(bad, number,
                    "dòng không bắt đầu bằng mã băm MD5, SHA-1 hoặc SHA-256: \"%s\"",
                    "the line does not begin with an MD5, SHA-1 or SHA-256 hash: \"%s\"", t.data,
                    t.len);
        err = hex_parse(h.digest, hash_kind_bytes(h.kind), (struct text){ t.data, digits });
        if (err)
                return err;
        h.name = name_after((struct text){ t.data + digits, t.len - digits });
        *out = h;
        return 0;
}
