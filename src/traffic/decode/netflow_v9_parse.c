/* traffic/decode/netflow_v9_parse.c: NetFlow v9 (RFC 3954). The sequence counts datagrams.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

enum { V9_HEADER = 20, V9_SET_TEMPLATES = 0, V9_SET_OPTIONS = 1 };

static int keep_template(struct export_context *c, struct export_template *t, bool is_options)
{
        uint16_t id = t->id;

        t->is_options = is_options;
        export_template_keep_own(c, t);
        return export_pending_parse(c, id);
}

/* Templates: id and count of fields, then those. What is too short for one is padding. */
static int read_templates(struct export_context *c, struct export_bytes b)
{
        int err = 0;

        while (!err && b.left >= 4) {
                const uint8_t *p = export_take(&b, 4);
                uint16_t id = export_u16(p);
                struct export_template *t;
                if (id < EXPORT_RECORD_ID_MIN)
                        return id == 0 ? 0 : ERR_FORMAT;
                t = export_template_parse(&err, c, &b, id, export_u16(p + 2), 0, false);
                if (t)
                        err = keep_template(c, t, false);
        }
        return err;
}

/* Options: id, and the lengths in bytes of the scopes' and the options' field lists. */
static int read_options(struct export_context *c, struct export_bytes b)
{
        int err = 0;

        while (!err && b.left >= 6) {
                const uint8_t *p = export_take(&b, 6);
                uint16_t id = export_u16(p), scopes = export_u16(p + 2) / 4;
                struct export_template *t;
                if (id < EXPORT_RECORD_ID_MIN)
                        return id == 0 ? 0 : ERR_FORMAT;
                t = export_template_parse(
                    &err, c, &b, id, (size_t)scopes + export_u16(p + 4) / 4, scopes, false);
                if (t)
                        err = keep_template(c, t, true);
        }
        return err;
}

static int read_set(struct export_context *c, uint16_t id, struct text bytes)
{
        uint32_t count;
        bool is_known;

        if (id == V9_SET_TEMPLATES)
                return read_templates(c, export_bytes_of(bytes));
        if (id == V9_SET_OPTIONS)
                return read_options(c, export_bytes_of(bytes));
        return id < EXPORT_RECORD_ID_MIN ? 0 : export_data_parse(c, id, bytes, &count, &is_known);
}

/* The header's count of records is not used: makers disagree on what it counts. */
int netflow_v9_parse(struct export_context *c, const struct export_source *from, struct text bytes)
{
        struct export_bytes b = export_bytes_of(bytes);
        const uint8_t *p = export_take(&b, V9_HEADER);
        int err;

        if (!p)
                return ERR_FORMAT;
        err = export_domain_find(
            &c->domain, c, &from->address, export_u32(p + 16), EXPORT_KIND_NETFLOW_V9);
        if (err)
                return err;
        c->uptime = export_u32(p + 4);
        export_clock(c, (time_ms)export_u32(p + 8) * SECOND_MS);
        export_sequence(c, export_u32(p + 12), 1);
        while (!err && b.left >= EXPORT_SET_HEADER) {
                struct text body;
                uint16_t id;
                if (export_u32(b.at) == 0)
                        return 0; /* a datagram filled up with zeros */
                if (!export_take_set(&id, &body, &b))
                        return ERR_FORMAT;
                err = read_set(c, id, body);
        }
        return err;
}
