/* Who is at the other end of a TLS connection. libmicrohttpd only asks for the certificate; here it
 * is verified (RFC 5280: chain to our one authority, validity, client purpose). Whether it was
 * revoked the caller's database knows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/net/http_request.h"

#include "base/mem.h"
#include "codec/digest.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum { SERIAL_BYTES_MAX = 32 };

static const char *refusal(gnutls_session_t session)
{
        gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT };
        unsigned status = 0;

        if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) != 0)
                return "unverifiable";
        if (status & GNUTLS_CERT_EXPIRED)
                return "expired";
        if (status & GNUTLS_CERT_NOT_ACTIVATED)
                return "not yet valid";
        if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA))
                return "foreign";
        return status ? "not trusted" : NULL;
}

static int read_certificate(struct http_client *out, const gnutls_datum_t *der)
{
        gnutls_x509_crt_t certificate;
        uint8_t serial[SERIAL_BYTES_MAX];
        size_t serial_len = sizeof(serial), name_len = sizeof(out->common_name);
        int bad;

        if (gnutls_x509_crt_init(&certificate) != 0)
                return ERR_MEMORY;
        bad = gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER);
        if (!bad)
                bad = gnutls_x509_crt_get_serial(certificate, serial, &serial_len);
        if (!bad)
                bad = gnutls_x509_crt_get_dn_by_oid(
                    certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, out->common_name, &name_len);
        if (!bad) {
                hex_write(out->serial, serial, serial_len);
                out->until = (time_ms)gnutls_x509_crt_get_expiration_time(certificate) * SECOND_MS;
        }
        gnutls_x509_crt_deinit(certificate);
        return bad ? ERR_FORMAT : 0;
}

void http_client_check(struct http_request *r)
{
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(
            r->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        const gnutls_datum_t *list;
        gnutls_session_t session;
        unsigned count = 0;

        if (!info || !info->tls_session)
                return;
        session = info->tls_session;
        list = gnutls_certificate_get_peers(session, &count);
        if (!list || count == 0)
                return;
        r->client.given = true;
        r->client.why = refusal(session);
        if (!r->client.why && read_certificate(&r->client, &list[0]) != 0)
                r->client.why = "unreadable";
        r->client.trusted = !r->client.why;
}
