/* workstation/sweep/verdict_state.c: two sorted orders over one array; see verdict_state.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"

#include <string.h>

struct verdict_state {
        struct sha256 rules;
        struct verdict *at; /* by dev, ino, path_key */
        size_t count, room;
        const struct verdict **by_content;
};

/* FNV-1a: spreads names; an equal key of two names only costs that a rule about names is not asked
 * again. */
uint64_t verdict_path_key(const char *path)
{
        uint64_t key = 0xcbf29ce484222325u;

        for (; *path; path++)
                key = (key ^ (unsigned char)*path) * 0x100000001b3u;
        return key;
}

int verdict_state_new(struct verdict_state **out, const struct sha256 *rules)
{
        struct verdict_state *s = mem_zero(1, sizeof(*s));

        if (!s)
                return ERR_MEMORY;
        s->rules = *rules;
        *out = s;
        return 0;
}

struct verdict_state *verdict_state_free(struct verdict_state *s)
{
        if (s) {
                mem_free(s->at);
                mem_free(s->by_content);
                mem_free(s);
        }
        return NULL;
}

void verdict_state_free_at(struct verdict_state **s)
{
        *s = verdict_state_free(*s);
}

int verdict_state_add(struct verdict_state *s, const struct verdict *v)
{
        if (s->count >= VERDICTS_MAX)
                return ERR_LIMIT;
        if (s->count == s->room) {
                size_t room = s->room ? s->room * 2 : 256;
                struct verdict *grown = mem_grow(s->at, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                s->at = grown;
                s->room = room;
        }
        s->at[s->count++] = *v;
        return 0;
}

static int order(uint64_t a, uint64_t b)
{
        return a < b ? -1 : a > b;
}

static int by_file(const void *left, const void *right)
{
        const struct verdict *a = left, *b = right;
        int o = order(a->dev, b->dev);

        if (!o)
                o = order(a->ino, b->ino);
        return o ? o : order(a->path_key, b->path_key);
}

static int by_content(const void *left, const void *right)
{
        const struct verdict *const *a = left, *const *b = right;
        int o = memcmp((*a)->content.bytes, (*b)->content.bytes, SHA256_BYTES);

        return o ? o : order((*a)->path_key, (*b)->path_key);
}

void verdict_state_sort(struct verdict_state *s)
{
        if (s->count)
                qsort(s->at, s->count, sizeof(*s->at), by_file);
        mem_free(s->by_content);
        s->by_content = mem_zero(s->count, sizeof(*s->by_content));
        if (!s->by_content)
                return; /* then no content is known, and more is matched than needed */
        for (size_t i = 0; i < s->count; i++)
                s->by_content[i] = &s->at[i];
        if (s->count)
                qsort(s->by_content, s->count, sizeof(*s->by_content), by_content);
}

size_t verdict_state_count(const struct verdict_state *s)
{
        return s->count;
}

const struct verdict *verdict_state_all(const struct verdict_state *s)
{
        return s->at;
}

const struct sha256 *verdict_state_rules(const struct verdict_state *s)
{
        return &s->rules;
}

static bool is_unchanged(const struct verdict *a, const struct verdict *b)
{
        return a->bytes == b->bytes && a->modified_ns == b->modified_ns &&
               a->changed_ns == b->changed_ns;
}

const struct verdict *verdict_state_find(
    const struct verdict_state *s, const struct verdict *file, bool any_path)
{
        size_t low = 0, high = s->count;

        while (low < high) { /* the first of this file */
                size_t mid = low + (high - low) / 2;
                const struct verdict *v = &s->at[mid];
                int o = order(v->dev, file->dev);

                if ((o ? o : order(v->ino, file->ino)) < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        for (; low < s->count && s->at[low].dev == file->dev && s->at[low].ino == file->ino; low++)
                if ((any_path || s->at[low].path_key == file->path_key) &&
                    is_unchanged(&s->at[low], file))
                        return &s->at[low];
        return NULL;
}

bool verdict_state_knows(
    const struct verdict_state *s, const struct sha256 *content, uint64_t path_key, bool any_path)
{
        size_t low = 0, high = s->by_content ? s->count : 0, end = high;

        while (low < high) {
                size_t mid = low + (high - low) / 2;
                const struct verdict *v = s->by_content[mid];
                int o = memcmp(v->content.bytes, content->bytes, SHA256_BYTES);

                if (o < 0 || (o == 0 && !any_path && v->path_key < path_key))
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < end &&
               memcmp(s->by_content[low]->content.bytes, content->bytes, SHA256_BYTES) == 0 &&
               (any_path || s->by_content[low]->path_key == path_key);
}
