/* indicators/lists/list_cell.c: see list_cell.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_cell.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/domain_name.h"
#include "codec/unicode.h"
#include "codec/url.h"

#include <stdio.h>
#include <string.h>

enum { TOKEN_MAX = INDICATOR_VALUE_MAX + 64, AS_DIGITS_MAX = 10 };

static struct text from(struct text t, size_t at)
{
        return (struct text){ t.data + at, t.len - at };
}

/* No-break space, zero-width space and joiners, byte order mark. */
static const char *const invisible[] = { "\xC2\xA0", "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D",
        "\xEF\xBB\xBF", "\xE2\x80\x8E" };

static bool trim_once(struct text *t)
{
        if (t->len == 0 || ((unsigned char)(t->data[0] | t->data[t->len - 1]) < 0x80))
                return false; /* all of them begin and end beyond ASCII */
        for (size_t i = 0; i < ARRAY_LEN(invisible); i++) {
                if (text_starts(*t, invisible[i])) {
                        *t = from(*t, strlen(invisible[i]));
                        return true;
                }
                if (text_ends(*t, invisible[i])) {
                        t->len -= strlen(invisible[i]);
                        return true;
                }
        }
        return false;
}

struct text list_cell_trim(struct text cell)
{
        do {
                cell = text_trim(cell);
        } while (trim_once(&cell));
        return cell;
}

bool list_cell_is_empty(struct text cell)
{
        static const char *const nothing[] = { "0", "?", "-", "--", "n/a", "na", "null", "none",
                "nil", "unknown", "không", "không có", "không rõ", "chưa rõ", "…", "...", "–",
                "—" };

        cell = list_cell_trim(cell);
        if (cell.len == 0 || cell.len > 16)
                return cell.len == 0;
        for (size_t i = 0; i < ARRAY_LEN(nothing); i++)
                if ((cell.data[0] | 32) == (nothing[i][0] | 32) && text_is_nocase(cell, nothing[i]))
                        return true;
        return false;
}

static struct text cut(struct text t, size_t most)
{
        if (t.len > most) {
                t.len = most;
                while (t.len && ((unsigned char)t.data[t.len] & 0xC0) == 0x80)
                        t.len--;
        }
        return t;
}

struct text list_cell_text(char out[CELL_TEXT_MAX], struct text cell)
{
        AUTO(buffer_done) struct buffer nfc = BUFFER(4 * CELL_TEXT_MAX);
        struct text t = cut(list_cell_trim(cell), CELL_TEXT_MAX - 1);

        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] >= 0x80) {
                        if (unicode_add_nfc(&nfc, t) == 0)
                                t = cut((struct text){ nfc.data, nfc.len }, CELL_TEXT_MAX - 1);
                        else
                                t.len = 0;
                        break;
                }
        for (size_t i = 0; i < t.len; i++)
                out[i] = (unsigned char)t.data[i] < ' ' || t.data[i] == 0x7F ? ' ' : t.data[i];
        out[t.len] = '\0';
        return (struct text){ out, t.len };
}

struct text list_cell_refang(char *out, size_t room, struct text cell)
{
        static const struct {
                const char *guarded, *plain;
        } forms[] = { { "[.]", "." }, { "(.)", "." }, { "{.}", "." }, { "[dot]", "." },
                { "(dot)", "." }, { "[.", "." }, { ".]", "." }, { "[:]", ":" }, { "[://]", "://" },
                { "[:", ":" }, { "[/]", "/" } };
        size_t len = 0;

        if (cell.len > 4 &&
            (text_starts(cell, "hxxp") || text_starts(cell, "hXXp") || text_starts(cell, "HXXP"))) {
                len = (size_t)snprintf(out, room, "http");
                cell = from(cell, 4);
        }
        while (cell.len && len + 4 < room) {
                size_t i;
                for (i = 0; i < ARRAY_LEN(forms); i++)
                        if (text_starts(cell, forms[i].guarded))
                                break;
                if (i == ARRAY_LEN(forms) || (i == 9 && text_find(cell, ']') < cell.len)) {
                        out[len++] = cell.data[0];
                        cell = from(cell, 1);
                        continue;
                }
                len += (size_t)snprintf(out + len, room - len, "%s", forms[i].plain);
                cell = from(cell, strlen(forms[i].guarded));
        }
        out[len] = '\0';
        return (struct text){ out, len };
}

static bool is_hex(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if (!strchr("0123456789abcdefABCDEF", t.data[i]) || !t.data[i])
                        return false;
        return true;
}

