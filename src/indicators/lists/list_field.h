/* indicators/lists/list_field.h: what a column of a list can mean, and how people call it. The
 * aliases are data (packs/lists/header-aliases.tsv), compiled in because the process that reads
 * lists opens no files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_FIELD_H
#define CANH_INDICATORS_LISTS_LIST_FIELD_H

#include "base/text.h"

enum list_field {
        FIELD_NONE,
        FIELD_VALUE, /* an indicator of any type */
        FIELD_SEEN_AT,
        FIELD_SRC_IP,
        FIELD_SRC_PORT,
        FIELD_MALWARE,
        FIELD_FAMILY,
        FIELD_CC_IP,
        FIELD_CC_HOST,
        FIELD_CC_PORT,
        FIELD_PROTOCOL,
        FIELD_INNER_NAME,
        FIELD_SRC_HOST,
        FIELD_URL,
        FIELD_COUNT,
        FIELD_ASN,
        FIELD_ISP,
        FIELD_UNIT,
        FIELD_NOTE,
        FIELD_SEVERITY,
        FIELD_CONFIDENCE,
        FIELD_FIRST_SEEN,
        FIELD_LAST_SEEN,
        FIELD_VALID_UNTIL,
        FIELD_SERIAL, /* STT: the row's number, not kept */
        FIELD_CERTIFICATE,
        FIELD_AGENT,
        FIELD_SOURCE,
        FIELD_ORIGIN, /* sinkhole, control server, scanner: what the listed thing is */
        FIELD_CLASS,  /* says per row whose address it is (IntelMQ) */
        FIELDS        /* how many */
};

const char *list_field_id(enum list_field field); /* "src_ip" */
const char *list_field_label(enum list_field field, bool vietnamese);
MUST_USE int list_field_of_id(enum list_field *out, struct text id); /* MISSING */
/* By a header in any language, accents or not; FIELD_NONE when not known. */
enum list_field list_field_of_header(struct text header);

#endif
