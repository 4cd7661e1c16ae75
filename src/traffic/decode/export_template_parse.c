/* traffic/decode/export_template_parse.c: a template becomes the steps through its records: what is
 * not wanted is put together into skips. NetFlow v9 (RFC 3954 5.2, 6.1) and IPFIX (RFC 7011 3.4).
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

#include "base/mem.h"

enum { ENTERPRISE_BIT = 0x8000 };

/* Adds one field; `skip` gathers what stands before the next wanted one. */
static void add_step(
    struct export_template *t, uint32_t *skip, enum export_field field, uint16_t length)
{
        bool is_variable = length == EXPORT_LENGTH_VARIABLE;

        t->record_bytes_min += is_variable ? 1 : length;
        if (field == EXPORT_NOTHING && !is_variable && *skip + length < UINT16_MAX) {
                *skip += length;
                return;
        }
        t->steps[t->step_count++] = (struct export_step){ (uint16_t)*skip, length, (uint8_t)field };
        *skip = 0;
}

/* One field specifier; false when the bytes are too few. */
static bool read_field(struct export_bytes *b, bool has_enterprise, bool is_scope_v9,
    enum export_field *field, uint16_t *length)
{
        const uint8_t *p = export_take(b, 4);
        uint32_t enterprise = 0;
        uint16_t id;

        if (!p)
                return false;
        id = export_u16(p);
        *length = export_u16(p + 2);
        if (has_enterprise && (id & ENTERPRISE_BIT)) {
                p = export_take(b, 4);
                if (!p)
                        return false;
                id = (uint16_t)(id & ~ENTERPRISE_BIT);
                enterprise = export_u32(p);
        }
        *field = is_scope_v9 ? EXPORT_NOTHING : export_field_find(enterprise, id);
        return true;
}

struct export_template *export_template_parse(int *err, struct export_context *c,
    struct export_bytes *b, uint16_t id, size_t fields, size_t scopes_v9, bool has_enterprise)
{
        struct export_template *t;
        uint32_t skip = 0;
        bool is_refused = fields > export_fields_max(c->state);

        *err = 0;
        t = mem_zero(1, sizeof(*t) + (is_refused ? 0 : fields + 1) * sizeof(t->steps[0]));
        if (!t) {
                *err = ERR_MEMORY;
                return NULL;
        }
        t->id = id;
        for (size_t i = 0; i < fields; i++) {
                enum export_field field;
                uint16_t length;
                if (!read_field(b, has_enterprise, i < scopes_v9, &field, &length)) {
                        *err = ERR_FORMAT;
                        break;
                }
                if (!is_refused)
                        add_step(t, &skip, field, length);
        }
        if (skip) /* the end of the record */
                t->steps[t->step_count++] = (struct export_step){ (uint16_t)skip, 0,
                        EXPORT_NOTHING };
        if (!*err && !is_refused && t->record_bytes_min > 0)
                return t;
        if (!*err)
                c->counts->refused++;
        mem_free(t);
        return NULL;
}
