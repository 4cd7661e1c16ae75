/* centre/api/report_fields.c. SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/report_fields.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

enum { FIELD_MAX = 200 };

static const struct text first_recipients[] = { { "Như trên", sizeof("Như trên") - 1 },
        { "Lưu: VT", sizeof("Lưu: VT") - 1 } };

static int text_field(struct text *at, const json_t *o, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);

        if (!value || json_is_null(value))
                return 0;
        return json_field_text_or_none(at, o, name, FIELD_MAX, bad);
}

static int recipients_field(struct document_fields *f, const json_t *o, struct parse_error *bad)
{
        json_t *list;
        int err;

        if (!json_object_get(o, "recipients"))
                return 0;
        err = json_field_array(&list, o, "recipients", ARRAY_LEN(f->recipients), bad);
        if (err)
                return err;
        f->recipient_count = 0;
        for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *line = json_array_get(list, i);

                if (!json_is_string(line) || json_string_length(line) > FIELD_MAX)
                        return parse_error_set(bad, 0, "Nơi nhận phải là các dòng chữ ngắn",
                            "Recipients must be short lines of text");
                f->recipients[f->recipient_count++] = (struct text){ json_string_value(line),
                        json_string_length(line) };
        }
        return 0;
}

int report_fields_change(struct document_fields *f, const json_t *o, struct parse_error *bad)
{
        const struct {
                const char *name;
                struct text *at;
        } texts[] = { { "place", &f->place }, { "number", &f->number }, { "signer", &f->signer },
                { "signer_title", &f->signer_title }, { "authority", &f->authority } };
        const json_t *day = json_object_get(o, "signed_on");
        int err = 0;

        for (size_t i = 0; i < ARRAY_LEN(texts) && !err; i++)
                err = text_field(texts[i].at, o, texts[i].name, bad);
        if (!err && json_is_null(day))
                f->signed_on = 0;
        else if (!err && day)
                err = json_field_time(&f->signed_on, o, "signed_on", bad);
        return err ? err : recipients_field(f, o, bad);
}

static struct text kept(struct arena *arena, struct text t)
{
        return text_of(arena_text(arena, t));
}

int report_fields_read(
    struct document_fields *out, struct arena *arena, const struct document_row *row)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct document_fields f = { .recipient_count = ARRAY_LEN(first_recipients) };
        int err = json_read(&json, row->fields, NULL);

        memcpy(f.recipients, first_recipients, sizeof(first_recipients));
        if (!err)
                err = report_fields_change(&f, json, NULL);
        if (err)
                return err;
        f.place = kept(arena, f.place);
        f.signer_title = kept(arena, f.signer_title);
        f.authority = kept(arena, f.authority);
        for (size_t i = 0; i < f.recipient_count; i++)
                f.recipients[i] = kept(arena, f.recipients[i]);
        f.number = row->number;
        f.signer = row->signer;
        f.signed_on = row->signed_on;
        *out = f;
        return 0;
}

json_t *report_fields_json(const struct document_fields *f)
{
        char day[TIMESTAMP_TEXT_MAX];
        json_t *lines = json_array();

        for (size_t i = 0; i < f->recipient_count; i++)
                (void)json_array_append_new(
                    lines, json_stringn(f->recipients[i].data, f->recipients[i].len));
        return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "place",
            json_stringn(f->place.data ? f->place.data : "", f->place.len), "signer",
            json_stringn(f->signer.data ? f->signer.data : "", f->signer.len), "signer_title",
            json_stringn(f->signer_title.data ? f->signer_title.data : "", f->signer_title.len),
            "authority", json_stringn(f->authority.data ? f->authority.data : "", f->authority.len),
            "recipients", lines, "number",
            json_stringn(f->number.data ? f->number.data : "", f->number.len), "signed_on",
            f->signed_on ? json_string(timestamp_write(day, f->signed_on)) : json_null());
}

int report_fields_write(struct buffer *out, const struct document_fields *f)
{
        AUTO(json_free_at) json_t *json = report_fields_json(f);
        char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
        int err = text ? buffer_add_text(out, text) : ERR_MEMORY;

        free(text);
        return err;
}
