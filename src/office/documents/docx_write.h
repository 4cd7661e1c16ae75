/* office/documents/docx_write.h: a sheet → DOCX (ECMA-376) that a clerk can go on editing. The same
 * sheet gives the same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_DOCX_WRITE_H
#define CANH_OFFICE_DOCUMENTS_DOCX_WRITE_H

#include "base/buffer.h"

struct sheet;

/* Adds the file to out. LIMIT at the buffer's limit, MEMORY, IO when the zip writer gives up. */
MUST_USE int docx_write(struct buffer *out, struct sheet *sheet);

#endif
