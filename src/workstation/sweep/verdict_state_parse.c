/* workstation/sweep/verdict_state_parse.c: docs/formats/sweep-state.md to a state and back. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/verdict_state.h"
#include "workstation/sweep/verdict_state_internal.h"
#include "base/mem.h"
#include "system/os/hash.h"

#include <string.h>

/* The number reads wrong on a machine of the other byte order, which then begins anew. */
static const uint64_t MARK = 0x0002575348414E43u;

struct head {
        uint64_t mark, verdicts, texts; /* texts: bytes */
        uint32_t parts, generations;
};

_Static_assert(sizeof(struct verdict) == 88, "the layout on disk has no gaps");
_Static_assert(sizeof(struct part) == 48, "the layout on disk has no gaps");
_Static_assert(sizeof(struct head) == 32, "the layout on disk has no gaps");

static size_t words_of(size_t parts)
{
        return (parts + 63) / 64;
}

/* What of the tables is still used: generations that a verdict names, parts that these name. */
struct using
{
        uint16_t generation[GENERATIONS_MAX]; /* its number on disk, GENERATION_NONE */
        uint32_t *part;                       /* its number on disk + 1, 0 */
        size_t generations, parts, verdicts;
};

static void using_done(struct using *u)
{
        mem_free(u->part);
}

static bool is_kept(const struct verdict_state *s, size_t i, unsigned today)
{
        const struct verdict *v = &s->at[i];

        return v->generation < GENERATIONS_MAX &&
               (s->visited[i] || today <= (unsigned)v->seen_day + VERDICT_DAYS_MAX);
}

static int use(struct using *u, const struct verdict_state *s, unsigned today)
{
        bool named[GENERATIONS_MAX] = { false };

        u->part = mem_zero(s->parts.count + 1, sizeof(*u->part));
        if (!u->part)
                return ERR_MEMORY;
        for (size_t i = 0; i < s->count; i++)
                if (is_kept(s, i, today)) {
                        named[s->at[i].generation] = true;
                        u->verdicts++;
                }
        if (s->current < GENERATIONS_MAX)
                named[s->current] = true;
        for (unsigned g = 0; g < GENERATIONS_MAX; g++)
                u->generation[g] = named[g] ? (uint16_t)u->generations++ : GENERATION_NONE;
        for (size_t p = 0; p < s->parts.count; p++)
                for (unsigned g = 0; g < GENERATIONS_MAX && !u->part[p]; g++)
                        if (named[g] && bit_has(&s->generations[g], p))
                                u->part[p] = (uint32_t)++u->parts;
        return 0;
}

/* The parts in use get their place among the texts anew: those of parts that went are left out. */
static int write_parts(
    struct buffer *out, struct buffer *texts, const struct using *u, const struct verdict_state *s)
{
        int err = buffer_add_byte(texts, '\0');

        for (size_t p = 0; !err && p < s->parts.count; p++) {
                struct part part = s->parts.at[p];
                const char *why = s->parts.texts.data + part.why;

                if (!u->part[p])
                        continue;
                if (part.why) {
                        part.why = (uint32_t)texts->len;
                        err = buffer_add(texts, why, strlen(why) + 1);
                }
                if (!err)
                        err = buffer_add(out, &part, sizeof(part));
        }
        return err;
}

static int write_generations(
    struct buffer *out, const struct using *u, const struct verdict_state *s)
{
        size_t words = words_of(u->parts);
        AUTO(mem_free_at) uint64_t *row = mem_zero(words + 1, sizeof(*row));
        int err = row ? 0 : ERR_MEMORY;

        for (unsigned g = 0; !err && g < GENERATIONS_MAX; g++) {
                if (u->generation[g] == GENERATION_NONE)
                        continue;
                memset(row, 0, words * sizeof(*row));
                for (size_t p = 0; p < s->parts.count; p++)
                        if (bit_has(&s->generations[g], p))
                                row[(u->part[p] - 1) / 64] |= (uint64_t)1
                                                              << ((u->part[p] - 1) % 64);
                err = buffer_add(out, row, words * sizeof(*row));
        }
        return err;
}

static int write_verdict(
    struct buffer *out, const struct using *u, const struct verdict_state *s, size_t i)
{
        struct verdict v = s->at[i];

        v.generation = u->generation[v.generation];
        return buffer_add(out, &v, sizeof(v));
}

static int write_verdicts(
    struct buffer *out, const struct using *u, const struct verdict_state *s, unsigned today)
{
        int err = 0;

        for (size_t i = 0; !err && i < s->visits; i++)
                if (is_kept(s, s->order[i], today))
                        err = write_verdict(out, u, s, s->order[i]);
        for (size_t i = 0; !err && i < s->count; i++)
                if (!s->visited[i] && is_kept(s, i, today))
                        err = write_verdict(out, u, s, i);
        return err;
}

