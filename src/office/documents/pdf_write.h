/* office/documents/pdf_write.h: a sheet → PDF (Pango, Cairo), A4, Tinos (the metrics of Times New
 * Roman). The same sheet gives the same bytes. One thread per call.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_PDF_WRITE_H
#define CANH_OFFICE_DOCUMENTS_PDF_WRITE_H

#include "base/buffer.h"

struct sheet;

/* Adds the file to out. LIMIT at the buffer's limit, MEMORY, IO when the library gives up. */
MUST_USE int pdf_write(struct buffer *out, struct sheet *sheet);

#endif
