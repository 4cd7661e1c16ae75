/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_STRING_H
#define CANH_POSIX_STRING_H
#include_next <string.h>
void *memmem(const void *in, size_t in_len, const void *what, size_t len);
#endif
