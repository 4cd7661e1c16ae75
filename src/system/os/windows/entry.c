/* system/os/windows/entry.c: where Windows starts the program: its words in UTF-8, a console that
 * shows Vietnamese, and the double click. Goes on in main.
 * A program that was started by a double click has a console of its own, which closes with it: then
 * the program says which words are meant, and keeps the window open (entry.h).
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/entry.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

enum { WORD_BYTES_PER_UNIT = 3, WORDS_MAX = 16 };

int main(int argc, char **argv);
int wmain(int argc, wchar_t **wide);

static char *word_of(const wchar_t *wide)
{
        size_t len = wcslen(wide), room = len * WORD_BYTES_PER_UNIT + 8;
        char *word = mem_zero(room, 1);

        if (word && wide_to_text(word, room, (const uint16_t *)wide, len))
                word[0] = '\0';
        return word;
}

static bool own_console(void)
{
        DWORD others[2];

        return GetConsoleProcessList(others, 2) == 1;
}

static void console_prepare(void)
{
        (void)SetConsoleOutputCP(CP_UTF8);
        /* Whole sentences: the C runtime cuts a letter in two when it writes byte by byte. */
        (void)setvbuf(stdout, NULL, _IOFBF, 1 << 16);
        (void)_setmode(_fileno(stdin), _O_BINARY);
}

int wmain(int argc, wchar_t **wide)
{
        AUTO(mem_free_at) char **words = mem_zero((size_t)argc + WORDS_MAX, sizeof(*words));
        int status, count = argc;

        if (!words)
                return 2;
        for (int i = 0; i < argc; i++) {
                words[i] = word_of(wide[i]);
                if (!words[i])
                        return 2;
        }
        console_prepare();
        if (argc > 1 || !own_console()) {
                status = main(count, words);
                (void)fflush(NULL);
                return status;
        }
        count = words_of_double_click(words, WORDS_MAX);
        status = main(count, words);
        (void)fflush(NULL);
        end_of_double_click();
        return status;
}
