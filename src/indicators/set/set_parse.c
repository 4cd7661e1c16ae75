/* indicators/set/set_parse.c: the bytes of a set file, believed nowhere. After it has passed, every
 * lookup stays inside the tables: (1) the sections fill the file exactly, (2) values rise strictly,
 * (3) each detail number, (4) each text number and (5) each offset points inside its table. Layout:
 * docs/formats/indicator-set.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/domain_name.h"
#include "codec/url.h"
#include "indicators/set/set_layout.h"

static int refuse(struct parse_error *bad, const char *vi, const char *en)
{
        return parse_error_set(bad, 0, vi, en);
}

static int damaged(struct parse_error *bad)
{
        return refuse(bad, "tệp bộ dấu hiệu nhận biết bị hỏng: bảng bên trong không nhất quán",
            "the indicator set file is damaged: its tables do not agree");
}

struct section {
        const uint8_t *at;
        size_t len;
};

/* (1) Each section starts at the next multiple of 8; the gaps are zero; the last one ends the file.
 */
static int take_sections(struct section *sections, const uint8_t *bytes, size_t len)
{
        size_t at = SET_HEADER_BYTES;

        for (unsigned i = 0; i < SET_SECTIONS; i++) {
                uint64_t size = get_u64(bytes + SET_LENGTHS_AT + 8 * i);
                if (size > len - at)
                        return ERR_FORMAT;
                sections[i] = (struct section){ bytes + at, (size_t)size };
                at += (size_t)size;
                for (; at % 8 && at < len; at++)
                        if (bytes[at])
                                return ERR_FORMAT;
                if (at % 8)
                        return ERR_FORMAT;
        }
        return at == len ? 0 : ERR_FORMAT;
}

/* (5) count + 1 rising offsets that end at the end of the text. */
static int check_offsets(const struct section *offsets, const struct section *texts, size_t longest)
{
        size_t n = offsets->len / 4;

        if (offsets->len % 4 || n == 0 || get_u32(offsets->at) != 0 ||
            get_u32(offsets->at + 4 * (n - 1)) != texts->len)
                return ERR_FORMAT;
        for (size_t i = 0; i + 1 < n; i++) {
                uint32_t from = get_u32(offsets->at + 4 * i), to = get_u32(offsets->at + 4 * i + 4);
                if (from > to || to - from > longest)
                        return ERR_FORMAT;
        }
        return 0;
}

static bool is_shown_text(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] < ' ' || t.data[i] == 0x7F)
                        return false;
        return text_is_utf8(t);
}

static int check_texts(const struct indicator_set *set)
{
        for (size_t i = 0; i < set->text_count; i++) {
                uint32_t from = get_u32(set->text_offsets + 4 * i);
                uint32_t to = get_u32(set->text_offsets + 4 * i + 4);
                if (!is_shown_text((struct text){ (const char *)set->texts + from, to - from }))
                        return ERR_FORMAT;
        }
        return 0;
}

/* (4) */
static int check_details(const struct indicator_set *set)
{
        int flags_max = set->version == SET_VERSION ? SET_FLAG_SUBDOMAINS : SET_FLAGS_MAX;

        for (size_t i = 0; i < set->detail_count; i++) {
                const uint8_t *d = set->details + i * SET_DETAIL_BYTES;
                if (get_u32(d) >= set->text_count || get_u32(d + 4) >= set->text_count ||
                    d[10] > 100 || d[11] > flags_max)
                        return ERR_FORMAT;
        }
        return 0;
}

static bool is_rising(enum indicator_type type, struct text a, struct text b)
{
        int order;

        if (type == INDICATOR_IPV4)
                return get_u32((const uint8_t *)a.data) < get_u32((const uint8_t *)b.data);
        order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
        return order < 0 || (order == 0 && a.len < b.len);
}

/* A prefix has no host bits; a name or URL stands in its one form, so that a lookup can meet it. */
static bool is_canonical(enum indicator_type type, struct text value)
{
        char name[DOMAIN_NAME_MAX], url[URL_MAX];
        struct ip_prefix p;

        if (type == INDICATOR_NAME)
                return domain_name_parse(name, value) == 0 && text_is(value, name);
        if (type == INDICATOR_URL)
                return url_parse(url, value) == 0 && text_is(value, url);
        if (type != INDICATOR_PREFIX)
                return true;
        memcpy(p.base.bytes, value.data, 16);
        p.bits = (uint8_t)value.data[16];
        return p.bits <= 128 && ip_prefix_contains(&p, &p.base);
}

/* (2) and (3) */
static int check_table(const struct indicator_set *set, enum indicator_type type)
{
        const struct set_table *t = &set->tables[type];

        for (size_t i = 0; i < t->count; i++) {
                if (get_u32(t->details + 4 * i) >= set->detail_count ||
                    !is_canonical(type, set_entry(t, i)))
                        return ERR_FORMAT;
                if (i && !is_rising(type, set_entry(t, i - 1), set_entry(t, i)))
                        return ERR_FORMAT;
        }
        return 0;
}

