/* office/documents/sheet_json.h: a sheet as the console previews it:
 * {"frame":{…},"draft":bool,"blocks":[…]}; a block is
 * {"kind","runs":[{"text","figure"?}]} or {"kind":"table","columns":[…],"rows":[[…]]}.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_SHEET_JSON_H
#define CANH_OFFICE_DOCUMENTS_SHEET_JSON_H

#include <jansson.h>

struct sheet;

/* The caller owns the value; NULL without memory. */
json_t *sheet_json(const struct sheet *sheet);

#endif
