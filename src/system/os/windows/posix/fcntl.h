/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_FCNTL_H
#define CANH_POSIX_FCNTL_H
#include_next <fcntl.h>
#include <sys/stat.h>
#endif
