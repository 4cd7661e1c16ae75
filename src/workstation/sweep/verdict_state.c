/* workstation/sweep/verdict_state.c: see verdict_state.h. Entries lie in the order in which the
 * last sweep visited them, and a walk over an unchanged tree visits them so again: nearly every
 * question is answered by the next entry, without an index. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"
#include "workstation/sweep/verdict_state_internal.h"
#include "base/mem.h"

#include <string.h>

enum { SEEN_AGAIN_DAYS = 7, PROBES_MAX = 256 };

/* FNV-1a: spreads names; an equal key of two names only costs that a rule about names is not asked
 * again. */
uint64_t verdict_path_key(const char *path)
{
        uint64_t key = 0xcbf29ce484222325u;

        for (; *path; path++)
                key = (key ^ (unsigned char)*path) * 0x100000001b3u;
        return key;
}

int verdict_state_new(struct verdict_state **out)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = mem_zero(1, sizeof(*s));
        int err = s ? part_table_init(&s->parts) : ERR_MEMORY;

        if (err)
                return err;
        s->current = GENERATION_NONE;
        *out = MOVE(s);
        return 0;
}

struct verdict_state *verdict_state_free(struct verdict_state *s)
{
        if (s) {
                part_table_done(&s->parts);
                for (size_t g = 0; g < GENERATIONS_MAX; g++)
                        mem_free(s->generations[g].bits);
                mem_free(s->at);
                mem_free(s->visited);
                mem_free(s->order);
                mem_free(s->by_file.slots);
                mem_free(s->by_content.slots);
                mem_free(s);
        }
        return NULL;
}

void verdict_state_free_at(struct verdict_state **s)
{
        *s = verdict_state_free(*s);
}

struct part_table *verdict_state_parts(struct verdict_state *s)
{
        return &s->parts;
}

bool verdict_state_holds(const struct verdict_state *s, unsigned generation, int part)
{
        return generation < GENERATIONS_MAX && part >= 0 &&
               bit_has(&s->generations[generation], (size_t)part);
}

static bool is_equal(const struct generation *a, const struct generation *b)
{
        for (size_t i = 0; i < a->words || i < b->words; i++)
                if ((i < a->words ? a->bits[i] : 0) != (i < b->words ? b->bits[i] : 0))
                        return false;
        return true;
}

/* A free place, or that of the generation with the fewest verdicts, which lose it. */
static unsigned place_free(struct verdict_state *s)
{
        size_t members[GENERATIONS_MAX] = { 0 };
        unsigned least = 0;

        for (unsigned g = 0; g < GENERATIONS_MAX; g++)
                if (!s->generations[g].bits)
                        return g;
        for (size_t i = 0; i < s->count; i++)
                if (s->at[i].generation < GENERATIONS_MAX)
                        members[s->at[i].generation]++;
        for (unsigned g = 1; g < GENERATIONS_MAX; g++)
                if (members[g] < members[least])
                        least = g;
        for (size_t i = 0; i < s->count; i++)
                if (s->at[i].generation == least)
                        s->at[i].generation = GENERATION_NONE;
        mem_free(s->generations[least].bits);
        s->generations[least].bits = NULL;
        return least;
}

int verdict_state_generation(unsigned *out, struct verdict_state *s, const int *parts, size_t count)
{
        size_t words = s->parts.count / 64 + 1;
        AUTO(mem_free_at) uint64_t *bits = mem_zero(words, sizeof(*bits));
        struct generation wanted = { bits, words };

        if (!bits)
                return ERR_MEMORY;
        for (size_t i = 0; i < count; i++)
                bits[(size_t)parts[i] / 64] |= (uint64_t)1 << ((unsigned)parts[i] % 64);
        for (unsigned g = 0; g < GENERATIONS_MAX; g++)
                if (s->generations[g].bits && is_equal(&s->generations[g], &wanted)) {
                        *out = g;
                        return 0;
                }
        *out = place_free(s);
        s->generations[*out] = (struct generation){ MOVE(bits), words };
        return 0;
}

void verdict_state_sift(struct verdict_state *s, int part,
    bool (*keep)(void *state, const struct verdict *v), void *state)
{
        for (size_t i = 0; i < s->count; i++)
                if (verdict_state_holds(s, s->at[i].generation, part) && !keep(state, &s->at[i])) {
                        s->at[i].generation = GENERATION_NONE;
                        s->changed = true;
                }
}

void verdict_state_set_current(struct verdict_state *s, unsigned generation)
{
        s->current = generation;
}

size_t verdict_state_count(const struct verdict_state *s)
{
        return s->count;
}

const struct verdict *verdict_state_all(const struct verdict_state *s)
{
        return s->at;
}

static uint64_t file_key(const struct verdict *v)
{
        return (v->ino ^ (v->dev << 32)) * 0x9E3779B97F4A7C15u >> 20;
}

static uint64_t content_key(const struct sha256 *content)
{
        uint64_t key;

        memcpy(&key, content->bytes, sizeof(key));
        return key;
}

static void index_drop(struct verdict_index *x)
{
        mem_free(x->slots);
        *x = (struct verdict_index){ .slots = NULL };
}

/* One that got full of what is no more is made anew when it is needed again. Of many equal keys
 * (thousands of empty files) the first PROBES_MAX are enough: the others are only matched again. */
static void index_insert(struct verdict_index *x, uint64_t key, size_t number)
{
        size_t i = (size_t)key & (x->room - 1);

        if (!x->slots)
                return;
        for (int probes = 0; x->slots[i]; probes++, i = (i + 1) & (x->room - 1))
                if (probes == PROBES_MAX)
                        return;
        x->slots[i] = (uint32_t)number + 1;
        if (++x->used > x->room / 2)
                index_drop(x);
}

