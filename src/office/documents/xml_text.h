/* office/documents/xml_text.h: foreign text inside our own XML. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_XML_TEXT_H
#define CANH_OFFICE_DOCUMENTS_XML_TEXT_H

#include "base/buffer.h"
#include "base/text.h"

/* Adds t with & < > " ' escaped; bytes that XML 1.0 forbids or that are not UTF-8 become U+FFFD.
 * After an error out is only good for _done. */
MUST_USE int xml_add_text(struct buffer *out, struct text t);

#endif
