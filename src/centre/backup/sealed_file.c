/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/backup/sealed_file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#define MAGIC "canh-backup/1\n"

enum {
        PIECE = 64 << 10,
        OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES,
        HEADER_BYTES = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
        TAG_END = crypto_secretstream_xchacha20poly1305_TAG_FINAL,
        TAG_MORE = 0
};

struct sealed_file {
        int fd;
        bool ended;
        crypto_secretstream_xchacha20poly1305_state state;
        size_t len, at; /* of `plain`: filled, and read so far */
        unsigned char plain[PIECE];
        unsigned char sealed[PIECE + OVERHEAD];
};

static int write_all(int fd, const void *bytes, size_t len)
{
        const char *p = bytes;

        while (len) {
                ssize_t n = write(fd, p, len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return err_from_errno(errno);
                p += n;
                len -= (size_t)n;
        }
        return 0;
}

/* As many bytes as there are, up to len. */
static int read_some(size_t *got, int fd, void *bytes, size_t len)
{
        for (*got = 0; *got < len;) {
                ssize_t n = read(fd, (char *)bytes + *got, len - *got);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_from_errno(errno);
                if (n == 0)
                        return 0;
                *got += (size_t)n;
        }
        return 0;
}

static int make_key(unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES],
    struct text passphrase, const unsigned char salt[crypto_pwhash_SALTBYTES])
{
        return crypto_pwhash(key, crypto_secretstream_xchacha20poly1305_KEYBYTES, passphrase.data,
                   passphrase.len, salt, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                   crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0
                   ? 0
                   : ERR_MEMORY;
}

static int file_new(struct sealed_file **out, const char *path, int flags)
{
        struct sealed_file *f = mem_zero(1, sizeof(*f));

        if (!f)
                return ERR_MEMORY;
        f->fd = open(path, flags | O_CLOEXEC, 0600);
        if (f->fd < 0) {
                int err = err_from_errno(errno);
                mem_free(f);
                return err ? err : ERR_BUG;
        }
        *out = f;
        return 0;
}

int sealed_file_create(struct sealed_file **out, const char *path, struct text passphrase)
{
        AUTO(sealed_file_close_at) struct sealed_file *f = NULL;
        unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
        unsigned char salt[crypto_pwhash_SALTBYTES], header[HEADER_BYTES];
        int err = file_new(&f, path, O_CREAT | O_EXCL | O_WRONLY);

        if (err)
                return err;
        randombytes_buf(salt, sizeof(salt));
        err = make_key(key, passphrase, salt);
        if (!err && crypto_secretstream_xchacha20poly1305_init_push(&f->state, header, key) != 0)
                err = ERR_BUG;
        sodium_memzero(key, sizeof(key));
        if (!err)
                err = write_all(f->fd, MAGIC, strlen(MAGIC));
        if (!err)
                err = write_all(f->fd, salt, sizeof(salt));
        if (!err)
                err = write_all(f->fd, header, sizeof(header));
        if (!err)
                *out = MOVE(f);
        return err;
}

static int flush(struct sealed_file *f, unsigned char tag)
{
        unsigned long long n = 0;

        if (crypto_secretstream_xchacha20poly1305_push(
                &f->state, f->sealed, &n, f->plain, f->len, NULL, 0, tag) != 0)
                return ERR_BUG;
        f->len = 0;
        return write_all(f->fd, f->sealed, (size_t)n);
}

int sealed_file_write(struct sealed_file *f, const void *bytes, size_t len)
{
        const char *p = bytes;
        int err = 0;

        while (!err && len) {
                size_t n = len < PIECE - f->len ? len : PIECE - f->len;
                memcpy(f->plain + f->len, p, n);
                f->len += n;
                p += n;
                len -= n;
                if (f->len == PIECE)
                        err = flush(f, TAG_MORE);
        }
        return err;
}

int sealed_file_finish(struct sealed_file *f)
{
        int err = flush(f, TAG_END);

        if (!err && fsync(f->fd) != 0)
                err = err_from_errno(errno);
        return err;
}

int sealed_file_open(struct sealed_file **out, const char *path, struct text passphrase)
{
        AUTO(sealed_file_close_at) struct sealed_file *f = NULL;
        unsigned char head[sizeof(MAGIC) - 1 + crypto_pwhash_SALTBYTES + HEADER_BYTES];
        unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
        const unsigned char *salt = head + sizeof(MAGIC) - 1;
        size_t got;
        int err = file_new(&f, path, O_RDONLY);

        if (!err)
                err = read_some(&got, f->fd, head, sizeof(head));
        if (err)
                return err;
        if (got != sizeof(head) || memcmp(head, MAGIC, sizeof(MAGIC) - 1) != 0)
                return ERR_FORMAT;
        err = make_key(key, passphrase, salt);
        if (!err && crypto_secretstream_xchacha20poly1305_init_pull(
                        &f->state, salt + crypto_pwhash_SALTBYTES, key) != 0)
                err = ERR_FORMAT;
        sodium_memzero(key, sizeof(key));
        if (!err)
                *out = MOVE(f);
        return err;
}

static int next_piece(struct sealed_file *f)
{
        unsigned long long n = 0;
        unsigned char tag = 0;
        size_t got;
        int err = f->ended ? ERR_UNTRUSTED : read_some(&got, f->fd, f->sealed, sizeof(f->sealed));

        if (err)
                return err;
        if (got < OVERHEAD || crypto_secretstream_xchacha20poly1305_pull(
                                  &f->state, f->plain, &n, &tag, f->sealed, got, NULL, 0) != 0)
                return ERR_UNTRUSTED;
        f->ended = tag == TAG_END;
        f->len = (size_t)n;
        f->at = 0;
        return 0;
}

int sealed_file_read(struct sealed_file *f, void *bytes, size_t len)
{
        char *to = bytes;
        int err = 0;

        while (!err && len) {
                size_t n = f->len - f->at;
                if (n == 0) {
                        err = next_piece(f);
                        continue;
                }
                n = n < len ? n : len;
                memcpy(to, f->plain + f->at, n);
                f->at += n;
                to += n;
                len -= n;
        }
        return err;
}

int sealed_file_is_over(struct sealed_file *f)
{
        size_t more = 0;
        int err = 0;

        if (f->at == f->len && !f->ended)
                err = next_piece(f);
        if (!err)
                err = read_some(&more, f->fd, f->sealed, 1);
        return err ? err : f->at == f->len && f->ended && more == 0 ? 0 : ERR_UNTRUSTED;
}

struct sealed_file *sealed_file_close(struct sealed_file *f)
{
        if (!f)
                return NULL;
        (void)close(f->fd);
        sodium_memzero(f, sizeof(*f));
        mem_free(f);
        return NULL;
}

void sealed_file_close_at(struct sealed_file **f)
{
        *f = sealed_file_close(*f);
}
