/* system/os/windows/entry.c: where Windows starts the program: its words in UTF-8, a console that
 * shows Vietnamese. Goes on in the program (entry.h). SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/entry.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

enum { WORD_BYTES_PER_UNIT = 3 };

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
        AUTO(mem_free_at) char **words = mem_zero((size_t)argc + ENTRY_WORDS_MORE, sizeof(*words));
        int status;

        if (!words)
                return 2;
        for (int i = 0; i < argc; i++) {
                words[i] = word_of(wide[i]);
                if (!words[i])
                        return 2;
        }
        console_prepare();
        status = program_start(argc, words, own_console());
        (void)fflush(NULL);
        return status;
}
