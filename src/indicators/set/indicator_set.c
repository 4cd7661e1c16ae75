/* indicators/set/indicator_set.c: see indicator_set.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/indicator_set.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/domain_name.h"
#include "codec/url.h"
#include "indicators/set/set_layout.h"

size_t set_stride(enum indicator_type type)
{
        static const size_t strides[INDICATOR_TYPES] = { 4, 16, 17, STRIDE_TEXT, STRIDE_TEXT, 16,
                20, 32, 20 };

        return strides[type];
}

bool set_is_text(enum indicator_type type)
{
        return set_stride(type) == STRIDE_TEXT;
}

struct text set_entry(const struct set_table *table, size_t n)
{
        if (table->stride == STRIDE_TEXT) {
                uint32_t from = get_u32(table->offsets + 4 * n),
                         to = get_u32(table->offsets + 4 * n + 4);
                return (struct text){ (const char *)table->values + from, to - from };
        }
        return (struct text){ (const char *)table->values + n * table->stride, table->stride };
}

static int compare(struct text a, struct text b)
{
        int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

        return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t set_table_find(const struct set_table *table, struct text value)
{
        size_t low = 0, high = table->count;

        if (table->count == 0 ||
            !set_filter_may_have(&table->filter, set_hash(value.data, value.len)))
                return table->count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = compare(set_entry(table, middle), value);
                if (order == 0)
                        return middle;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return table->count;
}

/* Number of the IPv4 entry, or count. */
static size_t find_v4(const struct indicator_set *set, uint32_t address)
{
        const struct set_table *t = &set->tables[INDICATOR_IPV4];
        size_t at, end, n;

        if (t->count == 0 || !set_filter_may_have(&t->filter, set_hash_v4(address)))
                return t->count;
        at = set->v4_index[(uint64_t)address >> set->v4_shift];
        end = set->v4_index[((uint64_t)address >> set->v4_shift) + 1];
        /* Without branches that depend on the values: they would be guessed wrong half of the time.
         */
        for (n = end - at; n > 1; n -= n / 2)
                at += get_u32(t->values + 4 * (at + n / 2)) <= address ? n / 2 : 0;
        return n && get_u32(t->values + 4 * at) == address ? at : t->count;
}

