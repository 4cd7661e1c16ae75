/* centre/api/report_fields.h: the fields of a report that a person writes ↔ the JSON of its row and
 * of the API.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_REPORT_FIELDS_H
#define CANH_CENTRE_API_REPORT_FIELDS_H

#include "base/buffer.h"
#include "office/campaign/document_rows.h"
#include "office/documents/malware_removal.h"

/* Number, day and signer come from columns of the row, the rest from its JSON. */
MUST_USE int report_fields_read(
    struct document_fields *out, struct arena *arena, const struct document_row *row);
/* Takes over what the object names; views into it. FORMAT with *bad. */
MUST_USE int report_fields_change(
    struct document_fields *f, const json_t *object, struct parse_error *bad);
MUST_USE int report_fields_write(struct buffer *out, const struct document_fields *f);
json_t *report_fields_json(const struct document_fields *f);

#endif
