/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/secret_box.h"

#include "base/mem.h"
#include "system/os/folder.h"

#include <sodium.h>
#include <stdio.h>

enum {
        KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
        NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
        MAC_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
        KEY_FILE_MODE = 0600,
        PATH_BYTES_MAX = 1024
};
_Static_assert(KEYS_SECRET_MAX + NONCE_BYTES + MAC_BYTES <= KEYS_SEALED_MAX, "room for the seal");

struct secret_box {
        uint8_t key[KEY_BYTES];
};

static int key_load(struct secret_box *b, const struct folder *keys)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(KEY_BYTES);
        int err = file_read_all(&bytes, keys, "secrets.key");

        if (err == ERR_MISSING) {
                randombytes_buf(b->key, sizeof(b->key));
                return file_write_atomic(keys, "secrets.key",
                    (struct text){ (const char *)b->key, sizeof(b->key) }, KEY_FILE_MODE);
        }
        if (!err && bytes.len != sizeof(b->key))
                err = ERR_FORMAT;
        if (!err)
                memcpy(b->key, bytes.data, sizeof(b->key));
        if (bytes.data)
                sodium_memzero(bytes.data, bytes.len);
        return err;
}

int secret_box_open(struct secret_box **out, const char *data_folder)
{
        AUTO(folder_close_at) struct folder *keys = NULL;
        char path[PATH_BYTES_MAX];
        struct secret_box *b;
        int err;

        if (sodium_init() < 0)
                return ERR_BUG;
        if (snprintf(path, sizeof(path), "%s/keys", data_folder) >= (int)sizeof(path))
                return ERR_LIMIT;
        err = folder_open(&keys, path);
        if (err)
                return err;
        b = mem_zero(1, sizeof(*b));
        if (!b)
                return ERR_MEMORY;
        err = key_load(b, keys);
        if (err) {
                (void)secret_box_close(b);
                return err;
        }
        *out = b;
        return 0;
}

struct secret_box *secret_box_close(struct secret_box *b)
{
        if (b)
                sodium_memzero(b, sizeof(*b));
        mem_free(b);
        return NULL;
}

static bool is_bounded(const struct keys_secret *s, size_t least, size_t most)
{
        return strnlen(s->place, sizeof(s->place)) < sizeof(s->place) && s->len >= least &&
               s->len <= most;
}

int secret_box_seal(struct buffer *out, const struct secret_box *b, const struct keys_secret *s)
{
        uint8_t sealed[KEYS_SEALED_MAX];
        unsigned long long len = 0;

        if (!is_bounded(s, 1, KEYS_SECRET_MAX))
                return ERR_FORMAT;
        randombytes_buf(sealed, NONCE_BYTES);
        if (crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, &len, s->bytes, s->len,
                (const uint8_t *)s->place, strlen(s->place), NULL, sealed, b->key) != 0)
                return ERR_BUG;
        return buffer_add(out, sealed, NONCE_BYTES + (size_t)len);
}

int secret_box_open_sealed(
    struct buffer *out, const struct secret_box *b, const struct keys_secret *s)
{
        uint8_t plain[KEYS_SEALED_MAX];
        unsigned long long len = 0;
        int err;

        if (!is_bounded(s, NONCE_BYTES + MAC_BYTES + 1, KEYS_SEALED_MAX))
                return ERR_FORMAT;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &len, NULL, s->bytes + NONCE_BYTES,
                s->len - NONCE_BYTES, (const uint8_t *)s->place, strlen(s->place), s->bytes,
                b->key) != 0)
                return ERR_UNTRUSTED;
        err = buffer_add(out, plain, (size_t)len);
        sodium_memzero(plain, sizeof(plain));
        return err;
}
