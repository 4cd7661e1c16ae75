/* agent/windows/service.c: see service.h.
 * A machine that is not enrolled yet looks for HKLM\SOFTWARE\Canh, values Centre and Token: the
 * installer's properties CENTRE and TOKEN write them, a group policy may. The token is removed once
 * it was used. What is said goes to log.txt in the state folder, at most LOG_BYTES_MAX of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/windows/service.h"
#include "base/log.h"
#include "base/mem.h"
#include "line/agent_state.h"
#include "system/os/places.h"
#include "system/os/windows/registry.h"
#include "system/proc/process.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>

#define SETTINGS_KEY "HKLM\\SOFTWARE\\Canh"
#define SETTINGS_BELOW L"SOFTWARE\\Canh"

enum { WORD_MAX = 1024, TRY_AGAIN_MS = 60000, LOG_BYTES_MAX = 1 << 20, WORDS_MAX = 32 };

int main(int argc, char **argv);

/* The service manager hands nothing through to its callbacks. */
static struct {
        int argc;
        char *words[WORDS_MAX];
        SERVICE_STATUS_HANDLE handle;
} service;

static void service_tell(DWORD state)
{
        SERVICE_STATUS status = { .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                .dwCurrentState = state,
                .dwControlsAccepted = state == SERVICE_RUNNING
                                          ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN
                                          : 0 };

        (void)SetServiceStatus(service.handle, &status);
}

/* The agent may be killed at any moment, so it is: its children end with it. */
static DWORD WINAPI on_control(DWORD control, DWORD event, void *data, void *state)
{
        (void)event;
        (void)data;
        (void)state;
        if (control != SERVICE_CONTROL_STOP && control != SERVICE_CONTROL_SHUTDOWN)
                return control == SERVICE_CONTROL_INTERROGATE ? NO_ERROR
                                                              : ERROR_CALL_NOT_IMPLEMENTED;
        service_tell(SERVICE_STOPPED);
        ExitProcess(0);
}

static void log_open(void)
{
        AUTO(folder_close_at) struct folder *place = NULL;
        AUTO(file_close_at) int fd = -1;
        FILE *stream;
        int64_t bytes;

        if (folder_open_or_make(&place, place_of_agent(), 0700))
                return;
        if (file_size(&bytes, place, "log.txt") == 0 && bytes > LOG_BYTES_MAX)
                (void)!file_rename(place, "log.txt", "log-before.txt");
        fd = openat(
            folder_handle(place), "log.txt", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
        if (fd < 0 || _dup2(fd, STDERR_FILENO) != 0)
                return;
        /* A service has no standard streams: log_line writes to the number, others to the stream.
         */
        stream = _fileno(stderr) == STDERR_FILENO ? NULL : _fdopen(STDERR_FILENO, "wb");
        if (stream) {
                *stderr = *stream;
                (void)setvbuf(stderr, NULL, _IONBF, 0);
        }
        (void)SetStdHandle(STD_ERROR_HANDLE, (HANDLE)_get_osfhandle(STDERR_FILENO));
}

static bool is_enrolled(void)
{
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        AUTO(agent_identity_done) struct agent_identity me;

        agent_identity_init(&me);
        return agent_state_open(&s, place_of_agent()) == 0 && agent_identity_load(&me, s) == 0;
}

static void token_remove(void)
{
        HKEY key;

        if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, SETTINGS_BELOW, 0, KEY_SET_VALUE | KEY_WOW64_64KEY,
                &key) != ERROR_SUCCESS)
                return;
        (void)RegDeleteValueW(key, L"Token");
        (void)RegCloseKey(key);
}

static bool enrol(void)
{
        char program[] = "canh-agent", verb[] = "enrol", centre_option[] = "--centre",
             token_option[] = "--token", centre[WORD_MAX], token[WORD_MAX];
        char *words[] = { program, verb, centre_option, centre, token_option, token, NULL };
        bool good;

        registry_text(
            centre, sizeof(centre), &registry_of_machine, SETTINGS_KEY, REGISTRY_VIEW_64, "Centre");
        registry_text(
            token, sizeof(token), &registry_of_machine, SETTINGS_KEY, REGISTRY_VIEW_64, "Token");
        if (!centre[0] || !token[0])
                return false;
        good = main((int)ARRAY_LEN(words) - 1, words) == 0;
        SecureZeroMemory(token, sizeof(token));
        if (good)
                token_remove();
        return good;
}

static void WINAPI on_start(DWORD argc, wchar_t **words)
{
        (void)argc;
        (void)words;
        service.handle = RegisterServiceCtrlHandlerExW(SERVICE_NAME, on_control, NULL);
        if (!service.handle)
                return;
        service_tell(SERVICE_RUNNING);
        log_open();
        while (!is_enrolled() && !enrol())
                Sleep(TRY_AGAIN_MS);
        (void)main(service.argc, service.words);
        service_tell(SERVICE_STOPPED);
}

int service_start(int argc, char **words)
{
        static wchar_t name[] = SERVICE_NAME;
        static char verb[] = "run";
        const SERVICE_TABLE_ENTRYW table[] = { { name, on_start }, { NULL, NULL } };

        for (int i = 0; i < argc && service.argc < WORDS_MAX - 1; i++)
                service.words[service.argc++] = words[i];
        service.words[1] = verb;
        if (process_is_role(NULL)) /* a child of the service is none itself */
                return main(service.argc, service.words);
        return StartServiceCtrlDispatcherW(table) ? 0 : 2;
}
