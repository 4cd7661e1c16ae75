/* line/bundle_manifest_parse.h: what the centre tells an agent: the manifest of a bundle, and the
 * answer to `work`. Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_BUNDLE_MANIFEST_PARSE_H
#define CANH_LINE_BUNDLE_MANIFEST_PARSE_H

#include "codec/digest.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"

enum {
        BUNDLE_FILES_MAX = 4096,
        BUNDLE_FILE_BYTES_MAX = 256 << 20,
        BUNDLE_NAME_MAX = 128,
        GENERATION_MAX = 64,
        WORK_ORDERS_MAX = 100,
        ORDER_ARGUMENT_MAX = 1024
};

enum bundle_kind { BUNDLE_KIND_SET, BUNDLE_KIND_RULES, BUNDLE_KIND_HASHES, BUNDLE_KINDS };

struct bundle_file {
        char name[BUNDLE_NAME_MAX]; /* letters, digits, "._-": never a way */
        enum bundle_kind kind;
        struct sha256 content;
        int64_t bytes;
};

struct manifest {
        char generation[GENERATION_MAX];
        struct bundle_file *files;
        size_t count;
};
void bundle_manifest_done(struct manifest *m);
/* FORMAT. Kinds that this version does not know are passed over. */
MUST_USE int bundle_manifest_parse(struct manifest *out, struct text json, struct parse_error *bad);
/* Generations sort as text: they begin with a time. */
bool generation_is_newer(const char *generation, const char *than);

struct work_order {
        char id[ULID_MAX];
        char kind[16], reason[16];
        char argument[ORDER_ARGUMENT_MAX];
        int64_t priority;
};

struct work {
        int64_t sequence, last_report;
        int64_t inventory_hours, sweep_hours, connections_minutes;
        char generation[GENERATION_MAX]; /* "" = the centre has no bundle */
        struct work_order orders[WORK_ORDERS_MAX];
        size_t order_count;
};
MUST_USE int work_parse(struct work *out, struct text json, struct parse_error *bad);

#endif
