/* indicators/lists/warning_list.c: see warning_list.h. Addresses are ranges in order, behind one
 * bit for each /16 of IPv4 that any of them touches: nearly all questions end there. Texts are kept
 * as keyed hashes (list_filter.h): "n" and a name, "." and a name whose subdomains count too, "s"
 * and any other string; the hashes of a question are made once for all lists.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/warning_list.h"
#include "base/mem.h"
#include "codec/domain_name.h"
#include "codec/json_fields.h"
#include "codec/url.h"
#include "indicators/lists/list_filter.h"

#include <stdio.h>
#include <string.h>

enum {
        NAME_MAX_BYTES = 200,
        ENTRIES_MAX = 4 << 20,
        SUBSTRINGS_MAX = 20000,
        RANGES_FIRST = 64,
        V4_TOPS = 1 << 16,
        LABELS_MAX = 128,
        KEY_MAX = 2100
};

struct range {
        struct ip_address low, high;
};

struct warning_list {
        char name[NAME_MAX_BYTES];
        struct seen_keys keys;
        size_t strings; /* how many of the keys are no names */
        struct range *ranges;
        size_t range_count, range_room;
        uint8_t v4_tops[V4_TOPS / 8];
        json_t *substrings; /* array of strings; NULL = none */
        size_t count;
};

struct warning_list *warning_list_free(struct warning_list *list)
{
        if (!list)
                return NULL;
        seen_keys_done(&list->keys);
        mem_free(list->ranges);
        json_free_at(&list->substrings);
        mem_free(list);
        return NULL;
}

void warning_list_free_at(struct warning_list **list)
{
        *list = warning_list_free(*list);
}

const char *warning_list_name(const struct warning_list *list)
{
        return list->name;
}

size_t warning_list_count(const struct warning_list *list)
{
        return list->count;
}

static size_t text_key(char out[KEY_MAX], char mark, struct text t)
{
        size_t len = t.len < KEY_MAX - 1 ? t.len : KEY_MAX - 1;

        out[0] = mark;
        for (size_t i = 0; i < len; i++)
                out[i + 1] = (char)(t.data[i] >= 'A' && t.data[i] <= 'Z' ? t.data[i] + 32
                                                                         : t.data[i]);
        return len + 1;
}

static int add_text(struct warning_list *list, char mark, struct text t)
{
        char key[KEY_MAX];
        bool fresh;
        size_t len = text_key(key, mark, t);

        list->strings += mark == 's';
        return seen_keys_add(&fresh, &list->keys, key, len);
}

static void mark_top(struct warning_list *list, uint32_t top)
{
        list->v4_tops[top / 8] |= (uint8_t)(1u << top % 8);
}

static void mark_tops(struct warning_list *list, const struct range *r)
{
        const struct ip_address first = ip_address_from_v4(0),
                                last = ip_address_from_v4(UINT32_MAX);
        uint32_t low = 0, high = V4_TOPS - 1;

        if (ip_address_compare(&r->high, &first) < 0 || ip_address_compare(&r->low, &last) > 0)
                return;
        if (ip_address_is_v4(&r->low))
                low = ip_address_v4(&r->low) >> 16;
        if (ip_address_is_v4(&r->high))
                high = ip_address_v4(&r->high) >> 16;
        for (uint32_t top = low; top <= high; top++)
                mark_top(list, top);
}

static int add_prefix(struct warning_list *list, const struct ip_prefix *p)
{
        struct range *r;

        if (list->range_count == list->range_room) {
                size_t room = list->range_room ? list->range_room * 2 : RANGES_FIRST;
                struct range *ranges = mem_grow(list->ranges, room, sizeof(*ranges));
                if (!ranges)
                        return ERR_MEMORY;
                list->ranges = ranges;
                list->range_room = room;
        }
        r = &list->ranges[list->range_count++];
        ip_prefix_range(&r->low, &r->high, p);
        mark_tops(list, r);
        return 0;
}

static int compare_ranges(const void *x, const void *y)
{
        const struct range *a = x, *b = y;

        return ip_address_compare(&a->low, &b->low);
}

/* Prefixes may lie in one another; afterwards each range ends before the next begins. */
static void order_ranges(struct warning_list *list)
{
        size_t kept = 0;

        if (list->range_count)
                qsort(list->ranges, list->range_count, sizeof(*list->ranges), compare_ranges);
        for (size_t i = 0; i < list->range_count; i++) {
                struct range *last = kept ? &list->ranges[kept - 1] : NULL;
                const struct range *r = &list->ranges[i];
                if (!last || ip_address_compare(&r->low, &last->high) > 0)
                        list->ranges[kept++] = *r;
                else if (ip_address_compare(&r->high, &last->high) > 0)
                        last->high = r->high;
        }
        list->range_count = kept;
}

static int add_entry(struct warning_list *list, struct text entry)
{
        char name[DOMAIN_NAME_MAX];
        struct ip_prefix p;
        bool below;

        entry = text_trim(entry);
        if (entry.len == 0)
                return 0;
        if (ip_prefix_parse(&p, entry, false) == 0)
                return add_prefix(list, &p);
        below = entry.data[0] == '.' || text_starts(entry, "*.");
        if (below)
                entry = (struct text){ entry.data + 1 + (entry.data[0] == '*'),
                        entry.len - 1 - (entry.data[0] == '*') };
        if (domain_name_parse(name, entry))
                return add_text(list, below ? '.' : 's', entry);
        return add_text(list, below ? '.' : 'n', text_of(name));
}