static bool is_numeric(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if (!strchr("0123456789./:", t.data[i]) || !t.data[i])
                        return false;
        return t.len > 0;
}

static int refuse(struct list_why *why, const char *vi, const char *en)
{
        *why = (struct list_why){ vi, en };
        return ERR_FORMAT;
}

static int take_hash(struct list_item *out, struct text t)
{
        enum indicator_type type = t.len == 32   ? INDICATOR_MD5
                                   : t.len == 40 ? INDICATOR_SHA1
                                                 : INDICATOR_SHA256;

        if ((t.len != 32 && t.len != 40 && t.len != 64) || !is_hex(t))
                return ERR_FORMAT;
        out->type = type;
        for (size_t i = 0; i < t.len; i++)
                out->value[i] = (char)(t.data[i] >= 'A' && t.data[i] <= 'F' ? t.data[i] + 32
                                                                            : t.data[i]);
        out->value[t.len] = '\0';
        return 0;
}

static int put_address(struct list_item *out, const struct ip_address *a)
{
        out->type = ip_address_is_v4(a) ? INDICATOR_IPV4 : INDICATOR_IPV6;
        out->address = *a;
        out->prefix = (struct ip_prefix){ *a, 128 };
        (void)ip_address_write(out->value, a);
        return 0;
}

/* "a.b.c.d:port", "[v6]:port", "a.b.c.d/port" with a port that cannot be a prefix length. */
static int take_address_port(struct list_item *out, struct text t)
{
        struct ip_address a;
        uint64_t port;
        size_t at;
        struct text host;

        if (t.len && t.data[0] == '[') {
                size_t close = text_find(t, ']');
                if (close == t.len)
                        return ERR_FORMAT;
                host = (struct text){ t.data + 1, close - 1 };
                at = close + 1;
                if (at == t.len)
                        return ip_address_parse(&a, host) ? ERR_FORMAT : put_address(out, &a);
                if (t.data[at] != ':')
                        return ERR_FORMAT;
        } else {
                at = text_find(t, ':');
                at = at < t.len ? at : text_find(t, '/');
                host = (struct text){ t.data, at };
        }
        if (at >= t.len || text_to_u64(&port, from(t, at + 1), 65535) || ip_address_parse(&a, host))
                return ERR_FORMAT;
        if (t.data[at] == '/' && port <= 32)
                return ERR_FORMAT; /* a prefix */
        out->port = (int)port;
        return put_address(out, &a);
}

static int take_address(struct list_item *out, struct text t)
{
        struct ip_address a;
        struct ip_prefix p;

        if (ip_address_parse(&a, t) == 0)
                return put_address(out, &a);
        if (take_address_port(out, t) == 0)
                return 0;
        if (text_find(t, '/') == t.len || ip_prefix_parse(&p, t, true))
                return ERR_FORMAT;
        if (p.bits == 128)
                return put_address(out, &p.base);
        out->type = INDICATOR_PREFIX;
        out->prefix = p;
        (void)ip_prefix_write(out->value, &p);
        return 0;
}

static bool has_leading_zero(struct text t)
{
        for (size_t i = 0; i + 1 < t.len; i++)
                if (t.data[i] == '0' && t.data[i + 1] >= '0' && t.data[i + 1] <= '9' &&
                    (i == 0 || t.data[i - 1] == '.'))
                        return true;
        return false;
}

static int explain_number(struct text t, struct list_why *why)
{
        struct ip_prefix p;

        if (text_find(t, '/') < t.len && ip_prefix_parse(&p, t, false) == 0)
                return refuse(why,
                    "dải địa chỉ có bit máy khác 0: không rõ là một địa chỉ hay cả dải",
                    "the range has host bits set: is one address meant, or the range?");
        if (has_leading_zero(t))
                return refuse(why,
                    "không phải địa chỉ IP hợp lệ (số 0 ở đầu có thể là bát phân, không đoán)",
                    "not a valid address (a leading zero may mean octal: not guessed)");
        return refuse(why, "không phải địa chỉ IP hợp lệ", "not a valid IP address");
}

static bool may_be_guarded(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if (t.data[i] == '[' || t.data[i] == '(' || t.data[i] == '{' || t.data[i] == ']')
                        return true;
        return t.len > 4 && (t.data[0] | 32) == 'h' && (t.data[1] | 32) == 'x';
}

