/* system/os/windows/entry.h: what entry.c asks of the program that it starts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_ENTRY_H
#define CANH_SYSTEM_OS_WINDOWS_ENTRY_H

#include <stdbool.h>

enum { ENTRY_WORDS_MORE = 16 }; /* room behind words[argc] */

/* Goes on with the words in UTF-8, usually in main; its exit status. A program that was started by
 * a double click has a console of its own, which closes with it. */
int program_start(int argc, char **words, bool own_console);

#endif
