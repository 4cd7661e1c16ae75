/* indicators/set/indicator_builder.c: see indicator_builder.h. Values of all types lie in one heap
 * of bytes; an entry carries the first eight of them as a number, by which set_sort.h sorts. Rows
 * of one list share their detail and lists overlap in the same way again and again: the last detail
 * and the latest merges are remembered.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/indicator_builder.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/domain_name.h"
#include "codec/url.h"
#include "indicators/set/set_intern.h"
#include "indicators/set/set_layout.h"
#include "indicators/set/set_sort.h"

enum {
        TEXTS_MAX = 64 << 20,
        ENTRIES_FIRST = 256,
        DAYS_MAX = 65535,
        VALUE_BYTES_MAX = INDICATOR_VALUE_MAX,
        MERGES_KEPT = 4096
};

struct entries {
        struct set_entry *items;
        size_t count, room;
};

/* What the last row said of itself, and the number of its detail. */
struct last_detail {
        char source[INDICATOR_TEXT_MAX + 1], family[INDICATOR_TEXT_MAX + 1];
        size_t source_len, family_len;
        uint8_t rest[4];
        uint32_t detail;
        bool known;
};

/* first + second = both; empty while first == second. */
struct merged {
        uint32_t first, second, both;
};

struct indicator_builder {
        struct entries types[INDICATOR_TYPES];
        struct buffer values;
        struct set_intern texts, details;
        size_t total, max;
        struct last_detail last;
        struct merged merges[MERGES_KEPT];
};

int indicator_builder_new(struct indicator_builder **out, size_t max_indicators)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *b = mem_zero(1, sizeof(*b));
        uint32_t empty;
        int err;

        if (!b)
                return ERR_MEMORY;
        b->max = max_indicators < BUILDER_INDICATORS_MAX ? max_indicators : BUILDER_INDICATORS_MAX;
        buffer_init(&b->values, SET_BYTES_MAX);
        set_intern_init(&b->texts, TEXTS_MAX);
        set_intern_init(&b->details, TEXTS_MAX);
        err = set_intern_add(&empty, &b->texts, "", 0); /* text 0 is the empty one */
        if (err)
                return err;
        *out = MOVE(b);
        return 0;
}

static void empty(struct indicator_builder *b)
{
        for (unsigned i = 0; i < INDICATOR_TYPES; i++) {
                mem_free(b->types[i].items);
                b->types[i] = (struct entries){ 0 };
        }
        buffer_done(&b->values);
        set_intern_done(&b->texts);
        set_intern_done(&b->details);
        b->total = 0;
        b->last.known = false;
        memset(b->merges, 0, sizeof(b->merges));
}

struct indicator_builder *indicator_builder_free(struct indicator_builder *b)
{
        if (b)
                empty(b);
        mem_free(b);
        return NULL;
}

void indicator_builder_free_at(struct indicator_builder **b)
{
        *b = indicator_builder_free(*b);
}

/* The bytes under which a value is kept; IPv4 has the most significant byte first here. */
struct value {
        enum indicator_type type;
        uint8_t bytes[VALUE_BYTES_MAX + 1];
        size_t len;
};

static int value_of_address(struct value *v, struct text t)
{
        struct ip_address a;

        if (ip_address_parse(&a, t))
                return ERR_FORMAT;
        v->type = ip_address_is_v4(&a) ? INDICATOR_IPV4 : INDICATOR_IPV6;
        v->len = set_stride(v->type);
        memcpy(v->bytes, a.bytes + (16 - v->len), v->len);
        return 0;
}

static int value_of_prefix(struct value *v, struct text t)
{
        struct ip_prefix p;

        if (ip_prefix_parse(&p, t, true))
                return ERR_FORMAT;
        if (p.bits == 128)
                return value_of_address(v, (struct text){ t.data, text_find(t, '/') });
        memcpy(v->bytes, p.base.bytes, 16);
        v->bytes[16] = p.bits;
        v->len = set_stride(v->type);
        return 0;
}

static int value_of(struct value *v, enum indicator_type type, struct text t)
{
        char text[URL_MAX];
        int err;

        v->type = type;
        if ((unsigned)type >= INDICATOR_TYPES)
                return ERR_FORMAT;
        if (type == INDICATOR_IPV4 || type == INDICATOR_IPV6)
                return value_of_address(v, t);
        if (type == INDICATOR_PREFIX)
                return value_of_prefix(v, t);
        if (!set_is_text(type)) {
                v->len = set_stride(type);
                return hex_parse(v->bytes, v->len, t);
        }
        err = type == INDICATOR_NAME ? domain_name_parse(text, t) : url_parse(text, t);
        if (err)
                return ERR_FORMAT;
        v->len = strlen(text);
        memcpy(v->bytes, text, v->len);
        return 0;
}

