/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_SIGNAL_H
#define CANH_POSIX_SIGNAL_H
#include_next <signal.h>
/* No signal comes of a broken pipe here: to ignore it fails, and nobody minds. */
#ifndef SIGPIPE
#define SIGPIPE 13
#endif
#endif
