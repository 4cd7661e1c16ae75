/* workstation/inventory/inventory_accounts.c: who may sign in here. Passwords are never looked at,
 * only whether one is locked, and that only by root.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/inventory_internal.h"
#include "workstation/inventory/system_files_parse.h"
#include "base/mem.h"
#include "codec/timestamp.h"

#include <fcntl.h>
#include <lastlog.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ACCOUNT_FILE_MAX = 8 << 20 };

struct account_files {
        struct buffer passwd, group, shadow;
        int lastlog;
};

static bool is_administrator(const struct account_files *f, const struct account_entry *a)
{
        static const char *const groups[] = { "sudo", "wheel", "admin" };
        struct text rest = system_file_text(&f->group), line;

        if (a->uid == 0)
                return true;
        while (rest.data && text_split(&line, &rest, '\n'))
                for (size_t i = 0; i < ARRAY_LEN(groups); i++)
                        if (group_line_has_member(line, groups[i], a->name))
                                return true;
        return false;
}

static bool shell_lets_in(struct text shell)
{
        return !text_ends(shell, "/nologin") && !text_ends(shell, "/false") &&
               !text_ends(shell, "/sync");
}

static json_t *last_login(const struct account_files *f, uint32_t uid)
{
        struct lastlog entry;
        char at[TIMESTAMP_TEXT_MAX];

        if (f->lastlog < 0 ||
            pread(f->lastlog, &entry, sizeof(entry), (off_t)uid * (off_t)sizeof(entry)) !=
                sizeof(entry) ||
            entry.ll_time <= 0)
                return json_null();
        return json_string(timestamp_write(at, (time_ms)entry.ll_time * SECOND_MS));
}

static json_t *account(const struct account_files *f, const struct account_entry *a)
{
        bool locked = !shell_lets_in(a->shell), password_locked = false;

        if (!locked &&
            shadow_find_locked(&password_locked, system_file_text(&f->shadow), a->name) == 0)
                locked = password_locked;
        return json_pack("{so sI so so sb sb so}", "name", json_of_text(a->name), "id",
            (json_int_t)a->uid, "shell", json_of_text(a->shell), "home", json_of_text(a->home),
            "administrator", (int)is_administrator(f, a), "locked", (int)locked, "last_login_at",
            last_login(f, a->uid));
}

static void account_files_done(struct account_files *f)
{
        if (f->shadow.data)
                sodium_memzero(f->shadow.data, f->shadow.len);
        buffer_done(&f->passwd);
        buffer_done(&f->group);
        buffer_done(&f->shadow);
        if (f->lastlog >= 0)
                (void)close(f->lastlog);
}

json_t *inventory_accounts(const char *root)
{
        AUTO(account_files_done)
        struct account_files f = { BUFFER(ACCOUNT_FILE_MAX), BUFFER(ACCOUNT_FILE_MAX),
                BUFFER(ACCOUNT_FILE_MAX), -1 };
        json_t *list = json_array();
        struct text rest, line;
        char path[512];

        (void)snprintf(path, sizeof(path), "%s/var/log/lastlog", root);
        f.lastlog = open(path, O_RDONLY | O_CLOEXEC);
        system_file_read(&f.passwd, root, "/etc/passwd");
        system_file_read(&f.group, root, "/etc/group");
        system_file_read(&f.shadow, root, "/etc/shadow");
        rest = system_file_text(&f.passwd);
        while (list && rest.data && text_split(&line, &rest, '\n') &&
               json_array_size(list) < ACCOUNTS_MAX) {
                struct account_entry a;

                if (passwd_parse_line(&a, line) == 0 &&
                    json_array_append_new(list, account(&f, &a)) != 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}
