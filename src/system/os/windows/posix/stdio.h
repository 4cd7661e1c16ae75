/* io.h uses what base/banned.h forbids, so it comes before. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_STDIO_H
#define CANH_POSIX_STDIO_H
#include_next <stdio.h>
#include <io.h>
#include <sys/stat.h>
#endif
