/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/authority.h"

#include "base/mem.h"
#include "codec/digest.h"
#include "codec/ulid.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SERIAL_BYTES = 16, AUTHORITY_DAYS = 3650, PEM_MAX = 16 << 10, PATH_MAX_BYTES = 1024 };

struct pair {
        gnutls_x509_privkey_t key;
        gnutls_privkey_t signer; /* the same key, for signing */
        gnutls_x509_crt_t certificate;
};

struct authority {
        struct pair root, signing;
};

static int tls_err(int code)
{
        if (code >= 0)
                return 0;
        return code == GNUTLS_E_MEMORY_ERROR ? ERR_MEMORY : ERR_FORMAT;
}

static void pair_done(struct pair *p)
{
        if (p->signer)
                gnutls_privkey_deinit(p->signer);
        if (p->certificate)
                gnutls_x509_crt_deinit(p->certificate);
        if (p->key)
                gnutls_x509_privkey_deinit(p->key);
        *p = (struct pair){ 0 };
}

static int pair_init(struct pair *p)
{
        if (gnutls_x509_privkey_init(&p->key) != 0 || gnutls_x509_crt_init(&p->certificate) != 0 ||
            gnutls_privkey_init(&p->signer) != 0)
                return ERR_MEMORY;
        return 0;
}

static int set_random_serial(gnutls_x509_crt_t c)
{
        uint8_t serial[SERIAL_BYTES];

        if (gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial)) != 0)
                return ERR_IO;
        serial[0] = (uint8_t)((serial[0] & 0x7f) |
                              0x40); /* positive, of one length (RFC 5280 4.1.2.2) */
        return tls_err(gnutls_x509_crt_set_serial(c, serial, sizeof(serial)));
}

static int set_life(gnutls_x509_crt_t c, time_ms now, int days, time_ms *until)
{
        time_t begin = (time_t)(now / SECOND_MS) - 3600; /* clocks of workstations run late */
        time_t end = (time_t)(now / SECOND_MS) + (time_t)days * 86400;

        if (until)
                *until = (time_ms)end * SECOND_MS;
        if (gnutls_x509_crt_set_activation_time(c, begin) != 0)
                return ERR_FORMAT;
        return tls_err(gnutls_x509_crt_set_expiration_time(c, end));
}

static int set_key_ids(gnutls_x509_crt_t c, gnutls_x509_crt_t issuer)
{
        uint8_t id[64];
        size_t len = sizeof(id);
        int bad;

        bad = gnutls_x509_crt_get_key_id(c, GNUTLS_KEYID_USE_SHA1, id, &len);
        if (!bad)
                bad = gnutls_x509_crt_set_subject_key_id(c, id, len);
        len = sizeof(id);
        if (!bad && issuer)
                bad = gnutls_x509_crt_get_subject_key_id(issuer, id, &len, NULL);
        if (!bad && issuer)
                bad = gnutls_x509_crt_set_authority_key_id(c, id, len);
        return tls_err(bad);
}

/* Version, serial, life, name, what it may be used for; the public key is set already. */
static int fill(gnutls_x509_crt_t c, const char *name, bool is_authority, const char *purpose,
    time_ms now, int days, time_ms *until)
{
        unsigned usage = is_authority ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN
                                      : GNUTLS_KEY_DIGITAL_SIGNATURE;
        int err;

        if (gnutls_x509_crt_set_version(c, 3) != 0)
                return ERR_FORMAT;
        err = set_random_serial(c);
        if (!err)
                err = set_life(c, now, days, until);
        if (!err)
                err = tls_err(gnutls_x509_crt_set_dn_by_oid(
                    c, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)));
        if (!err)
                err = tls_err(
                    gnutls_x509_crt_set_basic_constraints(c, is_authority, is_authority ? 0 : -1));
        if (!err)
                err = tls_err(gnutls_x509_crt_set_key_usage(c, usage));
        if (!err && purpose)
                err = tls_err(gnutls_x509_crt_set_key_purpose_oid(c, purpose, 0));
        return err;
}

