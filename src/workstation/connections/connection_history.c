/* workstation/connections/connection_history.c: sorted by who and where; see connection_history.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/connections/connection_history.h"
#include "base/mem.h"

#include <string.h>

struct connection_history {
        struct connection *at;
        size_t count, room, max;
        uint64_t dropped;
        time_ms reported;
};

int connection_history_new(struct connection_history **out, size_t max)
{
        struct connection_history *h = mem_zero(1, sizeof(*h));

        if (!h)
                return ERR_MEMORY;
        h->max = max;
        *out = h;
        return 0;
}

struct connection_history *connection_history_free(struct connection_history *h)
{
        if (h)
                mem_free(h->at);
        mem_free(h);
        return NULL;
}

void connection_history_free_at(struct connection_history **h)
{
        *h = connection_history_free(*h);
}

static int compare(const struct connection *a, const struct connection *b)
{
        int o = ip_address_compare(&a->remote, &b->remote);

        if (!o)
                o = (int)a->port - (int)b->port;
        if (!o)
                o = (int)a->udp - (int)b->udp;
        return o ? o : strcmp(a->process, b->process);
}

/* Where it is, or would be. */
static size_t position(const struct connection_history *h, const struct connection *c)
{
        size_t low = 0, high = h->count;

        while (low < high) {
                size_t mid = low + (high - low) / 2;

                if (compare(&h->at[mid], c) < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low;
}

static void remove_at(struct connection_history *h, size_t n)
{
        memmove(&h->at[n], &h->at[n + 1], (h->count - n - 1) * sizeof(*h->at));
        h->count--;
}

static void drop_longest_unseen(struct connection_history *h)
{
        size_t oldest = 0;

        for (size_t i = 1; i < h->count; i++)
                if (h->at[i].last_at < h->at[oldest].last_at)
                        oldest = i;
        remove_at(h, oldest);
        h->dropped++;
}

static int make_room(struct connection_history *h)
{
        size_t room = h->room ? h->room * 2 : 64;
        struct connection *grown;

        if (h->count < h->room)
                return 0;
        grown = mem_grow(h->at, room, sizeof(*grown));
        if (!grown)
                return ERR_MEMORY;
        h->at = grown;
        h->room = room;
        return 0;
}

static int insert(struct connection_history *h, const struct connection *c)
{
        size_t n;
        int err;

        if (h->count >= h->max)
                drop_longest_unseen(h);
        err = make_room(h);
        if (err)
                return err;
        n = position(h, c);
        memmove(&h->at[n + 1], &h->at[n], (h->count - n) * sizeof(*h->at));
        h->at[n] = *c;
        h->count++;
        return 0;
}

int connection_history_keep(struct connection_history *h, const struct connection *c)
{
        size_t n = position(h, c);

        if (n == h->count || compare(&h->at[n], c) != 0)
                return insert(h, c);
        h->at[n] = *c;
        return 0;
}

int connection_history_see(struct connection_history *h, const struct connection *c, time_ms now)
{
        size_t n = position(h, c);
        struct connection fresh = *c;

        if (n < h->count && compare(&h->at[n], c) == 0) {
                h->at[n].last_at = now;
                h->at[n].times++;
                return 0;
        }
        fresh.first_at = fresh.last_at = now;
        fresh.times = 1;
        return insert(h, &fresh);
}

static bool is_listening_on(const struct socket_table *t, uint16_t port)
{
        for (size_t i = 0; i < t->count; i++)
                if (!t->at[i].udp && t->at[i].line.state == PROC_NET_LISTEN && t->at[i].line.local_port == port)
                        return true;
        return false;
}

static bool is_outward(const struct socket_table *t, const struct socket_entry *e)
{
        enum ip_scope scope = ip_address_scope(&e->line.remote);

        if (!e->line.remote_port || e->line.state == PROC_NET_LISTEN || scope == IP_SCOPE_LOOPBACK)
                return false;
        return e->udp || !is_listening_on(t, e->line.local_port);
}

int connection_history_look(struct connection_history *h, const struct socket_table *t, time_ms now)
{
        for (size_t i = 0; i < t->count; i++) {
                const struct socket_entry *e = &t->at[i];
                struct connection c = { .remote = e->line.remote, .port = e->line.remote_port, .udp = e->udp };
                int err;

                if (!is_outward(t, e))
                        continue;
                memcpy(c.process, e->process, sizeof(c.process));
                err = connection_history_see(h, &c, now);
                if (err)
                        return err;
        }
        return 0;
}

void connection_history_age(struct connection_history *h, time_ms now)
{
        size_t kept = 0;

        for (size_t i = 0; i < h->count; i++)
                if (now - h->at[i].last_at <= (time_ms)CONNECTION_DAYS_KEPT * DAY_MS)
                        h->at[kept++] = h->at[i];
        h->count = kept;
}

size_t connection_history_count(const struct connection_history *h)
{
        return h->count;
}

const struct connection *connection_history_at(const struct connection_history *h, size_t n)
{
        return &h->at[n];
}

uint64_t connection_history_dropped(const struct connection_history *h)
{
        return h->dropped;
}

time_ms connection_history_reported(const struct connection_history *h)
{
        return h->reported;
}

void connection_history_set_reported(struct connection_history *h, time_ms at)
{
        h->reported = at;
}
