/* workstation/sweep/hash_list.c: sorted digests, found by bisection; see hash_list.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/hash_list.h"
#include "workstation/sweep/hash_list_parse.h"
#include "base/buffer.h"
#include "base/mem.h"

#include <sodium.h>
#include <string.h>

struct entry {
        uint8_t digest[SHA256_BYTES]; /* shorter kinds: zero behind */
        uint32_t name;                /* offset into names */
};

struct kind_entries {
        struct entry *at;
        size_t count, room;
};

struct hash_list {
        struct kind_entries kinds[HASH_KINDS];
        struct buffer names; /* zero-ended texts; offset 0 is the name of nameless entries */
};

enum { NAMES_BYTES_MAX = 256 << 20 };

int hash_list_new(struct hash_list **out)
{
        struct hash_list *h = mem_zero(1, sizeof(*h));

        if (!h)
                return ERR_MEMORY;
        h->names = BUFFER(NAMES_BYTES_MAX);
        if (buffer_add(&h->names, "listed", sizeof("listed"))) {
                mem_free(h);
                return ERR_MEMORY;
        }
        *out = h;
        return 0;
}

struct hash_list *hash_list_free(struct hash_list *h)
{
        if (h) {
                for (int k = 0; k < HASH_KINDS; k++)
                        mem_free(h->kinds[k].at);
                buffer_done(&h->names);
                mem_free(h);
        }
        return NULL;
}

void hash_list_free_at(struct hash_list **h)
{
        *h = hash_list_free(*h);
}

static int name_add(uint32_t *out, struct hash_list *h, struct text name)
{
        size_t at = h->names.len;
        int err;

        if (name.len > HASH_NAME_MAX)
                name.len = HASH_NAME_MAX;
        if (!name.len || memchr(name.data, '\0', name.len) || !text_is_utf8(name)) {
                *out = 0;
                return 0;
        }
        err = buffer_add(&h->names, name.data, name.len);
        if (!err)
                err = buffer_add_byte(&h->names, '\0');
        *out = (uint32_t)at;
        return err;
}

static int line_add(struct hash_list *h, const struct hash_line *line)
{
        struct kind_entries *k = &h->kinds[line->kind];
        struct entry *e;
        int err;

        if (k->count >= HASHES_MAX)
                return ERR_LIMIT;
        if (k->count == k->room) {
                size_t room = k->room ? k->room * 2 : 64;
                struct entry *grown = mem_grow(k->at, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                k->at = grown;
                k->room = room;
        }
        e = &k->at[k->count];
        memset(e, 0, sizeof(*e));
        memcpy(e->digest, line->digest, hash_kind_bytes(line->kind));
        err = name_add(&e->name, h, line->name);
        if (!err)
                k->count++;
        return err;
}

int hash_list_add_text(struct hash_list *h, struct text list, struct parse_error *bad)
{
        size_t before[HASH_KINDS], number = 0;
        struct text rest = list, line;

        for (int k = 0; k < HASH_KINDS; k++)
                before[k] = h->kinds[k].count;
        if (text_starts(rest, "\xEF\xBB\xBF")) {
                rest.data += 3;
                rest.len -= 3;
        }
        while (rest.data && text_split(&line, &rest, '\n')) {
                struct hash_line one = { 0 };
                int err = hash_line_parse(&one, line, ++number, bad);

                if (!err && one.present)
                        err = line_add(h, &one);
                if (!err)
                        continue;
                for (int k = 0; k < HASH_KINDS; k++)
                        h->kinds[k].count = before[k];
                return err;
        }
        return 0;
}

static int entry_compare(const void *a, const void *b)
{
        return memcmp(
            ((const struct entry *)a)->digest, ((const struct entry *)b)->digest, SHA256_BYTES);
}

void hash_list_finish(struct hash_list *h)
{
        for (int k = 0; k < HASH_KINDS; k++)
                if (h->kinds[k].count)
                        qsort(
                            h->kinds[k].at, h->kinds[k].count, sizeof(struct entry), entry_compare);
}

size_t hash_list_count(const struct hash_list *h)
{
        size_t n = 0;

        for (int k = 0; k < HASH_KINDS; k++)
                n += h->kinds[k].count;
        return n;
}

bool hash_list_has_kind(const struct hash_list *h, enum hash_kind kind)
{
        return h->kinds[kind].count > 0;
}

const char *hash_list_find(const struct hash_list *h, enum hash_kind kind, const uint8_t *digest)
{
        const struct kind_entries *k = &h->kinds[kind];
        struct entry key = { .name = 0 };
        const struct entry *found;

        if (!k->count)
                return NULL;
        memcpy(key.digest, digest, hash_kind_bytes(kind));
        found = bsearch(&key, k->at, k->count, sizeof(key), entry_compare);
        return found ? h->names.data + found->name : NULL;
}

struct sha256 hash_list_digest(const struct hash_list *h, enum hash_kind kind)
{
        crypto_hash_sha256_state all;
        uint8_t number = (uint8_t)kind;
        struct sha256 d;

        (void)crypto_hash_sha256_init(&all);
        (void)crypto_hash_sha256_update(&all, &number, sizeof(number));
        for (size_t i = 0; i < h->kinds[kind].count; i++)
                (void)crypto_hash_sha256_update(&all, h->kinds[kind].at[i].digest, SHA256_BYTES);
        (void)crypto_hash_sha256_final(&all, d.bytes);
        return d;
}
