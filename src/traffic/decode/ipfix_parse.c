/* traffic/decode/ipfix_parse.c: IPFIX messages (RFC 7011). The sequence counts records of data,
 * those of options too. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_internal.h"

enum { IPFIX_HEADER = 16, IPFIX_VERSION = 10, IPFIX_SET_TEMPLATES = 2, IPFIX_SET_OPTIONS = 3 };

/* A template without fields withdraws (RFC 7011 8.1): itself, or all of its kind. */
static void withdraw(struct export_context *c, uint16_t id)
{
        if (id == IPFIX_SET_TEMPLATES || id == IPFIX_SET_OPTIONS)
                export_templates_drop(c, id == IPFIX_SET_OPTIONS);
        else
                export_template_drop(c, id);
}

static int read_template(
    struct export_context *c, struct export_bytes *b, uint16_t id, uint16_t fields, bool is_options)
{
        struct export_template *t;
        int err;

        if (id < EXPORT_RECORD_ID_MIN)
                return ERR_FORMAT;
        t = export_template_parse(&err, c, b, id, fields, 0, true);
        if (!t)
                return err;
        t->is_options = is_options;
        export_template_keep_own(c, t);
        return export_pending_parse(c, id);
}

/* The scopes of options are fields like others here: a sampler's id may be one. */
static int read_templates(struct export_context *c, struct export_bytes b, bool is_options)
{
        int err = 0;

        while (!err && b.left >= 4) {
                const uint8_t *p = export_take(&b, 4);
                uint16_t id = export_u16(p), fields = export_u16(p + 2);
                if (id == 0)
                        return 0; /* padding */
                if (fields == 0)
                        withdraw(c, id);
                else if (is_options && !export_take(&b, 2))
                        return ERR_FORMAT;
                else
                        err = read_template(c, &b, id, fields, is_options);
        }
        return err;
}

/* *is_known turns false when the records of a set could not be counted. */
static int read_set(
    struct export_context *c, uint16_t id, struct text bytes, uint32_t *records, bool *is_known)
{
        uint32_t count = 0;
        bool has_template = true;
        int err;

        if (id == IPFIX_SET_TEMPLATES || id == IPFIX_SET_OPTIONS)
                return read_templates(c, export_bytes_of(bytes), id == IPFIX_SET_OPTIONS);
        if (id < EXPORT_RECORD_ID_MIN)
                return 0;
        err = export_data_parse(c, id, bytes, &count, &has_template);
        *records += count;
        *is_known = *is_known && has_template;
        return err;
}

static int read_sets(
    struct export_context *c, struct export_bytes b, uint32_t *records, bool *is_known)
{
        int err = 0;

        while (!err && b.left >= EXPORT_SET_HEADER) {
                struct text body;
                uint16_t id;
                if (!export_take_set(&id, &body, &b))
                        return ERR_FORMAT;
                err = read_set(c, id, body, records, is_known);
        }
        return err;
}

int ipfix_parse(struct export_context *c, const struct export_source *from, struct text bytes)
{
        struct export_bytes b = export_bytes_of(bytes);
        const uint8_t *p = export_take(&b, IPFIX_HEADER);
        uint32_t records = 0;
        bool is_known = true;
        int err;

        if (!p || export_u16(p + 2) < IPFIX_HEADER || export_u16(p + 2) > bytes.len)
                return ERR_FORMAT;
        b.left = export_u16(p + 2) - IPFIX_HEADER;
        err = export_domain_find(
            &c->domain, c, &from->address, export_u32(p + 12), EXPORT_KIND_IPFIX);
        if (err)
                return err;
        export_clock(c, (time_ms)export_u32(p + 4) * SECOND_MS);
        export_sequence(c, export_u32(p + 8), 0);
        err = read_sets(c, b, &records, &is_known);
        c->domain->sequence += records;
        if (!is_known || err)
                c->domain->has_sequence = false; /* how many came is not known */
        return err;
}

int export_file_parse(size_t *used, struct export_state *state, struct text bytes,
    struct traffic_sink sink, struct export_counts *counts, struct parse_error *bad)
{
        static const struct export_source nobody;
        const uint8_t *p = (const uint8_t *)bytes.data;
        size_t at = 0;

        while (bytes.len - at >= IPFIX_HEADER) {
                size_t length = export_u16(p + at + 2);
                int err;
                *used = at;
                if (export_u16(p + at) != IPFIX_VERSION || length < IPFIX_HEADER)
                        return parse_error_set(bad, 0,
                            "Tệp không chứa thông điệp IPFIX ở vị trí này.",
                            "No IPFIX message stands at this place of the file.");
                if (length > bytes.len - at)
                        return 0;
                err = export_datagram_parse(
                    state, &nobody, 0, (struct text){ bytes.data + at, length }, sink, counts);
                if (err)
                        return err;
                at += length;
        }
        *used = at;
        return 0;
}