static int make_pair(
    struct pair *p, const struct pair *issuer, const char *name, const char *purpose, time_ms now)
{
        int err = pair_init(p);

        if (!err)
                err = tls_err(gnutls_x509_privkey_generate(
                    p->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
        if (!err)
                err = tls_err(gnutls_privkey_import_x509(p->signer, p->key, 0));
        if (!err)
                err = tls_err(gnutls_x509_crt_set_key(p->certificate, p->key));
        if (!err)
                err = fill(p->certificate, name, !issuer, purpose, now, AUTHORITY_DAYS, NULL);
        if (!err)
                err = set_key_ids(p->certificate, issuer ? issuer->certificate : NULL);
        if (!err)
                err = tls_err(gnutls_x509_crt_sign2(p->certificate,
                    issuer ? issuer->certificate : p->certificate, issuer ? issuer->key : p->key,
                    GNUTLS_DIG_SHA256, 0));
        return err;
}

static int write_file(const char *folder, const char *name, const void *bytes, size_t len)
{
        char path[PATH_MAX_BYTES];
        int fd, err = 0;

        if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
                return ERR_LIMIT;
        fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0)
                return err_from_errno(errno);
        if (write(fd, bytes, len) != (ssize_t)len || fsync(fd) != 0)
                err = ERR_IO;
        if (close(fd) != 0)
                err = ERR_IO;
        return err;
}

static int save_pair(const struct pair *p, const char *folder, const char *name)
{
        char file[32];
        uint8_t pem[PEM_MAX];
        size_t len = sizeof(pem);
        int err;

        err = tls_err(gnutls_x509_privkey_export_pkcs8(
            p->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, pem, &len));
        (void)snprintf(file, sizeof(file), "%s.key", name);
        if (!err)
                err = write_file(folder, file, pem, len);
        gnutls_memset(pem, 0, sizeof(pem));
        len = sizeof(pem);
        if (!err)
                err = tls_err(
                    gnutls_x509_crt_export(p->certificate, GNUTLS_X509_FMT_PEM, pem, &len));
        (void)snprintf(file, sizeof(file), "%s.pem", name);
        return err ? err : write_file(folder, file, pem, len);
}

static int read_file(gnutls_datum_t *out, const char *folder, const char *name, const char *ending)
{
        char path[PATH_MAX_BYTES];

        if (snprintf(path, sizeof(path), "%s/%s%s", folder, name, ending) >= (int)sizeof(path))
                return ERR_LIMIT;
        return gnutls_load_file(path, out) == 0 ? 0 : ERR_IO;
}

static int load_pair(struct pair *p, const char *folder, const char *name)
{
        gnutls_datum_t bytes = { 0 };
        uint8_t key_id[64], certificate_id[64];
        size_t key_len = sizeof(key_id), certificate_len = sizeof(certificate_id);
        int err = pair_init(p);

        if (!err)
                err = read_file(&bytes, folder, name, ".key");
        if (err)
                return err;
        err = tls_err(gnutls_x509_privkey_import(p->key, &bytes, GNUTLS_X509_FMT_PEM));
        gnutls_memset(bytes.data, 0, bytes.size);
        gnutls_free(bytes.data);
        if (!err)
                err = read_file(&bytes, folder, name, ".pem");
        if (err)
                return err;
        err = tls_err(gnutls_x509_crt_import(p->certificate, &bytes, GNUTLS_X509_FMT_PEM));
        gnutls_free(bytes.data);
        if (!err)
                err = tls_err(gnutls_privkey_import_x509(p->signer, p->key, 0));
        if (!err)
                err = tls_err(gnutls_x509_privkey_get_key_id(p->key, 0, key_id, &key_len));
        if (!err)
                err = tls_err(gnutls_x509_crt_get_key_id(
                    p->certificate, 0, certificate_id, &certificate_len));
        if (!err && (key_len != certificate_len || memcmp(key_id, certificate_id, key_len) != 0))
                err = ERR_FORMAT;
        return err;
}

static int sync_folder(const char *path)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int err = fd < 0 || fsync(fd) != 0 ? ERR_IO : 0;

