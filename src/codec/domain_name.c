/* codec/domain_name.c: see domain_name.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/domain_name.h"
#include "codec/unicode.h"

#include <string.h>

enum { LABEL_MAX = 63, CODE_POINTS_MAX = 63 };
/* RFC 3492 section 5 */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
        uint32_t k = 0;

        delta = first ? delta / DAMP : delta / 2;
        delta += delta / points;
        for (; delta > ((BASE - T_MIN) * T_MAX) / 2; k += BASE)
                delta /= BASE - T_MIN;
        return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static char digit(uint32_t d)
{
        return (char)(d < 26 ? 'a' + d : '0' + (d - 26));
}

struct label {
        char text[LABEL_MAX + 1];
        size_t len;
};

static int label_add(struct label *l, char c)
{
        if (l->len == LABEL_MAX)
                return ERR_FORMAT;
        l->text[l->len++] = c;
        return 0;
}

static int add_number(struct label *out, uint32_t q, uint32_t bias)
{
        for (uint32_t k = BASE;; k += BASE) {
                uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
                if (q < t)
                        return label_add(out, digit(q));
                if (label_add(out, digit(t + (q - t) % (BASE - t))))
                        return ERR_FORMAT;
                q = (q - t) / (BASE - t);
        }
}

/* Everything of one code point round of RFC 3492 section 6.3. */
static int add_point(struct label *out, const uint32_t *p, size_t n, uint32_t m, uint32_t state[4])
{
        for (size_t i = 0; i < n; i++) {
                if (p[i] < m)
                        state[0]++;
                if (p[i] != m)
                        continue;
                if (add_number(out, state[0], state[1]))
                        return ERR_FORMAT;
                state[1] = adapt(state[0], state[2] + 1, state[2] == state[3]);
                state[0] = 0;
                state[2]++;
        }
        return 0;
}

static int punycode(struct label *out, const uint32_t *p, size_t n)
{
        uint32_t low = FIRST, basic = 0,
                 state[4] = { 0, BIAS, 0, 0 }; /* delta, bias, handled, basic */

        for (const char *c = "xn--"; *c; c++)
                (void)label_add(out, *c);
        for (size_t i = 0; i < n; i++)
                if (p[i] < FIRST) {
                        if (label_add(out, (char)p[i]))
                                return ERR_FORMAT;
                        basic++;
                }
        if (basic && label_add(out, '-'))
                return ERR_FORMAT;
        state[2] = state[3] = basic;
        while (state[2] < n) {
                uint32_t m = UINT32_MAX;
                for (size_t i = 0; i < n; i++)
                        if (p[i] >= low && p[i] < m)
                                m = p[i];
                state[0] += (m - low) * (state[2] + 1); /* at most 0x10FFFF * 64 */
                if (add_point(out, p, n, m, state))
                        return ERR_FORMAT;
                state[0]++;
                low = m + 1;
        }
        return 0;
}

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static int label_of_unicode(struct label *out, struct text t)
{
        uint32_t points[CODE_POINTS_MAX];
        size_t count = 0;

        if (t.len > LABEL_MAX * 3 || unicode_lower_points(points, &count, CODE_POINTS_MAX, t))
                return ERR_FORMAT;
        for (size_t i = 0; i < count; i++)
                if (points[i] <= ' ' || (points[i] < FIRST && !is_letter((char)points[i])) ||
                    points[i] == 0xA0)
                        return ERR_FORMAT;
        return punycode(out, points, count);
}

static int label_of_ascii(struct label *out, struct text t)
{
        for (size_t i = 0; i < t.len; i++) {
                char c = t.data[i];
                if (c >= 'A' && c <= 'Z')
                        c = (char)(c + 32);
                if (!is_letter(c))
                        return ERR_FORMAT;
                if (label_add(out, c))
                        return ERR_FORMAT;
        }
        return t.len && t.data[0] != '-' && t.data[t.len - 1] != '-' ? 0 : ERR_FORMAT;
}

static bool is_ascii(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] >= 0x80)
                        return false;
        return true;
}

static bool is_number(const struct label *l)
{
        return strspn(l->text, "0123456789") == l->len;
}

int domain_name_parse(char out[DOMAIN_NAME_MAX], struct text t)
{
        char name[DOMAIN_NAME_MAX];
        struct text rest = t, part;
        struct label label = { 0 };
        size_t len = 0, labels = 0;

        if (t.len > 1 && t.data[t.len - 1] == '.')
                rest.len--;
        if (rest.len == 0 || rest.len > 4 * DOMAIN_NAME_MAX)
                return ERR_FORMAT;
        while (text_split(&part, &rest, '.')) {
                label = (struct label){ 0 };
                if (is_ascii(part) ? label_of_ascii(&label, part) : label_of_unicode(&label, part))
                        return ERR_FORMAT;
                if (len + label.len + (labels > 0) >= DOMAIN_NAME_MAX)
                        return ERR_FORMAT;
                if (labels++)
                        name[len++] = '.';
                memcpy(name + len, label.text, label.len);
                len += label.len;
        }
        if (labels < 2 || is_number(&label))
                return ERR_FORMAT;
        name[len] = '\0';
        memcpy(out, name, len + 1);
        return 0;
}

struct text domain_name_parent(struct text name)
{
        size_t dot = text_find(name, '.');

        if (dot == name.len)
                return (struct text){ name.data + name.len, 0 };
        return (struct text){ name.data + dot + 1, name.len - dot - 1 };
}
