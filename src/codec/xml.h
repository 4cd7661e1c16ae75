/* codec/xml.h: the elements and texts of an XML document in memory, one after the other (expat), as
 * the office formats need them: names without prefix, no DTD and so no entities, limited depth.
 * Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_XML_H
#define CANH_CODEC_XML_H

#include "base/text.h"

/* Each may be NULL; a return other than 0 ends the reading with that value. A text may come in
 * several pieces. */
struct xml_sink {
        int (*start)(void *state, const char *name, const char **attributes);
        int (*end)(void *state, const char *name);
        int (*text)(void *state, struct text piece);
        void *state;
};

/* FORMAT: broken, or with a document type; LIMIT: deeper than depth_max. */
MUST_USE int xml_read(struct text bytes, size_t depth_max, const struct xml_sink *sink);
/* Of a start's attributes: the value of this name, whatever its prefix; NULL. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
