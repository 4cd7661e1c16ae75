/* system/os/windows/posix.h: the calls on files that the shared code makes, for Windows. Names are
 * UTF-8 (a lone surrogate keeps its three bytes), "/" parts them; a handle of a folder or file is a
 * number of the C runtime, so read, write, lseek and close are its own. Ways within a folder go by
 * its handle (NtCreateFile), never through a link. Each call is as POSIX says but for what stands
 * beside it. The headers in posix/ stand before those of the compiler and bring this one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_POSIX_H
#define CANH_SYSTEM_OS_WINDOWS_POSIX_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

typedef unsigned uid_t;
typedef unsigned gid_t;
/* The compiler's own are too small for a file's index. */
#define dev_t uint64_t
#define ino_t uint64_t

struct posix_stat {
        dev_t st_dev;
        ino_t st_ino;
        unsigned st_mode; /* a folder, a file, a link; what else there is counts as a device */
        unsigned st_nlink;
        uid_t st_uid; /* 0: an owner here is no number */
        gid_t st_gid;
        int64_t st_size;
        struct timespec st_atim, st_mtim, st_ctim;
};

enum {
        O_DIRECTORY = 0x1000000,
        O_NOFOLLOW = 0x2000000,
        O_NONBLOCK = 0, /* no file here holds us when it is opened */
        O_NOCTTY = 0,
        O_CLOEXEC = 0, /* handles are inherited only when they are named */
        O_NOATIME = 0,
        AT_SYMLINK_NOFOLLOW = 1,
        AT_NO_AUTOMOUNT = 2,
        AT_REMOVEDIR = 4,
        LOCK_EX = 1,
        LOCK_NB = 2,
        POSIX_FADV_SEQUENTIAL = 0
};
#define S_IFLNK 0xA000
#undef S_ISREG
#undef S_ISDIR
#define S_ISREG(mode) (((mode)&0xF000) == 0x8000)
#define S_ISDIR(mode) (((mode)&0xF000) == 0x4000)
#undef S_ISLNK
#define S_ISLNK(mode) (((mode)&0xF000) == 0xA000)

int posix_open(const char *path, int flags, ...);
int openat(int folder, const char *name, int flags, ...);
int posix_stat(const char *path, struct posix_stat *out);
int posix_lstat(const char *path, struct posix_stat *out);
int posix_fstat(int fd, struct posix_stat *out);
int fstatat(int folder, const char *name, struct posix_stat *out, int flags);
int posix_mkdir(const char *path, unsigned mode);
int mkdirat(int folder, const char *name, unsigned mode);
int unlinkat(int folder, const char *name, int flags);
int posix_unlink(const char *path);
/* In place of what is there. */
int renameat(int from_folder, const char *from, int to_folder, const char *to);
int posix_access(const char *path, int mode);
/* A folder's entries are on the disk when the journal says so: nothing to do. */
int fsync(int fd);
/* Mode: whether it may be written. */
int fchmod(int fd, unsigned mode);
int fchown(int fd, uid_t user, gid_t group);
int futimens(int fd, const struct timespec times[2]);
int flock(int fd, int how);
int posix_fadvise(int fd, int64_t from, int64_t bytes, int advice);
char *realpath(const char *path, char *room);
/* 0 for an administrator with raised rights. */
uid_t geteuid(void);
int pipe2(int out[2], int flags);
int64_t posix_read(int fd, void *out, size_t bytes);
int64_t posix_write(int fd, const void *bytes, size_t count);

#undef stat
#undef fstat
#define stat posix_stat
#define lstat posix_lstat
#define fstat posix_fstat
#define open posix_open
#define mkdir posix_mkdir
#define unlink posix_unlink
#define access posix_access
#define read posix_read
#define write posix_write

#endif
