/* system/os/windows/registry.h: the registry of this machine, or a recorded one: what `reg export`
 * wrote, for tests on any platform. Keys are written "HKLM\SOFTWARE\…" or "HKU\…". Limits: names
 * and values of REGISTRY_VALUE_MAX bytes, longer ones count as missing. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_WINDOWS_REGISTRY_H
#define CANH_SYSTEM_OS_WINDOWS_REGISTRY_H

#include "base/text.h"

enum { REGISTRY_VALUE_MAX = 16 << 10 };

/* As the whole system sees it, or as its 32-bit programs do. */
enum registry_view { REGISTRY_VIEW_64, REGISTRY_VIEW_32 };
enum registry_kind { REGISTRY_TEXT, REGISTRY_NUMBER, REGISTRY_OTHER };

struct registry_value {
        enum registry_kind kind;
        uint64_t number;
        char text[REGISTRY_VALUE_MAX]; /* UTF-8; of several lines, parted by '\n' */
};

struct registry {
        /* Both end when `each` returns non-zero, which they return; MISSING: there is no such key;
         * DENIED. */
        int (*each_key)(void *state, const char *key, enum registry_view view,
            int (*each)(void *each_state, const char *name), void *each_state);
        int (*each_value)(void *state, const char *key, enum registry_view view,
            int (*each)(void *each_state, const char *name, const struct registry_value *value),
            void *each_state);
        void *state;
};

/* The machine's own. */
extern const struct registry registry_of_machine;

/* One value; the texts and numbers are "" and 0 when it is missing or of another kind. */
void registry_text(char *out, size_t room, const struct registry *r, const char *key,
    enum registry_view view, const char *name);
/* False when it is missing. */
bool registry_number(uint64_t *out, const struct registry *r, const char *key,
    enum registry_view view, const char *name);

#endif