static int take_table(struct set_table *t, const struct section *s, enum indicator_type type)
{
        size_t stride = set_stride(type);

        *t = (struct set_table){ .values = s[0].at,
                .details = s[1].at,
                .offsets = s[2].at,
                .count = s[1].len / 4,
                .stride = stride,
                .values_len = s[0].len };
        if (s[1].len % 4)
                return ERR_FORMAT;
        if (stride != STRIDE_TEXT)
                return s[2].len == 0 && s[0].len == t->count * stride ? 0 : ERR_FORMAT;
        if (t->count == 0)
                return s[0].len == 0 && s[2].len == 0 ? 0 : ERR_FORMAT;
        if (s[2].len != 4 * (t->count + 1))
                return ERR_FORMAT;
        return check_offsets(
            &s[2], &s[0], type == INDICATOR_NAME ? DOMAIN_NAME_MAX : INDICATOR_VALUE_MAX);
}

static int take_tables(struct indicator_set *set)
{
        struct section s[SET_SECTIONS];
        int err = take_sections(s, set->bytes, set->len);

        if (err)
                return err;
        if (s[SET_SECTION_DETAILS].len % SET_DETAIL_BYTES)
                return ERR_FORMAT;
        err = check_offsets(
            &s[SET_SECTION_TEXT_OFFSETS], &s[SET_SECTION_TEXTS], INDICATOR_TEXT_MAX);
        if (err)
                return err;
        set->details = s[SET_SECTION_DETAILS].at;
        set->detail_count = s[SET_SECTION_DETAILS].len / SET_DETAIL_BYTES;
        set->text_offsets = s[SET_SECTION_TEXT_OFFSETS].at;
        set->text_count = s[SET_SECTION_TEXT_OFFSETS].len / 4 - 1;
        set->texts = s[SET_SECTION_TEXTS].at;
        set->text_len = s[SET_SECTION_TEXTS].len;
        err = check_texts(set);
        if (!err)
                err = check_details(set);
        for (unsigned i = 0; i < INDICATOR_TYPES && !err; i++) {
                err = take_table(&set->tables[i], &s[3 * i], (enum indicator_type)i);
                if (!err)
                        err = check_table(set, (enum indicator_type)i);
        }
        return err;
}

static int check_header(struct text bytes, struct parse_error *bad)
{
        const uint8_t *b = (const uint8_t *)bytes.data;
        struct sha256 sum;

        if (bytes.len < SET_HEADER_BYTES || memcmp(b, SET_MAGIC, 8) != 0)
                return refuse(bad, "đây không phải tệp bộ dấu hiệu nhận biết của Canh",
                    "this is not an indicator set file of Canh");
        if ((get_u32(b + 8) != SET_VERSION && get_u32(b + 8) != SET_VERSION_ORIGIN) ||
            get_u32(b + 12) != SET_SECTIONS) {
                (void)refuse(bad,
                    "tệp bộ dấu hiệu nhận biết thuộc phiên bản mà chương trình này chưa biết",
                    "the indicator set file is of a version that this program does not know");
                return ERR_UNSUPPORTED;
        }
        sum = sha256_of(b + SET_LENGTHS_AT, bytes.len - SET_LENGTHS_AT);
        if (memcmp(sum.bytes, b + SET_CHECKSUM_AT, SHA256_BYTES) != 0) {
                (void)refuse(bad,
                    "tệp bộ dấu hiệu nhận biết bị hỏng hoặc bị sửa: mã kiểm tra không khớp",
                    "the indicator set file is damaged or was changed: its checksum does not hold");
                return ERR_UNTRUSTED;
        }
        return 0;
}

int indicator_set_parse(struct indicator_set **out, struct text bytes, struct parse_error *bad)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        int err;

        if (bytes.len > SET_BYTES_MAX) {
                (void)refuse(bad, "tệp bộ dấu hiệu nhận biết lớn quá giới hạn",
                    "the indicator set file is too large");
                return ERR_LIMIT;
        }
        err = check_header(bytes, bad);
        if (err)
                return err;
        set = mem_zero(1, sizeof(*set));
        if (!set)
                return ERR_MEMORY;
        set->bytes = (uint8_t *)mem_copy_text(bytes.data, bytes.len);
        if (!set->bytes)
                return ERR_MEMORY;
        set->len = bytes.len;
        set->version = get_u32(set->bytes + 8);
        if (take_tables(set))
                return damaged(bad);
        err = set_index_make(set);
        if (err)
                return err;
        *out = MOVE(set);
        return 0;
}