static uint64_t key_of(const struct value *v)
{
        uint64_t key = 0;

        for (size_t i = 0; i < 8; i++)
                key = key << 8 | (i < v->len ? v->bytes[i] : 0);
        return key;
}

static uint32_t day_of(time_ms valid_until)
{
        time_ms day = valid_until / DAY_MS;

        return valid_until <= 0 || day > DAYS_MAX ? 0 : day < 1 ? 1 : (uint32_t)day;
}

/* At most INDICATOR_TEXT_MAX bytes, cut at a character's edge. */
static struct text shown(struct text t)
{
        if (t.len > INDICATOR_TEXT_MAX) {
                t.len = INDICATOR_TEXT_MAX;
                while (t.len && ((unsigned char)t.data[t.len] & 0xC0) == 0x80)
                        t.len--;
        }
        return t;
}

static bool is_same(const char *kept, size_t kept_len, struct text t)
{
        return kept_len == t.len && (t.len == 0 || memcmp(kept, t.data, t.len) == 0);
}

static int intern_detail(uint32_t *out, struct indicator_builder *b, struct text source,
    struct text family, const uint8_t rest[4])
{
        uint8_t d[SET_DETAIL_BYTES];
        uint32_t source_id, family_id;
        int err;

        if (!text_is_utf8(source) || !text_is_utf8(family))
                return ERR_FORMAT;
        err = set_intern_add(&source_id, &b->texts, source.data, source.len);
        if (!err)
                err = set_intern_add(&family_id, &b->texts, family.data, family.len);
        if (err)
                return err;
        put_u32(d, source_id);
        put_u32(d + 4, family_id);
        memcpy(d + 8, rest, 4);
        return set_intern_add(out, &b->details, d, sizeof(d));
}

static int add_detail(uint32_t *out, struct indicator_builder *b, struct text source,
    struct text family, uint32_t day, int confidence, uint8_t flags)
{
        const uint8_t rest[4] = { (uint8_t)day, (uint8_t)(day >> 8),
                (uint8_t)(confidence < 0     ? 0
                          : confidence > 100 ? 100
                                             : confidence),
                flags };
        struct last_detail *last = &b->last;
        int err;

        source = shown(source);
        family = shown(family);
        if (last->known && memcmp(last->rest, rest, sizeof(rest)) == 0 &&
            is_same(last->source, last->source_len, source) &&
            is_same(last->family, last->family_len, family)) {
                *out = last->detail;
                return 0;
        }
        err = intern_detail(out, b, source, family, rest);
        if (err)
                return err;
        last->known = text_copy(last->source, sizeof(last->source), source) == 0 &&
                      text_copy(last->family, sizeof(last->family), family) == 0;
        last->source_len = source.len;
        last->family_len = family.len;
        memcpy(last->rest, rest, sizeof(rest));
        last->detail = *out;
        return 0;
}

static int add_entry(struct indicator_builder *b, const struct value *v, uint32_t detail)
{
        struct entries *list = &b->types[v->type];
        int err;

        if (b->total >= b->max)
                return ERR_LIMIT;
        if (list->count == list->room) {
                size_t room = list->room ? list->room * 2 : ENTRIES_FIRST;
                struct set_entry *items = mem_grow(list->items, room, sizeof(*items));
                if (!items)
                        return ERR_MEMORY;
                list->items = items;
                list->room = room;
        }
        list->items[list->count] = (struct set_entry){ .key = key_of(v),
                .from = (uint32_t)b->values.len,
                .len = (uint32_t)v->len,
                .detail = detail };
        err = buffer_add(&b->values, v->bytes, v->len);
        if (err)
                return err;
        list->count++;
        b->total++;
        return 0;
}

static uint8_t flags_of(bool subdomains, enum indicator_origin origin)
{
        unsigned known = (unsigned)origin < INDICATOR_ORIGINS ? (unsigned)origin : 0;

        return (uint8_t)((subdomains ? SET_FLAG_SUBDOMAINS : 0u) | known << SET_ORIGIN_SHIFT);
}

static uint8_t join_flags(uint8_t x, uint8_t y)
{
        return flags_of((x | y) & SET_FLAG_SUBDOMAINS,
            indicator_origin_join((enum indicator_origin)(x >> SET_ORIGIN_SHIFT & SET_ORIGIN_MASK),
                (enum indicator_origin)(y >> SET_ORIGIN_SHIFT & SET_ORIGIN_MASK)));
}

