/* system/net/https_client_windows.c: https_client.h by WinHTTP and Schannel. Windows' own list of
 * authorities does not count: who the server is, is checked here, after the handshake and before a
 * byte of the body is sent. Proxies are those of the machine (netsh winhttp). Where Windows has no
 * store for our key, no certificate is shown, and the centre says no.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/net/https_client.h"
#include "base/mem.h"
#include "system/os/windows/certificate.h"
#include "system/os/windows/stored_key.h"
#include "system/os/windows/wide_text.h"

#include <stdio.h>
#include <string.h>
#include <winhttp.h>

enum {
        HOST_UNITS = 256,
        WORD_UNITS = 2048,
        READ_STEP = 16 << 10,
        CONNECT_MS_MAX = 15000,
        PORT = 443
};

#ifndef WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3
#define WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3 0x00002000
#endif

struct https_client {
        wchar_t host[HOST_UNITS];
        INTERNET_PORT port;
        struct certificates authority, own;
        struct stored_key *key;
        struct sha256 fingerprint;
        bool by_fingerprint;
        HINTERNET session, line;
};

static void close_at(HINTERNET *h)
{
        if (*h)
                (void)WinHttpCloseHandle(*h);
        *h = NULL;
}

static int wide_of(wchar_t *out, size_t units, struct text t)
{
        size_t len;

        return wide_from_text((uint16_t *)out, units, &len, t);
}

static int url_parse(struct https_client *c, const char *url)
{
        wchar_t wide[WORD_UNITS];
        URL_COMPONENTS parts = { .dwStructSize = sizeof(parts),
                .dwHostNameLength = (DWORD)-1,
                .dwUrlPathLength = (DWORD)-1,
                .dwExtraInfoLength = (DWORD)-1 };

        if (wide_of(wide, WORD_UNITS, text_of(url)) || !WinHttpCrackUrl(wide, 0, 0, &parts) ||
            parts.nScheme != INTERNET_SCHEME_HTTPS || !parts.dwHostNameLength ||
            parts.dwHostNameLength >= HOST_UNITS || parts.dwUrlPathLength > 1 ||
            parts.dwExtraInfoLength)
                return ERR_FORMAT;
        memcpy(c->host, parts.lpszHostName, parts.dwHostNameLength * sizeof(wchar_t));
        c->port = parts.nPort ? parts.nPort : PORT;
        return 0;
}

static int trust_load(struct https_client *c, const struct https_client_options *o)
{
        if (!o->fingerprint)
                return certificates_load(&c->authority, o->authority);
        c->fingerprint = *o->fingerprint;
        c->by_fingerprint = true;
        return 0;
}

static int own_load(struct https_client *c, const struct https_client_options *o)
{
        int err = certificates_load(&c->own, o->certificate);

        if (!err)
                err = stored_key_new(&c->key, c->own.at[0], o->key);
        return err == ERR_UNSUPPORTED ? 0 : err;
}

static int session_open(struct https_client *c)
{
        DWORD both = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3;
        DWORD one = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;

        c->session = WinHttpOpen(L"canh-agent", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
            WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
        if (!c->session)
                return ERR_MEMORY;
        /* Before Windows 11 there is no 1.3, and to ask for it is an error. */
        if (!WinHttpSetOption(c->session, WINHTTP_OPTION_SECURE_PROTOCOLS, &both, sizeof(both)) &&
            !WinHttpSetOption(c->session, WINHTTP_OPTION_SECURE_PROTOCOLS, &one, sizeof(one)))
                return ERR_UNSUPPORTED;
        return 0;
}

int https_client_new(struct https_client **out, const struct https_client_options *o)
{
        AUTO(https_client_free_at) struct https_client *c = mem_zero(1, sizeof(*c));
        int err = c ? url_parse(c, o->url) : ERR_MEMORY;

        if (!err)
                err = trust_load(c, o);
        if (!err && o->certificate.len)
                err = own_load(c, o);
        if (!err)
                err = session_open(c);
        if (err)
                return err;
        *out = MOVE(c);
        return 0;
}

void https_client_hang_up(struct https_client *c)
{
        close_at(&c->line);
}

struct https_client *https_client_free(struct https_client *c)
{
        if (c) {
                https_client_hang_up(c);
                close_at(&c->session);
                certificates_done(&c->authority);
                certificates_done(&c->own);
                c->key = stored_key_free(c->key);
                mem_free(c);
        }
        return NULL;
}

void https_client_free_at(struct https_client **c)
{
        *c = https_client_free(*c);
}

/* The certificate among those that the server sent that has the known fingerprint; NULL. */
static PCCERT_CONTEXT find_pinned(const struct https_client *c, PCCERT_CONTEXT server)
{
        PCCERT_CONTEXT one = NULL;

        while ((one = CertEnumCertificatesInStore(server->hCertStore, one)) != NULL) {
                struct sha256 d = sha256_of(one->pbCertEncoded, one->cbCertEncoded);

                if (memcmp(&d, &c->fingerprint, sizeof(d)) == 0)
                        return one;
        }
        return NULL;
}

