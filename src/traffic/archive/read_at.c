/* traffic/archive/read_at.c: see read_at.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/read_at.h"

#include <errno.h>
#include <unistd.h>

int read_at(int fd, void *out, size_t len, uint64_t offset)
{
        char *at = out;

        while (len) {
                ssize_t n = pread(fd, at, len, (off_t)offset);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 ? ERR_IO : ERR_FORMAT;
                at += n;
                offset += (uint64_t)n;
                len -= (size_t)n;
        }
        return 0;
}
