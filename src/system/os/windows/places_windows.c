/* system/os/windows/places_windows.c: places.h: the data of all users, the profiles, temporary
 * folders, and every other fixed drive. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/places.h"
#include "base/mem.h"
#include "system/os/windows/wide_text.h"

#include <shlobj.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <userenv.h>

enum { PLACE_MAX = MAX_PATH * 3 + 64, DRIVES = 26 };

static void slashes(char *path)
{
        for (; *path; path++)
                if (*path == '\\')
                        *path = '/';
}

/* By the shell, never by the environment, which whoever starts us may set. */
static bool known_folder(char out[PLACE_MAX], int which, const char *below)
{
        wchar_t wide[MAX_PATH];
        size_t len;

        if (FAILED(SHGetFolderPathW(NULL, which, NULL, SHGFP_TYPE_CURRENT, wide)) ||
            wide_to_text(out, PLACE_MAX - 64, (const uint16_t *)wide, wcslen(wide)))
                return false;
        slashes(out);
        len = strlen(out);
        (void)snprintf(out + len, PLACE_MAX - len, "%s", below);
        return true;
}

/* C:/Users; a service's own profile is not there. */
static bool profiles_folder(char out[PLACE_MAX])
{
        wchar_t wide[MAX_PATH];
        DWORD len = MAX_PATH;

        if (!GetProfilesDirectoryW(wide, &len) ||
            wide_to_text(out, PLACE_MAX, (const uint16_t *)wide, wcslen(wide)))
                return false;
        slashes(out);
        return true;
}

const char *place_of_agent(void)
{
        static char place[PLACE_MAX];

        if (!place[0] && !known_folder(place, CSIDL_COMMON_APPDATA, "/Canh/agent"))
                (void)snprintf(place, sizeof(place), "C:/ProgramData/Canh/agent");
        return place;
}

size_t places_of_sweep(const char **out, size_t max)
{
        static char places[3 + DRIVES][PLACE_MAX];
        size_t count = 0;
        char system_drive;

        if (count < max && profiles_folder(places[count])) {
                out[count] = places[count];
                count++;
        }
        if (count < max && known_folder(places[count], CSIDL_COMMON_APPDATA, "")) {
                out[count] = places[count];
                count++;
        }
        if (count < max && known_folder(places[count], CSIDL_WINDOWS, "/Temp")) {
                out[count] = places[count];
                count++;
        }
        system_drive = count ? places[count - 1][0] : 'C';
        for (char drive = 'A'; drive <= 'Z' && count < max; drive++) {
                wchar_t root[] = { (wchar_t)drive, L':', L'\\', 0 };

                if (drive == system_drive || GetDriveTypeW(root) != DRIVE_FIXED)
                        continue;
                (void)snprintf(places[count], PLACE_MAX, "%c:/", drive);
                out[count] = places[count];
                count++;
        }
        return count;
}

char place_separator(void)
{
        return '\\';
}

/* "C:/", or "//server/share/". */
size_t place_root_bytes(struct text path)
{
        size_t at = 2;

        if (path.len >= 3 && path.data[1] == ':' && path.data[2] == '/')
                return 3;
        if (!text_starts(path, "//"))
                return 0;
        for (int part = 0; part < 2 && at < path.len; part++, at++)
                at += text_find((struct text){ path.data + at, path.len - at }, '/');
        return at <= path.len ? at : 0;
}