static int verify(const struct https_client *c, HINTERNET request)
{
        PCCERT_CONTEXT server = NULL, pinned = NULL, authority;
        DWORD bytes = sizeof(server);
        bool good;

        if (!WinHttpQueryOption(request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &server, &bytes) ||
            !server)
                return ERR_UNTRUSTED;
        if (c->by_fingerprint)
                pinned = find_pinned(c, server);
        authority = c->by_fingerprint ? pinned : c->authority.at[0];
        good = authority && certificate_is_for(server, szOID_PKIX_KP_SERVER_AUTH) &&
               certificate_is_issued_by(server, authority);
        if (pinned)
                (void)CertFreeCertificateContext(pinned);
        (void)CertFreeCertificateContext(server);
        return good ? 0 : ERR_UNTRUSTED;
}

static int err_of(DWORD error)
{
        switch (error) {
        case ERROR_WINHTTP_TIMEOUT:
                return ERR_BUSY;
        case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
        case ERROR_WINHTTP_HEADER_SIZE_OVERFLOW:
                return ERR_FORMAT;
        case ERROR_NOT_ENOUGH_MEMORY:
                return ERR_MEMORY;
        default:
                return ERR_CLOSED;
        }
}

static bool options_set(const struct https_client *c, HINTERNET request, int timeout_ms)
{
        /* What our own check stands for; the name does not count. */
        DWORD ours = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID |
                     SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;
        DWORD off = WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES |
                    WINHTTP_DISABLE_AUTHENTICATION;
        int connect_ms = timeout_ms < CONNECT_MS_MAX ? timeout_ms : CONNECT_MS_MAX;

        return WinHttpSetOption(request, WINHTTP_OPTION_SECURITY_FLAGS, &ours, sizeof(ours)) &&
               WinHttpSetOption(request, WINHTTP_OPTION_DISABLE_FEATURE, &off, sizeof(off)) &&
               WinHttpSetTimeouts(request, connect_ms, connect_ms, timeout_ms, timeout_ms) &&
               (c->key ? WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT,
                             (void *)(uintptr_t)c->own.at[0], sizeof(CERT_CONTEXT))
                       : WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT,
                             WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
}

static int receive_body(struct buffer *body, HINTERNET request)
{
        for (;;) {
                DWORD got = 0;
                size_t step = body->max - body->len < READ_STEP ? body->max - body->len : READ_STEP;
                char probe;
                int err = buffer_reserve(body, step);

                if (err)
                        return err;
                if (!WinHttpReadData(request, step ? body->data + body->len : &probe,
                        step ? (DWORD)step : 1, &got))
                        return err_of(GetLastError());
                if (!got)
                        return 0;
                if (!step)
                        return ERR_LIMIT;
                body->len += got;
                body->data[body->len] = '\0';
        }
}

static int exchange(
    const struct https_client *c, HINTERNET request, struct https_answer *answer, struct text body)
{
        DWORD status = 0, bytes = sizeof(status), sent = 0;
        int err;

        if (!WinHttpSendRequest(request, L"Content-Type: application/json\r\n", (DWORD)-1,
                WINHTTP_NO_REQUEST_DATA, 0, (DWORD)body.len, 0))
                return err_of(GetLastError());
        err = verify(c, request);
        if (err)
                return err;
        if (body.len && !WinHttpWriteData(request, body.data, (DWORD)body.len, &sent))
                return err_of(GetLastError());
        if (!WinHttpReceiveResponse(request, NULL) ||
            !WinHttpQueryHeaders(request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                WINHTTP_HEADER_NAME_BY_INDEX, &status, &bytes, WINHTTP_NO_HEADER_INDEX))
                return err_of(GetLastError());
        err = receive_body(&answer->body, request);
        if (!err)
                answer->status = (int)status;
        return err;
}

int https_client_ask(struct https_client *c, struct https_answer *answer, const char *method,
    const char *path, struct text body, int timeout_ms)
{
        AUTO(close_at) HINTERNET request = NULL;
        wchar_t verb[16], way[WORD_UNITS];
        int err = wide_of(verb, ARRAY_LEN(verb), text_of(method));

        buffer_clear(&answer->body);
        if (!err)
                err = wide_of(way, WORD_UNITS, text_of(path));
        if (err)
                return err;
        if (!c->line)
                c->line = WinHttpConnect(c->session, c->host, c->port, 0);
        request = c->line ? WinHttpOpenRequest(c->line, verb, way, NULL, WINHTTP_NO_REFERER,
                                WINHTTP_DEFAULT_ACCEPT_TYPES, WINHTTP_FLAG_SECURE)
                          : NULL;
        if (!request || !options_set(c, request, timeout_ms))
                return ERR_MEMORY;
        err = exchange(c, request, answer, body);
        if (err)
                https_client_hang_up(c);
        return err;
}
