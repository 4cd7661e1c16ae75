/* system/os/windows/confine_windows.c: confine.h for Windows. A process lowers itself for good:
 * every privilege but that of walking through folders is removed, it may start no other (a job of
 * one), and one that only reads takes the low integrity level, by which the kernel refuses it every
 * write to what is not marked low. What Windows cannot do for a process by itself: take the network
 * away, or hide one file (docs/decisions/010-windows.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine.h"
#include "base/mem.h"

#include <windows.h>

#define LOW_LEVEL 0x1000

static bool remove_privileges(HANDLE token)
{
        AUTO(mem_free_at) TOKEN_PRIVILEGES *all = NULL;
        LUID walk;
        DWORD bytes = 0;

        (void)GetTokenInformation(token, TokenPrivileges, NULL, 0, &bytes);
        all = mem_zero(1, bytes ? bytes : sizeof(*all));
        if (!all || !GetTokenInformation(token, TokenPrivileges, all, bytes, &bytes) ||
            !LookupPrivilegeValueW(NULL, L"SeChangeNotifyPrivilege", &walk))
                return false;
        for (DWORD i = 0; i < all->PrivilegeCount; i++)
                if (all->Privileges[i].Luid.LowPart != walk.LowPart)
                        all->Privileges[i].Attributes = SE_PRIVILEGE_REMOVED;
        return AdjustTokenPrivileges(token, FALSE, all, 0, NULL, NULL);
}

static bool lower_level(HANDLE token)
{
        SID_IDENTIFIER_AUTHORITY label = SECURITY_MANDATORY_LABEL_AUTHORITY;
        TOKEN_MANDATORY_LABEL level = { .Label.Attributes = SE_GROUP_INTEGRITY };
        SID low = { .Revision = SID_REVISION,
                .SubAuthorityCount = 1,
                .IdentifierAuthority = label,
                .SubAuthority = { LOW_LEVEL } };

        level.Label.Sid = &low;
        return SetTokenInformation(token, TokenIntegrityLevel, &level, sizeof(level));
}

static bool stay_alone(const struct confine_limits *limits)
{
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION job = {
                .BasicLimitInformation = { .LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS,
                    .ActiveProcessLimit = 1 }
        };
        HANDLE h = CreateJobObjectW(NULL, NULL);

        if (limits->memory_bytes) {
                job.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_PROCESS_MEMORY;
                job.ProcessMemoryLimit = limits->memory_bytes;
        }
        /* The job's handle stays open as long as the process. */
        return h &&
               SetInformationJobObject(h, JobObjectExtendedLimitInformation, &job, sizeof(job)) &&
               AssignProcessToJobObject(h, GetCurrentProcess());
}

static bool only_reads(const struct confine_request *what)
{
        for (size_t i = 0; i < what->folder_count; i++)
                if (what->folders[i].access != CONFINE_READ && what->folders[i].path[0] &&
                    GetFileAttributesA(what->folders[i].path) != INVALID_FILE_ATTRIBUTES)
                        return false;
        return what->profile == CONFINE_SCAN;
}

int confine_apply(struct confine_report *out, const struct confine_request *what)
{
        HANDLE token = NULL;
        bool removed, low = false, alone;

        if (!OpenProcessToken(GetCurrentProcess(),
                TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_DEFAULT, &token))
                return ERR_DENIED;
        removed = remove_privileges(token);
        alone = stay_alone(&what->limits);
        if (removed && only_reads(what))
                low = lower_level(token);
        (void)CloseHandle(token);
        if (!removed)
                return ERR_DENIED;
        *out = (struct confine_report){ .folders_fenced = low, .calls_fenced = alone };
        return 0;
}

int confine_landlock_abi(void)
{
        return 0;
}

/* Lowest class for processor, disk and memory; Windows 7 and later. */
void confine_be_idle(void)
{
        if (!SetPriorityClass(GetCurrentProcess(), PROCESS_MODE_BACKGROUND_BEGIN))
                (void)SetPriorityClass(GetCurrentProcess(), IDLE_PRIORITY_CLASS);
}
