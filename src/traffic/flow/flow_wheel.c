/* traffic/flow/flow_wheel.c: see flow_wheel.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/flow_wheel.h"

#include "base/mem.h"

static uint32_t head_of(const struct flow_wheel *w, int64_t second)
{
        return w->items + (uint32_t)(second & (FLOW_WHEEL_SPAN - 1));
}

int flow_wheel_init(struct flow_wheel *w, uint32_t max_items)
{
        w->links = mem_zero((size_t)max_items + FLOW_WHEEL_SPAN, sizeof(*w->links));
        if (!w->links)
                return ERR_MEMORY;
        w->items = max_items;
        w->second = 0;
        for (uint32_t i = 0; i < FLOW_WHEEL_SPAN; i++)
                w->links[max_items + i] = (struct flow_wheel_link){ max_items + i, max_items + i };
        return 0;
}

void flow_wheel_done(struct flow_wheel *w)
{
        mem_free(w->links);
        w->links = NULL;
}

void flow_wheel_set(struct flow_wheel *w, int64_t second)
{
        w->second = second;
}

void flow_wheel_put(struct flow_wheel *w, uint32_t item, int64_t due_second)
{
        struct flow_wheel_link *link = &w->links[item], *head;
        uint32_t at;

        if (due_second <= w->second)
                due_second = w->second + 1;
        if (due_second >= w->second + FLOW_WHEEL_SPAN)
                due_second = w->second + FLOW_WHEEL_SPAN - 1;
        at = head_of(w, due_second);
        head = &w->links[at];
        *link = (struct flow_wheel_link){ at, head->previous };
        w->links[head->previous].next = item;
        head->previous = item;
}

void flow_wheel_remove(struct flow_wheel *w, uint32_t item)
{
        struct flow_wheel_link link = w->links[item];

        w->links[link.previous].next = link.next;
        w->links[link.next].previous = link.previous;
}

void flow_wheel_move(struct flow_wheel *w, uint32_t item, int64_t due_second)
{
        flow_wheel_remove(w, item);
        flow_wheel_put(w, item, due_second);
}

/* However far the clock jumped, one turn shows every ring. A ring is left only when it is empty, so
 * that a caller who stops in the middle finds the rest next time. */
bool flow_wheel_due(uint32_t *out, struct flow_wheel *w, int64_t second)
{
        for (int turn = 0; w->second < second && turn < FLOW_WHEEL_SPAN; turn++) {
                const struct flow_wheel_link *head = &w->links[head_of(w, w->second + 1)];
                if (head->next < w->items) {
                        *out = head->next;
                        return true;
                }
                w->second++;
        }
        if (w->second < second)
                w->second = second;
        return false;
}

bool flow_wheel_soonest(uint32_t *out, int64_t *second, const struct flow_wheel *w)
{
        for (int64_t s = w->second + 1; s <= w->second + FLOW_WHEEL_SPAN; s++) {
                const struct flow_wheel_link *head = &w->links[head_of(w, s)];
                if (head->next < w->items) {
                        *out = head->next;
                        *second = s;
                        return true;
                }
        }
        return false;
}