        if (fd >= 0)
                (void)close(fd);
        return err;
}

/* Written beside and renamed: a power cut leaves either no authority or a whole one. */
static int make_all(struct authority *a, const char *data_folder, const char *folder, time_ms now)
{
        char beside[PATH_MAX_BYTES];
        int err;

        if (snprintf(beside, sizeof(beside), "%s.new", folder) >= (int)sizeof(beside))
                return ERR_LIMIT;
        if (mkdir(beside, 0700) != 0 && errno != EEXIST)
                return err_from_errno(errno);
        err = make_pair(&a->root, NULL, "Canh authority", NULL, now);
        if (!err)
                err = make_pair(&a->signing, &a->root, "Canh signing", GNUTLS_KP_CODE_SIGNING, now);
        if (!err)
                err = save_pair(&a->root, beside, "authority");
        if (!err)
                err = save_pair(&a->signing, beside, "signing");
        if (!err)
                err = sync_folder(beside);
        if (!err && rename(beside, folder) != 0)
                err = err_from_errno(errno);
        return err ? err : sync_folder(data_folder);
}

int authority_open(struct authority **out, const char *data_folder, const struct clock *c)
{
        char folder[PATH_MAX_BYTES - 16];
        struct authority *a;
        struct stat seen;
        int err;

        if (snprintf(folder, sizeof(folder), "%s/keys", data_folder) >= (int)sizeof(folder))
                return ERR_LIMIT;
        a = mem_zero(1, sizeof(*a));
        if (!a)
                return ERR_MEMORY;
        if (stat(folder, &seen) == 0) {
                err = load_pair(&a->root, folder, "authority");
                if (!err)
                        err = load_pair(&a->signing, folder, "signing");
        } else {
                err = make_all(a, data_folder, folder, clock_now(c));
        }
        if (err) {
                (void)authority_close(a);
                return err;
        }
        *out = a;
        return 0;
}

struct authority *authority_close(struct authority *a)
{
        if (!a)
                return NULL;
        pair_done(&a->root);
        pair_done(&a->signing);
        mem_free(a);
        return NULL;
}

static int add_certificate(struct buffer *out, gnutls_x509_crt_t c)
{
        gnutls_datum_t pem = { 0 };
        int err = tls_err(gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &pem));

        if (!err)
                err = buffer_add(out, pem.data, pem.size);
        gnutls_free(pem.data);
        return err;
}

int authority_add_pem(struct buffer *out, const struct authority *a)
{
        int err = add_certificate(out, a->root.certificate);

        return err ? err : add_certificate(out, a->signing.certificate);
}

