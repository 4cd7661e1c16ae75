/* line/bundle.h: the rules, hashes and indicator set in use, in STATE/bundle-GENERATION/, named by
 * STATE/bundle. Written by link (whole or not at all), read by scan, which checks signature and
 * digests again: link speaks to the network.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_BUNDLE_H
#define CANH_LINE_BUNDLE_H

#include "line/agent_state.h"
#include "line/bundle_manifest_parse.h"

struct bundle {
        struct manifest manifest;
        struct folder *folder;
};
void bundle_done(struct bundle *b);

/* Generation in use; "" when there is none. */
void bundle_generation(char out[GENERATION_MAX], const struct agent_state *s);
/* Checks a manifest: UNTRUSTED, FORMAT, EXISTS when it is not newer than the one in use. */
MUST_USE int bundle_accept(struct manifest *out, const struct agent_state *s, struct text authority,
    struct text text, struct text signature);
/* The bytes of one file of an accepted manifest: UNTRUSTED unless they are what it says. */
MUST_USE int bundle_keep_file(
    const struct folder *to, const struct bundle_file *f, struct text bytes);
/* From now on this generation is in use; the one before is removed. */
MUST_USE int bundle_switch(const struct agent_state *s, const char *generation,
    const struct folder *to, struct text text, struct text signature);
/* The bundle in use, its signature checked. MISSING when there is none. */
MUST_USE int bundle_open(struct bundle *out, const struct agent_state *s, struct text authority);
/* One file, its digest checked. */
MUST_USE int bundle_read(struct buffer *out, const struct bundle *b, const struct bundle_file *f);

#endif
