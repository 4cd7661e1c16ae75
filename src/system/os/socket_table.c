/* system/os/socket_table.c: see socket_table.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/socket_table.h"
#include "system/os/folder.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TABLE_BYTES_MAX = 64 << 20, PATH_ROOM = 512 };

static int add(struct socket_table *t, const struct proc_net_line *line, bool udp)
{
        if (t->count >= SOCKETS_MAX) {
                t->dropped++;
                return 0;
        }
        if (t->count == t->room) {
                size_t room = t->room ? t->room * 2 : 64;
                struct socket_entry *grown = mem_grow(t->at, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                t->at = grown;
                t->room = room;
        }
        t->at[t->count++] = (struct socket_entry){ .line = *line, .udp = udp };
        return 0;
}

static int load_one(struct socket_table *t, const char *root, const char *name, bool udp)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(TABLE_BYTES_MAX);
        char path[PATH_ROOM];
        struct text rest, line;
        int err;

        (void)snprintf(path, sizeof(path), "%s/proc/net/%s", root, name);
        err = file_read_path(&bytes, path);
        if (err)
                return err == ERR_MEMORY ? err : 0; /* a kernel without IPv6 has no tcp6 */
        rest = (struct text){ bytes.data, bytes.len };
        while (rest.data && text_split(&line, &rest, '\n')) {
                struct proc_net_line one;

                if (proc_net_parse_line(&one, line) == 0 && (err = add(t, &one, udp)) != 0)
                        return err;
        }
        return 0;
}

static int by_inode(const void *a, const void *b)
{
        uint64_t left = ((const struct socket_entry *)a)->line.inode;
        uint64_t right = ((const struct socket_entry *)b)->line.inode;

        return left < right ? -1 : left > right;
}

static void name_inode(struct socket_table *t, uint64_t inode, const char *process)
{
        struct socket_entry key = { .line = { .inode = inode } };
        struct socket_entry *e = t->count ? bsearch(&key, t->at, t->count, sizeof(key), by_inode)
                                          : NULL;

        if (e && !e->process[0])
                (void)snprintf(e->process, sizeof(e->process), "%s", process);
}

static void process_name(char out[PROCESS_NAME_MAX], const char *root, const char *pid)
{
        AUTO(buffer_done) struct buffer b = BUFFER(PROCESS_NAME_MAX);
        char path[PATH_ROOM];

        (void)snprintf(path, sizeof(path), "%s/proc/%s/comm", root, pid);
        out[0] = '\0';
        if (file_read_path(&b, path) == 0 && b.len) {
                struct text name = text_trim((struct text){ b.data, b.len });

                for (size_t i = 0; i < name.len; i++)
                        if ((unsigned char)b.data[i] < 0x20)
                                b.data[i] = '?';
                if (!text_is_utf8(name) || text_copy(out, PROCESS_NAME_MAX, name))
                        (void)snprintf(out, PROCESS_NAME_MAX, "?");
        }
}

static void dir_close_at(DIR **d)
{
        if (*d)
                (void)closedir(*d);
}

static void name_sockets_of(struct socket_table *t, const char *root, const char *pid)
{
        char path[PATH_ROOM], name[PROCESS_NAME_MAX] = "";
        AUTO(dir_close_at) DIR *d = NULL;

        (void)snprintf(path, sizeof(path), "%s/proc/%s/fd", root, pid);
        d = opendir(path);
        for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
                char target[64] = "";
                ssize_t n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
                struct text t_inode = { target + 8, n > 9 ? (size_t)n - 9 : 0 };
                uint64_t inode;

                if (n <= 9 || strncmp(target, "socket:[", 8) != 0 ||
                    text_to_u64(&inode, t_inode, UINT64_MAX))
                        continue;
                if (!name[0])
                        process_name(name, root, pid);
                name_inode(t, inode, name);
        }
}

static void name_all(struct socket_table *t, const char *root)
{
        char path[PATH_ROOM];
        AUTO(dir_close_at) DIR *d = NULL;

        (void)snprintf(path, sizeof(path), "%s/proc", root);
        d = opendir(path);
        for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
                if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
                        name_sockets_of(t, root, e->d_name);
}

int socket_table_load(struct socket_table *out, const char *root)
{
        AUTO(socket_table_done) struct socket_table t = { NULL, 0, 0, 0 };
        int err = load_one(&t, root, "tcp", false);

        if (!err)
                err = load_one(&t, root, "tcp6", false);
        if (!err)
                err = load_one(&t, root, "udp", true);
        if (!err)
                err = load_one(&t, root, "udp6", true);
        if (err)
                return err;
        if (t.count)
                qsort(t.at, t.count, sizeof(*t.at), by_inode);
        name_all(&t, root);
        *out = t;
        t = (struct socket_table){ NULL, 0, 0, 0 };
        return 0;
}

void socket_table_done(struct socket_table *t)
{
        mem_free(t->at);
        *t = (struct socket_table){ NULL, 0, 0, 0 };
}
