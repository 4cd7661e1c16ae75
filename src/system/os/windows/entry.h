/* system/os/windows/entry.h: what entry.c asks of the program that it starts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_ENTRY_H
#define CANH_SYSTEM_OS_WINDOWS_ENTRY_H

/* Adds the words of a double click behind words[0], at most room of them in all; how many there are
 * then. The words live as long as the program. */
int words_of_double_click(char **words, int room);
/* Holds the window until it was read. */
void end_of_double_click(void);

#endif
