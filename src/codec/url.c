/* codec/url.c: see url.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"
#include "codec/domain_name.h"
#include "codec/ip_address.h"

#include <stdio.h>
#include <string.h>

enum { SCHEME_MAX = 12 };

static size_t find_text(struct text t, const char *word)
{
        const char *at = t.len ? memmem(t.data, t.len, word, strlen(word)) : NULL;

        return at ? (size_t)(at - t.data) : t.len;
}

static struct text from(struct text t, size_t at)
{
        return (struct text){ t.data + at, t.len - at };
}

static bool has_blank(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 0x7F)
                        return true;
        return false;
}

/* RFC 3986, 3.1; without this "host//a://b" would lose its host. */
static bool is_scheme(struct text t)
{
        for (size_t i = 0; i < t.len; i++) {
                char c = t.data[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
                        return false;
        }
        return t.len > 0 && t.len <= SCHEME_MAX;
}

static struct text take_scheme(struct text *t)
{
        size_t at = find_text(*t, "://");
        struct text scheme = { t->data, at };

        if (at == t->len || !is_scheme(scheme))
                return (struct text){ t->data, 0 };
        *t = from(*t, at + 3);
        return scheme;
}

static int host_form(char out[DOMAIN_NAME_MAX], struct text host)
{
        struct ip_address a;
        bool brackets = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
        struct text inner = brackets ? (struct text){ host.data + 1, host.len - 2 } : host;

        if (ip_address_parse(&a, inner) == 0) {
                char text[IP_TEXT_MAX];
                if (brackets != !ip_address_is_v4(&a))
                        return ERR_FORMAT;
                (void)snprintf(
                    out, DOMAIN_NAME_MAX, brackets ? "[%s]" : "%s", ip_address_write(text, &a));
                return 0;
        }
        return brackets ? ERR_FORMAT : domain_name_parse(out, host);
}

/* Splits "host:port"; *port is 0 when it is not there or the usual one. */
static int take_port(uint64_t *port, struct text *host, struct text scheme)
{
        size_t colon = host->len;

        *port = 0;
        while (colon > 0 && host->data[colon - 1] != ':' && host->data[colon - 1] != ']')
                colon--;
        if (colon == 0 || host->data[colon - 1] == ']')
                return 0;
        if (colon < host->len && text_to_u64(port, from(*host, colon), 65535))
                return ERR_FORMAT;
        host->len = colon - 1;
        if ((*port == 80 && !text_is_nocase(scheme, "https")) ||
            (*port == 443 && !text_is_nocase(scheme, "http")))
                *port = 0;
        return 0;
}

int url_parse(char out[URL_MAX], struct text t)
{
        struct text scheme = take_scheme(&t), host, tail;
        char name[DOMAIN_NAME_MAX], text[URL_MAX];
        uint64_t port;
        size_t end = 0, at;
        int n;

        if (has_blank(t) || text_find(t, '\\') < t.len)
                return ERR_FORMAT;
        t.len = text_find(t, '#');
        while (end < t.len && t.data[end] != '/' && t.data[end] != '?')
                end++;
        host = (struct text){ t.data, end };
        tail = from(t, end);
        at = text_find(host, '@');
        if (at < host.len)
                host = from(host, at + 1);
        if (take_port(&port, &host, scheme) || host_form(name, host))
                return ERR_FORMAT;
        n = port ? snprintf(text, sizeof(text), "%s:%u%s", name, (unsigned)port,
                       tail.len && tail.data[0] == '/' ? "" : "/")
                 : snprintf(text, sizeof(text), "%s%s", name,
                       tail.len && tail.data[0] == '/' ? "" : "/");
        if ((size_t)n + tail.len >= sizeof(text))
                return ERR_LIMIT;
        memcpy(text + n, tail.data, tail.len);
        text[(size_t)n + tail.len] = '\0';
        memcpy(out, text, (size_t)n + tail.len + 1);
        return 0;
}

struct text url_host(struct text canonical)
{
        size_t end = text_find(canonical, '/');
        struct text host = { canonical.data, end };

        if (host.len && host.data[0] == '[') {
                size_t close = text_find(host, ']');
                return (struct text){ host.data + 1, close - 1 };
        }
        host.len = text_find(host, ':');
        return host;
}
