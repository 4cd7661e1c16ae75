/* system/net/download.c: see download.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/download.h"
#include "base/mem.h"
#include "base/text.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SLOW_BYTES = 100, SLOW_SECONDS = 30, CONNECT_MS = 20000 };

int download_prepare(void)
{
        return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : ERR_MEMORY;
}

bool download_is_url(const char *url)
{
        struct text t = text_of(url), host;
        size_t at = text_starts(t, "https://") ? 8 : text_starts(t, "http://") ? 7 : 0;

        if (!at || t.len >= DOWNLOAD_URL_MAX)
                return false;
        host = (struct text){ t.data + at, t.len - at };
        host.len = text_find(host, '/');
        for (size_t i = 0; i < t.len; i++)
                if (t.data[i] <= ' ' || t.data[i] == 0x7f)
                        return false;
        return host.len > 0 && text_find(host, '@') == host.len;
}

static struct text authority_of(const char *url)
{
        struct text t = text_of(url);
        size_t at = text_starts(t, "https://") ? 8 : text_starts(t, "http://") ? 7 : t.len;
        size_t end = at;

        while (end < t.len && !strchr("/?#", t.data[end]))
                end++;
        return (struct text){ t.data + at, end - at };
}

const char *download_origin(char out[DOWNLOAD_URL_MAX], const char *url)
{
        struct text host = authority_of(url);

        out[0] = '\0';
        if (host.len)
                (void)!text_copy(out, DOWNLOAD_URL_MAX,
                    (struct text){ url, (size_t)(host.data - url) + host.len });
        return out;
}

bool download_is_private(const char *url)
{
        static const char *const own[] = { "127.0.0.1", "[::1]", "localhost" };
        struct text host = authority_of(url);

        if (text_starts(text_of(url), "https://"))
                return true;
        for (size_t i = 0; i < ARRAY_LEN(own); i++)
                if (text_starts(host, own[i]) &&
                    (host.len == strlen(own[i]) || host.data[strlen(own[i])] == ':'))
                        return true;
        return false;
}

struct transfer {
        struct download *out;
        const struct download_wish *wish;
        char authorities[64]; /* the file that libcurl reads them from */
        int err;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *state)
{
        struct transfer *t = state;

        t->err = buffer_add(&t->out->body, bytes, size * count);
        return t->err ? 0 : size * count;
}

static void take_header(char *out, struct text line, const char *name)
{
        size_t len = strlen(name);

        if (line.len <= len || strncasecmp(line.data, name, len) != 0)
                return;
        if (text_copy(
                out, DOWNLOAD_TAG_MAX, text_trim((struct text){ line.data + len, line.len - len })))
                out[0] = '\0'; /* too long: the whole is fetched next time */
}

static size_t on_header(char *bytes, size_t size, size_t count, void *state)
{
        struct transfer *t = state;
        struct text line = { bytes, size * count };

        if (text_starts(line, "HTTP/")) /* of the last answer, not of a redirection before it */
                t->out->etag[0] = t->out->modified[0] = t->out->added_last[0] = '\0';
        take_header(t->out->etag, line, "etag:");
        take_header(t->out->modified, line, "last-modified:");
        take_header(t->out->added_last, line, "x-taxii-date-added-last:");
        return line.len;
}

static int add_header(struct curl_slist **list, const char *name, const char *value)
{
        char line[DOWNLOAD_TAG_MAX + 32];
        struct curl_slist *longer;

        if (!value[0])
                return 0;
        (void)snprintf(line, sizeof(line), "%s: %s", name, value);
        longer = curl_slist_append(*list, line);
        if (!longer)
                return ERR_MEMORY;
        *list = longer;
        return 0;
}

/* A feed is HTTP or HTTPS, also behind a redirection: never a file, never another protocol; what
 * began over TLS with a password stays there. */
static CURLcode only_http(CURL *curl, const struct download_wish *wish)
{
        bool tls = wish->auth && text_starts(text_of(wish->url), "https://");
#if LIBCURL_VERSION_NUM >= 0x075500
        const char *later = tls ? "https" : "http,https";
        CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");

        return code ? code : curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, later);