static size_t find_prefix(const struct indicator_set *set, const struct ip_address *address)
{
        const struct set_table *t = &set->tables[INDICATOR_PREFIX];
        size_t low = 0, high = t->count;
        uint32_t at;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (memcmp(t->values + middle * t->stride, address->bytes, 16) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        at = low ? (uint32_t)(low - 1) : (uint32_t)PREFIX_NONE;
        while (at != (uint32_t)PREFIX_NONE) {
                struct ip_prefix p;
                memcpy(p.base.bytes, t->values + at * t->stride, 16);
                p.bits = t->values[at * t->stride + 16];
                if (ip_prefix_contains(&p, address))
                        return at;
                at = set->prefix_parent[at];
        }
        return t->count;
}

static bool prefix_may_touch(const struct indicator_set *set, uint32_t address)
{
        return set->prefix_tops && (set->prefix_tops[address >> 22] >> ((address >> 16) & 63)) & 1;
}

bool indicator_set_has_v4(const struct indicator_set *set, uint32_t host_order)
{
        struct ip_address a;

        if (find_v4(set, host_order) < set->tables[INDICATOR_IPV4].count)
                return true;
        if (!prefix_may_touch(set, host_order))
                return false;
        a = ip_address_from_v4(host_order);
        return find_prefix(set, &a) < set->tables[INDICATOR_PREFIX].count;
}

bool indicator_set_find_address(
    struct indicator_view *out, const struct indicator_set *set, const struct ip_address *address)
{
        bool v4 = ip_address_is_v4(address);
        enum indicator_type type = v4 ? INDICATOR_IPV4 : INDICATOR_IPV6;
        size_t n;

        n = v4 ? find_v4(set, ip_address_v4(address))
               : set_table_find(
                     &set->tables[type], (struct text){ (const char *)address->bytes, 16 });
        if (n == set->tables[type].count) {
                type = INDICATOR_PREFIX;
                if (v4 && !prefix_may_touch(set, ip_address_v4(address)))
                        return false;
                n = find_prefix(set, address);
                if (n == set->tables[type].count)
                        return false;
        }
        set_view_fill(out, set, type, n);
        return true;
}

bool indicator_set_find_name(
    struct indicator_view *out, const struct indicator_set *set, struct text name)
{
        const struct set_table *t = &set->tables[INDICATOR_NAME];
        char canonical[DOMAIN_NAME_MAX];
        struct text rest;
        bool below = false;

        if (t->count == 0 || domain_name_parse(canonical, name))
                return false;
        for (rest = text_of(canonical); rest.len; rest = domain_name_parent(rest), below = true) {
                size_t n = set_table_find(t, rest);
                const uint8_t *detail;
                if (n == t->count)
                        continue;
                detail = set->details + (size_t)get_u32(t->details + 4 * n) * SET_DETAIL_BYTES;
                if (below && !(detail[11] & SET_FLAG_SUBDOMAINS))
                        continue;
                set_view_fill(out, set, INDICATOR_NAME, n);
                return true;
        }
        return false;
}

bool indicator_set_find_url(
    struct indicator_view *out, const struct indicator_set *set, struct text url)
{
        const struct set_table *t = &set->tables[INDICATOR_URL];
        char canonical[URL_MAX];
        size_t n;

        if (t->count == 0 || url_parse(canonical, url))
                return false;
        n = set_table_find(t, text_of(canonical));
        if (n == t->count)
                return false;
        set_view_fill(out, set, INDICATOR_URL, n);
        return true;
}

bool indicator_set_find_hash(struct indicator_view *out, const struct indicator_set *set,
    enum indicator_type type, const uint8_t *hash)
{
        size_t n;

        if (type != INDICATOR_MD5 && type != INDICATOR_SHA1 && type != INDICATOR_SHA256 &&
            type != INDICATOR_CERTIFICATE)
                return false;
        n = set_table_find(
            &set->tables[type], (struct text){ (const char *)hash, set_stride(type) });
        if (n == set->tables[type].count)
                return false;
        set_view_fill(out, set, type, n);
        return true;
}

static struct text text_at(const struct indicator_set *set, uint32_t id)
{
        uint32_t from = get_u32(set->text_offsets + 4 * (size_t)id);
        uint32_t to = get_u32(set->text_offsets + 4 * (size_t)id + 4);

        return (struct text){ (const char *)set->texts + from, to - from };
}

void set_value_write(char out[SET_SHORT_VALUE_MAX], enum indicator_type type, const uint8_t *value)
{
        struct ip_address a;
        struct ip_prefix p;

        if (type == INDICATOR_IPV4) {
                a = ip_address_from_v4(get_u32(value));
                (void)ip_address_write(out, &a);
        } else if (type == INDICATOR_IPV6) {
                memcpy(a.bytes, value, 16);
                (void)ip_address_write(out, &a);
        } else if (type == INDICATOR_PREFIX) {
                memcpy(p.base.bytes, value, 16);
                p.bits = value[16];
                (void)ip_prefix_write(out, &p);
        } else {
                hex_write(out, value, set_stride(type));
        }
}

void set_view_fill(
    struct indicator_view *out, const struct indicator_set *set, enum indicator_type type, size_t n)
{
        const struct set_table *t = &set->tables[type];
        const uint8_t *d = set->details + (size_t)get_u32(t->details + 4 * n) * SET_DETAIL_BYTES;
        uint32_t day = (uint32_t)d[8] | (uint32_t)d[9] << 8;

        *out = (struct indicator_view){ .type = type,
                .source = text_at(set, get_u32(d)),
                .family = text_at(set, get_u32(d + 4)),
                .confidence = d[10],
                .valid_until = day ? (time_ms)(day + 1) * DAY_MS - 1 : 0,
                .origin = (enum indicator_origin)(d[11] >> SET_ORIGIN_SHIFT & SET_ORIGIN_MASK),
                .subdomains = d[11] & SET_FLAG_SUBDOMAINS };
        if (set_is_text(type))
                out->long_value = set_entry(t, n);
        else
                set_value_write(out->short_value, type, (const uint8_t *)set_entry(t, n).data);
}

size_t set_value_find(const struct indicator_set *set, enum indicator_type type, struct text value)
{
        return type == INDICATOR_IPV4 ? find_v4(set, get_u32((const uint8_t *)value.data))
                                      : set_table_find(&set->tables[type], value);
}

size_t indicator_set_lacking(const struct indicator_set *a, const struct indicator_set *b)
{
        size_t lacking = 0;

        for (unsigned type = 0; type < INDICATOR_TYPES; type++) {
                const struct set_table *in = &b->tables[type];
                for (size_t n = 0; n < a->tables[type].count; n++) {
                        size_t at = set_value_find(
                            b, (enum indicator_type)type, set_entry(&a->tables[type], n));
                        lacking += at == in->count;
                }
        }
        return lacking;
}

size_t indicator_set_expired(const struct indicator_set *set, time_ms at)
{
        size_t expired = 0;

        for (unsigned type = 0; type < INDICATOR_TYPES; type++) {
                const struct set_table *t = &set->tables[type];

                for (size_t n = 0; n < t->count; n++) {
                        const uint8_t *d = set->details +
                                           (size_t)get_u32(t->details + 4 * n) * SET_DETAIL_BYTES;
                        time_ms day = d[8] | d[9] << 8;

                        expired += day && at >= (day + 1) * DAY_MS;
                }
        }
        return expired;
}

struct text indicator_view_value(const struct indicator_view *view)
{
        return view->long_value.data ? view->long_value : text_of(view->short_value);
}

struct indicator indicator_of_view(const struct indicator_view *v)
{
        return (struct indicator){ .type = v->type,
                .value = indicator_view_value(v),
                .family = v->family,
                .source = v->source,
                .valid_until = v->valid_until,
                .confidence = v->confidence,
                .origin = v->origin,
                .subdomains = v->subdomains };
}

bool indicator_view_is_valid(const struct indicator_view *view, time_ms at)
{
        return view->valid_until == 0 || at <= view->valid_until;
}

void indicator_set_count(struct indicator_counts *out, const struct indicator_set *set)
{
        *out = (struct indicator_counts){ .bytes = set->len };
        for (unsigned i = 0; i < INDICATOR_TYPES; i++) {
                out->of[i] = set->tables[i].count;
                out->total += out->of[i];
        }
}

void indicator_set_at(
    struct indicator_view *out, const struct indicator_set *set, enum indicator_type type, size_t n)
{
        set_view_fill(out, set, type, n);
}

struct ip_prefix indicator_set_prefix_at(
    const struct indicator_set *set, enum indicator_type type, size_t n)
{
        const struct set_table *t = &set->tables[type];
        const uint8_t *value = t->values + n * t->stride;
        struct ip_prefix p = { .bits = 128 };

        if (type == INDICATOR_IPV4)
                p.base = ip_address_from_v4(get_u32(value));
        else
                memcpy(p.base.bytes, value, sizeof(p.base.bytes));
        if (type == INDICATOR_PREFIX)
                p.bits = value[16];
        return p;
}

struct text indicator_set_bytes(const struct indicator_set *set)
{
        return (struct text){ (const char *)set->bytes, set->len };
}

int indicator_set_write(struct buffer *out, const struct indicator_set *set)
{
        return buffer_add(out, set->bytes, set->len);
}

struct indicator_set *indicator_set_free(struct indicator_set *set)
{
        if (!set)
                return NULL;
        set_index_done(set);
        mem_free(set->bytes);
        mem_free(set);
        return NULL;
}

void indicator_set_free_at(struct indicator_set **set)
{
        *set = indicator_set_free(*set);
}
