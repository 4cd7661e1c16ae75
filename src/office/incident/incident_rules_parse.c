/* office/incident/incident_rules_parse.c: the table of deadlines, out of a pack.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/incident/incidents.h"

enum { DUE_HOURS_MAX = 24 * 366 };

static int bound(time_ms *out, const json_t *o, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);

        *out = 0;
        return !value || json_is_null(value) ? 0 : json_field_time(out, o, name, bad);
}

static int rule_parse(struct incident_rule *out, const json_t *o, struct parse_error *bad)
{
        struct incident_rule r = { 0 };
        struct text id, vi, en;
        json_t *title;
        int64_t hours;
        int err;

        if (!json_is_object(o))
                return parse_error_set(
                    bad, 0, "Quy tắc không đúng dạng", "a rule is not an object");
        if ((err = json_field_text(&id, o, "id", sizeof(r.id) - 1, bad)) ||
            (err = bound(&r.from, o, "from", bad)) || (err = bound(&r.until, o, "until", bad)) ||
            (err = json_field_i64(&hours, o, "due_hours", 0, DUE_HOURS_MAX, bad)) ||
            (err = json_field_object(&title, o, "title", bad)) ||
            (err = json_field_text(&vi, title, "vi", sizeof(r.title_vi) - 1, bad)) ||
            (err = json_field_text(&en, title, "en", sizeof(r.title_en) - 1, bad)) ||
            (err = text_copy(r.id, sizeof(r.id), id)) ||
            (err = text_copy(r.title_vi, sizeof(r.title_vi), vi)) ||
            (err = text_copy(r.title_en, sizeof(r.title_en), en)))
                return err;
        if (r.until && r.until <= r.from)
                return parse_error_set(bad, 0, "Quy tắc hết hạn trước khi có hiệu lực",
                    "a rule ends before it begins");
        r.due_ms = hours * HOUR_MS;
        *out = r;
        return 0;
}

int incident_rules_parse(struct incident_rules *out, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *root = NULL;
        struct incident_rules rules = { 0 };
        json_t *list, *item;
        size_t i;
        int err;

        if ((err = json_read(&root, bytes, bad)) ||
            (err = json_field_array(&list, root, "rules", INCIDENT_RULES_MAX, bad)))
                return err;
        json_array_foreach(
            list, i, item) if ((err = rule_parse(&rules.rule[i], item, bad))) return err;
        rules.count = json_array_size(list);
        *out = rules;
        return 0;
}

const struct incident_rule *incident_rule_at(
    const struct incident_rules *rules, time_ms detected_at)
{
        for (size_t i = 0; rules && i < rules->count; i++) {
                const struct incident_rule *r = &rules->rule[i];

                if (r->from <= detected_at && (r->until == 0 || detected_at < r->until))
                        return r;
        }
        return NULL;
}

static const char *severity_word(struct text t)
{
        static const char *const words[] = { "critical", "high", "medium", "low" };

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (text_is(t, words[i]))
                        return words[i];
        return NULL;
}

static int severity_line(
    struct malware_severity *out, struct text line, size_t number, struct parse_error *bad)
{
        struct text severity, word = line;

        if (!text_split(&severity, &word, '\t') || !severity_word(severity) || word.len == 0 ||
            word.len >= SEVERITY_WORD_MAX)
                return parse_error_set(bad, number,
                    "Dòng phải là mức độ, dấu tab, rồi một phần tên mã độc",
                    "a line is a severity, a tab, and a part of the malware's name");
        out->severity = severity_word(severity);
        return text_copy(out->word, sizeof(out->word), word);
}

int malware_severity_parse(struct incident_rules *out, struct text bytes, struct parse_error *bad)
{
        struct malware_severity rows[SEVERITIES_MAX];
        struct text rest = bytes, line;
        size_t count = 0, number = 0;

        while (text_split(&line, &rest, '\n')) {
                int err;

                number++;
                line = text_trim(line);
                if (line.len == 0 || line.data[0] == '#')
                        continue;
                if (count == SEVERITIES_MAX)
                        return ERR_LIMIT;
                err = severity_line(&rows[count++], line, number, bad);
                if (err)
                        return err;
        }
        memcpy(out->severity, rows, count * sizeof(rows[0]));
        out->severity_count = count;
        return 0;
}

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool holds(struct text name, const char *word)
{
        size_t len = strlen(word);

        for (size_t at = 0; at + len <= name.len; at++) {
                size_t i = 0;

                while (i < len && lower(name.data[at + i]) == word[i])
                        i++;
                if (i == len)
                        return true;
        }
        return false;
}

const char *malware_severity(const struct incident_rules *rules, struct text malware)
{
        for (size_t i = 0; rules && i < rules->severity_count; i++)
                if (holds(malware, rules->severity[i].word))
                        return rules->severity[i].severity;
        return "high";
}
