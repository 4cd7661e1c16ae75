/* system/os/windows/file_handles.h: what posix_files.c, posix_folders.c and posix_stat.c share: a
 * file or folder opened below a handle, errors as errno. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_FILE_HANDLES_H
#define CANH_SYSTEM_OS_WINDOWS_FILE_HANDLES_H

#include "system/os/windows/posix.h"

#include <stdbool.h>
#include <windows.h>
#include <winternl.h>

enum { WIDE_PATH_MAX = 32768 };

struct wide_path {
        wchar_t text[WIDE_PATH_MAX];
        size_t len;
};

struct open_request {
        HANDLE below; /* NULL: name is a full way */
        const wchar_t *name;
        size_t len;
        ACCESS_MASK access;
        ULONG disposition, options;
        bool only_ours; /* what is made is for its owner, administrators and the system alone */
};

/* Sets errno and returns -1. */
int fail_with(DWORD error);
int fail_with_status(NTSTATUS status);
/* 0, or -1 with errno. */
int handle_open(HANDLE *out, const struct open_request *what);
/* "C:/a" as Windows' own full way: "\??\C:\a". */
int path_full(struct wide_path *out, const char *path);
/* One name, not a way: EINVAL for "/", "\" and ":" (a stream of a file). */
int name_wide(struct wide_path *out, const char *name);
HANDLE handle_of(int fd);
int handle_stat(HANDLE h, struct posix_stat *out);
/* Whether it leads elsewhere: a link or a mount. */
bool handle_is_link(HANDLE h);

#endif