static int add_entries(struct warning_list *list, const json_t *entries, struct parse_error *bad)
{
        const json_t *entry;
        size_t i;

        json_array_foreach(entries, i, entry)
        {
                int err;
                if (!json_is_string(entry))
                        return parse_error_set(bad, 0,
                            "danh sách cảnh báo có mục không phải chuỗi ký tự",
                            "the warning list has an entry that is no string");
                err = add_entry(
                    list, (struct text){ json_string_value(entry), json_string_length(entry) });
                if (err)
                        return err;
        }
        return 0;
}

static int check_type(struct text name, struct text type, struct parse_error *bad)
{
        if (text_is(type, "cidr") || text_is(type, "hostname") || text_is(type, "string") ||
            text_is(type, "substring"))
                return 0;
        (void)parse_error_quote(bad, 0,
            "bỏ qua danh sách cảnh báo \"%s\": kiểu của nó không dùng được (chỉ dùng cidr, "
            "hostname, string, substring)",
            "the warning list \"%s\" is passed over: only the types cidr, hostname, string and "
            "substring are used",
            name.data, name.len);
        return ERR_UNSUPPORTED;
}

int warning_list_parse(struct warning_list **out, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *document = NULL;
        AUTO(warning_list_free_at) struct warning_list *list = NULL;
        json_t *entries;
        struct text name, type;
        int err;

        if (bytes.len > WARNING_BYTES_MAX) {
                (void)parse_error_set(
                    bad, 0, "danh sách cảnh báo quá lớn", "the warning list is too large");
                return ERR_LIMIT;
        }
        err = json_read(&document, bytes, bad);
        if (!err)
                err = json_field_text(&name, document, "name", NAME_MAX_BYTES - 1, bad);
        if (!err)
                err = json_field_text(&type, document, "type", NAME_MAX_BYTES - 1, bad);
        if (!err)
                err = json_field_array(&entries, document, "list", ENTRIES_MAX, bad);
        if (!err)
                err = check_type(name, type, bad);
        if (err)
                return err;
        list = mem_zero(1, sizeof(*list));
        if (!list)
                return ERR_MEMORY;
        (void)snprintf(list->name, sizeof(list->name), "%.*s", TEXT_ARGS(name));
        list->count = json_array_size(entries);
        if (text_is(type, "substring") && list->count <= SUBSTRINGS_MAX)
                list->substrings = json_incref(entries);
        else
                err = add_entries(list, entries, bad);
        if (err)
                return err;
        order_ranges(list);
        *out = MOVE(list);
        return 0;
}

static bool has_address(const struct warning_list *list, const struct ip_address *a)
{
        size_t low = 0, high = list->range_count;

        if (ip_address_is_v4(a)) {
                uint32_t top = ip_address_v4(a) >> 16;
                if (!(list->v4_tops[top / 8] & 1u << top % 8))
                        return false;
        }
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (ip_address_compare(&list->ranges[middle].low, a) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low && ip_address_compare(a, &list->ranges[low - 1].high) <= 0;
}

/* What is asked, hashed once for all lists. */
struct question {
        uint64_t name, below[LABELS_MAX], string;
        size_t labels; /* 0: no name is asked for */
};

static uint64_t hash_text(char mark, struct text t)
{
        char key[KEY_MAX];
        size_t len = text_key(key, mark, t);

        return seen_key_hash(key, len);
}

static void ask_name(struct question *q, struct text name)
{
        q->name = hash_text('n', name);
        for (; name.len && q->labels < LABELS_MAX; name = domain_name_parent(name))
                q->below[q->labels++] = hash_text('.', name);
}

static bool has_name(const struct warning_list *list, const struct question *q)
{
        if (q->labels == 0 || list->keys.count == list->strings)
                return false;
        if (seen_keys_has_hash(&list->keys, q->name))
                return true;
        for (size_t i = 0; i < q->labels; i++)
                if (seen_keys_has_hash(&list->keys, q->below[i]))
                        return true;
        return false;
}

static bool has_substring(const struct warning_list *list, struct text value)
{
        const json_t *entry;
        size_t i;

        json_array_foreach(list->substrings, i, entry)
        {
                size_t len = json_is_string(entry) ? json_string_length(entry) : 0;
                if (len && memmem(value.data, value.len, json_string_value(entry), len))
                        return true;
        }
        return false;
}

/* "bank.example/" says no more than the name; a page below it may well be malicious. */
static bool is_bare(struct text url)
{
        return text_find(url, '/') + 1 == url.len;
}

const struct warning_list *warning_lists_find(const struct warning_list *const *lists, size_t count,
    const struct indicator *indicator, const struct ip_address *address)
{
        struct question q; /* not cleared as a whole: this is asked for every row */

        q.labels = 0;
        q.string = 0;
        if (indicator->type == INDICATOR_NAME)
                ask_name(&q, indicator->value);
        else if (indicator->type == INDICATOR_URL && is_bare(indicator->value))
                ask_name(&q, url_host(indicator->value));
        for (size_t i = 0; i < count; i++) {
                const struct warning_list *list = lists[i];
                if (list->strings && !q.string)
                        q.string = hash_text('s', indicator->value);
                if ((address && list->range_count && has_address(list, address)) ||
                    has_name(list, &q) ||
                    (list->strings && seen_keys_has_hash(&list->keys, q.string)) ||
                    (list->substrings && has_substring(list, indicator->value)))
                        return list;
        }
        return NULL;
}
