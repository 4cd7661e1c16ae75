/* system/os/windows/memory_file_windows.c: memory_file.h by a temporary file that ends with its
 * handle and that nobody else can open. Between processes its bytes travel
 * (system/proc/message_windows.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/memory_file.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <fcntl.h>
#include <io.h>
#include <unistd.h>
#include <windows.h>

int memory_file_make(int *out, const char *name, struct text bytes)
{
        wchar_t folder[MAX_PATH + 1], path[MAX_PATH + 1];
        AUTO(file_close_at) int fd = -1;
        HANDLE h;
        int err;

        (void)name;
        if (!GetTempPathW(MAX_PATH + 1, folder) || !GetTempFileNameW(folder, L"can", 0, path))
                return ERR_IO;
        h = CreateFileW(path, GENERIC_READ | GENERIC_WRITE | DELETE, 0, NULL, TRUNCATE_EXISTING,
            FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
        fd = h == INVALID_HANDLE_VALUE ? -1 : _open_osfhandle((intptr_t)h, O_BINARY);
        if (fd < 0)
                return ERR_IO;
        err = file_write_handle(fd, bytes);
        if (err)
                return err;
        if (_lseeki64(fd, 0, SEEK_SET) != 0)
                return ERR_IO;
        *out = fd;
        fd = -1;
        return 0;
}

int memory_file_map(struct text *out, int fd, size_t max_bytes)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(max_bytes);
        int err;

        if (_lseeki64(fd, 0, SEEK_SET) != 0)
                return ERR_UNTRUSTED;
        err = file_read_handle(&bytes, fd);
        if (err)
                return err;
        *out = (struct text){ NULL, bytes.len };
        out->data = buffer_take(&bytes);
        return 0;
}

void memory_file_unmap(struct text *mapped)
{
        mem_free((void *)(uintptr_t)mapped->data);
        *mapped = (struct text){ NULL, 0 };
}
