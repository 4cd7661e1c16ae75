/* Of processes that process_start began. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_SYS_WAIT_H
#define CANH_POSIX_SYS_WAIT_H

#define WIFEXITED(status) ((status) >= 0)
#define WEXITSTATUS(status) (status)

int waitpid(int pid, int *status, int options);

#endif
