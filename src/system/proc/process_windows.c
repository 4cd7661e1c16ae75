/* system/proc/process_windows.c: process.h for Windows, which has no fork. The child is the same
 * program with the same words; it comes the same way to the same process_start, and that call,
 * seeing that the role was asked for, runs it in place of starting one. So what a program does
 * before it starts a role must be good to be done twice. Handles come by inheritance, only those
 * named, and take the numbers that the caller's have. SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/process.h"

#include "base/mem.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <sys/wait.h>
#include <windows.h>
#include <psapi.h>

#define ROLE_VARIABLE "CANH_ROLE"       /* the role's name */
#define HANDLES_VARIABLE "CANH_HANDLES" /* the inherited handles, in the order of the start */

enum { CHILDREN_MAX = 16, WORD_MAX = PROCESS_HANDLES_MAX * 20, PATH_UNITS = 32768 };

/* A process that ended is known only as long as somebody has its handle. */
static struct {
        int pid;
        HANDLE handle;
} children[CHILDREN_MAX];

static bool word_of(char out[WORD_MAX], const char *name)
{
        DWORD n = GetEnvironmentVariableA(name, out, WORD_MAX);

        return n > 0 && n < WORD_MAX;
}

static void take_handles(const struct process_start *what)
{
        char word[WORD_MAX];
        struct text rest, one;
        size_t i = 0;

        if (!word_of(word, HANDLES_VARIABLE))
                _exit(2);
        rest = text_of(word);
        while (i < what->handle_count && text_split(&one, &rest, ',')) {
                uint64_t value = 0;
                int fd;

                if (text_to_u64(&value, one, UINT32_MAX))
                        _exit(2);
                fd = _open_osfhandle((intptr_t)value, O_BINARY);
                if (fd < 0 || _dup2(fd, what->handles[i]) != 0)
                        _exit(2);
                (void)_close(fd);
                i++;
        }
        if (i != what->handle_count)
                _exit(2);
}

static _Noreturn void become(const struct process_start *what)
{
        take_handles(what);
        (void)SetEnvironmentVariableA(ROLE_VARIABLE, NULL);
        (void)SetEnvironmentVariableA(HANDLES_VARIABLE, NULL);
        (void)SetConsoleCtrlHandler(NULL, TRUE); /* Ctrl-C is the parent's */
        exit(what->run(what->state));
}

bool process_is_role(const char *name)
{
        char word[WORD_MAX];

        return word_of(word, ROLE_VARIABLE) && (!name || strcmp(word, name) == 0);
}

