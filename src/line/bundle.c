/* line/bundle.c: see bundle.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/bundle.h"
#include "line/agent_key.h"
#include "base/mem.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_BYTES_MAX = 1 << 20, NAME_ROOM = GENERATION_MAX + 16 };

void bundle_done(struct bundle *b)
{
        bundle_manifest_done(&b->manifest);
        b->folder = folder_close(b->folder);
}

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

void bundle_generation(char out[GENERATION_MAX], const struct agent_state *s)
{
        AUTO(buffer_done) struct buffer name = BUFFER(GENERATION_MAX);

        out[0] = '\0';
        if (file_read_all(&name, agent_state_folder(s), "bundle") == 0)
                (void)!text_copy(out, GENERATION_MAX, text_trim(view(&name)));
}

int bundle_accept(struct manifest *out, const struct agent_state *s, struct text authority,
    struct text text, struct text signature)
{
        AUTO(bundle_manifest_done) struct manifest m = { .count = 0 };
        char now[GENERATION_MAX];
        int err = agent_signature_check(authority, text, signature);

        if (!err)
                err = bundle_manifest_parse(&m, text, NULL);
        if (err)
                return err;
        bundle_generation(now, s);
        if (!generation_is_newer(m.generation, now))
                return ERR_EXISTS;
        *out = m;
        m = (struct manifest){ .count = 0 };
        return 0;
}

static bool is_what_it_says(const struct bundle_file *f, struct text bytes)
{
        struct sha256 d = sha256_of(bytes.data, bytes.len);

        return (int64_t)bytes.len == f->bytes && memcmp(&d, &f->content, sizeof(d)) == 0;
}

int bundle_keep_file(const struct folder *to, const struct bundle_file *f, struct text bytes)
{
        return is_what_it_says(f, bytes) ? file_write_atomic(to, f->name, bytes, 0600)
                                         : ERR_UNTRUSTED;
}

static int remove_file(void *state, const char *name)
{
        return unlinkat(folder_handle(state), name, 0) == 0 ? 0 : ERR_IO;
}

struct leftover {
        const struct agent_state *state;
        char in_use[NAME_ROOM];
};

/* Also what is left of bundles that were refused half way. What cannot be removed now is only
 * room; it is tried again at the next switch. */
static int forget_others(void *state, const char *name)
{
        const struct leftover *l = state;
        AUTO(folder_close_at) struct folder *old = NULL;

        if (!text_starts(text_of(name), "bundle-") || strcmp(name, l->in_use) == 0 ||
            folder_open_in(&old, agent_state_folder(l->state), name, false))
                return 0;
        if (folder_each(old, remove_file, old) == 0)
                (void)unlinkat(folder_handle(agent_state_folder(l->state)), name, AT_REMOVEDIR);
        return 0;
}

int bundle_switch(const struct agent_state *s, const char *generation, const struct folder *to,
    struct text text, struct text signature)
{
        struct leftover l = { .state = s };
        int err = file_write_atomic(to, ".manifest", text, 0600);

        if (!err)
                err = file_write_atomic(to, ".signature", signature, 0600);
        if (err)
                return err;
        (void)snprintf(l.in_use, sizeof(l.in_use), "bundle-%s", generation);
        err = file_write_atomic(agent_state_folder(s), "bundle", text_of(generation), 0600);
        return err ? err : folder_each(agent_state_folder(s), forget_others, &l);
}

int bundle_open(struct bundle *out, const struct agent_state *s, struct text authority)
{
        AUTO(bundle_done) struct bundle b = { .folder = NULL };
        AUTO(buffer_done) struct buffer text = BUFFER(MANIFEST_BYTES_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(1024);
        char generation[GENERATION_MAX], name[NAME_ROOM];
        int err;

        bundle_generation(generation, s);
        if (!generation[0])
                return ERR_MISSING;
        (void)snprintf(name, sizeof(name), "bundle-%s", generation);
        err = folder_open_in(&b.folder, agent_state_folder(s), name, false);
        if (!err)
                err = file_read_all(&text, b.folder, ".manifest");
        if (!err)
                err = file_read_all(&signature, b.folder, ".signature");
        if (!err)
                err = agent_signature_check(authority, view(&text), view(&signature));
        if (!err)
                err = bundle_manifest_parse(&b.manifest, view(&text), NULL);
        if (err)
                return err;
        *out = b;
        b = (struct bundle){ .folder = NULL };
        return 0;
}

int bundle_read(struct buffer *out, const struct bundle *b, const struct bundle_file *f)
{
        int err = file_read_all(out, b->folder, f->name);

        return err ? err : is_what_it_says(f, view(out)) ? 0 : ERR_UNTRUSTED;
}
