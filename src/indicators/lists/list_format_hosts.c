/* indicators/lists/list_format_hosts.c: hosts files that send bad names to nowhere: "0.0.0.0
 * bad.example".
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_format.h"

enum { SNIFF_LINES = 200, SNIFF_BEST = 95, NAMES_MAX = 64 };

static bool take_nowhere(struct text *line)
{
        static const char *const nowhere[] = { "0.0.0.0", "127.0.0.1", "::1", "::" };

        for (size_t i = 0; i < ARRAY_LEN(nowhere); i++) {
                size_t len = strlen(nowhere[i]);
                if (text_starts(*line, nowhere[i]) && line->len > len &&
                    (line->data[len] == ' ' || line->data[len] == '\t')) {
                        *line = text_trim((struct text){ line->data + len, line->len - len });
                        return true;
                }
        }
        return false;
}

static int sniff(const struct list_sample *sample)
{
        struct line_scan scan = { sample->head, 0 };
        size_t lines = 0, hits = 0;
        struct text line;

        while (lines < SNIFF_LINES && line_scan_next(&line, &scan)) {
                lines++;
                hits += take_nowhere(&line);
        }
        return lines && hits * 10 >= lines * 8 ? SNIFF_BEST : 0;
}

/* The machine's own names stand in every hosts file. */
static bool is_own_name(struct text name)
{
        static const char *const own[] = { "localhost", "localhost.localdomain", "local",
                "broadcasthost", "ip6-localhost", "ip6-loopback", "0.0.0.0" };

        for (size_t i = 0; i < ARRAY_LEN(own); i++)
                if (text_is_nocase(name, own[i]))
                        return true;
        return false;
}

static int read_hosts(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct line_scan scan = { bytes, 0 };
        struct text line, name;

        (void)bad;
        while (line_scan_next(&line, &scan)) {
                (void)take_nowhere(&line);
                while (list_item_split(&name, &line)) {
                        int err = is_own_name(name) ? 0
                                                    : rows->row(rows->state, scan.line, &name, 1);
                        if (err)
                                return err;
                }
        }
        return 0;
}

static const enum list_field fields[] = { FIELD_VALUE };

extern const struct list_format list_format_hosts;
const struct list_format list_format_hosts = { .id = "hosts",
        .vi = "Tệp hosts",
        .en = "Hosts file",
        .sniff = sniff,
        .read = read_hosts,
        .kind = LIST_KIND_INDICATOR,
        .fields = fields,
        .field_count = 1 };
