/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_SYS_VFS_H
#define CANH_POSIX_SYS_VFS_H

struct statfs {
        unsigned f_type; /* the number of CIFS for what is on another machine, 0 for all else */
};

int fstatfs(int fd, struct statfs *out);

#endif
