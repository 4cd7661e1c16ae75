/* indicators/lists/list_field.c: see list_field.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_field.h"
#include "base/mem.h"
#include "codec/unicode.h"
#include "indicators/lists/list_alias.h"

#include <string.h>

struct field_words {
        const char *id, *vi, *en;
};

static const struct field_words words[FIELDS] = {
        [FIELD_NONE] = { "none", "Không dùng", "Not used" },
        [FIELD_VALUE] = { "value", "Dấu hiệu nhận biết (IoC)", "Indicator" },
        [FIELD_SEEN_AT] = { "seen_at", "Thời gian phát hiện", "Seen at" },
        [FIELD_SRC_IP] = { "src_ip", "Địa chỉ IP nguồn", "Source address" },
        [FIELD_SRC_PORT] = { "src_port", "Cổng nguồn", "Source port" },
        [FIELD_MALWARE] = { "malware", "Tên mã độc", "Malware" },
        [FIELD_FAMILY] = { "family", "Họ mã độc", "Malware family" },
        [FIELD_CC_IP] = { "cc_ip", "IP máy chủ điều khiển", "Control server address" },
        [FIELD_CC_HOST] = { "cc_host", "Tên miền máy chủ điều khiển", "Control server name" },
        [FIELD_CC_PORT] = { "cc_port", "Cổng đích", "Destination port" },
        [FIELD_PROTOCOL] = { "protocol", "Giao thức", "Protocol" },
        [FIELD_INNER_NAME] = { "inner_name", "Tên máy bên trong", "Name of the machine inside" },
        [FIELD_SRC_HOST] = { "src_host", "Tên máy nguồn", "Source host name" },
        [FIELD_URL] = { "url", "Đường dẫn (URL)", "URL" },
        [FIELD_COUNT] = { "count", "Số lần kết nối", "Count" },
        [FIELD_ASN] = { "asn", "Số hiệu mạng (ASN)", "Network number (ASN)" },
        [FIELD_ISP] = { "isp", "Doanh nghiệp viễn thông", "Telecom operator" },
        [FIELD_UNIT] = { "unit", "Đơn vị", "Unit" },
        [FIELD_NOTE] = { "note", "Ghi chú", "Note" },
        [FIELD_SEVERITY] = { "severity", "Mức độ", "Severity" },
        [FIELD_CONFIDENCE] = { "confidence", "Độ tin cậy", "Confidence" },
        [FIELD_FIRST_SEEN] = { "first_seen", "Phát hiện lần đầu", "First seen" },
        [FIELD_LAST_SEEN] = { "last_seen", "Phát hiện lần cuối", "Last seen" },
        [FIELD_VALID_UNTIL] = { "valid_until", "Hiệu lực đến", "Valid until" },
        [FIELD_SERIAL] = { "serial", "Số thứ tự", "Row number" },
        [FIELD_CERTIFICATE] = { "certificate", "Mã băm chứng thư (SHA-1)",
            "Certificate hash (SHA-1)" },
        [FIELD_AGENT] = { "agent", "Trình duyệt", "User agent" },
        [FIELD_SOURCE] = { "source", "Nguồn", "Source" },
        [FIELD_ORIGIN] = { "origin", "Vai trò (sinkhole, C2, dò quét)",
            "Role (sinkhole, C2, scanner)" },
        [FIELD_CLASS] = { "class", "Loại sự kiện", "Class of event" },
};

enum { HEADER_MAX = 200 };

const char *list_field_id(enum list_field field)
{
        return (unsigned)field < FIELDS ? words[field].id : "none";
}

const char *list_field_label(enum list_field field, bool vietnamese)
{
        if ((unsigned)field >= FIELDS)
                field = FIELD_NONE;
        return vietnamese ? words[field].vi : words[field].en;
}

int list_field_of_id(enum list_field *out, struct text id)
{
        for (unsigned i = 0; i < FIELDS; i++)
                if (text_is(id, words[i].id)) {
                        *out = (enum list_field)i;
                        return 0;
                }
        return ERR_MISSING;
}

/* Letters and digits only, as make_aliases.py does. */
static int fold(char out[HEADER_MAX], struct text header)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(4 * HEADER_MAX);
        size_t len = 0;

        if (header.len >= HEADER_MAX || unicode_add_folded(&folded, header))
                return ERR_FORMAT;
        for (size_t i = 0; i < folded.len && len + 1 < HEADER_MAX; i++) {
                unsigned char c = (unsigned char)folded.data[i];
                if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80 || c == '#' ||
                    c == '&')
                        out[len++] = (char)c;
        }
        out[len] = '\0';
        return 0;
}

enum list_field list_field_of_header(struct text header)
{
        char key[HEADER_MAX];
        size_t low = 0, high = list_alias_count;

        if (header.len == 0 || fold(key, header))
                return FIELD_NONE;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(list_aliases[middle].folded, key);
                if (order == 0)
                        return list_aliases[middle].field;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return FIELD_NONE;
}
