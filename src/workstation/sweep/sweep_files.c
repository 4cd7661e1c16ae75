/* workstation/sweep/sweep_files.c: see sweep_files.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep_files.h"
#include "workstation/sweep/file_facts.h"
#include "workstation/sweep/walk.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <string.h>

enum { LIST_BYTES_MAX = 512 << 20 };

struct loading {
        struct rule_set *rules;
        struct hash_list *hashes;
        struct parse_error *bad;
        bool named; /* the user named this very file: its ending does not matter */
        size_t count;
};

static bool is_wanted(const struct loading *l, const char *name)
{
        const char *end = file_extension_of(name);

        if (l->named)
                return true;
        if (l->rules)
                return strcmp(end, ".yar") == 0 || strcmp(end, ".yara") == 0;
        return strcmp(end, ".hashes") == 0 || strcmp(end, ".hdb") == 0 || strcmp(end, ".txt") == 0;
}

static int on_file(void *state, const struct walk_file *f)
{
        struct loading *l = state;
        AUTO(buffer_done) struct buffer bytes = BUFFER(l->rules ? RULE_BYTES_MAX : LIST_BYTES_MAX);
        struct text text;
        int err;

        if (!is_wanted(l, f->name))
                return 0;
        err = file_read_path(&bytes, f->path);
        if (err)
                return err;
        l->count++;
        text = (struct text){ bytes.data ? bytes.data : "", bytes.len };
        return l->rules ? rule_set_add(l->rules, f->path, text) : hash_list_add_text(l->hashes, text, l->bad);
}

static void on_skipped(void *state, enum skip_why why, const char *path)
{
        (void)state;
        (void)why;
        (void)path;
}

static void on_failed(void *state, int err, const char *path)
{
        (void)state;
        (void)err;
        (void)path;
}

static int load(struct loading *l, const char *path)
{
        struct walk_options options = { .depth_max = 16, .cross_mounts = true };
        struct walk_sink sink = { on_file, on_skipped, on_failed, l };
        struct stat st;
        int err;

        l->named = stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
        if (l->named) { /* also through a link: the user says where */
                const char *slash = strrchr(path, '/');

                return on_file(l, &(struct walk_file){ .name = slash ? slash + 1 : path, .path = path });
        }
        err = walk_tree(path, &options, &sink);
        return err ? err : l->count ? 0 : ERR_MISSING;
}

int sweep_files_add_rules(struct rule_set *r, const char *path)
{
        return load(&(struct loading){ .rules = r }, path);
}

int sweep_files_add_hashes(struct hash_list *h, const char *path, struct parse_error *bad)
{
        return load(&(struct loading){ .hashes = h, .bad = bad }, path);
}
