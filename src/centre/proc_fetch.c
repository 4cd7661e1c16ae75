/* The fetch process: downloads the lists that the office subscribed to.
 *
 * Keeps:    its message socket; connections out; the files that name resolution
 *           reads, the certificate authorities.
 * Never:    the database, other files, the inside of what it fetched (reader has that), children.
 * Accepts:  FETCH_GET; anything else ends the process. One at a time: web waits.
 * Limits:   FETCH_BYTES_MAX, FETCH_TIMEOUT_MS each. No core file: a question may hold a password.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/proc_fetch.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/fetch_messages.h"
#include "system/os/confine.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "system/proc/message.h"
#include "system/proc/message_parse.h"

#include <string.h>

enum { STATE_READY = 1 };

static int confine(void)
{
        const struct confine_folder folders[] = { { "/etc/resolv.conf", CONFINE_READ },
                { "/etc/hosts", CONFINE_READ }, { "/etc/nsswitch.conf", CONFINE_READ },
                { "/etc/host.conf", CONFINE_READ }, { "/etc/gai.conf", CONFINE_READ },
                { "/run/systemd/resolve", CONFINE_READ }, { "/lib", CONFINE_READ },
                { "/usr/lib", CONFINE_READ }, { "/etc/ld.so.cache", CONFINE_READ },
                { "/dev/urandom", CONFINE_READ }, { DOWNLOAD_AUTHORITIES, CONFINE_READ } };
        struct confine_request request = {
                .profile = CONFINE_LINK, .folders = folders, .folder_count = ARRAY_LEN(folders)
        };
        struct confine_report report;
        int err = confine_apply(&report, &request);

        if (!err && !report.folders_fenced)
                log_line(LOG_LEVEL_WARNING, "centre fetch",
                    "this kernel has no Landlock: the fetching process is not fenced from files");
        return err;
}

static int answer(int socket, uint32_t id, const struct fetch_result *result, struct text bytes)
{
        AUTO(file_close_at) int fd = -1;
        int err = memory_file_make(&fd, "list", bytes);

        return err ? err
                   : message_send(socket, FETCH_GOT, id,
                         (struct text){ (const char *)result, sizeof(*result) }, fd);
}

#define ENDED(text) ((text)[sizeof(text) - 1] = '\0')

static struct download_wish take_wish(struct fetch_wish *w)
{
        ENDED(w->url);
        ENDED(w->etag);
        ENDED(w->modified);
        ENDED(w->accept);
        ENDED(w->login);
        ENDED(w->secret);
        ENDED(w->authority);
        return (struct download_wish){ .url = w->url,
                .etag = w->etag,
                .modified = w->modified,
                .accept = w->accept,
                .authority = w->authority,
                .auth = w->auth <= DOWNLOAD_AUTH_BEARER ? (enum download_auth)w->auth
                                                        : DOWNLOAD_AUTH_NONE,
                .login = w->login,
                .secret = w->secret,
                .timeout_ms = FETCH_TIMEOUT_MS };
}

/* The password is gone from here when the answer is. */
static int get(void *state, const struct message *m)
{
        const struct proc_fetch *p = state;
        struct download got = { .body = BUFFER(FETCH_BYTES_MAX) };
        struct fetch_result result = { 0 };
        struct fetch_wish wish;
        struct download_wish wanted;
        int err;

        memcpy(&wish, m->body.data, sizeof(wish));
        explicit_bzero((void *)(uintptr_t)m->body.data, m->body.len);
        wanted = take_wish(&wish);
        result.err = download_get(&got, &wanted);
        explicit_bzero(&wish, sizeof(wish));
        result.status = got.status;
        memcpy(result.etag, got.etag, sizeof(result.etag));
        memcpy(result.modified, got.modified, sizeof(result.modified));
        memcpy(result.added_last, got.added_last, sizeof(result.added_last));
        err = answer(p->socket, m->id, &result,
            (struct text){ got.body.len ? got.body.data : "", got.body.len });
        buffer_done(&got.body);
        return err;
}

static const struct message_rule rules[] = { { FETCH_GET, sizeof(struct fetch_wish),
    sizeof(struct fetch_wish), STATE_READY, false, get } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

int proc_fetch_run(void *state)
{
        const struct proc_fetch *p = state;
        AUTO(mem_free_at) void *room = mem_zero(1, MESSAGE_BYTES_MAX);
        struct message m;
        int err = room ? download_prepare() : ERR_MEMORY;

        if (!err)
                err = confine();
        if (err) {
                log_line(LOG_LEVEL_ERROR, "centre fetch", "cannot start: %s", err_text(err));
                return 1;
        }
        while ((err = message_receive(&m, p->socket, room, MESSAGE_BYTES_MAX, -1)) == 0 &&
               (err = message_dispatch(&table, STATE_READY, state, &m)) == 0)
                ;
        return err == ERR_CLOSED ? 0 : 1;
}
