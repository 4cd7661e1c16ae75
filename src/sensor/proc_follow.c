/* sensor/proc_follow.c: hands on the lines of a log file that grows, through rotation.
 * Rights kept: reading the folder of the log, writing the state folder (how far it was read), the
 * input ring. Never: network, parsing beyond where a line ends. Messages accepted: SENSOR_AGAIN,
 * SENSOR_END. Sent: SENSOR_COUNTS. Nothing is dropped: it waits for room in the ring. How far it
 * was read is kept every two seconds: what a kill undoes is read again.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_follow.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "sensor/role.h"
#include "system/os/folder.h"
#include "system/proc/shared_ring.h"
#include "traffic/capture/log_follow.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { LOOK_MS = 500, ROOM_MS = 1000, KEEP_MS = 2000, NOTE_BYTES_MAX = 256, PATH_ROOM = 4096 };

struct follow {
        struct role_line line;
        struct proc_follow *proc;
        struct shared_ring *ring;
        struct folder *logs, *notes;
        struct log_follow *log;
        struct sensor_counts counts;
        char note[SHA256_HEX_MAX + 8]; /* name of the file that keeps the place */
        struct log_place done, kept;   /* behind what was handed on; what the disk says */
        time_ms kept_at;
        bool rest_told, again;
        int trouble; /* said once, until it is over */
        char record[sizeof(struct input_record) + LOG_FOLLOW_BYTES];
};

static void follow_done(struct follow **at)
{
        struct follow *f = *at;

        if (!f)
                return;
        f->log = log_follow_free(f->log);
        f->logs = folder_close(f->logs);
        f->notes = folder_close(f->notes);
        f->ring = shared_ring_close(f->ring);
        role_line_done(&f->line);
        mem_free(f);
}

static int on_again(void *state, const struct message *m)
{
        (void)m;
        ((struct follow *)state)->again = true;
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_AGAIN, 0, 0, ROLE_STATE, false, on_again } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* How far it was read: five numbers. */

static int place_load(struct log_place *out, const struct follow *f)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(NOTE_BYTES_MAX);
        uint64_t n[5];
        struct text rest, word;
        size_t count = 0;
        int err = file_read_all(&bytes, f->notes, f->note);

        *out = (struct log_place){ 0 };
        if (err)
                return err == ERR_MISSING ? 0 : err;
        rest = text_trim((struct text){ bytes.data ? bytes.data : "", bytes.len });
        while (count < ARRAY_LEN(n) && text_split(&word, &rest, ' '))
                if (text_to_u64(&n[count++], word, UINT64_MAX))
                        return 0; /* not ours, or an old copy of the disk: read it all again */
        if (count == ARRAY_LEN(n))
                *out = (struct log_place){ n[0], n[1], n[2], n[3], n[4] };
        return 0;
}

static int place_keep(struct follow *f, bool now)
{
        time_ms at = clock_steady(&clock_real);
        const struct log_place place = f->done;
        char text[NOTE_BYTES_MAX];
        int err;

        if ((!now && at - f->kept_at < KEEP_MS) || memcmp(&place, &f->kept, sizeof(place)) == 0)
                return 0;
        (void)snprintf(text, sizeof(text),
            "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", place.device,
            place.inode, place.offset, place.head_bytes, place.head_sum);
        err = file_write_atomic(f->notes, f->note, text_of(text), 0600);
        f->kept_at = at;
        if (!err)
                f->kept = place;
        return err;
}

/* Said once: a folder without rights, a full disk. It is tried again. */
static void note(struct follow *f, int err)
{
        if (err && err != f->trouble)
                log_line(
                    LOG_LEVEL_WARNING, "sensor follow", "%s: %s", f->proc->path, err_text(err));
        if (!err && f->trouble)
                log_line(LOG_LEVEL_INFO, "sensor follow", "%s: read again", f->proc->path);
        f->trouble = err;
}

/* Records. */

static int put(struct follow *f, enum input_kind kind, struct text bytes)
{
        const struct input_record r = { .at = clock_now(&clock_real),
                .kind = kind,
                .file = f->proc->file,
                .bytes = (uint32_t)bytes.len };
        int err;

        memcpy(f->record, &r, sizeof(r));
        if (bytes.len)
                memcpy(f->record + sizeof(r), bytes.data, bytes.len);
        do {
                err = shared_ring_put(
                    f->ring, (struct text){ f->record, sizeof(r) + bytes.len }, ROOM_MS);
                if (err == ERR_BUSY && (err = role_line_listen(&f->line)) == 0)
                        err = f->line.ending ? ERR_CLOSED : ERR_BUSY;
        } while (err == ERR_BUSY);
        return err;
}

