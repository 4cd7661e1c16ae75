/* system/os/folder.c: opening, making and listing folders; see folder.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/folder.h"
#include "system/os/folder_internal.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
        int fd;
        char *path;
};

bool folder_name_is_plain(const char *name)
{
        return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int folder_from_handle_own(struct folder **out, int fd, const char *path)
{
        struct folder *f = mem_zero(1, sizeof(*f));
        char *copy = mem_copy_text(path, strlen(path));

        if (!f || !copy) {
                mem_free(f);
                mem_free(copy);
                (void)close(fd);
                return ERR_MEMORY;
        }
        f->fd = fd;
        f->path = copy;
        *out = f;
        return 0;
}

int folder_open(struct folder **out, const char *path)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return err_from_errno(errno);
        return folder_from_handle_own(out, fd, path);
}

int folder_open_or_make(struct folder **out, const char *path, unsigned mode)
{
        AUTO(mem_free_at) char *copy = mem_copy_text(path, strlen(path));

        if (!copy)
                return ERR_MEMORY;
        for (char *p = copy + 1; *copy && *p; p++) {
                if (*p != '/')
                        continue;
                *p = '\0';
                if (mkdir(copy, 0755) != 0 && errno != EEXIST)
                        return err_from_errno(errno);
                *p = '/';
        }
        if (mkdir(copy, mode) != 0 && errno != EEXIST)
                return err_from_errno(errno);
        return folder_open(out, path);
}

int folder_open_in(struct folder **out, const struct folder *in, const char *name, bool make)
{
        AUTO(buffer_done) struct buffer path = BUFFER(1 << 16);
        int fd, err;

        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        if (make && mkdirat(in->fd, name, 0700) != 0 && errno != EEXIST)
                return err_from_errno(errno);
        err = buffer_add_format(&path, "%s/%s", in->path, name);
        if (err)
                return err;
        fd = openat(in->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ELOOP ? ERR_DENIED : err_from_errno(errno);
        return folder_from_handle_own(out, fd, path.data);
}

struct folder *folder_close(struct folder *f)
{
        if (f) {
                (void)close(f->fd);
                mem_free(f->path);
                mem_free(f);
        }
        return NULL;
}

void folder_close_at(struct folder **f)
{
        *f = folder_close(*f);
}

int folder_handle(const struct folder *f)
{
        return f->fd;
}

const char *folder_path(const struct folder *f)
{
        return f->path;
}

int folder_sync(const struct folder *f)
{
        return fsync(f->fd) == 0 ? 0 : err_from_errno(errno);
}

int folder_make(const struct folder *in, const char *name, unsigned mode)
{
        if (!folder_name_is_plain(name))
                return ERR_DENIED;
        return mkdirat(in->fd, name, mode) == 0 ? folder_sync(in) : err_from_errno(errno);
}

static void dir_close_at(DIR **d)
{
        if (*d)
                (void)closedir(*d);
}

int folder_each(const struct folder *f, int (*each)(void *state, const char *name), void *state)
{
        AUTO(dir_close_at) DIR *d = NULL;
        int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return err_from_errno(errno);
        d = fdopendir(fd);
        if (!d) {
                (void)close(fd);
                return ERR_MEMORY;
        }
        for (struct dirent *e = readdir(d); e; e = readdir(d)) {
                int answer;

                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                answer = each(state, e->d_name);
                if (answer)
                        return answer;
        }
        return 0;
}
