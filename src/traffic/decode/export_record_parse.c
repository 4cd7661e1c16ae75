/* traffic/decode/export_record_parse.c: the records of a set, by their template. Reduced lengths
 * (RFC 7011 6.2) and variable ones (7). SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "base/mem.h"

#include <string.h>

/* The length of a variable field stands in one byte, or, if that is 255, in the two behind it. */
static const uint8_t *take_variable(struct export_bytes *b, size_t *length)
{
        const uint8_t *p = export_take(b, 1);

        if (!p)
                return NULL;
        *length = p[0];
        if (p[0] == 255) {
                p = export_take(b, 2);
                if (!p)
                        return NULL;
                *length = export_u16(p);
        }
        return export_take(b, *length);
}

static void keep_number(
    struct export_record *r, enum export_field field, const uint8_t *p, size_t n)
{
        uint64_t value;

        if (n == 0 || n > 8)
                return;
        value = export_number(p, n);
        if (field == EXPORT_FLAGS || field == EXPORT_FLAGS_IN)
                value |= r->numbers[field]; /* YAF tells them in two parts */
        if (value == 0)
                value =
                    r->numbers[field]; /* Cisco NBAR: the port, and the port of TCP, which is 0 */
        r->numbers[field] = value;
        r->seen |= UINT64_C(1) << field;
}

static void keep_address(
    struct export_record *r, enum export_field field, const uint8_t *p, size_t n)
{
        struct ip_address *a = &r->addresses[field - EXPORT_NUMBERS];

        if (n == 4 && field < EXPORT_SOURCE_V6)
                *a = ip_address_from_v4(export_u32(p));
        else if (n == 16 && field >= EXPORT_SOURCE_V6)
                memcpy(a->bytes, p, 16);
        else
                return;
        r->seen |= UINT64_C(1) << field;
}

static void keep_field(struct export_record *r, enum export_field field, const uint8_t *p, size_t n)
{
        if (field < EXPORT_NUMBERS)
                keep_number(r, field, p, n);
        else if (field < EXPORT_ADDRESSES_END)
                keep_address(r, field, p, n);
        else if (field < EXPORT_FIELDS_END)
                r->views[field - EXPORT_ADDRESSES_END] = (struct text){ (const char *)p, n };
}

static bool read_record(
    struct export_record *r, const struct export_template *t, struct export_bytes *b)
{
        for (const struct export_step *s = t->steps, *end = s + t->step_count; s < end; s++) {
                size_t length = s->length;
                const uint8_t *p;
                if (!export_take(b, s->skip))
                        return false;
                p = length == EXPORT_LENGTH_VARIABLE ? take_variable(b, &length)
                                                     : export_take(b, length);
                if (!p)
                        return false;
                keep_field(r, s->field, p, length);
        }
        return true;
}

int export_set_parse(
    struct export_context *c, const struct export_template *t, struct text bytes, uint32_t *count)
{
        struct export_bytes b = export_bytes_of(bytes);

        *count = 0;
        while (b.left >= t->record_bytes_min) { /* less is padding */
                struct export_record r;
                int err;
                memset(&r, 0, sizeof(r));
                if (!read_record(&r, t, &b))
                        return ERR_FORMAT;
                ++*count;
                if (t->is_options) {
                        export_options_keep(c, &r);
                        continue;
                }
                err = export_record_give(c, &r);
                if (err)
                        return err;
        }
        return 0;
}

int export_data_parse(
    struct export_context *c, uint16_t set_id, struct text bytes, uint32_t *count, bool *is_known)
{
        const struct export_template *t = export_template_find(c->domain, set_id);

        *count = 0;
        *is_known = t != NULL;
        return t ? export_set_parse(c, t, bytes, count) : export_pending_keep(c, set_id, bytes);
}

/* Damage in what waited is counted like damage in what comes. */
int export_pending_parse(struct export_context *c, uint16_t set_id)
{
        const struct export_template *t = export_template_find(c->domain, set_id);
        struct export_context then = *c;
        int err = 0;

        while (t && !err) {
                AUTO(mem_free_at) struct export_pending *p = export_pending_take(c, set_id);
                uint32_t count;
                if (!p)
                        break;
                then.at = p->at;
                then.received = p->received;
                then.shift = p->shift;
                then.uptime = p->uptime;
                c->counts->waited++;
                err = export_set_parse(
                    &then, t, (struct text){ (const char *)p->bytes, p->len }, &count);
                if (err == ERR_FORMAT) {
                        c->counts->damaged++;
                        err = 0;
                }
        }
        return err;
}
