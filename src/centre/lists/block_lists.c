/* centre/lists/block_lists.c: see block_lists.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/block_lists.h"
#include "base/mem.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/lists/warning_list.h"
#include "indicators/set/indicator_set.h"
#include "office/intake/list_batches.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"
#include "system/os/folder.h"

#include <stdio.h>
#include <string.h>

enum { WARNINGS_MAX = 256, WARNING_FILE_MAX = 8 << 20 };

int block_answer_of(enum block_answer *out, const char *word)
{
        static const char *const words[] = { [BLOCK_NXDOMAIN] = "nxdomain",
                [BLOCK_NODATA] = "nodata",
                [BLOCK_DROP] = "drop",
                [BLOCK_PASSTHRU] = "passthru" };

        *out = BLOCK_NXDOMAIN;
        for (unsigned i = 0; i < ARRAY_LEN(words); i++)
                if (strcmp(word, words[i]) == 0) {
                        *out = (enum block_answer)i;
                        return 0;
                }
        return word[0] ? ERR_FORMAT : 0;
}

/* When the set in use was made, and its generation. */
static int set_in_use(json_t **out, struct db *db, struct arena *arena)
{
        const char *said = NULL;
        int err = setting_read(&said, arena, db, "set_in_use");

        return err ? err : json_read(out, text_of(said), NULL);
}

/* The tag is of all that the bytes follow from. */
static void tag(struct block_list *l, const char *generation)
{
        char words[256], hex[SHA256_HEX_MAX];
        struct sha256 digest;
        int n = snprintf(words, sizeof(words), "%s|%s|%.*s|%d|%d|%lld", generation, l->target->id,
            TEXT_ARGS(l->options.name), l->options.least_confidence, (int)l->options.answer,
            (long long)l->options.at);

        digest = sha256_of(words, n > 0 ? (size_t)n : 0);
        (void)snprintf(l->etag, sizeof(l->etag), "\"%.40s\"", sha256_write(hex, &digest));
}

int block_list_of(struct block_list *out, struct office *office, struct db *db, struct arena *arena,
    const json_t *subscriber)
{
        AUTO(json_free_at) json_t *set = NULL;
        struct block_list l = { .target = block_target_named(
                                    text_of(json_get_text(subscriber, "target"))) };
        time_ms made = 0, today = clock_now(office->clock) / DAY_MS * DAY_MS;
        int err = set_in_use(&set, db, arena);

        if (!err)
                err = json_field_time(&made, set, "made_at", NULL);
        if (!err)
                err = l.target
                          ? block_answer_of(&l.options.answer, json_get_text(subscriber, "answer"))
                          : ERR_MISSING;
        if (err)
                return err;
        l.options.name = text_of(json_get_text(subscriber, "list_name"));
        l.options.least_confidence = (int)json_get_int(subscriber, "least_confidence");
        l.options.at = made > today ? made : today;
        l.options.serial = (uint32_t)(l.options.at / SECOND_MS); /* grows with each issue */
        tag(&l, json_get_text(set, "generation"));
        *out = l;
        return 0;
}

/* What must never be blocked. */
struct guard {
        const struct folder *folder;
        struct warning_list *lists[WARNINGS_MAX];
        size_t list_count;
        struct ip_prefix *ours;
        size_t our_count;
};

static void guard_done(struct guard *g)
{
        for (size_t i = 0; i < g->list_count; i++)
                g->lists[i] = warning_list_free(g->lists[i]);
        mem_free(g->ours);
}

/* As at the import: one bad file of a pack stops no list. */
static int take_warning(void *state, const char *name)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(WARNING_FILE_MAX);
        struct guard *g = state;

        if (!text_ends(text_of(name), ".json") || g->list_count == WARNINGS_MAX ||
            file_read_all(&bytes, g->folder, name) || !bytes.data)
                return 0;
        if (warning_list_parse(
                &g->lists[g->list_count], (struct text){ bytes.data, bytes.len }, NULL) == 0)
                g->list_count++;
        return 0;
}

static int take_warnings(struct guard *g, struct office *office)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        char path[OFFICE_PATH_MAX + 32];
        int err;

        (void)snprintf(path, sizeof(path), "%s/warning-lists", office->packs_folder);
        if (folder_open(&folder, path))
                return 0; /* the pack brings none */
        g->folder = folder;
        err = folder_each(folder, take_warning, g);
        g->folder = NULL;
        return err;
}

static int take_ours(struct guard *g, struct db *db)
{
        AUTO(json_free_at) json_t *ours = NULL;
        const json_t *one;
        size_t i;
        int err = list_ours_json(&ours, db);

        if (err)
                return err;
        g->ours = mem_zero(json_array_size(ours) + 1, sizeof(*g->ours));
        if (!g->ours)
                return ERR_MEMORY;
        json_array_foreach(ours, i, one)
        {
                if (ip_prefix_parse(
                        &g->ours[g->our_count], text_of(json_string_value(one)), false) == 0)
                        g->our_count++;
        }
        return 0;
}

static bool is_our_own(const struct guard *g, const struct ip_prefix *p)
{
        for (size_t i = 0; i < g->our_count; i++)
                if (ip_prefix_contains(&g->ours[i], &p->base) ||
                    ip_prefix_contains(p, &g->ours[i].base))
                        return true;
        return ip_address_scope(&p->base) != IP_SCOPE_PUBLIC;
}

static bool is_guarded(const struct guard *g, const struct indicator *i)
{
        struct ip_prefix p;
        bool address = i->type == INDICATOR_IPV4 || i->type == INDICATOR_IPV6;
        bool numeric = address || i->type == INDICATOR_PREFIX;

        if (numeric && (ip_prefix_parse(&p, i->value, true) || is_our_own(g, &p)))
                return true;
        return warning_lists_find((const struct warning_list *const *)g->lists, g->list_count, i,
                   address ? &p.base : NULL) != NULL;
}

static int write_all(struct buffer *out, struct block_counts *counts, size_t *guarded,
    const struct block_list *l, const struct guard *g, const struct indicator_set *set)
{
        struct indicator_counts has;
        int err = block_list_begin(out, l->target, &l->options);

        indicator_set_count(&has, set);
        for (unsigned type = 0; type < INDICATOR_TYPES && !err; type++)
                for (size_t n = 0; n < has.of[type] && !err; n++) {
                        struct indicator_view view;
                        struct indicator indicator;

                        indicator_set_at(&view, set, (enum indicator_type)type, n);
                        indicator = indicator_of_view(&view);
                        if (is_guarded(g, &indicator))
                                (*guarded)++;
                        else
                                err = block_list_add(
                                    out, counts, l->target, &l->options, &indicator);
                }
        return err ? err : block_list_end(out, l->target, &l->options);
}

int block_list_make(struct buffer *out, struct block_counts *counts, size_t *guarded,
    struct office *office, struct db *db, const struct block_list *list)
{
        AUTO(guard_done) struct guard g = { .list_count = 0 };
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        int err = shelf_read_set(&bytes, office);

        if (!err)
                err = bytes.len
                          ? indicator_set_parse(&set, (struct text){ bytes.data, bytes.len }, NULL)
                          : ERR_MISSING;
        if (!err)
                err = take_warnings(&g, office);
        if (!err)
                err = take_ours(&g, db);
        return err ? err : write_all(out, counts, guarded, list, &g, set);
}
