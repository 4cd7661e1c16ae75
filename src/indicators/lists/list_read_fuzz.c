/* indicators/lists/list_read_fuzz.c: whatever the file, read = good + duplicate + refused + warned,
 * and what comes out as an indicator reads again to the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "indicators/lists/list_cell.h"
#include "indicators/lists/list_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_indicator(void *state, const struct indicator *i)
{
        struct list_item item;
        struct list_why why;

        (*(size_t *)state)++;
        if (i->type == INDICATOR_URL || i->type == INDICATOR_NAME)
                return 0; /* "a.b:80" is a name with a port and a URL without path */
        if (list_item_parse(&item, i->value, &why) || !text_is(i->value, item.value))
                abort();
        return 0;
}

static int on_victim(void *state, const struct victim *v)
{
        (*(size_t *)state)++;
        if (ip_address_scope(&v->src_ip) != IP_SCOPE_PUBLIC || !text_is_utf8(v->malware))
                abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct list_summary *s = NULL;
        size_t given = 0;
        struct list_sink sink = { .indicator = on_indicator, .victim = on_victim, .state = &given };
        struct list_options options = { .file_name = TEXT("x"), .zone_minutes = 420 };

        if (list_summary_new(&s) == 0 &&
            list_read(s, (struct text){ (const char *)data, size }, &options, &sink, NULL) == 0 &&
            (s->counts.read !=
                    s->counts.good + s->counts.duplicate + s->counts.refused + s->counts.warned ||
                given != s->counts.good))
                abort();
        list_summary_free_at(&s);
        return 0;
}
