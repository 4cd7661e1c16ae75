/* agent/windows/start.c: how canh-agent.exe is started: with a verb; by the service manager (the
 * verb `service`); or by a double click, which means a check by the kit that lies beside the
 * program, its result beside it too, named by machine and time. SPDX-License-Identifier: Apache-2.0
 */
#include "agent/windows/service.h"
#include "system/os/windows/entry.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "codec/timestamp.h"
#include "system/proc/process.h"
#include "system/os/windows/wide_text.h"
#include "workstation/inventory/inventory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

int main(int argc, char **argv);

enum { PATH_UNITS = 32768, PATH_ROOM = PATH_UNITS * 3 };

/* The program's folder with a "/" behind; "" when Windows does not say. */
static void folder_of_program(char *out)
{
        AUTO(mem_free_at) wchar_t *wide = mem_zero(PATH_UNITS, sizeof(*wide));
        DWORD n = wide ? GetModuleFileNameW(NULL, wide, PATH_UNITS) : 0;
        char *last = NULL;

        out[0] = '\0';
        if (!n || n >= PATH_UNITS || wide_to_text(out, PATH_ROOM, (const uint16_t *)wide, n))
                return;
        for (char *p = out; *p; p++)
                if (*p == '\\') {
                        *p = '/';
                        last = p;
                }
        if (last)
                last[1] = '\0';
}

static char *join(const char *folder, const char *name)
{
        AUTO(buffer_done) struct buffer all = BUFFER(PATH_ROOM * 2);

        return buffer_add_format(&all, "%s%s", folder, name) ? NULL : buffer_take(&all);
}

static void result_name(char *out, size_t room)
{
        char host[256] = "";
        struct civil_time t;

        if (inventory_host_name(host, sizeof(host)))
                (void)snprintf(host, sizeof(host), "may");
        civil_time_from_utc(&t, clock_now(&clock_real), ZONE_VIETNAM_MINUTES);
        (void)snprintf(out, room, "ket-qua-%s-%04d%02d%02d-%02d%02d%02d.json", host, t.year,
            t.month, t.day, t.hour, t.minute, t.second);
}

static int words_of_double_click(char **words)
{
        AUTO(mem_free_at) char *folder = mem_zero(PATH_ROOM, 1);
        AUTO(mem_free_at) char *kit = NULL;
        char name[512];
        int n = 1;

        if (!folder)
                return n;
        folder_of_program(folder);
        kit = join(folder, "canh-kit.json");
        words[n++] = join("", "check");
        if (kit && access(kit, R_OK) == 0) {
                result_name(name, sizeof(name));
                words[n++] = join("", "--kit");
                words[n++] = MOVE(kit);
                words[n++] = join("", "--out");
                words[n++] = join(folder, name);
        }
        return n;
}

static void end_of_double_click(void)
{
        (void)fflush(NULL);
        (void)fputs(
            "\nNhấn Enter để đóng cửa sổ này. / Press Enter to close this window.\n", stderr);
        (void)getchar();
}

int program_start(int argc, char **words, bool own_console)
{
        bool clicked = argc == 1 && own_console;
        int status;

        if (argc > 1 && strcmp(words[1], "service") == 0)
                return service_start(argc, words);
        if (clicked)
                argc = words_of_double_click(words);
        status = main(argc, words);
        if (clicked && !process_is_role(NULL))
                end_of_double_click();
        return status;
}
