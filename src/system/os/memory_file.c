/* system/os/memory_file.c: see memory_file.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/memory_file.h"
#include "system/os/folder.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL };

int memory_file_make(int *out, const char *name, struct text bytes)
{
        AUTO(file_close_at) int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        int err;

        if (fd < 0)
                return err_from_errno(errno);
        err = file_write_handle(fd, bytes);
        if (err)
                return err;
        if (lseek(fd, 0, SEEK_SET) != 0 || fcntl(fd, F_ADD_SEALS, SEALS) != 0)
                return ERR_IO;
        *out = fd;
        fd = -1;
        return 0;
}

/* The size by lseek: glibc's fstat is a call by path, which confined processes are told no. */
int memory_file_map(struct text *out, int fd, size_t max_bytes)
{
        int seals = fcntl(fd, F_GET_SEALS);
        off_t size = lseek(fd, 0, SEEK_END);
        void *data;

        if (seals < 0 || (seals & SEALS) != SEALS || size < 0)
                return ERR_UNTRUSTED;
        if ((uint64_t)size > max_bytes)
                return ERR_LIMIT;
        if (size == 0) {
                *out = (struct text){ NULL, 0 };
                return 0;
        }
        data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
                return ERR_MEMORY;
        *out = (struct text){ data, (size_t)size };
        return 0;
}

void memory_file_unmap(struct text *mapped)
{
        if (mapped->data)
                (void)munmap((void *)(uintptr_t)mapped->data, mapped->len);
        *mapped = (struct text){ NULL, 0 };
}
