/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_UNISTD_H
#define CANH_POSIX_UNISTD_H
#include_next <unistd.h>
#include <sys/stat.h>
#endif
