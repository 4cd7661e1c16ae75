/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_SYS_STAT_H
#define CANH_POSIX_SYS_STAT_H
#include <io.h>
#include_next <sys/stat.h>
#include "system/os/windows/posix.h"
#endif
