/* indicators/lists/list_filter.c: see list_filter.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_filter.h"
#include "base/mem.h"
#include "codec/url.h"
#include "indicators/lists/warning_list.h"

#include <sodium.h>
#include <string.h>

enum { ROOM_FIRST = 1024 };

void seen_keys_done(struct seen_keys *seen)
{
        mem_free(seen->slots);
        *seen = (struct seen_keys){ 0 };
}

static bool put(uint64_t *slots, size_t room, uint64_t hash)
{
        size_t at = (size_t)hash & (room - 1);

        while (slots[at]) {
                if (slots[at] == hash)
                        return false;
                at = (at + 1) & (room - 1);
        }
        slots[at] = hash;
        return true;
}

static int make_room(struct seen_keys *seen, size_t room)
{
        uint64_t *slots = mem_zero(room, sizeof(*slots));

        if (!slots)
                return ERR_MEMORY;
        for (size_t i = 0; i < seen->room; i++)
                if (seen->slots[i])
                        (void)put(slots, room, seen->slots[i]);
        mem_free(seen->slots);
        seen->slots = slots;
        seen->room = room;
        return 0;
}

int seen_keys_reserve(struct seen_keys *seen, size_t count)
{
        size_t room = ROOM_FIRST;

        while (room < 2 * count)
                room *= 2;
        return room > seen->room ? make_room(seen, room) : 0;
}

static int grow(struct seen_keys *seen)
{
        if ((seen->count + 1) * 2 <= seen->room)
                return 0;
        return make_room(seen, seen->room ? seen->room * 2 : ROOM_FIRST);
}

uint64_t seen_key_hash(const void *key, size_t len)
{
        /* A fixed key: the same file gives the same result every time. */
        static const uint8_t secret[crypto_shorthash_KEYBYTES] = "canh list rows.";
        uint8_t bytes[crypto_shorthash_BYTES];
        uint64_t hash;

        (void)crypto_shorthash(bytes, key, len, secret);
        memcpy(&hash, bytes, sizeof(hash));
        return hash ? hash : 1;
}

int seen_keys_add(bool *out_new, struct seen_keys *seen, const void *key, size_t len)
{
        int err = grow(seen);

        if (err)
                return err;
        *out_new = put(seen->slots, seen->room, seen_key_hash(key, len));
        seen->count += *out_new;
        return 0;
}

bool seen_keys_has_hash(const struct seen_keys *seen, uint64_t hash)
{
        size_t at = (size_t)hash & (seen->room - 1);

        if (seen->room == 0)
                return false;
        for (; seen->slots[at]; at = (at + 1) & (seen->room - 1))
                if (seen->slots[at] == hash)
                        return true;
        return false;
}

static const struct list_why scope_why[] = {
        [IP_SCOPE_PRIVATE] = { "địa chỉ mạng riêng (RFC 1918): máy nào cũng có thể dùng, không "
                               "phải dấu hiệu nhận biết",
            "a private address (RFC 1918): anybody may use it, it is no indicator" },
        [IP_SCOPE_DOCUMENTATION] = { "địa chỉ chỉ dùng trong tài liệu, không có thật trên mạng",
            "an address reserved for documentation: it does not exist on the network" },
        [IP_SCOPE_LOOPBACK] = { "địa chỉ của chính máy (loopback)",
            "the machine's own address (loopback)" },
        [IP_SCOPE_LINK_LOCAL] = { "địa chỉ chỉ có trong một đoạn mạng (link-local)",
            "an address of one network segment only (link-local)" },
        [IP_SCOPE_MULTICAST] = { "địa chỉ nhóm (multicast)", "a multicast address" },
        [IP_SCOPE_RESERVED] = { "địa chỉ dành riêng, không dùng trên Internet",
            "a reserved address, not used on the Internet" },
};

static bool has_own_scope(struct list_why *why, const struct ip_address *address)
{
        enum ip_scope scope = ip_address_scope(address);

        if (scope == IP_SCOPE_PUBLIC || (size_t)scope >= ARRAY_LEN(scope_why))
                return false;
        *why = scope_why[scope];
        return true;
}

bool list_victim_is_refused(struct list_why *why, const struct ip_address *address)
{
        static const struct list_why inside = {
                "địa chỉ mạng riêng: danh sách phải ghi địa chỉ công cộng mới quy được về đơn vị",
                "a private address: only a public one can be brought to a unit"
        };

        if (!has_own_scope(why, address))
                return false;
        if (ip_address_scope(address) == IP_SCOPE_PRIVATE)
                *why = inside;
        return true;
}

static bool meets(const struct ip_prefix *x, const struct ip_prefix *y)
{
        return ip_prefix_contains(x, &y->base) || ip_prefix_contains(y, &x->base);
}

static bool address_is_warned(struct list_why *why, struct text *list, const struct ip_prefix *p,
    const struct list_options *options)
{
        static const struct list_why ours = { "thuộc dải địa chỉ của chính mình: đây có thể là "
                                              "danh sách nạn nhân, không phải dấu hiệu nhận biết",
                "within our own ranges: this may be a victim list, it is no indicator" };
        static const struct list_why wide = { "dải địa chỉ quá rộng để làm dấu hiệu nhận biết",
                "a range too wide to be an indicator" };
        enum { V4_WIDEST = 96 + 8, V6_WIDEST = 19 };

        if (p->bits < (ip_address_is_v4(&p->base) ? V4_WIDEST : V6_WIDEST)) {
                *why = wide;
                *list = TEXT("width");
                return true;
        }
        /* Ours first: that a private address is ours says more than that it is private. */
        for (size_t i = 0; i < options->ours_count; i++)
                if (meets(&options->ours[i], p)) {
                        *why = ours;
                        *list = TEXT("ours");
                        return true;
                }
        if (!has_own_scope(why, &p->base))
                return false;
        *list = text_of(ip_scope_name(ip_address_scope(&p->base)));
        return true;
}

static bool url_address(struct ip_prefix *out, const struct indicator *indicator)
{
        struct ip_address a;

        if (indicator->type != INDICATOR_URL || ip_address_parse(&a, url_host(indicator->value)))
                return false;
        *out = (struct ip_prefix){ a, 128 };
        return true;
}

bool list_item_is_warned(struct list_why *why, struct text *list, const struct list_item *item,
    const struct indicator *indicator, const struct list_options *options)
{
        static const struct list_why known = {
                "có trong danh sách cảnh báo: hạ tầng thông dụng, chặn hay báo động sẽ nhầm",
                "on a warning list: common infrastructure, an alarm would be false"
        };
        bool address = item->type == INDICATOR_IPV4 || item->type == INDICATOR_IPV6;
        const struct warning_list *found;
        struct ip_prefix host;

        if (item->type <= INDICATOR_PREFIX && address_is_warned(why, list, &item->prefix, options))
                return true;
        if (url_address(&host, indicator) && address_is_warned(why, list, &host, options))
                return true;
        found = warning_lists_find(
            options->warnings, options->warnings_count, indicator, address ? &item->address : NULL);
        if (!found)
                return false;
        *why = known;
        *list = text_of(warning_list_name(found));
        return true;
}