/* "*.name", ".name", "||name^" and the pattern form with "*" for scheme and path. */
static struct text take_wildcard(bool *subdomains, struct text t)
{
        if (text_starts(t, "*://"))
                t = from(t, 4);
        if (text_starts(t, "||"))
                t = from(t, 2), *subdomains = true;
        if (text_ends(t, "/*"))
                t.len -= 2;
        if (text_ends(t, "^"))
                t.len -= 1;
        if (text_starts(t, "*."))
                t = from(t, 2), *subdomains = true;
        else if (text_starts(t, ".") && t.len > 1)
                t = from(t, 1), *subdomains = true;
        return t;
}

static int take_url(struct list_item *out, struct text t, struct list_why *why)
{
        if (url_parse(out->value, t))
                return refuse(why, "không phải đường dẫn (URL) hợp lệ", "not a valid URL");
        out->type = INDICATOR_URL;
        return 0;
}

static int take_name(struct list_item *out, struct text t, struct list_why *why)
{
        size_t colon = text_find(t, ':');
        uint64_t port;

        t = take_wildcard(&out->subdomains, t);
        colon = text_find(t, ':');
        if (colon < t.len && text_to_u64(&port, from(t, colon + 1), 65535) == 0) {
                out->port = (int)port;
                t.len = colon;
        }
        if (domain_name_parse(out->value, t))
                return refuse(why, "không nhận ra: không phải địa chỉ IP, tên miền, URL hay mã băm",
                    "not recognised: no address, host name, URL or hash");
        out->type = INDICATOR_NAME;
        return 0;
}

int list_item_parse(struct list_item *out, struct text token, struct list_why *why)
{
        char plain[TOKEN_MAX];
        struct text t = list_cell_trim(token);

        /* Field by field: clearing two kilobytes of value costs more than parsing. */
        out->port = -1;
        out->subdomains = false;
        if (t.len == 0 || t.len > INDICATOR_VALUE_MAX)
                return refuse(why, "ô trống hoặc quá dài", "an empty or overlong cell");
        if (may_be_guarded(t))
                t = list_cell_refang(plain, sizeof(plain), t);
        if (take_hash(out, t) == 0 || take_address(out, t) == 0)
                return 0;
        if (is_numeric(t) && t.data[0] != '/')
                return explain_number(t, why);
        if (t.data[0] == '/')
                return refuse(
                    why, "chỉ có đường dẫn, thiếu tên máy chủ", "a path without a host name");
        if (text_starts(t, "*://") || text_starts(t, "||") || text_starts(t, "*."))
                return take_name(out, t, why);
        if (text_find(t, '/') < t.len)
                return take_url(out, t, why);
        return take_name(out, t, why);
}

static bool is_separator(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ';' || c == '|';
}

static bool is_as_number(struct text t)
{
        uint64_t n;

        return t.len > 2 && t.len < AS_DIGITS_MAX + 3 && (t.data[0] | 32) == 'a' &&
               (t.data[1] | 32) == 's' && text_to_u64(&n, from(t, 2), UINT32_MAX) == 0;
}

bool list_item_split(struct text *out, struct text *rest)
{
        for (;;) {
                size_t start = 0, end;
                struct text line;

                while (start < rest->len && is_separator(rest->data[start]))
                        start++;
                *rest = from(*rest, start);
                if (rest->len == 0)
                        return false;
                line = (struct text){ rest->data, text_find(*rest, '\n') };
                if (memmem(line.data, line.len, "://", 3)) {
                        *out = list_cell_trim(line); /* a URL may hold any of the separators */
                        *rest = from(*rest, line.len);
                        return true;
                }
                if (rest->data[0] == '(' && rest->len > 1 && rest->data[1] != '.') {
                        end = text_find(*rest, ')');
                        *rest = from(*rest, end < rest->len ? end + 1 : end);
                        continue;
                }
                for (end = 0; end < rest->len && !is_separator(rest->data[end]);)
                        end++;
                *out = (struct text){ rest->data, end };
                *rest = from(*rest, end);
                if (!is_as_number(*out) && !text_is(*out, "-"))
                        return true;
        }
}

int list_port_parse(int *out, struct text cell)
{
        uint64_t port;
        struct text t = list_cell_trim(cell);

        t.len = text_find(t, '/');
        if (text_ends(t, ".0"))
                t.len -= 2;
        if (text_to_u64(&port, text_trim(t), 65535))
                return ERR_FORMAT;
        *out = (int)port;
        return 0;
}

int list_number_parse(int64_t *out, struct text cell)
{
        struct text t = list_cell_trim(cell);
        uint64_t n;

        if (is_as_number(t))
                t = from(t, 2);
        if (text_ends(t, ".0"))
                t.len -= 2;
        if (text_to_u64(&n, t, INT64_MAX))
                return ERR_FORMAT;
        *out = (int64_t)n;
        return 0;
}
