/* centre/api/api_registry.h: what the handlers of the registry share: one transaction with its line
 * in the trail.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_REGISTRY_H
#define CANH_CENTRE_API_API_REGISTRY_H

#include "centre/web/route.h"

struct parse_error;

/* What is told when the work is done. detail is borrowed and may be NULL; topic NULL: nobody looks
 * on. */
struct told {
        const char *act, *kind, *id, *unit_id, *topic;
        const json_t *detail;
};

/* Adds to audit and change and commits; on any failure all is rolled back. err: of the work before.
 */
MUST_USE int registry_finish(int err, struct call *call, const struct told *told);
/* FORMAT, MISSING and EXISTS that *bad explains become 400, 404 or 409 with its words; else err. */
MUST_USE int registry_answer(
    struct reply *reply, const struct call *call, int err, const struct parse_error *bad);
/* An empty answer with 204. */
int registry_done(struct reply *reply);
/* A zero-ended copy of a path parameter; "" when there is none. */
const char *registry_param(const struct call *call, size_t index);
/* A text field as a zero-ended copy in the arena, "" when absent. FORMAT. */
MUST_USE int registry_field(const char **out, const struct call *call, const json_t *body,
    const char *name, size_t max, struct parse_error *bad);

#endif
