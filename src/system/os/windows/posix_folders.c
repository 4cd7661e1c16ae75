/* system/os/windows/posix_folders.c: the entries of a folder; see posix/dirent.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/file_handles.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <dirent.h>
#include <unistd.h>

enum { LISTING_BYTES = 32 << 10 };

struct posix_folder {
        int fd;
        bool begun;
        size_t next; /* of the entry in `listing`; 0 = ask for more */
        struct dirent entry;
        _Alignas(8) char listing[LISTING_BYTES];
};

DIR *fdopendir(int fd)
{
        DIR *d = mem_zero(1, sizeof(*d));

        if (d)
                d->fd = fd;
        return d;
}

static bool fill(DIR *d)
{
        FILE_INFO_BY_HANDLE_CLASS how = d->begun ? FileIdBothDirectoryInfo
                                                 : FileIdBothDirectoryRestartInfo;

        d->begun = true;
        if (GetFileInformationByHandleEx(handle_of(d->fd), how, d->listing, sizeof(d->listing)))
                return true;
        if (GetLastError() != ERROR_NO_MORE_FILES)
                (void)fail_with(GetLastError());
        return false;
}

struct dirent *readdir(DIR *d)
{
        for (;;) {
                const FILE_ID_BOTH_DIR_INFO *i;
                size_t at = d->next;

                if (!at && !fill(d))
                        return NULL;
                i = (const void *)(d->listing + (at ? at - 1 : 0));
                /* One more than the place, so that 0 says "none". */
                d->next = i->NextEntryOffset ? (at ? at : 1) + i->NextEntryOffset : 0;
                if (wide_to_text(d->entry.d_name, sizeof(d->entry.d_name),
                        (const uint16_t *)i->FileName, i->FileNameLength / sizeof(wchar_t)) == 0)
                        return &d->entry;
        }
}

int closedir(DIR *d)
{
        int bad = close(d->fd);

        mem_free(d);
        return bad;
}

int dirfd(DIR *d)
{
        return d->fd;
}
