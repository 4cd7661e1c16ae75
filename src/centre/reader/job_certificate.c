/* Certificates, requests and signatures that others made.
 * "request":     PEM request -> {"x","y"} (hex): the point of its P-256 key; the request signs
 * itself. "certificate": options {"authority": PEM}; PEM -> {"common_name","serial","until"} (until
 * in ms) when our authority issued it, it is valid now and is for clients; else UNTRUSTED.
 * "signature":   options {"certificate": PEM, "signature": hex}; bytes -> {} or UNTRUSTED.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "centre/reader/jobs.h"
#include "codec/digest.h"
#include "codec/json_fields.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum {
        POINT_BYTES = 32,
        SERIAL_BYTES_MAX = 32,
        SIGNATURE_BYTES_MAX = 128,
        PEM_BYTES_MAX = 16 << 10
};

static gnutls_datum_t datum(struct text t)
{
        return (gnutls_datum_t){ (unsigned char *)(uintptr_t)t.data, (unsigned)t.len };
}

static void free_crq(gnutls_x509_crq_t *c)
{
        if (*c)
                gnutls_x509_crq_deinit(*c);
}

static void free_crt(gnutls_x509_crt_t *c)
{
        if (*c)
                gnutls_x509_crt_deinit(*c);
}

static void free_pubkey(gnutls_pubkey_t *k)
{
        if (*k)
                gnutls_pubkey_deinit(*k);
}

static void free_list(gnutls_x509_trust_list_t *l)
{
        if (*l)
                gnutls_x509_trust_list_deinit(*l, 0);
}

static int add_json(struct buffer *out, json_t *object_own)
{
        AUTO(json_free_at) json_t *object = object_own;
        char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
        int err = text ? buffer_add_text(out, text) : ERR_MEMORY;

        free(text);
        return err;
}

static int add_point(struct buffer *out, gnutls_pubkey_t key, struct parse_error *bad)
{
        gnutls_datum_t x = { 0 }, y = { 0 };
        gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
        char x_hex[2 * POINT_BYTES + 1], y_hex[2 * POINT_BYTES + 1];
        uint8_t wide[2][POINT_BYTES] = { { 0 } };
        int err = 0;

        if (gnutls_pubkey_export_ecc_raw2(key, &curve, &x, &y, GNUTLS_EXPORT_FLAG_NO_LZ) != 0 ||
            curve != GNUTLS_ECC_CURVE_SECP256R1 || x.size > POINT_BYTES || y.size > POINT_BYTES)
                err = parse_error_set(bad, 0, "Khóa của yêu cầu không phải là ECDSA P-256.",
                    "The key of the request is not ECDSA P-256.");
        if (!err) {
                memcpy(wide[0] + POINT_BYTES - x.size, x.data, x.size);
                memcpy(wide[1] + POINT_BYTES - y.size, y.data, y.size);
                hex_write(x_hex, wide[0], POINT_BYTES);
                hex_write(y_hex, wide[1], POINT_BYTES);
                err = add_json(out, json_pack("{s:s,s:s}", "x", x_hex, "y", y_hex));
        }
        gnutls_free(x.data);
        gnutls_free(y.data);
        return err;
}

static int read_request(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(free_crq) gnutls_x509_crq_t request = NULL;
        AUTO(free_pubkey) gnutls_pubkey_t key = NULL;
        const gnutls_datum_t pem = datum(bytes);

        (void)options;
        if (bytes.len > PEM_BYTES_MAX)
                return ERR_LIMIT;
        if (gnutls_x509_crq_init(&request) != 0 || gnutls_pubkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_x509_crq_import(request, &pem, GNUTLS_X509_FMT_PEM) != 0 ||
            gnutls_x509_crq_verify(request, 0) != 0 ||
            gnutls_pubkey_import_x509_crq(key, request, 0) != 0)
                return parse_error_set(bad, 0,
                    "Yêu cầu cấp chứng thư không đọc được hoặc chữ ký của nó sai.",
                    "The certificate request cannot be read, or does not sign itself.");
        return add_point(out, key, bad);
}

static int untrusted(struct parse_error *bad, const char *vi, const char *en)
{
        (void)parse_error_set(bad, 0, vi, en);
        return ERR_UNTRUSTED;
}

static int import_one(gnutls_x509_crt_t *out, struct text pem)
{
        const gnutls_datum_t bytes = datum(pem);

        if (gnutls_x509_crt_init(out) != 0)
                return ERR_MEMORY;
        return gnutls_x509_crt_import(*out, &bytes, GNUTLS_X509_FMT_PEM) == 0 ? 0 : ERR_FORMAT;
}

static int check_chain(
    gnutls_x509_crt_t certificate, gnutls_x509_crt_t authority, struct parse_error *bad)
{
        AUTO(free_list) gnutls_x509_trust_list_t trust = NULL;
        gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT };
        unsigned status = 0;

        if (gnutls_x509_trust_list_init(&trust, 1) != 0 ||
            gnutls_x509_trust_list_add_cas(trust, &authority, 1, 0) != 1)
                return ERR_MEMORY;
        if (gnutls_x509_trust_list_verify_crt2(
                trust, &certificate, 1, &purpose, 1, 0, &status, NULL) != 0)
                return ERR_MEMORY;
        if (status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED))
                return untrusted(bad, "Chứng thư đã hết hạn hoặc chưa có hiệu lực.",
                    "The certificate has expired or is not valid yet.");
        if (status)
                return untrusted(bad, "Chứng thư không do đơn vị này cấp.",
                    "The certificate was not issued by this office.");
        return 0;
}

static int read_certificate(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(free_crt) gnutls_x509_crt_t certificate = NULL, authority = NULL;
        struct text authority_pem;
        char name[65], serial_hex[2 * SERIAL_BYTES_MAX + 1];
        uint8_t serial[SERIAL_BYTES_MAX];
        size_t name_len = sizeof(name), serial_len = sizeof(serial);
        int err;

        err = json_field_text(&authority_pem, options, "authority", PEM_BYTES_MAX, NULL);
        if (!err)
                err = import_one(&authority, authority_pem);
        if (err)
                return ERR_BUG;
        err = bytes.len > PEM_BYTES_MAX ? ERR_FORMAT : import_one(&certificate, bytes);
        if (err)
                return untrusted(
                    bad, "Chứng thư không đọc được.", "The certificate cannot be read.");
        err = check_chain(certificate, authority, bad);
        if (err)
                return err;
        if (gnutls_x509_crt_get_serial(certificate, serial, &serial_len) != 0 ||
            gnutls_x509_crt_get_dn_by_oid(
                certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &name_len) != 0)
                return untrusted(bad, "Chứng thư không có tên.", "The certificate has no name.");
        hex_write(serial_hex, serial, serial_len);
        return add_json(
            out, json_pack("{s:s,s:s,s:I}", "common_name", name, "serial", serial_hex, "until",
                     (json_int_t)gnutls_x509_crt_get_expiration_time(certificate) * SECOND_MS));
}

static int check_signature(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(free_crt) gnutls_x509_crt_t certificate = NULL;
        AUTO(free_pubkey) gnutls_pubkey_t key = NULL;
        struct text pem, hex;
        uint8_t signature[SIGNATURE_BYTES_MAX];
        const gnutls_datum_t data = datum(bytes);
        gnutls_datum_t signature_datum = { signature, 0 };

        if (json_field_text(&pem, options, "certificate", PEM_BYTES_MAX, NULL) != 0 ||
            json_field_text(&hex, options, "signature", sizeof(signature) * 2, NULL) != 0 ||
            hex_parse(signature, hex.len / 2, hex) != 0 || import_one(&certificate, pem) != 0)
                return untrusted(bad, "Chữ ký không đọc được.", "The signature cannot be read.");
        signature_datum.size = (unsigned)(hex.len / 2);
        if (gnutls_pubkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_pubkey_import_x509(key, certificate, 0) != 0 ||
            gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &signature_datum) <
                0)
                return untrusted(bad, "Chữ ký sai: tệp đã bị sửa hoặc không do máy này tạo ra.",
                    "The signature does not hold: the file was altered or made by another.");
        return buffer_add_text(out, "{}");
}

const struct reader_job job_request = { "certificate-request", 5, 64, read_request };
const struct reader_job job_certificate = { "certificate", 5, 64, read_certificate };
const struct reader_job job_signature = { "signature", 10, 192, check_signature };