/* False without memory: then nothing is found, and more is matched than needed. */
static bool index_has(struct verdict_state *s, struct verdict_index *x)
{
        size_t room = 1024;

        if (x->slots)
                return true;
        while (room < s->room * 4)
                room *= 2;
        x->slots = mem_zero(room, sizeof(*x->slots));
        x->room = x->slots ? room : 0;
        for (size_t i = 0; x->slots && i < s->count; i++)
                if (s->at[i].generation != GENERATION_NONE)
                        index_insert(x,
                            x == &s->by_file ? file_key(&s->at[i]) : content_key(&s->at[i].content),
                            i);
        return x->slots;
}

static bool is_unchanged(const struct verdict *a, const struct verdict *b)
{
        return a->bytes == b->bytes && a->modified_ns == b->modified_ns &&
               a->changed_ns == b->changed_ns;
}

static bool is_same_file(const struct verdict *a, const struct verdict *b)
{
        return a->ino == b->ino && a->dev == b->dev;
}

/* Its own entry, changed or not, or NULL; *other an unchanged one of another name. */
static struct verdict *entry_of(
    struct verdict_state *s, const struct verdict *file, struct verdict **other)
{
        struct verdict_index *x = &s->by_file;

        *other = NULL;
        if (s->cursor < s->count && is_same_file(&s->at[s->cursor], file) &&
            s->at[s->cursor].path_key == file->path_key)
                return &s->at[s->cursor];
        if (!s->count || !index_has(s, x))
                return NULL;
        for (size_t i = (size_t)file_key(file) & (x->room - 1); x->slots[i];
             i = (i + 1) & (x->room - 1)) {
                struct verdict *v = &s->at[x->slots[i] - 1];

                if (!is_same_file(v, file))
                        continue;
                if (v->path_key == file->path_key)
                        return v;
                if (is_unchanged(v, file) && v->generation != GENERATION_NONE)
                        *other = v;
        }
        return NULL;
}

const struct verdict *verdict_state_find(struct verdict_state *s, const struct verdict *file)
{
        struct verdict *other, *own = entry_of(s, file, &other);

        if (own && is_unchanged(own, file) && own->generation != GENERATION_NONE)
                return own;
        return other;
}

const struct verdict *verdict_state_content(
    struct verdict_state *s, const struct sha256 *content, uint64_t path_key, unsigned best)
{
        struct verdict_index *x = &s->by_content;
        const struct verdict *found = NULL;

        if (!s->count || !index_has(s, x))
                return NULL;
        for (size_t i = (size_t)content_key(content) & (x->room - 1); x->slots[i];
             i = (i + 1) & (x->room - 1)) {
                const struct verdict *v = &s->at[x->slots[i] - 1];

                if (v->generation == GENERATION_NONE ||
                    memcmp(&v->content, content, sizeof(*content)) != 0)
                        continue;
                if (v->path_key == path_key)
                        return v;
                if (!found || (v->generation == best && found->generation != best))
                        found = v;
        }
        return found;
}

static int grow(struct verdict_state *s)
{
        size_t room = s->room ? s->room * 2 : 256;
        struct verdict *at = mem_grow(s->at, room, sizeof(*at));
        uint8_t *visited;
        uint32_t *order;

        if (!at)
                return ERR_MEMORY;
        s->at = at;
        visited = mem_grow(s->visited, room, sizeof(*visited));
        if (!visited)
                return ERR_MEMORY;
        s->visited = visited;
        memset(visited + s->room, 0, room - s->room);
        order = mem_grow(s->order, room, sizeof(*order));
        if (!order)
                return ERR_MEMORY;
        s->order = order;
        s->room = room;
        index_drop(&s->by_file); /* they are made anew for the new room */
        index_drop(&s->by_content);
        return 0;
}

static void visit(struct verdict_state *s, size_t number)
{
        s->changed = s->changed || number != s->visits;
        s->cursor = number + 1;
        if (s->visited[number])
                return;
        s->visited[number] = 1;
        s->order[s->visits++] = (uint32_t)number;
}

static int append(struct verdict_state *s, const struct verdict *v)
{
        int err = s->count >= VERDICTS_MAX ? ERR_LIMIT : s->count == s->room ? grow(s) : 0;

        if (err)
                return err;
        s->at[s->count] = *v;
        index_insert(&s->by_file, file_key(v), s->count);
        index_insert(&s->by_content, content_key(&v->content), s->count);
        s->changed = true;
        visit(s, s->count++);
        return 0;
}

int verdict_state_put(struct verdict_state *s, const struct verdict *v)
{
        struct verdict *other, *own = entry_of(s, v, &other);
        struct verdict was;

        if (!own)
                return append(s, v);
        was = *own;
        *own = *v;
        if (is_unchanged(&was, v) && was.generation == v->generation && was.note == v->note &&
            v->seen_day - was.seen_day < SEEN_AGAIN_DAYS)
                own->seen_day = was.seen_day;
        else
                s->changed = true;
        if (memcmp(&was.content, &v->content, sizeof(v->content)) != 0)
                index_insert(&s->by_content, content_key(&v->content), (size_t)(own - s->at));
        visit(s, (size_t)(own - s->at));
        return 0;
}

void verdict_state_drop(struct verdict_state *s, const struct verdict *file)
{
        struct verdict *other, *own = entry_of(s, file, &other);

        if (!own || own->generation == GENERATION_NONE)
                return;
        own->generation = GENERATION_NONE;
        s->changed = true;
        visit(s, (size_t)(own - s->at));
}

bool verdict_state_is_changed(const struct verdict_state *s)
{
        return s->changed || s->visits != s->count;
}
