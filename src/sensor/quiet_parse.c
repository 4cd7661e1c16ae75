/* sensor/quiet_parse.c: see quiet_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/quiet_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"

#include <string.h>

enum { WORD_MAX = 16, WHOLE_BITS = 128 };

static int kind_take(enum live_quiet_kind *out, struct text kind, struct parse_error *bad)
{
        static const char *const names[] = { "", "listed", "beacon", "scan", "flood" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (text_is(kind, names[i])) {
                        *out = (enum live_quiet_kind)i;
                        return 0;
                }
        return parse_error_quote(
            bad, 0, "Không biết từ: %s", "No such word: %s", kind.data, kind.len);
}

static int one_take(struct live_quiet *out, const json_t *o, struct parse_error *bad)
{
        struct text host = TEXT(""), kind = TEXT(""), value = TEXT("");
        int err = json_field_text_or_none(&host, o, "host", IP_TEXT_MAX, bad);

        if (!err)
                err = json_field_text_or_none(&kind, o, "kind", WORD_MAX, bad);
        if (!err)
                err = json_field_text_or_none(&value, o, "value", LIVE_VALUE_MAX - 1, bad);
        if (!err)
                err = json_field_time(&out->until, o, "until", bad);
        if (!err)
                err = kind_take(&out->kind, kind, bad);
        if (!err && host.len) {
                err = ip_address_parse(&out->host.base, host);
                out->host.bits = WHOLE_BITS;
        }
        return err ? err : text_copy(out->value, sizeof(out->value), value);
}

int quiet_parse(struct quiet_list *out, struct text work, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *root = NULL;
        AUTO(mem_free_at) struct quiet_list *all = mem_zero(1, sizeof(*all));
        json_t *traffic, *quiet = NULL;
        const json_t *o;
        size_t i;
        int err = all ? json_read(&root, work, bad) : ERR_MEMORY;

        if (err)
                return err;
        traffic = json_object_get(root, "traffic");
        if (!json_object_get(traffic, "quiet"))
                return ERR_MISSING;
        err = json_field_array(&quiet, traffic, "quiet", LIVE_QUIET_MAX, bad);
        if (err)
                return err;
        json_array_foreach(quiet, i, o) if (!err) err = one_take(&all->of[all->count++], o, bad);
        if (!err)
                *out = *all;
        return err;
}

static bool is_sound(const struct live_quiet *q)
{
        return q->host.bits <= WHOLE_BITS && q->kind <= LIVE_QUIET_FLOOD &&
               memchr(q->value, '\0', sizeof(q->value));
}

int quiet_take(struct quiet_list *out, struct text structs)
{
        AUTO(mem_free_at) struct quiet_list *all = mem_zero(1, sizeof(*all));

        if (!all)
                return ERR_MEMORY;
        all->count = structs.len / sizeof(all->of[0]);
        if (structs.len % sizeof(all->of[0]) || all->count > LIVE_QUIET_MAX)
                return ERR_UNTRUSTED;
        if (structs.len)
                memcpy(all->of, structs.data, structs.len);
        for (size_t i = 0; i < all->count; i++)
                if (!is_sound(&all->of[i]))
                        return ERR_UNTRUSTED;
        *out = *all;
        return 0;
}
