/* indicators/lists/list_formats.c: the table of formats; see list_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_format.h"

#include <string.h>
#include <strings.h>

extern const struct list_format list_format_xlsx, list_format_docx, list_format_stix,
    list_format_misp, list_format_json, list_format_cymru, list_format_intelmq,
    list_format_shadowserver, list_format_feodo, list_format_threatfox, list_format_sslbl,
    list_format_ipsum, list_format_hosts, list_format_lines, list_format_csv, list_format_text;

/* When two are equally sure, the first is taken. */
static const struct list_format *const formats[] = { &list_format_xlsx, &list_format_docx,
        &list_format_stix, &list_format_misp, &list_format_intelmq, &list_format_json,
        &list_format_cymru, &list_format_shadowserver, &list_format_feodo, &list_format_threatfox,
        &list_format_sslbl, &list_format_ipsum, &list_format_hosts, &list_format_lines,
        &list_format_csv, &list_format_text };

const struct list_format *list_format_at(size_t n)
{
        return n < ARRAY_LEN(formats) ? formats[n] : NULL;
}

const struct list_format *list_format_named(struct text id)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                if (text_is(id, formats[i]->id))
                        return formats[i];
        return NULL;
}

const struct list_format *list_format_guess(const struct list_sample *sample)
{
        const struct list_format *best = &list_format_text;
        int best_score = 0;

        for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
                int score = formats[i]->binary || sample->head.len ? formats[i]->sniff(sample) : 0;
                if (score > best_score) {
                        best_score = score;
                        best = formats[i];
                }
        }
        return best;
}

const char *list_format_id(size_t n)
{
        return n < ARRAY_LEN(formats) ? formats[n]->id : NULL;
}

const char *list_format_label(size_t n, bool vietnamese)
{
        if (n >= ARRAY_LEN(formats))
                return NULL;
        return vietnamese ? formats[n]->vi : formats[n]->en;
}

bool list_sample_has(const struct list_sample *sample, const char *word)
{
        size_t len = strlen(word);

        for (size_t i = 0; i + len <= sample->head.len; i++)
                if ((sample->head.data[i] | 32) == (word[0] | 32) &&
                    strncasecmp(sample->head.data + i, word, len) == 0)
                        return true;
        return false;
}

bool line_is_comment(struct text line)
{
        return line.len && (line.data[0] == '#' || line.data[0] == ';' || text_starts(line, "//"));
}

bool line_scan_next(struct text *out, struct line_scan *scan)
{
        struct text line;

        while (text_split(&line, &scan->rest, '\n')) {
                scan->line++;
                line = list_cell_trim(line);
                if (line.len == 0 || line_is_comment(line))
                        continue;
                for (size_t i = 0; i + 1 < line.len; i++)
                        if (line.data[i] == ' ' &&
                            (line.data[i + 1] == '#' || line.data[i + 1] == ';'))
                                line.len = i;
                *out = text_trim(line);
                return true;
        }
        return false;
}
