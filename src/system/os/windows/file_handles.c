/* system/os/windows/file_handles.c: see file_handles.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/file_handles.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <aclapi.h>
#include <io.h>
#include <sddl.h>
#include <string.h>

/* Owner (whoever that is), administrators and the system; nothing comes from the folder above. */
#define ONLY_OURS L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)"

int fail_with(DWORD error)
{
        static const struct {
                DWORD windows;
                int number;
        } same[] = { { ERROR_FILE_NOT_FOUND, ENOENT }, { ERROR_PATH_NOT_FOUND, ENOENT },
                { ERROR_BAD_NETPATH, ENOENT }, { ERROR_BAD_NET_NAME, ENOENT },
                { ERROR_INVALID_DRIVE, ENOENT }, { ERROR_NOT_READY, ENOENT },
                { ERROR_DELETE_PENDING, ENOENT }, { ERROR_DIRECTORY, ENOTDIR },
                { ERROR_FILE_EXISTS, EEXIST }, { ERROR_ALREADY_EXISTS, EEXIST },
                { ERROR_ACCESS_DENIED, EACCES }, { ERROR_PRIVILEGE_NOT_HELD, EACCES },
                { ERROR_WRITE_PROTECT, EROFS }, { ERROR_SHARING_VIOLATION, EBUSY },
                { ERROR_LOCK_VIOLATION, EAGAIN }, { ERROR_DISK_FULL, ENOSPC },
                { ERROR_HANDLE_DISK_FULL, ENOSPC }, { ERROR_NOT_ENOUGH_MEMORY, ENOMEM },
                { ERROR_OUTOFMEMORY, ENOMEM }, { ERROR_BROKEN_PIPE, EPIPE },
                { ERROR_NO_DATA, EPIPE }, { ERROR_INVALID_NAME, EINVAL },
                { ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG }, { ERROR_DIR_NOT_EMPTY, ENOTEMPTY },
                { ERROR_CANT_ACCESS_FILE, ELOOP } };

        errno = EIO;
        for (size_t i = 0; i < ARRAY_LEN(same); i++)
                if (same[i].windows == error)
                        errno = same[i].number;
        return -1;
}

int fail_with_status(NTSTATUS status)
{
        return fail_with(RtlNtStatusToDosError(status));
}

HANDLE handle_of(int fd)
{
        return (HANDLE)_get_osfhandle(fd);
}

int handle_open(HANDLE *out, const struct open_request *what)
{
        UNICODE_STRING name = { .Buffer = (wchar_t *)(uintptr_t)what->name,
                .Length = (USHORT)(what->len * sizeof(wchar_t)),
                .MaximumLength = (USHORT)(what->len * sizeof(wchar_t)) };
        OBJECT_ATTRIBUTES attributes;
        IO_STATUS_BLOCK done;
        PSECURITY_DESCRIPTOR ours = NULL;
        NTSTATUS status;

        if (what->only_ours && !ConvertStringSecurityDescriptorToSecurityDescriptorW(
                                   ONLY_OURS, SDDL_REVISION_1, &ours, NULL))
                return fail_with(GetLastError());
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, what->below, ours);
        status = NtCreateFile(out, what->access | SYNCHRONIZE, &attributes, &done, NULL,
            FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
            what->disposition,
            what->options | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT, NULL, 0);
        if (ours)
                (void)LocalFree(ours);
        return status < 0 ? fail_with_status(status) : 0;
}

static int wide_or_errno(wchar_t *out, size_t room, size_t *len, const char *text)
{
        int err = wide_from_text((uint16_t *)out, room, len, text_of(text));

        if (!err)
                return 0;
        errno = err == ERR_LIMIT ? ENAMETOOLONG : EINVAL;
        return -1;
}

int name_wide(struct wide_path *out, const char *name)
{
        if (strpbrk(name, "/\\:")) {
                errno = EINVAL;
                return -1;
        }
        if (strcmp(name, ".") == 0) { /* the folder itself: no name below its handle */
                out->len = 0;
                out->text[0] = 0;
                return 0;
        }
        return wide_or_errno(out->text, WIDE_PATH_MAX, &out->len, name);
}

