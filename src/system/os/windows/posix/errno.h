/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_ERRNO_H
#define CANH_POSIX_ERRNO_H
#include_next <errno.h>
/* Never set here, but asked for. */
#ifndef ESTALE
#define ESTALE 10070
#endif
#ifndef EDQUOT
#define EDQUOT 10069
#endif
#endif
