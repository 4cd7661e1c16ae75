/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_ARPA_INET_H
#define CANH_POSIX_ARPA_INET_H
#include <winsock2.h>
#include <ws2tcpip.h>
#endif
