/* system/os/confine_landlock.c: folders and TCP by Landlock, with raw system calls, since neither
 * libc nor the headers of older systems know it. What a version does not know is left out of the
 * request (kernel documentation, userspace-api/landlock, "Compatibility").
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine_internal.h"
#include "system/os/folder.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* linux/landlock.h; written out because Debian 12's headers end at version 2. */
enum {
        VERSION_FLAG = 1,
        RULE_PATH_BENEATH = 1,
        FS_WRITE_FILE = 1 << 1,
        FS_READ_FILE = 1 << 2,
        FS_READ_DIR = 1 << 3,
        FS_REMOVE_DIR = 1 << 4,
        FS_REMOVE_FILE = 1 << 5,
        FS_ALL_V1 = (1 << 13) - 1,
        FS_REFER_V2 = 1 << 13,
        FS_TRUNCATE_V3 = 1 << 14,
        FS_IOCTL_V5 = 1 << 15,
        FS_MAKE_REG = 1 << 8,
        FS_MAKE_DIR = 1 << 7,
        NET_ALL_V4 = 3
};

struct ruleset {
        uint64_t handled_fs;
        uint64_t handled_net;
};

struct path_beneath {
        uint64_t allowed;
        int32_t parent_fd;
} __attribute__((packed));

int confine_landlock_abi(void)
{
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);

        return abi > 0 ? (int)abi : 0;
}

static uint64_t all_of(int abi)
{
        return FS_ALL_V1 | (abi >= 2 ? FS_REFER_V2 : 0) | (abi >= 3 ? FS_TRUNCATE_V3 : 0) |
               (abi >= 5 ? FS_IOCTL_V5 : 0);
}

static uint64_t wanted(enum confine_access access)
{
        uint64_t read = FS_READ_FILE | FS_READ_DIR;

        if (access == CONFINE_READ)
                return read;
        if (access == CONFINE_REMOVE)
                return read | FS_REMOVE_FILE;
        return read | FS_WRITE_FILE | FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE | FS_REMOVE_DIR |
               FS_REFER_V2 | FS_TRUNCATE_V3;
}

/* Takes fd. A file takes only what files can. */
static int add_handle_own(int rules, int fd, uint64_t allowed, int abi)
{
        struct path_beneath rule = { .allowed = allowed, .parent_fd = fd };
        struct stat st;
        int err = 0;

        if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
                rule.allowed &= FS_READ_FILE | FS_WRITE_FILE | (abi >= 3 ? FS_TRUNCATE_V3 : 0);
        if (!S_ISLNK(st.st_mode) && rule.allowed &&
            syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) != 0)
                err = ERR_DENIED;
        (void)close(fd);
        return err;
}

/* The rest of `hidden` below the folder `path`; NULL when it is elsewhere. */
static const char *below(const char *hidden, const char *path)
{
        size_t len = strlen(path);

        while (len && path[len - 1] == '/')
                len--;
        return hidden && strncmp(hidden, path, len) == 0 && hidden[len] == '/' ? hidden + len + 1
                                                                               : NULL;
}

/* Landlock can only allow: so everything beside the way to the hidden file is, one by one. Takes
 * fd, the folder above; `rest` is the way from there. */
static int add_beside_own(int rules, int fd, uint64_t allowed, const char *rest, int abi)
{
        DIR *dir = fdopendir(fd);
        const char *slash = strchr(rest, '/');
        size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
        int err = dir ? 0 : ERR_MEMORY, next = -1;
        struct dirent *e;

        if (!dir)
                (void)close(fd);
        while (!err && (e = readdir(dir)) != NULL) {
                bool on_way = strlen(e->d_name) == len && memcmp(e->d_name, rest, len) == 0;
                int at;

                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                if (on_way && !slash)
                        continue;
                at = openat(dirfd(dir), e->d_name,
                    (on_way ? O_RDONLY | O_DIRECTORY : O_PATH) | O_NOFOLLOW | O_CLOEXEC);
                if (on_way)
                        next = at;
                else if (at >= 0)
                        err = add_handle_own(rules, at, allowed, abi);
        }
        if (dir)
                (void)closedir(dir);
        if (next >= 0 && err)
                (void)close(next);
        return next < 0 || err ? err : add_beside_own(rules, next, allowed, slash + 1, abi);
}

static int add_folder(int rules, const struct confine_folder *f, const char *hidden, int abi)
{
        uint64_t allowed = wanted(f->access) & all_of(abi);
        const char *rest = below(hidden, f->path);
        int fd = open(f->path, (rest ? O_RDONLY | O_DIRECTORY : O_PATH) | O_CLOEXEC);
        int err;

        if (fd < 0)
                return errno == ENOENT ? 0 : err_from_errno(errno);
        if (!rest)
                return add_handle_own(rules, fd, allowed, abi);
        err = add_beside_own(rules, fd, allowed, rest, abi);
        fd = err ? -1 : open(f->path, O_PATH | O_CLOEXEC);
        if (fd < 0)
                return err ? err : err_from_errno(errno);
        return add_handle_own(rules, fd, allowed & ~(uint64_t)FS_READ_FILE, abi);
}

int confine_landlock(struct confine_report *out, const struct confine_request *what)
{
        AUTO(file_close_at) int rules = -1;
        int abi = confine_landlock_abi();
        bool sockets = what->profile == CONFINE_LINK;
        struct ruleset set = { .handled_fs = all_of(abi),
                .handled_net = abi >= 4 && !sockets ? NET_ALL_V4 : 0 };

        out->landlock_abi = abi;
        if (!abi)
                return 0;
        rules = (int)syscall(
            SYS_landlock_create_ruleset, &set, abi >= 4 ? sizeof(set) : sizeof(set.handled_fs), 0);
        if (rules < 0)
                return err_from_errno(errno);
        for (size_t i = 0; i < what->folder_count; i++) {
                int err = add_folder(rules, &what->folders[i], what->hidden, abi);

                if (err)
                        return err;
        }
        if (syscall(SYS_landlock_restrict_self, rules, 0) != 0)
                return err_from_errno(errno);
        out->folders_fenced = true;
        return 0;
}
