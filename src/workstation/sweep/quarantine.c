/* workstation/sweep/quarantine.c: see quarantine.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/quarantine.h"
#include "workstation/sweep/quarantine_parse.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "system/os/rename_new.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { ID_NAME_MAX = ULID_MAX + 8 };

static const uint8_t NONCE[crypto_stream_chacha20_NONCEBYTES]; /* the key is used once */

static int64_t ns_of(struct timespec t)
{
        return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
        int64_t rest = ns % 1000000000;

        return rest < 0 ? (struct timespec){ ns / 1000000000 - 1, (long)(rest + 1000000000) }
                        : (struct timespec){ ns / 1000000000, (long)rest };
}

static void kept_name(char out[ID_NAME_MAX], const char *id, const char *end)
{
        (void)snprintf(out, ID_NAME_MAX, "%s%s", id, end);
}

static int keep_content(
    const struct folder *keep, const char *name, struct text bytes, const uint8_t *key)
{
        AUTO(buffer_done) struct buffer hidden = BUFFER(QUARANTINE_BYTES_MAX);
        int err = buffer_reserve(&hidden, bytes.len);

        if (err)
                return err;
        if (bytes.len)
                (void)crypto_stream_chacha20_xor(
                    (uint8_t *)hidden.data, (const uint8_t *)bytes.data, bytes.len, NONCE, key);
        return file_write_atomic(keep, name, (struct text){ hidden.data, bytes.len }, 0600);
}

static int keep_note(const struct folder *keep, const char *name,
    const struct quarantine_file *file, const uint8_t *key, const struct clock *clock)
{
        AUTO(quarantine_note_done)
        struct quarantine_note note = { .path = BUFFER(QUARANTINE_PATH_MAX) };
        AUTO(buffer_done) struct buffer json = BUFFER(QUARANTINE_NOTE_MAX * 4);
        int err = buffer_add_text(&note.path, file->path);

        if (err)
                return err;
        note.mode = file->st->st_mode & 07777;
        note.uid = file->st->st_uid;
        note.gid = file->st->st_gid;
        note.bytes = file->bytes.len;
        note.read_ns = ns_of(file->st->st_atim);
        note.modified_ns = ns_of(file->st->st_mtim);
        note.content = *file->content;
        memcpy(note.key, key, sizeof(note.key));
        note.taken_at = clock_now(clock);
        (void)snprintf(note.engine, sizeof(note.engine), "%s", file->engine);
        (void)snprintf(note.rule, sizeof(note.rule), "%s", file->rule);
        err = quarantine_note_write(&json, &note);
        return err ? err
                   : file_write_atomic(keep, name, (struct text){ json.data, json.len }, 0600);
}

/* Whether the name still leads to the bytes that were read. ctime is left out when another link of
 * the same file was just taken, which changes it. */
static bool is_still_the_same(const struct quarantine_file *file)
{
        struct stat now;

        return fstatat(file->folder, file->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISREG(now.st_mode) && now.st_dev == file->st->st_dev &&
               now.st_ino == file->st->st_ino && now.st_size == file->st->st_size &&
               ns_of(now.st_mtim) == ns_of(file->st->st_mtim) &&
               (size_t)now.st_size == file->bytes.len;
}

static void sync_handle(int folder)
{
        int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd >= 0) {
                (void)fsync(fd);
                (void)close(fd);
        }
}

int quarantine_take(char out_id[ULID_MAX], const struct folder *keep,
    const struct quarantine_file *file, const struct clock *clock)
{
        char id[ULID_MAX], content[ID_NAME_MAX], note[ID_NAME_MAX];
        uint8_t key[QUARANTINE_KEY_BYTES];
        int err;

        if (sodium_init() < 0)
                return ERR_BUG;
        (void)ulid_make(id, clock);
        kept_name(content, id, ".bin");
        kept_name(note, id, ".json");
        randombytes_buf(key, sizeof(key));
        err = keep_content(keep, content, file->bytes, key);
        if (err)
                return err;
        err = keep_note(keep, note, file, key, clock);
        if (!err && !is_still_the_same(file))
                err = ERR_BUSY;
        if (!err && unlinkat(file->folder, file->name, 0) != 0)
                err = err_from_errno(errno);
        if (err) {
                (void)!file_remove(keep, note);
                (void)!file_remove(keep, content);
                return err;
        }
        sync_handle(file->folder);
        (void)snprintf(out_id, ULID_MAX, "%s", id);
        return 0;
}

/* The folder of an absolute path, step by step and through no link: somebody may have put one there
 * meanwhile. */