int indicator_builder_add(struct indicator_builder *b, const struct indicator *indicator)
{
        struct value v;
        uint32_t detail;
        int err = value_of(&v, indicator->type, indicator->value);

        if (err)
                return err;
        err = add_detail(&detail, b, indicator->source, indicator->family,
            day_of(indicator->valid_until), indicator->confidence,
            flags_of(indicator->subdomains && v.type == INDICATOR_NAME, indicator->origin));
        return err ? err : add_entry(b, &v, detail);
}

int indicator_builder_add_set(struct indicator_builder *b, const struct indicator_set *set)
{
        struct indicator_view view;

        for (unsigned type = 0; type < INDICATOR_TYPES; type++)
                for (size_t i = 0; i < set->tables[type].count; i++) {
                        struct indicator indicator;
                        int err;

                        set_view_fill(&view, set, (enum indicator_type)type, i);
                        indicator = indicator_of_view(&view);
                        err = indicator_builder_add(b, &indicator);
                        if (err)
                                return err;
                }
        return 0;
}

/* "a, b" and "b" give "a, b"; what does not fit is left out. */
static struct text join_sources(char out[INDICATOR_TEXT_MAX + 1], struct text all, struct text more)
{
        struct text rest = all, one;
        size_t len = all.len;

        while (text_split(&one, &rest, ',')) {
                one = text_trim(one);
                if (one.len == more.len && memcmp(one.data, more.data, one.len) == 0)
                        return all;
        }
        if (all.len == 0 || more.len == 0)
                return all.len ? all : more;
        if (all.len + 2 + more.len > INDICATOR_TEXT_MAX)
                return all;
        memcpy(out, all.data, len);
        memcpy(out + len, ", ", 2);
        memcpy(out + len + 2, more.data, more.len);
        return (struct text){ out, len + 2 + more.len };
}

/* A copy of the text: interning may move the bytes it points to. */
static struct text keep(char out[INDICATOR_TEXT_MAX + 1], struct text t)
{
        memcpy(out, t.data, t.len);
        return (struct text){ out, t.len };
}

static int merge_details(
    uint32_t *out, struct indicator_builder *b, uint32_t first, uint32_t second)
{
        char source[INDICATOR_TEXT_MAX + 1], family[INDICATOR_TEXT_MAX + 1],
            all[INDICATOR_TEXT_MAX + 1];
        uint8_t x[SET_DETAIL_BYTES], y[SET_DETAIL_BYTES];
        uint32_t day_x, day_y, family_id;
        struct text joined;

        memcpy(x, set_intern_at(&b->details, first).data, sizeof(x));
        memcpy(y, set_intern_at(&b->details, second).data, sizeof(y));
        day_x = (uint32_t)x[8] | (uint32_t)x[9] << 8;
        day_y = (uint32_t)y[8] | (uint32_t)y[9] << 8;
        family_id = get_u32(x + 4) ? get_u32(x + 4) : get_u32(y + 4);
        joined = join_sources(
            all, set_intern_at(&b->texts, get_u32(x)), set_intern_at(&b->texts, get_u32(y)));
        return add_detail(out, b, keep(source, joined),
            keep(family, set_intern_at(&b->texts, family_id)),
            day_x == 0 || day_y == 0 ? 0 : (day_x > day_y ? day_x : day_y),
            x[10] > y[10] ? x[10] : y[10], join_flags(x[11], y[11]));
}

static int merge_remembered(
    uint32_t *out, struct indicator_builder *b, uint32_t first, uint32_t second)
{
        struct merged *m = &b->merges[(first * 31 + second) % MERGES_KEPT];
        int err;

        if (first == second) {
                *out = first;
                return 0;
        }
        if (m->first != first || m->second != second) {
                err = merge_details(&m->both, b, first, second);
                if (err)
                        return err;
                m->first = first;
                m->second = second;
        }
        *out = m->both;
        return 0;
}

static int sort_and_merge(struct indicator_builder *b, struct entries *list)
{
        struct set_entry *items = list->items;
        size_t kept = 0;
        int err = items ? set_sort(items, list->count, b->values.data) : 0;

        if (err || !items)
                return err;
        for (size_t i = 0; i < list->count; i++) {
                struct set_entry *last = kept ? &items[kept - 1] : NULL;
                if (!last || set_entry_compare(last, &items[i], b->values.data) != 0) {
                        items[kept++] = items[i];
                        continue;
                }
                err = merge_remembered(&last->detail, b, last->detail, items[i].detail);
                if (err)
                        return err;
        }
        list->count = kept;
        return 0;
}

