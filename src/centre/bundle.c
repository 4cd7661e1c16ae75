/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/bundle.h"

#include "base/mem.h"
#include "centre/keys_messages.h"
#include "codec/digest.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MAX = 1024, NAME_BYTES_MAX = 128, SIGNATURE_MAX = 256 };

struct bundle {
        pthread_mutex_t lock;
        char folder[FOLDER_MAX], rules[FOLDER_MAX];
        const struct clock *clock;
        bundle_sign sign;
        void *state;
        struct buffer manifest, signature;
        char generation[GENERATION_MAX], sha256[SHA256_HEX_MAX];
};

static int path_of(char out[FOLDER_MAX + NAME_BYTES_MAX], const char *folder, const char *name)
{
        int n = snprintf(out, FOLDER_MAX + NAME_BYTES_MAX, "%s/%s", folder, name);

        return n < FOLDER_MAX + NAME_BYTES_MAX ? 0 : ERR_LIMIT;
}

static int read_file(struct buffer *out, const char *folder, const char *name)
{
        char path[FOLDER_MAX + NAME_BYTES_MAX], piece[1 << 14];
        int err = path_of(path, folder, name), fd;
        ssize_t n = 0;

        if (err)
                return err;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return err_from_errno(errno);
        while (!err && (n = read(fd, piece, sizeof(piece))) > 0)
                err = buffer_add(out, piece, (size_t)n);
        if (n < 0)
                err = ERR_IO;
        (void)close(fd);
        return err;
}

