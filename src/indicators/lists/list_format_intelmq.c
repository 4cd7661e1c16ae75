/* indicators/lists/list_format_intelmq.c: IntelMQ events as JSON lines. classification.type says
 * whose address it is: "infected-system" and its like speak of victims, all else of infrastructure;
 * the first event decides for the file, events of the other kind are reported as refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/lists/list_format.h"

static const struct {
        const char *name;
        enum list_field field;
} keys[] = { { "source.ip", FIELD_SRC_IP }, { "source.network", FIELD_VALUE },
        { "source.fqdn", FIELD_VALUE }, { "source.url", FIELD_URL },
        { "time.source", FIELD_SEEN_AT }, { "source.port", FIELD_SRC_PORT },
        { "malware.name", FIELD_MALWARE }, { "classification.identifier", FIELD_MALWARE },
        { "extra.family", FIELD_FAMILY }, { "destination.ip", FIELD_CC_IP },
        { "destination.port", FIELD_CC_PORT }, { "destination.fqdn", FIELD_CC_HOST },
        { "destination.url", FIELD_URL }, { "protocol.transport", FIELD_PROTOCOL },
        { "source.local_hostname", FIELD_INNER_NAME }, { "source.local_ip", FIELD_INNER_NAME },
        { "source.reverse_dns", FIELD_SRC_HOST }, { "source.asn", FIELD_ASN },
        { "extra.count", FIELD_COUNT }, { "feed.accuracy", FIELD_CONFIDENCE },
        { "feed.name", FIELD_SOURCE }, { "malware.hash.md5", FIELD_VALUE },
        { "malware.hash.sha1", FIELD_VALUE }, { "malware.hash.sha256", FIELD_VALUE },
        { "classification.type", FIELD_CLASS } };

enum { KEYS = ARRAY_LEN(keys), NUMBER_MAX = 32 };

/* An event a line; one object over several lines is left to the reader of JSON documents. */
static int sniff(const struct list_sample *sample)
{
        struct text line, rest = text_trim(sample->head);

        if (!text_split(&line, &rest, '\n') || !text_starts(line, "{") ||
            (rest.len && !text_ends(text_trim(line), "}")))
                return 0;
        return list_sample_has(sample, "\"classification.") || list_sample_has(sample, "\"source.")
                   ? 96
                   : 0;
}

static void fill_cells(struct text *cells, char numbers[KEYS][NUMBER_MAX], const json_t *event)
{
        for (size_t i = 0; i < KEYS; i++) {
                const json_t *value = json_object_get(event, keys[i].name);
                cells[i] = (struct text){ "", 0 };
                if (json_is_string(value))
                        cells[i] = (struct text){ json_string_value(value),
                                json_string_length(value) };
                if (json_is_number(value)) {
                        (void)snprintf(numbers[i], NUMBER_MAX, "%.15g", json_number_value(value));
                        cells[i] = text_of(numbers[i]);
                }
        }
}

static int read_events(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct text line;
        size_t number = 0;
        bool any = false;

        while (text_split(&line, &bytes, '\n')) {
                AUTO(json_free_at) json_t *event = NULL;
                char numbers[KEYS][NUMBER_MAX];
                struct text cells[KEYS];
                int err;

                number++;
                line = text_trim(line);
                if (line.len == 0)
                        continue;
                err = line.len > LIST_CELL_MAX ? ERR_FORMAT : json_read(&event, line, NULL);
                if (err && !any)
                        return parse_error_set(bad, number,
                            "dòng đầu không phải một đối tượng JSON trọn vẹn",
                            "the first line is no complete JSON object");
                any = true;
                if (!err && json_is_object(event)) {
                        fill_cells(cells, numbers, event);
                        err = rows->row(rows->state, number, cells, KEYS);
                } else {
                        line.len = line.len > LIST_CELL_MAX ? LIST_CELL_MAX : line.len;
                        err = rows->row(
                            rows->state, number, &line, 1); /* is refused as no address */
                }
                if (err)
                        return err;
        }
        return 0;
}

static const enum list_field fields[] = { FIELD_SRC_IP, FIELD_VALUE, FIELD_VALUE, FIELD_URL,
        FIELD_SEEN_AT, FIELD_SRC_PORT, FIELD_MALWARE, FIELD_MALWARE, FIELD_FAMILY, FIELD_CC_IP,
        FIELD_CC_PORT, FIELD_CC_HOST, FIELD_URL, FIELD_PROTOCOL, FIELD_INNER_NAME, FIELD_INNER_NAME,
        FIELD_SRC_HOST, FIELD_ASN, FIELD_COUNT, FIELD_CONFIDENCE, FIELD_SOURCE, FIELD_VALUE,
        FIELD_VALUE, FIELD_VALUE, FIELD_CLASS };
_Static_assert(ARRAY_LEN(fields) == KEYS, "one field per key");

extern const struct list_format list_format_intelmq;
const struct list_format list_format_intelmq = { .id = "intelmq",
        .vi = "IntelMQ (mỗi dòng một JSON)",
        .en = "IntelMQ (JSON lines)",
        .sniff = sniff,
        .read = read_events,
        .fields = fields,
        .field_count = KEYS,
        .utc = true };
