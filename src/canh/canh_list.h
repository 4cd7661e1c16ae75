/* canh/canh_list.h: `canh list show` and `canh list build`. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_CANH_LIST_H
#define CANH_CANH_CANH_LIST_H

/* The words behind "list"; the exit code. */
int canh_list(int argc, char **argv);

#endif