static int parent_open(int *out, struct text path, char **out_name)
{
        size_t root_bytes = place_root_bytes(path);
        AUTO(mem_free_at) char *root = mem_copy_text(path.data, root_bytes);
        AUTO(file_close_at) int at = -1;
        struct text part;

        if (!root)
                return ERR_MEMORY;
        if (!root_bytes)
                return ERR_FORMAT;
        at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (at < 0)
                return err_from_errno(errno);
        path = (struct text){ path.data + root_bytes, path.len - root_bytes };
        while (path.data && text_split(&part, &path, '/')) {
                AUTO(mem_free_at) char *name = mem_copy_text(part.data, part.len);
                int next;

                if (!name)
                        return ERR_MEMORY;
                if (!path.data || !path.len) {
                        *out_name = MOVE(name);
                        *out = at;
                        at = -1;
                        return **out_name ? 0 : ERR_FORMAT;
                }
                if (!part.len || strcmp(name, ".") == 0)
                        continue;
                if (strcmp(name, "..") == 0)
                        return ERR_DENIED;
                next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (next < 0)
                        return errno == ELOOP || errno == ENOTDIR ? ERR_DENIED
                                                                  : err_from_errno(errno);
                (void)close(at);
                at = next;
        }
        return ERR_FORMAT;
}

static int reveal(struct buffer *bytes, const struct folder *keep, const char *name,
    const struct quarantine_note *note)
{
        struct sha256 content;
        int err = file_read_all(bytes, keep, name);

        if (err)
                return err;
        if (bytes->len)
                (void)crypto_stream_chacha20_xor((uint8_t *)bytes->data,
                    (const uint8_t *)bytes->data, bytes->len, NONCE, note->key);
        content = sha256_of(bytes->data, bytes->len);
        return bytes->len == note->bytes && memcmp(&content, &note->content, sizeof(content)) == 0
                   ? 0
                   : ERR_UNTRUSTED;
}

/* Owner before mode: chown clears set-user-id. Only root may give files away; others restore as
 * themselves. */
static int dress(int fd, const struct quarantine_note *note)
{
        struct timespec times[2] = { timespec_of(note->read_ns), timespec_of(note->modified_ns) };

        if (fchown(fd, note->uid, note->gid) != 0 && (errno != EPERM || geteuid() == 0))
                return err_from_errno(errno);
        if (fchmod(fd, note->mode) != 0 || futimens(fd, times) != 0 || fsync(fd) != 0)
                return ERR_IO;
        return 0;
}

static int put_back(int folder, const char *name, const char *id, struct text bytes,
    const struct quarantine_note *note)
{
        AUTO(file_close_at) int fd = -1;
        char temporary[ULID_MAX + 16];
        int err;

        (void)snprintf(temporary, sizeof(temporary), ".canh-%s", id);
        (void)unlinkat(folder, temporary, 0); /* of a restore that was cut off */
        fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_from_errno(errno);
        err = file_write_handle(fd, bytes);
        if (!err)
                err = dress(fd, note);
        if (!err && rename_new(folder, temporary, folder, name) != 0)
                err = err_from_errno(errno);
        if (err)
                (void)unlinkat(folder, temporary, 0);
        return err;
}

static int note_load(struct quarantine_note *out, const struct folder *keep, const char *name)
{
        AUTO(buffer_done) struct buffer json = BUFFER(QUARANTINE_NOTE_MAX * 4);
        int err = file_read_all(&json, keep, name);

        return err ? err : quarantine_note_parse(out, (struct text){ json.data, json.len }, NULL);
}

int quarantine_restore(struct buffer *out_path, const struct folder *keep, const char *id)
{
        AUTO(quarantine_note_done) struct quarantine_note note = { .mode = 0 };
        AUTO(buffer_done) struct buffer bytes = BUFFER(QUARANTINE_BYTES_MAX);
        AUTO(file_close_at) int folder = -1;
        AUTO(mem_free_at) char *name = NULL;
        char content_name[ID_NAME_MAX], note_name[ID_NAME_MAX];
        int err;

        if (!ulid_is_valid(text_of(id)))
                return ERR_MISSING;
        kept_name(content_name, id, ".bin");
        kept_name(note_name, id, ".json");
        err = note_load(&note, keep, note_name);
        if (!err)
                err = reveal(&bytes, keep, content_name, &note);
        if (!err)
                err = parent_open(&folder, (struct text){ note.path.data, note.path.len }, &name);
        if (!err)
                err = put_back(folder, name, id, (struct text){ bytes.data, bytes.len }, &note);
        if (err)
                return err;
        sync_handle(folder);
        if (out_path)
                err = buffer_add(out_path, note.path.data, note.path.len);
        if (!err)
                err = file_remove(keep, note_name);
        return err ? err : file_remove(keep, content_name);
}