int path_full(struct wide_path *out, const char *path)
{
        static const wchar_t drive[] = L"\\??\\", share[] = L"\\??\\UNC\\";
        AUTO(mem_free_at) wchar_t *wide = mem_zero(WIDE_PATH_MAX, sizeof(*wide));
        AUTO(mem_free_at) wchar_t *full = mem_zero(WIDE_PATH_MAX, sizeof(*full));
        const wchar_t *head = drive, *rest = full;
        size_t len = 0, before;
        DWORD n;

        if (!wide || !full) {
                errno = ENOMEM;
                return -1;
        }
        if (wide_or_errno(wide, WIDE_PATH_MAX - 2, &len, path))
                return -1;
        if (len == 2 && wide[1] == L':') /* else the folder last used on this drive */
                wide[len++] = L'\\';
        n = GetFullPathNameW(wide, WIDE_PATH_MAX, full, NULL);
        if (!n || n >= WIDE_PATH_MAX - ARRAY_LEN(share))
                return fail_with(n ? ERROR_FILENAME_EXCED_RANGE : GetLastError());
        if (n > 4 && full[0] == L'\\' && full[1] == L'\\' && (full[2] == L'?' || full[2] == L'.') &&
            full[3] == L'\\') {
                rest += 4;
        } else if (n > 2 && full[0] == L'\\' && full[1] == L'\\') {
                head = share;
                rest += 2;
        }
        before = wcslen(head);
        out->len = before + wcslen(rest);
        memcpy(out->text, head, before * sizeof(wchar_t));
        memcpy(out->text + before, rest, (out->len - before + 1) * sizeof(wchar_t));
        return 0;
}

static struct timespec timespec_of(LARGE_INTEGER filetime)
{
        int64_t ticks = filetime.QuadPart - 116444736000000000; /* 100 ns, from 1601 to 1970 */
        int64_t rest = ticks % 10000000;

        if (rest < 0)
                rest += 10000000;
        return (struct timespec){ (ticks - rest) / 10000000, (long)rest * 100 };
}

static bool is_elsewhere(DWORD attributes)
{
        /* The content is with a cloud or on tape: to read it would fetch it. */
        return attributes & (FILE_ATTRIBUTE_OFFLINE | 0x00400000 /* RECALL_ON_DATA_ACCESS */ |
                                0x00040000 /* RECALL_ON_OPEN */);
}

bool handle_is_link(HANDLE h)
{
        FILE_ATTRIBUTE_TAG_INFO tag;

        return GetFileInformationByHandleEx(h, FileAttributeTagInfo, &tag, sizeof(tag)) &&
               (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) &&
               (tag.ReparseTag & 0x20000000u); /* IsReparseTagNameSurrogate */
}

int handle_stat(HANDLE h, struct posix_stat *out)
{
        BY_HANDLE_FILE_INFORMATION i;
        FILE_BASIC_INFO times;

        if (GetFileType(h) != FILE_TYPE_DISK) {
                *out = (struct posix_stat){ .st_mode = 0x1000 };
                return 0;
        }
        if (!GetFileInformationByHandle(h, &i) ||
            !GetFileInformationByHandleEx(h, FileBasicInfo, &times, sizeof(times)))
                return fail_with(GetLastError());
        *out = (struct posix_stat){ .st_dev = i.dwVolumeSerialNumber,
                .st_ino = (uint64_t)i.nFileIndexHigh << 32 | i.nFileIndexLow,
                .st_nlink = i.nNumberOfLinks,
                .st_size = (int64_t)((uint64_t)i.nFileSizeHigh << 32 | i.nFileSizeLow),
                .st_atim = timespec_of(times.LastAccessTime),
                .st_mtim = timespec_of(times.LastWriteTime),
                .st_ctim = timespec_of(times.ChangeTime),
                .st_mode = i.dwFileAttributes & FILE_ATTRIBUTE_READONLY ? 0400 : 0600 };
        if (handle_is_link(h))
                out->st_mode = S_IFLNK | 0700;
        else if (i.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
                out->st_mode = 0x4000 | 0700;
        else
                out->st_mode |= is_elsewhere(i.dwFileAttributes) ? 0x2000u : 0x8000u;
        return 0;
}
