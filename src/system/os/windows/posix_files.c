/* system/os/windows/posix_files.c: opening, making, moving and removing; see posix.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/file_handles.h"
#include "base/mem.h"
#include "system/os/rename_new.h"
#include "system/os/windows/wide_text.h"

#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <pwd.h>
#include <shlobj.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { CIFS_MAGIC = 0x517B };

static struct open_request request_of(int flags, const struct wide_path *name, HANDLE below)
{
        struct open_request r = {
                .below = below, .name = name->text, .len = name->len, .disposition = FILE_OPEN
        };
        int way = flags & (O_WRONLY | O_RDWR);

        r.access = way == O_RDWR     ? FILE_GENERIC_READ | FILE_GENERIC_WRITE
                   : way == O_WRONLY ? FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES
                                     : FILE_GENERIC_READ;
        if (flags & O_DIRECTORY)
                r.options |= FILE_DIRECTORY_FILE;
        if (flags & O_NOFOLLOW)
                r.options |= FILE_OPEN_REPARSE_POINT;
        if ((flags & O_CREAT) && (flags & O_EXCL))
                r.disposition = FILE_CREATE;
        else if ((flags & O_CREAT) && (flags & O_TRUNC))
                r.disposition = FILE_OVERWRITE_IF;
        else if (flags & O_CREAT)
                r.disposition = FILE_OPEN_IF;
        else if (flags & O_TRUNC)
                r.disposition = FILE_OVERWRITE;
        r.only_ours = flags & O_CREAT;
        return r;
}

static int open_number(const struct open_request *what, int flags)
{
        HANDLE h;
        int fd;

        if (handle_open(&h, what))
                return -1;
        if ((flags & O_NOFOLLOW) && handle_is_link(h)) {
                (void)CloseHandle(h);
                errno = ELOOP;
                return -1;
        }
        fd = _open_osfhandle((intptr_t)h, (flags & O_APPEND) | O_BINARY);
        if (fd < 0)
                (void)CloseHandle(h);
        return fd;
}

int posix_open(const char *path, int flags, ...)
{
        AUTO(mem_free_at) struct wide_path *full = mem_zero(1, sizeof(*full));
        struct open_request r;

        if (!full || path_full(full, path))
                return -1;
        r = request_of(flags, full, NULL);
        return open_number(&r, flags);
}

int openat(int folder, const char *name, int flags, ...)
{
        AUTO(mem_free_at) struct wide_path *wide = mem_zero(1, sizeof(*wide));
        struct open_request r;

        if (!wide || name_wide(wide, name))
                return -1;
        r = request_of(flags, wide, handle_of(folder));
        return open_number(&r, flags);
}

static int stat_request(
    struct posix_stat *out, const struct wide_path *name, HANDLE below, bool link)
{
        struct open_request r = { .below = below,
                .name = name->text,
                .len = name->len,
                .access = FILE_READ_ATTRIBUTES,
                .disposition = FILE_OPEN,
                .options = link ? FILE_OPEN_REPARSE_POINT : 0 };
        HANDLE h;
        int bad;

        if (handle_open(&h, &r))
                return -1;
        bad = handle_stat(h, out);
        (void)CloseHandle(h);
        return bad;
}

static int path_stat(const char *path, struct posix_stat *out, bool link)
{
        AUTO(mem_free_at) struct wide_path *full = mem_zero(1, sizeof(*full));

        return !full || path_full(full, path) ? -1 : stat_request(out, full, NULL, link);
}

int posix_stat(const char *path, struct posix_stat *out)
{
        return path_stat(path, out, false);
}

int posix_lstat(const char *path, struct posix_stat *out)
{
        return path_stat(path, out, true);
}

int posix_fstat(int fd, struct posix_stat *out)
{
        return handle_stat(handle_of(fd), out);
}

int fstatat(int folder, const char *name, struct posix_stat *out, int flags)
{
        AUTO(mem_free_at) struct wide_path *wide = mem_zero(1, sizeof(*wide));

        if (!wide || name_wide(wide, name))
                return -1;
        return stat_request(out, wide, handle_of(folder), flags & AT_SYMLINK_NOFOLLOW);
}

static int folder_create(const struct wide_path *name, HANDLE below, unsigned mode)
{
        struct open_request r = { .below = below,
                .name = name->text,
                .len = name->len,
                .access = FILE_READ_ATTRIBUTES,
                .disposition = FILE_CREATE,
                .options = FILE_DIRECTORY_FILE,
                .only_ours = !(mode & 077) };
        HANDLE h;

        if (handle_open(&h, &r))
                return -1;
        (void)CloseHandle(h);
        return 0;
}

/* A drive or a folder that may not be changed says "denied" even when it is there. */
int posix_mkdir(const char *path, unsigned mode)
{
        AUTO(mem_free_at) struct wide_path *full = mem_zero(1, sizeof(*full));
        struct posix_stat st;
        int number;

        if (!full || path_full(full, path))
                return -1;
        if (folder_create(full, NULL, mode) == 0)
                return 0;
        number = errno;
        errno = stat_request(&st, full, NULL, false) == 0 && S_ISDIR(st.st_mode) ? EEXIST : number;
        return -1;
}