static int write_all(int fd, struct text bytes)
{
        while (bytes.len) {
                ssize_t n = write(fd, bytes.data, bytes.len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return ERR_IO;
                bytes.data += n;
                bytes.len -= (size_t)n;
        }
        return fsync(fd) == 0 ? 0 : ERR_IO;
}

/* Whole or not at all: beside, synced, renamed. */
static int write_file(const char *folder, const char *name, struct text bytes)
{
        char path[FOLDER_MAX + NAME_BYTES_MAX], beside[FOLDER_MAX + NAME_BYTES_MAX + 8];
        int fd, err = path_of(path, folder, name);

        if (err)
                return err;
        (void)snprintf(beside, sizeof(beside), "%s.new", path);
        fd = open(beside, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_from_errno(errno);
        err = write_all(fd, bytes);
        if (close(fd) != 0)
                err = ERR_IO;
        if (!err && rename(beside, path) != 0)
                err = err_from_errno(errno);
        if (err)
                (void)unlink(beside);
        return err;
}

/* Puts the bytes under their own SHA-256 and adds their line to the manifest's files. */
static int add_file(
    struct bundle *b, json_t *files, const char *name, const char *kind, struct text bytes)
{
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        char hex[SHA256_HEX_MAX], path[FOLDER_MAX + NAME_BYTES_MAX];
        struct stat seen;
        int err;

        (void)sha256_write(hex, &digest);
        err = path_of(path, b->folder, hex);
        if (!err && (stat(path, &seen) != 0 || (uint64_t)seen.st_size != bytes.len))
                err = write_file(b->folder, hex, bytes);
        if (!err &&
            json_array_append_new(files, json_pack("{s:s,s:s,s:s,s:I}", "name", name, "kind", kind,
                                             "sha256", hex, "bytes", (json_int_t)bytes.len)) != 0)
                err = ERR_MEMORY;
        return err;
}

static int add_kept(struct bundle *b, json_t *files, const char *name, const char *kind)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(BUNDLE_FILE_BYTES_MAX);
        int err = read_file(&bytes, b->folder, name);

        if (err == ERR_MISSING || (!err && bytes.len == 0))
                return 0;
        return err ? err : add_file(b, files, name, kind, (struct text){ bytes.data, bytes.len });
}

static const char *rule_kind(const char *name)
{
        if (name[0] == '.')
                return NULL;
        if (text_ends(text_of(name), ".yar") || text_ends(text_of(name), ".yara"))
                return "rules";
        return text_ends(text_of(name), ".hashes") ? "hashes" : NULL;
}

static int add_rules(struct bundle *b, json_t *files)
{
        struct dirent **names = NULL;
        int n = scandir(b->rules, &names, NULL, alphasort), err = 0;

        for (int i = 0; i < n; i++) {
                AUTO(buffer_done) struct buffer bytes = BUFFER(BUNDLE_FILE_BYTES_MAX);
                const char *kind = rule_kind(names[i]->d_name);
                if (!err && kind) {
                        err = json_array_size(files) >= BUNDLE_FILES_MAX ? ERR_LIMIT : 0;
                        if (!err)
                                err = read_file(&bytes, b->rules, names[i]->d_name);
                        if (!err && bytes.len)
                                err = add_file(b, files, names[i]->d_name, kind,
                                    (struct text){ bytes.data, bytes.len });
                }
                free(names[i]);
        }
        free(names);
        return err;
}

/* Increases also when the clock went back: the time part is never below that of the one in use. */
static void next_generation(char out[GENERATION_MAX], const struct bundle *b)
{
        char stamp[TIMESTAMP_TEXT_MAX], compact[TIMESTAMP_TEXT_MAX];
        size_t n = 0;
        unsigned count = 1;

        (void)timestamp_write(stamp, clock_now(b->clock) / SECOND_MS * SECOND_MS);
        for (const char *p = stamp; *p; p++)
                if (*p != '-' && *p != ':')
                        compact[n++] = *p;
        compact[n] = '\0';
        if (strncmp(compact, b->generation, n) <= 0) {
                uint64_t before = 0;
                struct text tail = text_of(b->generation);
                size_t dash = text_find(tail, '-');
                if (dash < tail.len &&
                    text_to_u64(&before, (struct text){ tail.data + dash + 1, tail.len - dash - 1 },
                        1000000) == 0)
                        count = (unsigned)before + 1;
                (void)snprintf(
                    compact, sizeof(compact), "%.*s", (int)(dash < 24 ? dash : 24), tail.data);
        }
        (void)snprintf(out, GENERATION_MAX, "%.24s-%u", compact, count);
}

static int write_manifest(struct buffer *out, const char *generation, time_ms now, json_t *files)
{
        char stamp[TIMESTAMP_TEXT_MAX];
        char *text = json_dumps(files, JSON_COMPACT);
        int err = text ? 0 : ERR_MEMORY;

        if (!err)
                err = buffer_add_format(out,
                    KEYS_MANIFEST_HEAD ",\"generation\":\"%s\",\"made_at\":\"%s\",\"files\":%s}",
                    generation, timestamp_write(stamp, now), text);
        free(text);
        return err;
}

static bool same_files(const struct bundle *b, const json_t *files)
{
        AUTO(json_free_at) json_t *old = NULL;

        if (!b->manifest.len ||
            json_read(&old, (struct text){ b->manifest.data, b->manifest.len }, NULL) != 0)
                return false;
        return json_equal(json_object_get(old, "files"), files);
}

static void take_into_use(
    struct bundle *b, const char *generation, struct buffer *manifest, struct buffer *signature)
{
        struct sha256 digest = sha256_of(manifest->data, manifest->len);

        buffer_done(&b->manifest);
        buffer_done(&b->signature);
        b->manifest = *manifest;
        b->signature = *signature;
        *manifest = BUFFER(manifest->max);
        *signature = BUFFER(signature->max);
        (void)snprintf(b->generation, sizeof(b->generation), "%s", generation);
        (void)sha256_write(b->sha256, &digest);
}

/* Manifest and signature are one file: the length of the signature, it, then the manifest. */
static int save(struct bundle *b, const struct buffer *manifest, const struct buffer *signature)
{
        AUTO(buffer_done) struct buffer whole = BUFFER(KEYS_MANIFEST_MAX + SIGNATURE_MAX + 8);
        int err = buffer_add_byte(&whole, (char)(unsigned char)signature->len);

        if (!err)
                err = buffer_add(&whole, signature->data, signature->len);
        if (!err)
                err = buffer_add(&whole, manifest->data, manifest->len);
        return err ? err
                   : write_file(b->folder, "manifest", (struct text){ whole.data, whole.len });
}

static int load(struct bundle *b)
{
        AUTO(buffer_done) struct buffer whole = BUFFER(KEYS_MANIFEST_MAX + SIGNATURE_MAX + 8);
        AUTO(buffer_done) struct buffer manifest = BUFFER(KEYS_MANIFEST_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(SIGNATURE_MAX);
        AUTO(json_free_at) json_t *read = NULL;
        char generation[GENERATION_MAX];
        struct text value;
        size_t n;
        int err = read_file(&whole, b->folder, "manifest");

        if (err)
                return err == ERR_MISSING ? 0 : err;
        n = whole.len ? (unsigned char)whole.data[0] : 0;
        if (whole.len < n + 1)
                return ERR_FORMAT;
        err = buffer_add(&signature, whole.data + 1, n);
        if (!err)
                err = buffer_add(&manifest, whole.data + 1 + n, whole.len - 1 - n);
        if (!err)
                err = json_read(&read, (struct text){ manifest.data, manifest.len }, NULL);
        if (!err)
                err = json_field_text(&value, read, "generation", GENERATION_MAX - 1, NULL);
        if (!err)
                err = text_copy(generation, sizeof(generation), value);
        if (!err)
                take_into_use(b, generation, &manifest, &signature);
        return err;
}

static int publish(struct bundle *b, bool *changed)
{
        AUTO(json_free_at) json_t *files = json_array();
        AUTO(buffer_done) struct buffer manifest = BUFFER(KEYS_MANIFEST_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(SIGNATURE_MAX);
        char generation[GENERATION_MAX];
        int err = files ? 0 : ERR_MEMORY;

        if (!err)
                err = add_kept(b, files, "indicators.set", "set");
        if (!err)
                err = add_kept(b, files, "indicators.hashes", "hashes");
        if (!err)
                err = add_rules(b, files);
        if (err || json_array_size(files) == 0 || same_files(b, files))
                return err;
        next_generation(generation, b);
        err = write_manifest(&manifest, generation, clock_now(b->clock), files);
        if (!err)
                err = b->sign(b->state, &signature, (struct text){ manifest.data, manifest.len });
        if (!err)
                err = save(b, &manifest, &signature);
        if (err)
                return err;
        take_into_use(b, generation, &manifest, &signature);
        if (changed)
                *changed = true;
        return 0;
}

int bundle_open(struct bundle **out, const char *folder, const char *rules_folder,
    const struct clock *clock, bundle_sign sign, void *state)
{
        struct bundle *b = mem_zero(1, sizeof(*b));
        int err;

        if (!b)
                return ERR_MEMORY;
        pthread_mutex_init(&b->lock, NULL);
        b->clock = clock;
        b->sign = sign;
        b->state = state;
        b->manifest = BUFFER(KEYS_MANIFEST_MAX);
        b->signature = BUFFER(SIGNATURE_MAX);
        err = text_copy(b->folder, sizeof(b->folder), text_of(folder));
        if (!err)
                err = text_copy(b->rules, sizeof(b->rules), text_of(rules_folder));
        if (!err)
                err = load(b);
        if (err) {
                (void)bundle_close(b);
                return err;
        }
        *out = b;
        return 0;
}

struct bundle *bundle_close(struct bundle *b)
{
        if (!b)
                return NULL;
        buffer_done(&b->manifest);
        buffer_done(&b->signature);
        pthread_mutex_destroy(&b->lock);
        mem_free(b);
        return NULL;
}

int bundle_set(
    struct bundle *b, char generation[GENERATION_MAX], struct text set, struct text hashes)
{
        int err;

        pthread_mutex_lock(&b->lock);
        err = write_file(b->folder, "indicators.set", set);
        if (!err)
                err = write_file(b->folder, "indicators.hashes", hashes);
        if (!err)
                err = publish(b, NULL);
        if (!err && generation)
                (void)snprintf(generation, GENERATION_MAX, "%s", b->generation);
        pthread_mutex_unlock(&b->lock);
        return err;
}

int bundle_refresh(struct bundle *b, bool *changed)
{
        int err;

        pthread_mutex_lock(&b->lock);
        err = publish(b, changed);
        pthread_mutex_unlock(&b->lock);
        return err;
}

void bundle_generation(struct bundle *b, char out[GENERATION_MAX])
{
        pthread_mutex_lock(&b->lock);
        (void)snprintf(out, GENERATION_MAX, "%s", b->generation);
        pthread_mutex_unlock(&b->lock);
}

int bundle_manifest(struct bundle *b, struct buffer *manifest, struct buffer *signature,
    char sha256[SHA256_HEX_MAX])
{
        int err = 0;

        pthread_mutex_lock(&b->lock);
        if (!b->manifest.len)
                err = ERR_MISSING;
        if (!err && manifest)
                err = buffer_add(manifest, b->manifest.data, b->manifest.len);
        if (!err && signature)
                err = buffer_add(signature, b->signature.data, b->signature.len);
        if (!err)
                (void)snprintf(sha256, SHA256_HEX_MAX, "%s", b->sha256);
        pthread_mutex_unlock(&b->lock);
        return err;
}

int bundle_open_file(struct bundle *b, int *fd, uint64_t *bytes, struct text sha256_hex)
{
        char path[FOLDER_MAX + NAME_BYTES_MAX], name[SHA256_HEX_MAX];
        struct sha256 digest;
        struct stat seen;
        int opened, err;

        err = sha256_parse(&digest, sha256_hex); /* nothing but 64 hex digits becomes a file name */
        if (err)
                return ERR_MISSING;
        err = path_of(path, b->folder, sha256_write(name, &digest));
        if (err)
                return err;
        opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (opened < 0)
                return err_from_errno(errno);
        if (fstat(opened, &seen) != 0 || !S_ISREG(seen.st_mode)) {
                (void)close(opened);
                return ERR_MISSING;
        }
        *fd = opened;
        *bytes = (uint64_t)seen.st_size;
        return 0;
}