static int add_u32(struct buffer *out, uint32_t value)
{
        uint8_t bytes[4];

        put_u32(bytes, value);
        return buffer_add(out, bytes, sizeof(bytes));
}

/* Notes the length of the section that ends here and fills up to a multiple of 8. */
static int end_section(struct buffer *out, unsigned section, size_t start)
{
        static const char zeros[8];

        put_u64((uint8_t *)out->data + SET_LENGTHS_AT + 8 * section, out->len - start);
        return out->len % 8 ? buffer_add(out, zeros, 8 - out->len % 8) : 0;
}

static int write_values(
    struct buffer *out, const struct indicator_builder *b, enum indicator_type type)
{
        const struct entries *list = &b->types[type];
        int err = 0;

        for (size_t i = 0; i < list->count && !err; i++)
                err = type == INDICATOR_IPV4 ? add_u32(out, (uint32_t)(list->items[i].key >> 32))
                                             : buffer_add(out, b->values.data + list->items[i].from,
                                                   list->items[i].len);
        return err;
}

static int write_offsets(struct buffer *out, const struct entries *list)
{
        uint32_t at = 0;
        int err = list->count ? add_u32(out, 0) : 0;

        for (size_t i = 0; i < list->count && !err; i++) {
                at += list->items[i].len;
                err = add_u32(out, at);
        }
        return err;
}

static int write_type(struct buffer *out, struct indicator_builder *b, enum indicator_type type)
{
        struct entries *list = &b->types[type];
        size_t start = out->len;
        int err = write_values(out, b, type);

        if (!err)
                err = end_section(out, 3 * type, start);
        start = out->len;
        for (size_t i = 0; i < list->count && !err; i++)
                err = add_u32(out, list->items[i].detail);
        if (!err)
                err = end_section(out, 3 * type + 1, start);
        start = out->len;
        if (!err && set_is_text(type))
                err = write_offsets(out, list);
        return err ? err : end_section(out, 3 * type + 2, start);
}

static int write_texts(struct buffer *out, const struct indicator_builder *b)
{
        size_t start = out->len;
        int err = buffer_add(out, b->details.bytes.data, b->details.bytes.len);

        if (!err)
                err = end_section(out, SET_SECTION_DETAILS, start);
        start = out->len;
        for (size_t i = 0; i <= b->texts.count && !err; i++)
                err = add_u32(out, b->texts.offsets[i]);
        if (!err)
                err = end_section(out, SET_SECTION_TEXT_OFFSETS, start);
        start = out->len;
        if (!err)
                err = buffer_add(out, b->texts.bytes.data, b->texts.bytes.len);
        return err ? err : end_section(out, SET_SECTION_TEXTS, start);
}

/* A set in which no list said an origin is the same as ever: programs of before read it. */
static uint32_t version_of(const struct indicator_builder *b)
{
        for (size_t at = 0; at + SET_DETAIL_BYTES <= b->details.bytes.len; at += SET_DETAIL_BYTES)
                if ((uint8_t)b->details.bytes.data[at + 11] > SET_FLAG_SUBDOMAINS)
                        return SET_VERSION_ORIGIN;
        return SET_VERSION;
}

static int write_set(struct buffer *out, struct indicator_builder *b)
{
        static const uint8_t header[SET_HEADER_BYTES];
        struct sha256 sum;
        int err = buffer_add(out, header, sizeof(header));

        if (err)
                return err;
        memcpy(out->data, SET_MAGIC, 8);
        put_u32((uint8_t *)out->data + 8, version_of(b));
        put_u32((uint8_t *)out->data + 12, SET_SECTIONS);
        for (unsigned i = 0; i < INDICATOR_TYPES && !err; i++) {
                err = sort_and_merge(b, &b->types[i]);
                if (!err)
                        err = write_type(out, b, (enum indicator_type)i);
        }
        if (!err)
                err = write_texts(out, b);
        if (err)
                return err;
        sum = sha256_of(out->data + SET_LENGTHS_AT, out->len - SET_LENGTHS_AT);
        memcpy(out->data + SET_CHECKSUM_AT, sum.bytes, sizeof(sum.bytes));
        return 0;
}

int indicator_builder_finish(struct indicator_set **out, struct indicator_builder *b)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        uint32_t nothing;
        int err = write_set(&bytes, b);

        empty(b);
        if (!err)
                err = set_intern_add(&nothing, &b->texts, "", 0);
        if (err)
                return err;
        /* Read back through the same checks as foreign bytes: what we write we can load. */
        err = indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
        return err == ERR_FORMAT || err == ERR_UNTRUSTED ? ERR_BUG : err;
}
