/* indicators/lists/warning_list.c: see warning_list.h. Values are kept as keyed hashes
 * (list_filter.h): "n" and a name, "." and a name whose subdomains count too, "p", base and bits of
 * a prefix, "s" and any other string.
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
        PREFIX_BITS = 129,
        KEY_MAX = 2100
};

struct warning_list {
        char name[NAME_MAX_BYTES];
        struct seen_keys keys;
        bool bits_used[PREFIX_BITS];
        json_t *substrings; /* array of strings; NULL = none */
        size_t count;
};

struct warning_list *warning_list_free(struct warning_list *list)
{
        if (!list)
                return NULL;
        seen_keys_done(&list->keys);
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

        return seen_keys_add(&fresh, &list->keys, key, len);
}

static bool has_key(const struct warning_list *list, const void *key, size_t len)
{
        return seen_keys_has(&list->keys, key, len);
}

static size_t prefix_key(uint8_t out[18], const struct ip_address *a, unsigned bits)
{
        out[0] = 'p';
        for (unsigned i = 0; i < 16; i++) {
                unsigned left = bits > 8 * i ? bits - 8 * i
                                             : 0; /* bits of the prefix in this byte */
                out[i + 1] = (uint8_t)(a->bytes[i] & (left >= 8 ? 0xFFu : 0xFF00u >> left));
        }
        out[17] = (uint8_t)bits;
        return 18;
}

static int add_prefix(struct warning_list *list, const struct ip_prefix *p)
{
        uint8_t key[18];
        bool fresh;
        size_t len = prefix_key(key, &p->base, p->bits);

        list->bits_used[p->bits] = true;
        return seen_keys_add(&fresh, &list->keys, key, len);
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
        *out = MOVE(list);
        return 0;
}

static bool has_address(const struct warning_list *list, const struct ip_address *a)
{
        uint8_t key[18];

        for (unsigned bits = 0; bits < PREFIX_BITS; bits++)
                if (list->bits_used[bits] && has_key(list, key, prefix_key(key, a, bits)))
                        return true;
        return false;
}

static bool has_name(const struct warning_list *list, struct text name)
{
        char key[KEY_MAX];

        if (has_key(list, key, text_key(key, 'n', name)))
                return true;
        for (; name.len; name = domain_name_parent(name))
                if (has_key(list, key, text_key(key, '.', name)))
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

bool warning_list_has(const struct warning_list *list, const struct indicator *indicator,
    const struct ip_address *address)
{
        char key[KEY_MAX];

        if (address && has_address(list, address))
                return true;
        if (indicator->type == INDICATOR_NAME && has_name(list, indicator->value))
                return true;
        if (indicator->type == INDICATOR_URL && is_bare(indicator->value) &&
            has_name(list, url_host(indicator->value)))
                return true;
        if (list->substrings && has_substring(list, indicator->value))
                return true;
        return has_key(list, key, text_key(key, 's', indicator->value));
}
