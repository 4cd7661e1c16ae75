/* indicators/lists/list_format_cymru.c: reports of Team Cymru, parted by bars. Old form:
 * report|ip|asn|time|"srcport N mwtype NAME destaddr IP"|AS name; new form: the fifth cell is
 * "key: value; key: value;". Rows speak of the receiver's own addresses; times are UTC.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_format.h"

#include <string.h>

enum { SNIFF_SCORE = 94, SNIFF_LINES = 50, CELLS = 6, WORDS_MAX = 64 };

enum column {
        ADDRESS,
        ASN,
        SEEN_AT,
        SRC_PORT,
        MALWARE,
        CC_IP,
        CC_PORT,
        PROTOCOL,
        HOST,
        ISP,
        NOTE,
        COLUMNS
};

static const struct {
        const char *key;
        enum column column;
} keys[] = { { "srcport", SRC_PORT }, { "source_port", SRC_PORT }, { "src_port", SRC_PORT },
        { "mwtype", MALWARE }, { "family", MALWARE }, { "destaddr", CC_IP }, { "dest_addr", CC_IP },
        { "dest_port", CC_PORT }, { "protocol", PROTOCOL }, { "hostname", HOST } };

static size_t split(struct text *cells, struct text line)
{
        size_t count = 0;

        while (count < CELLS && text_split(&cells[count], &line, '|')) {
                cells[count] = text_trim(cells[count]);
                count++;
        }
        return count;
}

static bool column_of(enum column *out, struct text key)
{
        for (size_t i = 0; i < ARRAY_LEN(keys); i++)
                if (text_is(key, keys[i].key)) {
                        *out = keys[i].column;
                        return true;
                }
        return false;
}

/* "family: conficker; dest_addr: 192.0.2.1;" */
static void take_pairs(struct text *cells, struct text comment)
{
        struct text pair, key;
        enum column column;

        while (text_split(&pair, &comment, ';')) {
                if (!text_split(&key, &pair, ':') || !column_of(&column, text_trim(key)))
                        continue;
                cells[column] = text_trim(pair);
        }
}

/* "srcport 1337 mwtype Conficker destaddr 192.0.2.1"; what follows without a key is a note. */
static void take_words(struct text *cells, struct text comment)
{
        struct text word;
        enum column column;

        for (int i = 0; i < WORDS_MAX && text_split(&word, &comment, ' '); i++) {
                if (!column_of(&column, word))
                        continue;
                if (text_split(&word, &comment, ' '))
                        cells[column] = word;
        }
}

/* protocol is a number in the new form (6, 17). */
static void name_protocol(struct text *protocol)
{
        if (text_is(*protocol, "6"))
                *protocol = TEXT("tcp");
        else if (text_is(*protocol, "17"))
                *protocol = TEXT("udp");
}

static int read_reports(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct line_scan scan = { bytes, 0 };
        struct text line, parts[CELLS];
        int err = 0;

        (void)bad;
        while (!err && line_scan_next(&line, &scan)) {
                struct text cells[COLUMNS] = { 0 };
                size_t count = split(parts, line);

                for (size_t i = 0; i < COLUMNS; i++)
                        cells[i] = TEXT("");
                cells[ADDRESS] = count > 1 ? parts[1] : line;
                cells[ASN] = count > 2 ? parts[2] : cells[ASN];
                cells[SEEN_AT] = count > 3 ? parts[3] : cells[SEEN_AT];
                cells[NOTE] = count > 4 ? parts[4] : cells[NOTE];
                cells[ISP] = count > 5 ? parts[5] : cells[ISP];
                if (text_find(cells[NOTE], ':') < cells[NOTE].len)
                        take_pairs(cells, cells[NOTE]);
                else
                        take_words(cells, cells[NOTE]);
                if (!cells[MALWARE].len && count > 1)
                        cells[MALWARE] = parts[0];
                name_protocol(&cells[PROTOCOL]);
                err = rows->row(rows->state, scan.line, cells, COLUMNS);
        }
        return err;
}

static bool is_number(struct text t)
{
        uint64_t n;

        return text_to_u64(&n, t, UINT32_MAX) == 0;
}

/* word|address|number|time|…, in every line. */
static int sniff(const struct list_sample *sample)
{
        struct line_scan scan = { sample->head, 0 };
        struct text line, parts[CELLS];
        size_t lines = 0;

        while (lines < SNIFF_LINES && line_scan_next(&line, &scan)) {
                struct list_item item;
                struct list_why why;

                if (split(parts, line) < 5 || !is_number(parts[2]) ||
                    text_find(parts[3], ':') == parts[3].len ||
                    list_item_parse(&item, parts[1], &why) || item.type > INDICATOR_IPV6)
                        return 0;
                lines++;
        }
        return lines ? SNIFF_SCORE : 0;
}

static const enum list_field fields[] = { [ADDRESS] = FIELD_SRC_IP,
        [ASN] = FIELD_ASN,
        [SEEN_AT] = FIELD_SEEN_AT,
        [SRC_PORT] = FIELD_SRC_PORT,
        [MALWARE] = FIELD_MALWARE,
        [CC_IP] = FIELD_CC_IP,
        [CC_PORT] = FIELD_CC_PORT,
        [PROTOCOL] = FIELD_PROTOCOL,
        [HOST] = FIELD_SRC_HOST,
        [ISP] = FIELD_ISP,
        [NOTE] = FIELD_NOTE };
_Static_assert(ARRAY_LEN(fields) == COLUMNS, "one field per column");

extern const struct list_format list_format_cymru;
const struct list_format list_format_cymru = { .id = "cymru",
        .vi = "Báo cáo Team Cymru",
        .en = "Team Cymru report",
        .sniff = sniff,
        .read = read_reports,
        .kind = LIST_KIND_VICTIM,
        .fields = fields,
        .field_count = COLUMNS,
        .utc = true };