static int add_server_name(gnutls_x509_crt_t c, const char *name)
{
        struct in6_addr six;
        struct in_addr four;

        if (inet_pton(AF_INET, name, &four) == 1)
                return tls_err(gnutls_x509_crt_set_subject_alt_name(
                    c, GNUTLS_SAN_IPADDRESS, &four, sizeof(four), GNUTLS_FSAN_APPEND));
        if (inet_pton(AF_INET6, name, &six) == 1)
                return tls_err(gnutls_x509_crt_set_subject_alt_name(
                    c, GNUTLS_SAN_IPADDRESS, &six, sizeof(six), GNUTLS_FSAN_APPEND));
        for (const char *p = name; *p; p++)
                if (!strchr(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", *p))
                        return ERR_FORMAT;
        return tls_err(gnutls_x509_crt_set_subject_alt_name(
            c, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name), GNUTLS_FSAN_APPEND));
}

static int add_server_names(gnutls_x509_crt_t c, struct text names)
{
        struct text name;
        char copy[256];
        int err = 0;

        while (!err && text_split(&name, &names, '\n')) {
                if (name.len == 0)
                        continue;
                err = text_copy(copy, sizeof(copy), name);
                if (!err)
                        err = add_server_name(c, copy);
        }
        return err;
}

/* The bounds of a request, before anything is done with it. */
static int check_request(char name[64], const struct keys_issue *r)
{
        size_t len = strnlen(r->name, sizeof(r->name));
        bool server = r->kind == KEYS_KIND_SERVER;

        if (r->days == 0 || r->days > KEYS_DAYS_MAX || len == sizeof(r->name) ||
            strnlen(r->server_names, sizeof(r->server_names)) == sizeof(r->server_names))
                return ERR_FORMAT;
        if (r->kind < KEYS_KIND_MACHINE || r->kind > KEYS_KIND_SERVER)
                return ERR_FORMAT;
        if (server ? len != 0 : !ulid_is_valid((struct text){ r->name, len }))
                return ERR_FORMAT;
        (void)snprintf(name, 64, "%s%s", r->kind == KEYS_KIND_KIT ? "kit:" : "",
            server ? "Canh centre" : r->name);
        return 0;
}

static int set_point(gnutls_x509_crt_t c, const struct keys_issue *r)
{
        gnutls_datum_t x = { (unsigned char *)(uintptr_t)r->x, KEYS_POINT_BYTES };
        gnutls_datum_t y = { (unsigned char *)(uintptr_t)r->y, KEYS_POINT_BYTES };
        gnutls_pubkey_t key;
        int bad;

        if (gnutls_pubkey_init(&key) != 0)
                return ERR_MEMORY;
        bad = gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y);
        if (!bad)
                bad = gnutls_pubkey_verify_params(key); /* the import takes points off the curve */
        if (!bad)
                bad = gnutls_x509_crt_set_pubkey(c, key);
        gnutls_pubkey_deinit(key);
        return tls_err(bad);
}

static int finish(struct keys_certificate *head, struct buffer *out, gnutls_x509_crt_t c,
    const struct authority *a, time_ms until)
{
        uint8_t serial[32];
        size_t len = sizeof(serial);
        int err;

        err = set_key_ids(c, a->root.certificate);
        if (!err)
                err = tls_err(gnutls_x509_crt_sign2(
                    c, a->root.certificate, a->root.key, GNUTLS_DIG_SHA256, 0));
        if (!err)
                err = tls_err(gnutls_x509_crt_get_serial(c, serial, &len));
        if (!err)
                err = add_certificate(out, c);
        if (err)
                return err;
        *head = (struct keys_certificate){ .until_ms = until };
        hex_write(head->serial, serial, len);
        return 0;
}

int authority_issue(struct keys_certificate *head, struct buffer *out, const struct authority *a,
    const struct keys_issue *request, time_ms now)
{
        bool server = request->kind == KEYS_KIND_SERVER;
        gnutls_x509_crt_t c;
        time_ms until = 0;
        char name[64];
        int err;

        err = check_request(name, request);
        if (err)
                return err;
        if (gnutls_x509_crt_init(&c) != 0)
                return ERR_MEMORY;
        err = set_point(c, request);
        if (!err)
                err = fill(c, name, false,
                    server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT, now,
                    (int)request->days, &until);
        if (!err && server)
                err = add_server_names(c, text_of(request->server_names));
        if (!err)
                err = finish(head, out, c, a, until);
        gnutls_x509_crt_deinit(c);
        return err;
}

int authority_sign(struct buffer *out, const struct authority *a, struct text manifest)
{
        gnutls_datum_t data = { (unsigned char *)(uintptr_t)manifest.data, (unsigned)manifest.len };
        gnutls_datum_t signature = { 0 };
        int err;

        if (!text_starts(manifest, KEYS_MANIFEST_HEAD) || manifest.len > KEYS_MANIFEST_MAX)
                return ERR_UNTRUSTED;
        err = tls_err(
            gnutls_privkey_sign_data(a->signing.signer, GNUTLS_DIG_SHA256, 0, &data, &signature));
        if (!err)
                err = buffer_add(out, signature.data, signature.size);
        gnutls_free(signature.data);
        return err;
}