int mkdirat(int folder, const char *name, unsigned mode)
{
        AUTO(mem_free_at) struct wide_path *wide = mem_zero(1, sizeof(*wide));

        return !wide || name_wide(wide, name) ? -1 : folder_create(wide, handle_of(folder), mode);
}

static int remove_request(const struct wide_path *name, HANDLE below)
{
        struct open_request r = { .below = below,
                .name = name->text,
                .len = name->len,
                .access = DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES,
                .disposition = FILE_OPEN,
                .options = FILE_OPEN_REPARSE_POINT };
        FILE_DISPOSITION_INFO gone = { .DeleteFile = TRUE };
        FILE_BASIC_INFO writable = { .FileAttributes = FILE_ATTRIBUTE_NORMAL };
        HANDLE h;
        bool good;

        if (handle_open(&h, &r))
                return -1;
        good = SetFileInformationByHandle(h, FileDispositionInfo, &gone, sizeof(gone));
        if (!good && GetLastError() == ERROR_ACCESS_DENIED) /* read only: POSIX does not mind */
                good = SetFileInformationByHandle(h, FileBasicInfo, &writable, sizeof(writable)) &&
                       SetFileInformationByHandle(h, FileDispositionInfo, &gone, sizeof(gone));
        if (!good)
                (void)fail_with(GetLastError());
        (void)CloseHandle(h);
        return good ? 0 : -1;
}

int unlinkat(int folder, const char *name, int flags)
{
        AUTO(mem_free_at) struct wide_path *wide = mem_zero(1, sizeof(*wide));

        (void)flags;
        return !wide || name_wide(wide, name) ? -1 : remove_request(wide, handle_of(folder));
}

int posix_unlink(const char *path)
{
        AUTO(mem_free_at) struct wide_path *full = mem_zero(1, sizeof(*full));

        return !full || path_full(full, path) ? -1 : remove_request(full, NULL);
}

struct rename_information {
        BOOLEAN replace;
        HANDLE below;
        ULONG name_bytes;
        wchar_t name[1];
};

static int move(int from_folder, const char *from, int to_folder, const char *to, bool replace)
{
        AUTO(mem_free_at) struct wide_path *wide = mem_zero(1, sizeof(*wide));
        AUTO(mem_free_at) struct rename_information *what = NULL;
        struct open_request r;
        IO_STATUS_BLOCK done;
        NTSTATUS status;
        HANDLE h;
        size_t bytes;

        if (!wide || name_wide(wide, to))
                return -1;
        bytes = offsetof(struct rename_information, name) + (wide->len + 1) * sizeof(wchar_t);
        what = mem_zero(1, bytes);
        if (!what) {
                errno = ENOMEM;
                return -1;
        }
        what->replace = replace;
        what->below = handle_of(to_folder);
        what->name_bytes = (ULONG)(wide->len * sizeof(wchar_t));
        memcpy(what->name, wide->text, what->name_bytes);
        if (name_wide(wide, from))
                return -1;
        r = (struct open_request){ .below = handle_of(from_folder),
                .name = wide->text,
                .len = wide->len,
                .access = DELETE | FILE_READ_ATTRIBUTES,
                .disposition = FILE_OPEN,
                .options = FILE_OPEN_REPARSE_POINT };
        if (handle_open(&h, &r))
                return -1;
        status = NtSetInformationFile(h, &done, what, (ULONG)bytes, FileRenameInformation);
        (void)CloseHandle(h);
        return status < 0 ? fail_with_status(status) : 0;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
        return move(from_folder, from, to_folder, to, true);
}

int rename_new(int from_folder, const char *from, int to_folder, const char *to)
{
        return move(from_folder, from, to_folder, to, false);
}

int posix_access(const char *path, int mode)
{
        struct posix_stat st;

        if (posix_stat(path, &st))
                return -1;
        if ((mode & W_OK) && !S_ISDIR(st.st_mode) && !(st.st_mode & 0200)) {
                errno = EACCES;
                return -1;
        }
        return 0;
}

int fsync(int fd)
{
        struct posix_stat st;

        if (posix_fstat(fd, &st))
                return -1;
        if (S_ISDIR(st.st_mode))
                return 0;
        return FlushFileBuffers(handle_of(fd)) ? 0 : fail_with(GetLastError());
}

int fchmod(int fd, unsigned mode)
{
        FILE_BASIC_INFO i;

        if (!GetFileInformationByHandleEx(handle_of(fd), FileBasicInfo, &i, sizeof(i)))
                return fail_with(GetLastError());
        if (!(mode & 0200) == !!(i.FileAttributes & FILE_ATTRIBUTE_READONLY))
                return 0;
        i.FileAttributes ^= FILE_ATTRIBUTE_READONLY;
        return SetFileInformationByHandle(handle_of(fd), FileBasicInfo, &i, sizeof(i))
                   ? 0
                   : fail_with(GetLastError());
}

