/* workstation/sweep/package_list.c: see package_list.h. Two packages may list one path (a diverted
 * file): each digest counts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/package_list.h"
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LIST_BYTES_MAX = 64 << 20, PATH_ROOM = 4200, FIRST_ROOM = 1024 };

struct slot {
        uint64_t path_key;
        uint8_t md5[MD5_BYTES];
        bool used;
};

/* /bin is a link to /usr/bin on systems of today, and dpkg's lists may name either. */
static const char *const merged[] = { "bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/" };

struct package_list {
        struct slot *slots;
        size_t room, count; /* room: a power of two, at least twice the count */
        struct folder *info;
        bool is_link[ARRAY_LEN(merged)];
        struct buffer bytes; /* of the list at hand */
        struct buffer path;
};

struct package_list *package_list_free(struct package_list *l)
{
        if (l) {
                mem_free(l->slots);
                l->info = folder_close(l->info);
                buffer_done(&l->bytes);
                buffer_done(&l->path);
                mem_free(l);
        }
        return NULL;
}

void package_list_free_at(struct package_list **l)
{
        *l = package_list_free(*l);
}

size_t package_list_count(const struct package_list *l)
{
        return l->count;
}

static void insert(struct slot *slots, size_t room, const struct slot *new)
{
        size_t i = (size_t)(new->path_key >> 8) & (room - 1);

        while (slots[i].used)
                i = (i + 1) & (room - 1);
        slots[i] = *new;
}

static int grow(struct package_list *l)
{
        size_t room = l->room ? l->room * 2 : FIRST_ROOM;
        struct slot *slots = mem_zero(room, sizeof(*slots));

        if (!slots)
                return ERR_MEMORY;
        for (size_t i = 0; i < l->room; i++)
                if (l->slots[i].used)
                        insert(slots, room, &l->slots[i]);
        mem_free(l->slots);
        l->slots = slots;
        l->room = room;
        return 0;
}

static int line_add(struct package_list *l, const struct md5sums_line *line)
{
        struct slot new = { .used = true };
        const char *before = "/";
        int err = 0;

        if (l->count >= PACKAGE_FILES_MAX)
                return ERR_LIMIT;
        if (l->count * 2 >= l->room)
                err = grow(l);
        for (size_t i = 0; i < ARRAY_LEN(merged); i++)
                if (l->is_link[i] && text_starts(line->path, merged[i]))
                        before = "/usr/";
        buffer_clear(&l->path);
        if (!err)
                err = buffer_add_text(&l->path, before);
        if (!err)
                err = buffer_add(&l->path, line->path.data, line->path.len);
        if (err)
                return err == ERR_LIMIT ? 0 : err; /* no file has so long a name */
        new.path_key = verdict_path_key(l->path.data);
        memcpy(new.md5, line->md5, MD5_BYTES);
        insert(l->slots, l->room, &new);
        l->count++;
        return 0;
}

/* A line that cannot be read vouches for nothing; it is no reason to trust the others less. */
static int on_list(void *state, const char *name)
{
        struct package_list *l = state;
        struct text rest, line;
        int err;

        if (!text_ends(text_of(name), ".md5sums"))
                return 0;
        buffer_clear(&l->bytes);
        err = file_read_all(&l->bytes, l->info, name);
        if (err)
                return err == ERR_MEMORY ? err : 0;
        rest = (struct text){ l->bytes.data ? l->bytes.data : "", l->bytes.len };
        while (!err && rest.data && text_split(&line, &rest, '\n')) {
                struct md5sums_line one;

                if (md5sums_line_parse(&one, line) == 0)
                        err = line_add(l, &one);
        }
        return err;
}

static void links_look(struct package_list *l, const char *root)
{
        for (size_t i = 0; i < ARRAY_LEN(merged); i++) {
                char path[PATH_ROOM];
                struct stat st;
                int n = snprintf(
                    path, sizeof(path), "%s/%.*s", root, (int)strlen(merged[i]) - 1, merged[i]);

                l->is_link[i] = n > 0 && n < PATH_ROOM && lstat(path, &st) == 0 &&
                                S_ISLNK(st.st_mode);
        }
}

int package_list_load(struct package_list **out, const char *root)
{
        AUTO(package_list_free_at) struct package_list *l = mem_zero(1, sizeof(*l));
        char path[PATH_ROOM];
        int err;

        if (!l)
                return ERR_MEMORY;
        l->bytes = BUFFER(LIST_BYTES_MAX);
        l->path = BUFFER(PATH_ROOM);
        (void)snprintf(path, sizeof(path), "%s/var/lib/dpkg/info", root);
        links_look(l, root);
        err = folder_open(&l->info, path);
        if (!err)
                err = folder_each(l->info, on_list, l);
        if (err)
                return err;
        buffer_done(&l->bytes);
        *out = MOVE(l);
        return 0;
}

int package_list_stamp(struct sha256 *out, const char *root)
{
        static const char *const names[] = { "status", "info" };
        struct {
                uint64_t ino, bytes;
                int64_t changed_s, changed_ns;
        } seen[ARRAY_LEN(names)];

        memset(seen, 0, sizeof(seen));
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                char path[PATH_ROOM];
                struct stat st;

                (void)snprintf(path, sizeof(path), "%s/var/lib/dpkg/%s", root, names[i]);
                if (stat(path, &st) != 0)
                        return ERR_MISSING;
                seen[i].ino = st.st_ino;
                seen[i].bytes = (uint64_t)st.st_size;
                seen[i].changed_s = st.st_ctim.tv_sec;
                seen[i].changed_ns = st.st_ctim.tv_nsec;
        }
        *out = sha256_of(seen, sizeof(seen));
        return 0;
}

uint32_t package_md5_first(const uint8_t *md5)
{
        return (uint32_t)md5[0] << 24 | (uint32_t)md5[1] << 16 | (uint32_t)md5[2] << 8 | md5[3];
}

static bool find(
    const struct package_list *l, uint64_t path_key, const uint8_t *md5, const uint32_t *first)
{
        if (!l->room)
                return false;
        for (size_t i = (size_t)(path_key >> 8) & (l->room - 1); l->slots[i].used;
             i = (i + 1) & (l->room - 1)) {
                const struct slot *s = &l->slots[i];

                if (s->path_key == path_key && (!md5 || memcmp(s->md5, md5, MD5_BYTES) == 0) &&
                    (!first || package_md5_first(s->md5) == *first))
                        return true;
        }
        return false;
}

bool package_list_has(const struct package_list *l, uint64_t path_key)
{
        return find(l, path_key, NULL, NULL);
}

bool package_list_vouches(const struct package_list *l, uint64_t path_key, const uint8_t *md5)
{
        return find(l, path_key, md5, NULL);
}

bool package_list_vouches_still(const struct package_list *l, uint64_t path_key, uint32_t first)
{
        return find(l, path_key, NULL, &first);
}
