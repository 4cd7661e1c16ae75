/* system/os/windows/registry.c: single values; see registry.h. SPDX-License-Identifier: Apache-2.0
 */
#include "system/os/windows/registry.h"
#include "base/mem.h"

#include <stdio.h>

struct wanted {
        const char *name;
        char *text;
        size_t room;
        uint64_t number;
        bool found;
};

static int on_value(void *state, const char *name, const struct registry_value *value)
{
        struct wanted *w = state;

        if (!text_is_nocase(text_of(name), w->name))
                return 0;
        if (w->text && value->kind == REGISTRY_TEXT)
                w->found = text_copy(w->text, w->room, text_of(value->text)) == 0;
        if (!w->text && value->kind == REGISTRY_NUMBER) {
                w->number = value->number;
                w->found = true;
        }
        return 1;
}

void registry_text(char *out, size_t room, const struct registry *r, const char *key,
    enum registry_view view, const char *name)
{
        struct wanted w = { .name = name, .text = out, .room = room };

        out[0] = '\0';
        (void)!r->each_value(r->state, key, view, on_value, &w);
}

bool registry_number(uint64_t *out, const struct registry *r, const char *key,
    enum registry_view view, const char *name)
{
        struct wanted w = { .name = name };

        (void)!r->each_value(r->state, key, view, on_value, &w);
        if (w.found)
                *out = w.number;
        return w.found;
}
