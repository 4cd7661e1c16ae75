/* workstation/inventory/system_files_parse.c: see system_files_parse.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/system_files_parse.h"

#include <string.h>

static bool next_line(struct text *line, struct text *rest)
{
        if (!rest->data || !text_split(line, rest, '\n'))
                return false;
        if (line->len && line->data[line->len - 1] == '\r')
                line->len--;
        return true;
}

/* os-release(5): quotes and backslashes as in a shell. */
static int unquote(char out[OS_FIELD_MAX], struct text t)
{
        size_t n = 0;
        char quote = 0;

        if (t.len >= 2 && (t.data[0] == '"' || t.data[0] == '\'') &&
            t.data[t.len - 1] == t.data[0]) {
                quote = t.data[0];
                t.data++;
                t.len -= 2;
        }
        for (size_t i = 0; i < t.len; i++) {
                if (quote != '\'' && t.data[i] == '\\' && i + 1 < t.len)
                        i++;
                if (n + 1 >= OS_FIELD_MAX)
                        return ERR_LIMIT;
                out[n++] = t.data[i];
        }
        out[n] = '\0';
        return text_is_utf8((struct text){ out, n }) && !memchr(out, '\0', n) ? 0 : ERR_FORMAT;
}

int os_release_find(char out[OS_FIELD_MAX], struct text file, const char *key)
{
        struct text line, rest = file;

        while (next_line(&line, &rest)) {
                struct text name, value = line;
                char room[OS_FIELD_MAX];

                if (!text_split(&name, &value, '=') || !value.data ||
                    !text_is(text_trim(name), key))
                        continue;
                int err = unquote(room, text_trim(value));
                if (!err)
                        memcpy(out, room, sizeof(room));
                return err;
        }
        return ERR_MISSING;
}

static struct text value_if(struct text line, const char *head, struct text before)
{
        size_t n = strlen(head);

        return text_starts(line, head) ? text_trim((struct text){ line.data + n, line.len - n })
                                       : before;
}

/* "install ok installed": the last word is what is there. */
static struct text last_word(struct text t)
{
        size_t at = t.len;

        while (at > 0 && t.data[at - 1] != ' ')
                at--;
        return (struct text){ t.data + at, t.len - at };
}

/* "glibc (2.36-9)": the name alone. */
static struct text first_word(struct text t)
{
        t.len = text_find(t, ' ');
        return t;
}

static void dpkg_line(struct package_entry *p, struct text line)
{
        p->name = value_if(line, "Package: ", p->name);
        p->version = value_if(line, "Version: ", p->version);
        p->architecture = value_if(line, "Architecture: ", p->architecture);
        p->source = value_if(line, "Source: ", p->source);
        p->state = value_if(line, "Status: ", p->state);
}

static void apk_line(struct package_entry *p, struct text line)
{
        p->name = value_if(line, "P:", p->name);
        p->version = value_if(line, "V:", p->version);
        p->architecture = value_if(line, "A:", p->architecture);
        p->source = value_if(line, "o:", p->source);
}

static bool is_shown(struct text t, size_t max)
{
        return t.len <= max && text_is_utf8(t) && !(t.len && memchr(t.data, '\0', t.len));
}

static int stanza_next(
    struct package_entry *out, struct text *rest, void (*take)(struct package_entry *, struct text))
{
        struct package_entry p = { .name = { "", 0 } };
        struct text line;

        while (next_line(&line, rest)) {
                bool end = !line.len || !rest->data;

                take(&p, line);
                if (!end)
                        continue;
                if (p.name.len && p.version.len && is_shown(p.name, 256) &&
                    is_shown(p.version, 256) && is_shown(p.architecture, 64) &&
                    is_shown(p.source, 512) && is_shown(p.state, 256)) {
                        p.source = p.source.len ? first_word(p.source) : p.name;
                        p.state = p.state.len ? last_word(p.state) : TEXT("installed");
                        *out = p;
                        return 0;
                }
                p = (struct package_entry){ .name = { "", 0 } };
        }
        return ERR_MISSING;
}

int dpkg_status_next(struct package_entry *out, struct text *rest)
{
        return stanza_next(out, rest, dpkg_line);
}

int apk_installed_next(struct package_entry *out, struct text *rest)
{
        return stanza_next(out, rest, apk_line);
}

int passwd_parse_line(struct account_entry *out, struct text line)
{
        struct account_entry a;
        struct text field[7], rest = line;
        uint64_t uid, gid;
        int err;

        for (size_t i = 0; i < 7; i++)
                if (!rest.data || !text_split(&field[i], &rest, ':'))
                        return ERR_FORMAT;
        err = text_to_u64(&uid, field[2], UINT32_MAX);
        if (!err)
                err = text_to_u64(&gid, field[3], UINT32_MAX);
        if (err || rest.data || !field[0].len || !is_shown(line, 4 * ACCOUNT_FIELD_MAX))
                return ERR_FORMAT;
        a = (struct account_entry){ .name = field[0],
                .home = field[5],
                .shell = field[6],
                .uid = (uint32_t)uid,
                .gid = (uint32_t)gid };
        *out = a;
        return 0;
}

bool group_line_has_member(struct text line, const char *group, struct text user)
{
        struct text field, rest = line, member;

        if (!text_split(&field, &rest, ':') || !text_is(field, group))
                return false;
        for (int i = 0; i < 2; i++)
                if (!rest.data || !text_split(&field, &rest, ':'))
                        return false;
        while (rest.data && text_split(&member, &rest, ',')) {
                member = text_trim(member);
                if (user.len && member.len == user.len &&
                    memcmp(member.data, user.data, user.len) == 0)
                        return true;
        }
        return false;
}

int shadow_find_locked(bool *out, struct text file, struct text user)
{
        struct text line, rest = file;

        while (next_line(&line, &rest)) {
                struct text name, hash = line, password;

                if (!text_split(&name, &hash, ':') || !hash.data || name.len != user.len ||
                    !user.len || memcmp(name.data, user.data, user.len) != 0)
                        continue;
                if (!text_split(&password, &hash, ':'))
                        return ERR_MISSING;
                *out = password.len && (password.data[0] == '!' || password.data[0] == '*');
                return 0;
        }
        return ERR_MISSING;
}

int meminfo_total(uint64_t *out, struct text file)
{
        struct text line, rest = file;

        while (next_line(&line, &rest)) {
                struct text value = value_if(line, "MemTotal:", TEXT(""));
                uint64_t kib;

                if (!text_ends(value, " kB"))
                        continue;
                value.len -= 3;
                if (text_to_u64(&kib, text_trim(value), UINT64_MAX / 1024))
                        return ERR_FORMAT;
                *out = kib * 1024;
                return 0;
        }
        return ERR_MISSING;
}

struct text cpuinfo_model(struct text file)
{
        struct text line, rest = file;

        while (next_line(&line, &rest)) {
                struct text name, value = line;

                if (text_split(&name, &value, ':') && value.data &&
                    text_is(text_trim(name), "model name"))
                        return is_shown(value, 256) ? text_trim(value) : TEXT("");
        }
        return TEXT("");
}