int verdict_state_write(struct buffer *out, struct verdict_state *s, unsigned today)
{
        AUTO(using_done) struct using u = { .part = NULL };
        AUTO(buffer_done) struct buffer texts = BUFFER(s->parts.texts.max);
        size_t start = out->len;
        uint8_t check[SHA256_BYTES];
        struct head h = { .mark = MARK };
        int err = use(&u, s, today);

        if (!err)
                err = buffer_reserve(out, sizeof(h) + u.verdicts * sizeof(struct verdict));
        if (!err)
                err = buffer_add(out, &h, sizeof(h));
        if (!err)
                err = write_parts(out, &texts, &u, s);
        if (!err)
                err = write_generations(out, &u, s);
        if (!err)
                err = write_verdicts(out, &u, s, today);
        if (!err)
                err = buffer_add(out, texts.data, texts.len);
        if (err)
                return err;
        h = (struct head){ .mark = MARK,
                .verdicts = u.verdicts,
                .texts = texts.len,
                .parts = (uint32_t)u.parts,
                .generations = (uint32_t)u.generations };
        memcpy(out->data + start, &h, sizeof(h));
        if (!hash_bytes(
                check, HASH_METHOD_SHA256, (struct text){ out->data + start, out->len - start }))
                return ERR_BUG;
        return buffer_add(out, check, sizeof(check));
}

static bool is_whole(const struct head *h, struct text bytes)
{
        return h->mark == MARK && h->verdicts <= VERDICTS_MAX && h->parts <= PARTS_MAX &&
               h->generations <= GENERATIONS_MAX && h->texts && h->texts <= bytes.len &&
               bytes.len == sizeof(*h) + h->parts * sizeof(struct part) +
                                h->generations * words_of(h->parts) * sizeof(uint64_t) +
                                h->verdicts * sizeof(struct verdict) + h->texts + SHA256_BYTES;
}

static int check_sum(struct text bytes)
{
        uint8_t check[SHA256_BYTES];

        if (!hash_bytes(
                check, HASH_METHOD_SHA256, (struct text){ bytes.data, bytes.len - SHA256_BYTES }))
                return ERR_BUG;
        return memcmp(check, bytes.data + bytes.len - SHA256_BYTES, SHA256_BYTES) == 0
                   ? 0
                   : ERR_UNTRUSTED;
}

/* Numbers in a file that somebody else could have written lead nowhere but into its tables. */
static int read_parts(struct part_table *t, const char *from, size_t count, struct text texts)
{
        int err = 0;

        if (texts.data[0] || texts.data[texts.len - 1])
                return ERR_FORMAT;
        buffer_clear(&t->texts);
        err = buffer_add(&t->texts, texts.data, texts.len);
        for (size_t i = 0; !err && i < count; i++) {
                struct part p;
                int number = 0;

                memcpy(&p, from + i * sizeof(p), sizeof(p));
                if (p.why >= texts.len || p.asks_facts > 1)
                        return ERR_FORMAT;
                err = part_add(&number, t, &p.digest);
                if (!err && number != (int)i)
                        err = ERR_FORMAT; /* one part twice */
                if (!err)
                        t->at[i] = p;
        }
        return err;
}

static int read_generations(struct verdict_state *s, const char *from, size_t count)
{
        size_t words = words_of(s->parts.count);

        for (size_t g = 0; g < count; g++) {
                uint64_t *bits = mem_zero(words + 1, sizeof(*bits));

                if (!bits)
                        return ERR_MEMORY;
                memcpy(bits, from + g * words * sizeof(*bits), words * sizeof(*bits));
                if (s->parts.count % 64 && bits[words - 1] >> (s->parts.count % 64)) {
                        mem_free(bits);
                        return ERR_FORMAT; /* a part that there is not */
                }
                s->generations[g] = (struct generation){ bits, words };
        }
        return 0;
}

/* The bytes become the array: a state of a whole machine is not copied once more. */
static int take_verdicts(
    struct verdict_state *s, struct buffer *bytes, size_t from, const struct head *h)
{
        if (!bytes->data)
                return ERR_FORMAT; /* there is a head in them */
        for (size_t i = 0; i < h->verdicts; i++) {
                uint16_t generation;

                memcpy(&generation,
                    bytes->data + from + i * sizeof(struct verdict) +
                        offsetof(struct verdict, generation),
                    sizeof(generation));
                if (generation >= h->generations)
                        return ERR_FORMAT;
        }
        s->visited = mem_zero(h->verdicts + 1, sizeof(*s->visited));
        s->order = mem_zero(h->verdicts + 1, sizeof(*s->order));
        if (!s->visited || !s->order)
                return ERR_MEMORY;
        memmove(bytes->data, bytes->data + from, h->verdicts * sizeof(struct verdict));
        s->at = (void *)buffer_take(bytes);
        s->count = s->room = h->verdicts;
        return 0;
}

static int parse(struct verdict_state **out, struct buffer *bytes)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        struct text all = { bytes->data ? bytes->data : "", bytes->len };
        size_t at = sizeof(struct head), rows, verdicts, texts;
        struct head h;
        int err;

        if (all.len < sizeof(h) + SHA256_BYTES)
                return ERR_FORMAT;
        memcpy(&h, all.data, sizeof(h));
        if (!is_whole(&h, all))
                return ERR_FORMAT;
        rows = at + h.parts * sizeof(struct part);
        verdicts = rows + h.generations * words_of(h.parts) * sizeof(uint64_t);
        texts = verdicts + h.verdicts * sizeof(struct verdict);
        err = check_sum(all);
        if (!err)
                err = verdict_state_new(&s);
        if (!err)
                err = read_parts(
                    &s->parts, all.data + at, h.parts, (struct text){ all.data + texts, h.texts });
        if (!err)
                err = read_generations(s, all.data + rows, h.generations);
        if (!err)
                err = take_verdicts(s, bytes, verdicts, &h);
        if (err)
                return err;
        *out = MOVE(s);
        return 0;
}

int verdict_state_parse_own(struct verdict_state **out, struct buffer *bytes)
{
        int err = parse(out, bytes);

        buffer_done(bytes);
        return err;
}
