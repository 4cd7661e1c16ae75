/* indicators/set/indicator_set_bench.c: how fast a set answers and how large it is, beside a sorted
 * array and an open hash table of bare addresses in the same run. Addresses are pseudo-random; one
 * question in 50 hits. Lines: name n ns/op (of CPU) bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUESTIONS = 1 << 20, ROUNDS = 16, HIT_EVERY = 50 };

static uint64_t next_random(uint64_t *state)
{
        *state += UINT64_C(0x9E3779B97F4A7C15);
        uint64_t z = *state;
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        return z ^ (z >> 31);
}

static int compare(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

/* CPU of this process in ns: other work on the machine must not count as ours. */
static double now(void)
{
        return (double)clock() * (1e9 / CLOCKS_PER_SEC);
}

static void say_line(const char *name, size_t n, double ns, size_t bytes)
{
        (void)printf("%-28s %9zu %9.2f ns/op %12zu bytes\n", name, n, ns, bytes);
        (void)fflush(stdout);
}

struct world {
        uint32_t *members, *questions, *slots;
        size_t count, room;
        struct indicator_set *set;
};

static double per_question(double began)
{
        return (now() - began) / ((double)QUESTIONS * ROUNDS);
}

static size_t ask_set(const struct world *w, double *ns)
{
        double began = now();
        size_t hits = 0;

        for (int r = 0; r < ROUNDS; r++)
                for (size_t i = 0; i < QUESTIONS; i++)
                        hits += indicator_set_has_v4(w->set, w->questions[i]);
        *ns = per_question(began);
        return hits;
}

static size_t ask_array(const struct world *w, double *ns)
{
        double began = now();
        size_t hits = 0;

        for (int r = 0; r < ROUNDS; r++)
                for (size_t i = 0; i < QUESTIONS; i++)
                        hits += bsearch(&w->questions[i], w->members, w->count, sizeof(uint32_t),
                                    compare) != NULL;
        *ns = per_question(began);
        return hits;
}

static size_t slot_of(const struct world *w, uint32_t a)
{
        return (size_t)((a * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (w->room - 1);
}

static size_t ask_table(const struct world *w, double *ns)
{
        double began = now();
        size_t hits = 0;

        for (int r = 0; r < ROUNDS; r++)
                for (size_t i = 0; i < QUESTIONS; i++) {
                        size_t at = slot_of(w, w->questions[i]);
                        while (w->slots[at] && w->slots[at] != w->questions[i])
                                at = (at + 1) & (w->room - 1);
                        hits += w->slots[at] != 0;
                }
        *ns = per_question(began);
        return hits;
}

static int build_set(struct world *w)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *b = NULL;
        double began = now();
        int err = indicator_builder_new(&b, BUILDER_INDICATORS_MAX);

        for (size_t i = 0; i < w->count && !err; i++) {
                char text[IP_TEXT_MAX];
                struct ip_address a = ip_address_from_v4(w->members[i]);
                err = indicator_builder_add(b, &(struct indicator){ .type = INDICATOR_IPV4,
                                                   .value = text_of(ip_address_write(text, &a)),
                                                   .source = TEXT("bench"),
                                                   .confidence = 50 });
        }
        if (!err)
                err = indicator_builder_finish(&w->set, b);
        if (!err)
                say_line("set_build", w->count, (now() - began) / (double)w->count,
                    indicator_set_bytes(w->set).len);
        return err;
}

static int make_world(struct world *w, size_t n)
{
        uint64_t state = 42;

        w->count = n;
        for (w->room = 1; w->room < n * 2;)
                w->room *= 2;
        w->members = mem_zero(n, sizeof(uint32_t));
        w->questions = mem_zero(QUESTIONS, sizeof(uint32_t));
        w->slots = mem_zero(w->room, sizeof(uint32_t));
        if (!w->members || !w->questions || !w->slots)
                return ERR_MEMORY;
        for (size_t i = 0; i < n; i++)
                w->members[i] = (uint32_t)next_random(&state) | 1; /* never 0, the free slot */
        for (size_t i = 0; i < QUESTIONS; i++)
                w->questions[i] = i % HIT_EVERY ? (uint32_t)next_random(&state) | 1
                                                : w->members[next_random(&state) % n];
        for (size_t i = 0; i < n; i++) {
                size_t at = slot_of(w, w->members[i]);
                while (w->slots[at] && w->slots[at] != w->members[i])
                        at = (at + 1) & (w->room - 1);
                w->slots[at] = w->members[i];
        }
        return build_set(w);
}

static int measure(size_t n)
{
        struct world w = { 0 };
        struct indicator_counts counts;
        size_t hits[3];
        double ns[3];
        int err = make_world(&w, n);

        if (!err) {
                qsort(w.members, n, sizeof(uint32_t), compare);
                hits[0] = ask_set(&w, &ns[0]);
                hits[1] = ask_table(&w, &ns[1]);
                hits[2] = ask_array(&w, &ns[2]);
                indicator_set_count(&counts, w.set);
                say_line("set_lookup", counts.total, ns[0], counts.bytes);
                say_line("peer: open hash table", counts.total, ns[1], w.room * sizeof(uint32_t));
                say_line("peer: bsearch of an array", counts.total, ns[2], n * sizeof(uint32_t));
                err = hits[0] == hits[1] && hits[1] == hits[2] ? 0 : ERR_BUG;
        }
        (void)indicator_set_free(w.set);
        mem_free(w.members);
        mem_free(w.questions);
        mem_free(w.slots);
        return err;
}

int main(int argc, char **argv)
{
        static const size_t sizes[] = { 10000, 1000000, 10000000 };
        size_t count = argc > 1 && strcmp(argv[1], "--small") == 0 ? 2 : ARRAY_LEN(sizes);

        for (size_t i = 0; i < count; i++)
                if (measure(sizes[i]))
                        return 1;
        return 0;
}
