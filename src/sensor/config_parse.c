/* sensor/config_parse.c: see config_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config_parse.h"

static struct text without_remark(struct text line)
{
        line.len = text_find(line, '#');
        return text_trim(line);
}

int config_next(
    struct text *word, struct text *value, struct text *rest, size_t *line, struct parse_error *bad)
{
        struct text raw;

        while (text_split(&raw, rest, '\n')) {
                struct text t = without_remark(raw), left;
                size_t sign = text_find(t, '=');

                ++*line;
                if (!t.len)
                        continue;
                if (sign == t.len)
                        return parse_error_quote(
                            bad, *line, "Thiếu dấu '=': %s", "No '=': %s", t.data, t.len);
                left = text_trim((struct text){ t.data, sign });
                t = text_trim((struct text){ t.data + sign + 1, t.len - sign - 1 });
                if (!left.len || !t.len)
                        return parse_error_set(
                            bad, *line, "Thiếu tên hoặc giá trị.", "No word or no value.");
                *word = left;
                *value = t;
                return 0;
        }
        return ERR_MISSING;
}