#else
        long later = tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS;
        CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);

        return code ? code : curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, later);
#endif
}

static CURLcode set_password(CURL *curl, const struct download_wish *wish)
{
        CURLcode code = CURLE_OK;

        if (wish->auth == DOWNLOAD_AUTH_BASIC) {
                code = curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
                if (!code)
                        code = curl_easy_setopt(curl, CURLOPT_USERNAME, wish->login);
                if (!code)
                        code = curl_easy_setopt(curl, CURLOPT_PASSWORD, wish->secret);
        } else if (wish->auth == DOWNLOAD_AUTH_BEARER) {
                code = curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
                if (!code)
                        code = curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, wish->secret);
        }
        return code;
}

static CURLcode set_up(CURL *curl, struct transfer *t, const struct curl_slist *headers)
{
        CURLcode code = only_http(curl, t->wish);

        if (!code)
                code = curl_easy_setopt(curl, CURLOPT_CAINFO, t->authorities);
        if (!code)
                code = curl_easy_setopt(curl, CURLOPT_URL, t->wish->url);
        if (!code)
                code = set_password(curl, t->wish);
        (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)DOWNLOAD_REDIRECTS_MAX);
        (void)curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, ""); /* what this libcurl unpacks */
        (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "canh/" CANH_VERSION);
        (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
        (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)t->wish->timeout_ms);
        (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
        (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
        (void)curl_easy_setopt(
            curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->out->body.max); /* if it is said */
        (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
        (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
        (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
        (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
        return code;
}

static int err_of(CURLcode code, const struct transfer *t)
{
        switch (code) {
        case CURLE_OK:
                return 0;
        case CURLE_WRITE_ERROR:
                return t->err ? t->err : ERR_CLOSED;
        case CURLE_FILESIZE_EXCEEDED:
                return ERR_LIMIT;
        case CURLE_OPERATION_TIMEDOUT:
                return ERR_BUSY;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
                return ERR_UNTRUSTED;
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
                return ERR_FORMAT;
        case CURLE_OUT_OF_MEMORY:
                return ERR_MEMORY;
        default:
                return ERR_CLOSED;
        }
}

static int headers_of(struct curl_slist **out, const struct download_wish *wish)
{
        int err = add_header(out, "If-None-Match", wish->etag);

        if (!err)
                err = add_header(out, "If-Modified-Since", wish->modified);
        return err ? err : add_header(out, "Accept", wish->accept);
}

/* libcurl reads authorities from files only (its GnuTLS cannot take them from memory): those that
 * were given travel as a file without a name. */
static int place_authorities(struct transfer *t, int *fd)
{
        int err = 0;

        if (t->wish->authority[0])
                err = memory_file_make(fd, "authorities", text_of(t->wish->authority));
        if (err)
                return err;
        if (*fd >= 0)
                (void)snprintf(t->authorities, sizeof(t->authorities), "/proc/self/fd/%d", *fd);
        else
                (void)snprintf(t->authorities, sizeof(t->authorities), "%s", DOWNLOAD_AUTHORITIES);
        return 0;
}

int download_get(struct download *out, const struct download_wish *wish)
{
        struct transfer t = { .out = out, .wish = wish };
        AUTO(file_close_at) int authorities = -1;
        struct curl_slist *headers = NULL;
        CURL *curl;
        long status = 0;
        int err = download_is_url(wish->url) ? 0 : ERR_FORMAT;

        if (!err && wish->auth && !download_is_private(wish->url))
                err = ERR_DENIED;
        if (!err)
                err = place_authorities(&t, &authorities);
        if (err)
                return err;
        curl = curl_easy_init();
        if (!curl)
                return ERR_MEMORY;
        err = headers_of(&headers, wish);
        if (!err) {
                CURLcode code = set_up(curl, &t, headers);

                err = err_of(code ? code : curl_easy_perform(curl), &t);
        }
        if (!err)
                (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        out->status = (int)status;
        if (err || status != 200)
                buffer_clear(&out->body);
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        return err;
}