int fchown(int fd, uid_t user, gid_t group)
{
        (void)fd;
        (void)user;
        (void)group;
        return 0;
}

static FILETIME filetime_of(struct timespec t)
{
        uint64_t ticks = (uint64_t)t.tv_sec * 10000000u + (uint64_t)t.tv_nsec / 100u +
                         116444736000000000u;

        return (FILETIME){ (DWORD)ticks, (DWORD)(ticks >> 32) };
}

int futimens(int fd, const struct timespec times[2])
{
        FILETIME read_at = filetime_of(times[0]), written = filetime_of(times[1]);

        return SetFileTime(handle_of(fd), NULL, &read_at, &written) ? 0 : fail_with(GetLastError());
}

/* The last byte that a file can have: nobody reads or writes it. */
int flock(int fd, int how)
{
        OVERLAPPED at = { .Offset = 0xFFFFFFFE, .OffsetHigh = 0x7FFFFFFF };
        DWORD flags = (how & LOCK_EX ? LOCKFILE_EXCLUSIVE_LOCK : 0) |
                      (how & LOCK_NB ? LOCKFILE_FAIL_IMMEDIATELY : 0);

        return LockFileEx(handle_of(fd), flags, 0, 1, 0, &at) ? 0 : fail_with(GetLastError());
}

int posix_fadvise(int fd, int64_t from, int64_t bytes, int advice)
{
        (void)fd;
        (void)from;
        (void)bytes;
        (void)advice;
        return 0;
}

/* "\\?\C:\a" or "\\?\UNC\server\share" as we write ways. */
static int plain_path(char *out, size_t room, const wchar_t *wide)
{
        static const wchar_t share[] = L"\\\\?\\UNC\\";
        char *end = out;

        if (wcsncmp(wide, share, ARRAY_LEN(share) - 1) == 0) {
                *end++ = '/';
                wide += ARRAY_LEN(share) - 2;
        } else if (wcsncmp(wide, L"\\\\?\\", 4) == 0) {
                wide += 4;
        }
        if (wide_to_text(end, room - 1, (const uint16_t *)wide, wcslen(wide))) {
                errno = ENAMETOOLONG;
                return -1;
        }
        for (; *end; end++)
                if (*end == '\\')
                        *end = '/';
        return 0;
}

char *realpath(const char *path, char *room)
{
        enum { ROOM = WIDE_PATH_MAX * 3 };
        AUTO(mem_free_at) wchar_t *wide = mem_zero(WIDE_PATH_MAX, sizeof(*wide));
        AUTO(mem_free_at) char *out = mem_zero(ROOM, 1);
        int fd = posix_open(path, O_RDONLY);
        DWORD n;

        (void)room;
        if (fd < 0 || !wide || !out) {
                if (fd >= 0)
                        (void)close(fd);
                return NULL;
        }
        n = GetFinalPathNameByHandleW(handle_of(fd), wide, WIDE_PATH_MAX, FILE_NAME_NORMALIZED);
        (void)close(fd);
        if (!n || n >= WIDE_PATH_MAX) {
                (void)fail_with(GetLastError());
                return NULL;
        }
        return plain_path(out, ROOM, wide) ? NULL : MOVE(out);
}

int fstatfs(int fd, struct statfs *out)
{
        AUTO(mem_free_at) wchar_t *wide = mem_zero(WIDE_PATH_MAX, sizeof(*wide));
        DWORD n = wide ? GetFinalPathNameByHandleW(
                             handle_of(fd), wide, WIDE_PATH_MAX, FILE_NAME_NORMALIZED)
                       : 0;
        wchar_t drive[] = L"C:\\";

        *out = (struct statfs){ 0 };
        if (!n || n < 7)
                return 0;
        drive[0] = wide[4];
        if (wcsncmp(wide, L"\\\\?\\UNC\\", 8) == 0 ||
            (wide[5] == L':' && GetDriveTypeW(drive) == DRIVE_REMOTE))
                out->f_type = CIFS_MAGIC;
        return 0;
}

int getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t bytes, struct passwd **found)
{
        (void)uid;
        (void)entry;
        (void)room;
        (void)bytes;
        *found = NULL;
        return 0;
}

uid_t geteuid(void)
{
        return IsUserAnAdmin() ? 0 : 1;
}

int pipe2(int out[2], int flags)
{
        (void)flags;
        return _pipe(out, 64 << 10, O_BINARY | _O_NOINHERIT);
}

/* The C runtime counts in int. */
int64_t posix_read(int fd, void *out, size_t bytes)
{
        return _read(fd, out, bytes < INT_MAX ? (unsigned)bytes : INT_MAX);
}

int64_t posix_write(int fd, const void *bytes, size_t count)
{
        return _write(fd, bytes, count < INT_MAX ? (unsigned)count : INT_MAX);
}