static int head_tell(struct follow *f)
{
        struct text head = TEXT("");
        int err = log_follow_head(&head, f->log);

        f->again = false;
        return err ? err : put(f, INPUT_LOG_BEGIN, head);
}

/* MISSING: nothing more for now. */
static int lines_tell(struct follow *f)
{
        struct text lines;
        bool begins;
        int err = f->again ? head_tell(f) : 0;

        if (!err)
                err = log_follow_next(&lines, &begins, f->log);
        if (!err && begins)
                err = put(f, INPUT_LOG_BEGIN, TEXT(""));
        if (!err)
                err = put(f, INPUT_LOG_LINES, lines);
        if (err)
                return err;
        log_follow_place(&f->done, f->log);
        f->rest_told = false;
        return 0;
}

static int rest_tell(struct follow *f)
{
        int err = f->rest_told ? 0 : put(f, INPUT_LOG_REST, TEXT(""));

        f->rest_told = !err;
        return err;
}

static int loop(struct follow *f)
{
        int err = 0;

        while (!err && !f->line.ending) {
                struct pollfd p = { .fd = f->line.socket, .events = POLLIN };
                int read = lines_tell(f);

                if (read == ERR_CLOSED)
                        return f->line.ending ? 0 : read;
                if (read && read != ERR_MISSING)
                        note(f, read);
                else
                        note(f, place_keep(f, false));
                if (read)
                        err = rest_tell(f);
                if (!err && read)
                        (void)poll(&p, 1, LOOK_MS);
                if (!err)
                        err = role_line_tell(&f->line, &f->counts, false);
                if (!err)
                        err = role_line_listen(&f->line);
        }
        return err;
}

/* Splits the path at its last slash. */
static int folders_open(struct follow *f, char folder[PATH_ROOM], const char **name)
{
        const char *slash = strrchr(f->proc->path, '/');
        struct text before = { f->proc->path, slash ? (size_t)(slash - f->proc->path) : 0 };
        int err = text_copy(folder, PATH_ROOM,
            slash && !before.len ? TEXT("/")
            : slash              ? before
                                 : TEXT("."));

        *name = slash ? slash + 1 : f->proc->path;
        if (!err)
                err = folder_open(&f->logs, folder);
        return err ? err : folder_open_or_make(&f->notes, f->proc->state, 0700);
}

static int confine(struct follow *f, const char *folder)
{
        const struct confine_folder folders[] = { { folder, CONFINE_READ },
                { f->proc->state, CONFINE_WRITE } };

        return role_confine_to("sensor follow", CONFINE_SCAN, folders, ARRAY_LEN(folders));
}

static int start(struct follow *f)
{
        struct sha256 of_path = sha256_of(f->proc->path, strlen(f->proc->path));
        char hex[SHA256_HEX_MAX], folder[PATH_ROOM];
        const char *name;
        int err = shared_ring_open(&f->ring, f->proc->ring, f->proc->bell);

        (void)snprintf(f->note, sizeof(f->note), "follow-%.16s", sha256_write(hex, &of_path));
        if (!err)
                err = folders_open(f, folder, &name);
        if (!err)
                err = confine(f, folder);
        if (!err)
                err = place_load(&f->kept, f);
        if (!err)
                err = log_follow_new(&f->log, f->logs, name, &f->kept);
        f->done = f->kept;
        f->again = f->kept.offset > 0;
        return err;
}

int proc_follow_run(void *state)
{
        struct proc_follow *proc = state;
        AUTO(follow_done) struct follow *f = mem_zero(1, sizeof(*f));
        int err = f ? role_line_init(&f->line, proc->socket, &table, f) : ERR_MEMORY;

        if (!err) {
                f->proc = proc;
                err = start(f);
        }
        if (err) {
                log_line(LOG_LEVEL_ERROR, "sensor follow", "%s: %s", proc->path, err_text(err));
                return ROLE_CANNOT_START;
        }
        err = loop(f);
        if (!err)
                err = place_keep(f, true);
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_WARNING, "sensor follow", "%s: %s", proc->path, err_text(err));
        return err ? 1 : 0;
}
