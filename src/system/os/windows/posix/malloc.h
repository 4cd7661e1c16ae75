/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_MALLOC_H
#define CANH_POSIX_MALLOC_H
#include_next <malloc.h>
/* The heap of Windows gives back by itself. */
#define malloc_trim(keep) (0)
#endif
