/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_DIRENT_H
#define CANH_POSIX_DIRENT_H

enum { POSIX_NAME_MAX = 3 * 255 + 1 };

typedef struct posix_folder DIR;
struct dirent {
        char d_name[POSIX_NAME_MAX];
};

DIR *fdopendir(int fd);
struct dirent *readdir(DIR *d);
int closedir(DIR *d);
int dirfd(DIR *d);

#endif
