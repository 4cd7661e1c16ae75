/* workstation/inventory/system_files_parse.h: the text files in which a Linux system describes
 * itself, to values. Pure. The views live as long as the text.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_WORKSTATION_INVENTORY_SYSTEM_FILES_PARSE_H
#define CANH_WORKSTATION_INVENTORY_SYSTEM_FILES_PARSE_H

#include "base/text.h"

enum { OS_FIELD_MAX = 256, ACCOUNT_FIELD_MAX = 256 };

/* os-release(5): the value of `key` without its quotes into out; MISSING. */
MUST_USE int os_release_find(char out[OS_FIELD_MAX], struct text file, const char *key);

/* One stanza of /var/lib/dpkg/status, or of /lib/apk/db/installed. */
struct package_entry {
        struct text name, version, architecture, source;
        struct text state; /* "installed" … */
};
/* The next stanza off *rest; MISSING at the end. Stanzas without name or version are passed over.
 */
MUST_USE int dpkg_status_next(struct package_entry *out, struct text *rest);
MUST_USE int apk_installed_next(struct package_entry *out, struct text *rest);

struct account_entry {
        struct text name, home, shell;
        uint32_t uid, gid;
};
/* One line of passwd(5); FORMAT. */
MUST_USE int passwd_parse_line(struct account_entry *out, struct text line);
/* Whether the group's line names the user as a member. */
bool group_line_has_member(struct text line, const char *group, struct text user);
/* shadow(5): whether the user's password is locked; MISSING when the user is not there. */
MUST_USE int shadow_find_locked(bool *out, struct text file, struct text user);
/* "MemTotal:   123 kB" of /proc/meminfo, in bytes; MISSING. */
MUST_USE int meminfo_total(uint64_t *out, struct text file);
/* The first "model name" of /proc/cpuinfo; empty when there is none. */
struct text cpuinfo_model(struct text file);

#endif
