/* indicators/lists/list_format_shadowserver.c: Shadowserver reports: event4_*, scan_*, and the
 * older ones. By the header and never by column order ("the CSV field order is not static"); times
 * are UTC without zone.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_format.h"

/* 2024-01-15-event4_sinkhole-district.csv, or without the date. */
static bool is_report_name(struct text name)
{
        static const char *const kinds[] = { "event4_", "event6_", "event_", "botnet_drone",
                "compromised_", "sinkhole", "scan_", "scan6_", "special" };
        size_t at = name.len > 11 && name.data[4] == '-' && name.data[7] == '-' &&
                            name.data[10] == '-'
                        ? 11
                        : 0;
        struct text rest = { name.data + at, name.len - at };

        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (text_starts(rest, kinds[i]))
                        return true;
        return false;
}

static bool has_word(struct text line, const char *word)
{
        struct text rest = line, cell;

        while (text_split(&cell, &rest, ',')) {
                cell = text_trim(cell);
                if (cell.len > 1 && cell.data[0] == '"')
                        cell = (struct text){ cell.data + 1, cell.len - 2 };
                if (text_is(cell, word))
                        return true;
        }
        return false;
}

static int sniff(const struct list_sample *sample)
{
        struct text rest = sample->head, line;

        if (!text_split(&line, &rest, '\n') || !has_word(line, "timestamp") ||
            !(has_word(line, "src_ip") || has_word(line, "ip")))
                return 0;
        if (is_report_name(sample->file_name))
                return 99;
        return has_word(line, "infection") || has_word(line, "src_naics") || has_word(line, "naics")
                   ? 92
                   : 0;
}

extern const struct list_format list_format_shadowserver;
const struct list_format list_format_shadowserver = { .id = "shadowserver",
        .vi = "Báo cáo Shadowserver",
        .en = "Shadowserver report",
        .sniff = sniff,
        .read = list_read_separated,
        .kind = LIST_KIND_VICTIM,
        .utc = true };
