/* office/registry/registry_fixture.h: for tests, not in the product: a database in memory with a
 * district (root), two communes and a school under the first.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_REGISTRY_FIXTURE_H
#define CANH_OFFICE_REGISTRY_REGISTRY_FIXTURE_H

#include "base/arena.h"
#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

struct fixture {
        time_ms now;
        struct clock clock;
        struct db *db;
        struct arena *arena;
        char root[ULID_MAX], commune[ULID_MAX], school[ULID_MAX], sibling[ULID_MAX];
        struct scope office; /* sees all */
        struct scope unit;   /* of the first commune */
};

/* cmocka setup and teardown. */
int fixture_make(void **state);
int fixture_drop(void **state);
/* A row of a topic by field=value pairs ended by NULL; its identifier. Asserts. */
void fixture_add(char id[ULID_MAX], struct fixture *f, const char *topic, ...);

#endif
