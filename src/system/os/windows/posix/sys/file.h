/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_SYS_FILE_H
#define CANH_POSIX_SYS_FILE_H
#include <sys/stat.h>
#endif
