/* system/os/rename_new.c: see rename_new.h. The call itself: older C libraries have no name for it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/rename_new.h"

#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

int rename_new(int from_folder, const char *from, int to_folder, const char *to)
{
        return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, RENAME_NOREPLACE);
}