/* The children end with us, also when we are killed: the system closes the job's handle then. */
static HANDLE job_of_children(void)
{
        static HANDLE job;
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {
                .BasicLimitInformation = { .LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE }
        };

        if (!job) {
                job = CreateJobObjectW(NULL, NULL);
                if (job)
                        (void)SetInformationJobObject(
                            job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
        }
        return job;
}

static int child_keep(int pid, HANDLE handle)
{
        for (size_t i = 0; i < CHILDREN_MAX; i++)
                if (!children[i].handle) {
                        children[i].pid = pid;
                        children[i].handle = handle;
                        return 0;
                }
        return ERR_LIMIT;
}

/* The three standard ones and those of the start; nothing else is inherited. */
static size_t handles_name(HANDLE out[], char word[WORD_MAX], const struct process_start *what)
{
        static const DWORD standard[] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE };
        size_t count = 0, used = 0;

        word[0] = '\0';
        for (size_t i = 0; i < what->handle_count; i++) {
                HANDLE h = (HANDLE)_get_osfhandle(what->handles[i]);

                (void)SetHandleInformation(h, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
                out[count++] = h;
                used += (size_t)snprintf(word + used, WORD_MAX - used, "%s%llu", used ? "," : "",
                    (unsigned long long)(uintptr_t)h);
        }
        for (size_t i = 0; i < ARRAY_LEN(standard); i++) {
                HANDLE h = GetStdHandle(standard[i]);
                bool there = h && h != INVALID_HANDLE_VALUE && GetFileType(h) != FILE_TYPE_UNKNOWN;

                for (size_t k = 0; there && k < count; k++)
                        there = out[k] != h;
                if (!there || !SetHandleInformation(h, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
                        continue;
                out[count++] = h;
        }
        return count;
}

static bool create(PROCESS_INFORMATION *made, HANDLE handles[], size_t count)
{
        AUTO(mem_free_at) wchar_t *program = mem_zero(PATH_UNITS, sizeof(*program));
        AUTO(mem_free_at) wchar_t *words = NULL;
        AUTO(mem_free_at) LPPROC_THREAD_ATTRIBUTE_LIST list = NULL;
        STARTUPINFOEXW start = { .StartupInfo = { .cb = sizeof(start) } };
        const wchar_t *line = GetCommandLineW();
        SIZE_T bytes = 0;
        bool good;

        (void)InitializeProcThreadAttributeList(NULL, 1, 0, &bytes);
        list = mem_zero(1, bytes);
        words = mem_zero(wcslen(line) + 1, sizeof(*words));
        if (!program || !words || !list || !GetModuleFileNameW(NULL, program, PATH_UNITS) ||
            !InitializeProcThreadAttributeList(list, 1, 0, &bytes))
                return false;
        memcpy(words, line, wcslen(line) * sizeof(*words));
        start.lpAttributeList = list;
        start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
        start.StartupInfo.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
        start.StartupInfo.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
        start.StartupInfo.hStdError = GetStdHandle(STD_ERROR_HANDLE);
        good = UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles,
                   count * sizeof(HANDLE), NULL, NULL) &&
               CreateProcessW(program, words, NULL, NULL, TRUE,
                   EXTENDED_STARTUPINFO_PRESENT | CREATE_SUSPENDED, NULL, NULL, &start.StartupInfo,
                   made);
        DeleteProcThreadAttributeList(list);
        return good;
}

int process_start(int *pid, const struct process_start *what)
{
        HANDLE handles[PROCESS_HANDLES_MAX + 3];
        PROCESS_INFORMATION made;
        char word[WORD_MAX], role[WORD_MAX];
        size_t count;
        bool good;

        if (word_of(role, ROLE_VARIABLE)) {
                if (strcmp(role, what->name) != 0)
                        return ERR_BUG;
                become(what);
        }
        (void)fflush(NULL);
        count = handles_name(handles, word, what);
        (void)SetEnvironmentVariableA(ROLE_VARIABLE, what->name);
        (void)SetEnvironmentVariableA(HANDLES_VARIABLE, word);
        good = create(&made, handles, count);
        (void)SetEnvironmentVariableA(ROLE_VARIABLE, NULL);
        (void)SetEnvironmentVariableA(HANDLES_VARIABLE, NULL);
        for (size_t i = 0; i < what->handle_count; i++)
                (void)SetHandleInformation(handles[i], HANDLE_FLAG_INHERIT, 0);
        if (!good)
                return GetLastError() == ERROR_NOT_ENOUGH_MEMORY ? ERR_MEMORY : ERR_IO;
        /* Where Windows 7 has us in a job already, the child's pipe ends it when we are gone. */
        (void)AssignProcessToJobObject(job_of_children(), made.hProcess);
        (void)ResumeThread(made.hThread);
        (void)CloseHandle(made.hThread);
        *pid = (int)made.dwProcessId;
        return child_keep(*pid, made.hProcess);
}

int waitpid(int pid, int *status, int options)
{
        (void)options;
        for (size_t i = 0; i < CHILDREN_MAX; i++) {
                DWORD code = 0;

                if (!children[i].handle || children[i].pid != pid)
                        continue;
                (void)WaitForSingleObject(children[i].handle, INFINITE);
                (void)GetExitCodeProcess(children[i].handle, &code);
                (void)CloseHandle(children[i].handle);
                children[i].handle = NULL;
                *status = (int)code; /* below zero: an exception ended it */
                return pid;
        }
        return -1;
}

int64_t process_rss_bytes(int pid)
{
        HANDLE h = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)pid);
        PROCESS_MEMORY_COUNTERS c = { .cb = sizeof(c) };
        bool good = h && GetProcessMemoryInfo(h, &c, sizeof(c));

        if (h)
                (void)CloseHandle(h);
        return good ? (int64_t)c.WorkingSetSize : 0;
}

const char *process_end_text(char out[32], int wait_status)
{
        if (wait_status < 0)
                (void)snprintf(out, 32, "exception %08x", (unsigned)wait_status);
        else
                (void)snprintf(out, 32, "exit %d", wait_status);
        return out;
}
