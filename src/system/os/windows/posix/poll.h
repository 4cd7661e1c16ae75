/* Of one pipe of process_pair. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_POLL_H
#define CANH_POSIX_POLL_H

#include <winsock2.h>

#define poll posix_poll
int poll(struct pollfd *one, unsigned long count, int timeout_ms);

#endif
