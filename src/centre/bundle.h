/* centre/bundle.h: what agents fetch: the set in use, its hashes, and the rules of packs/rules,
 * under one signed manifest (docs/formats/agent-report.md). Files lie in DATA/bundle under their
 * SHA-256; the manifest is written last, so that a cut leaves the earlier one. Any thread; one
 * lock. Limits: 200 files, 64 MiB each.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_BUNDLE_H
#define CANH_CENTRE_BUNDLE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

struct bundle;

enum { BUNDLE_FILES_MAX = 200, BUNDLE_FILE_BYTES_MAX = 64 << 20, GENERATION_MAX = 40 };

/* Signs a manifest; given by the program. */
typedef int (*bundle_sign)(void *state, struct buffer *signature, struct text manifest);

/* Reads what is in use from the folder; nothing there is no error. */
MUST_USE int bundle_open(struct bundle **out, const char *folder, const char *rules_folder,
    const struct clock *clock, bundle_sign sign, void *state);
struct bundle *bundle_close(struct bundle *b);
/* Keeps the two files and publishes. hashes may be empty. */
MUST_USE int bundle_set(
    struct bundle *b, char generation[GENERATION_MAX], struct text set, struct text hashes);
/* Publishes when rules or kept files differ from the manifest in use. *changed may be NULL. */
MUST_USE int bundle_refresh(struct bundle *b, bool *changed);
void bundle_generation(struct bundle *b, char out[GENERATION_MAX]);
/* Manifest, its signature (DER) and the hex SHA-256 of the manifest; MISSING when there is none. */
MUST_USE int bundle_manifest(
    struct bundle *b, struct buffer *manifest, struct buffer *signature, char sha256[65]);
/* A handle to one file of the manifest in use or the one before; MISSING. */
MUST_USE int bundle_open_file(struct bundle *b, int *fd, uint64_t *bytes, struct text sha256_hex);

#endif
