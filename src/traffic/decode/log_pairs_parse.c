/* traffic/decode/log_pairs_parse.c: key=value pairs, as firewalls write them; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <string.h>

enum log_field log_field_named(const struct log_names *names, size_t count, struct text name)
{
        for (size_t i = 0; i < count; i++)
                if (names[i].name[0] == (name.len ? name.data[0] : '\0') &&
                    text_is(name, names[i].name))
                        return names[i].field;
        return LOG_NONE;
}

bool log_record_has(const struct log_record *record, enum log_field field)
{
        return record->present >> field & 1;
}

void log_record_set(struct log_record *record, enum log_field field, struct text value)
{
        if (field == LOG_NONE)
                return;
        record->present |= UINT64_C(1) << field;
        if (value.len == 0)
                return;
        if (field == LOG_ANSWER || field == LOG_DIGEST) {
                if (record->answer_count < LOG_ANSWERS_MAX)
                        record->answers[record->answer_count++] = value;
                else
                        record->answers_left_out++;
        }
        if (record->field[field].len == 0)
                record->field[field] = value;
}

/* The value off *t: quoted, or up to a blank. */
static struct text take_value(struct text *t)
{
        struct text value;
        size_t n = 0;

        if (t->len && t->data[0] == '"') {
                for (n = 1; n < t->len && t->data[n] != '"'; n++)
                        if (t->data[n] == '\\' && n + 1 < t->len)
                                n++;
                value = (struct text){ t->data + 1, (n < t->len ? n : t->len) - 1 };
                n = n < t->len ? n + 1 : t->len;
        } else {
                while (n < t->len && t->data[n] != ' ' && t->data[n] != '\t')
                        n++;
                value = (struct text){ t->data, n };
        }
        t->data += n;
        t->len -= n;
        return value;
}

void log_pairs_parse(
    struct log_record *out, struct text t, const struct log_names *names, size_t count)
{
        while (t.len) {
                size_t n = 0;
                while (n < t.len && t.data[n] != '=' && t.data[n] != ' ' && t.data[n] != '\t')
                        n++;
                if (n < t.len && t.data[n] == '=') {
                        struct text key = { t.data, n };
                        t.data += n + 1;
                        t.len -= n + 1;
                        log_record_set(out, log_field_named(names, count, key), take_value(&t));
                } else {
                        size_t step = n < t.len ? n + 1 : n;
                        t.data += step;
                        t.len -= step;
                }
        }
}
