/* traffic/decode/log_envelope_parse.c: what stands before a message of syslog; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum { PRIORITY_MAX = 5, TAG_MAX = 48 };

/* "<134>" off *t. */
static void skip_priority(struct text *t)
{
        size_t close = text_find(*t, '>');

        if (t->len && t->data[0] == '<' && close < t->len && close <= PRIORITY_MAX) {
                t->data += close + 1;
                t->len -= close + 1;
        }
}

/* RFC 5424, 6: VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA.
 */
static bool take_new(struct log_envelope *out, struct text t, const struct log_options *options)
{
        struct text stamp;

        if (!text_starts(t, "1 "))
                return false;
        (void)log_value_word(&t);
        stamp = log_value_word(&t);
        if (!text_is(stamp, "-")) {
                if (log_value_iso_time(&out->at, &stamp, options) || stamp.len)
                        return false;
                out->has_time = true;
        }
        out->host = log_value_word(&t);
        out->tag = log_value_word(&t);
        (void)log_value_word(&t);
        (void)log_value_word(&t);
        t = text_trim(t);
        if (t.len && t.data[0] == '-') {
                t.data++;
                t.len--;
        }
        while (t.len && t.data[0] == '[') { /* elements; a ] within them is escaped */
                size_t n = 1;
                while (n < t.len && t.data[n] != ']')
                        n += t.data[n] == '\\' && n + 1 < t.len ? 2 : 1;
                n = n < t.len ? n + 1 : t.len;
                t.data += n;
                t.len -= n;
        }
        t = text_trim(t);
        if (text_starts(t, "\xEF\xBB\xBF")) {
                t.data += 3;
                t.len -= 3;
        }
        out->message = t;
        return true;
}

/* "name[12]:" or "name:" or "host name[12]:" off the message: only a look at the first two words.
 */
static void take_tag(struct log_envelope *out)
{
        struct text t = out->message;

        for (int words = 0; words < 3; words++) {
                struct text word = log_value_word(&t);
                if (word.len > 1 && word.len < TAG_MAX && text_ends(word, ":")) {
                        word.len = text_find((struct text){ word.data, word.len - 1 }, '[');
                        out->tag = word;
                        out->message = text_trim(t);
                        return;
                }
        }
}

void log_envelope_parse(
    struct log_envelope *out, struct text line, const struct log_options *options)
{
        struct text t = line;

        *out = (struct log_envelope){ .message = text_trim(line) };
        skip_priority(&t);
        if (take_new(out, t, options))
                return;
        out->has_time = log_value_old_time(&out->at, &t, options) == 0 ||
                        log_value_iso_time(&out->at, &t, options) == 0;
        out->message = text_trim(t);
        take_tag(out);
}
