/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/rate.h"

#include "base/mem.h"

#include <pthread.h>

enum { WAYS = 8 }; /* buckets looked at for one name */

struct bucket {
        uint64_t name; /* hash; 0 = free */
        int64_t used_steady;
        int64_t tokens_ms; /* a token is worth `ms_each` */
};

struct rate {
        pthread_mutex_t lock;
        const struct clock *clock;
        int64_t ms_each, full_ms;
        size_t count;
        struct bucket buckets[];
};

/* FNV-1a: the names are addresses and identifiers that were checked already; a collision costs one
 * of them a token. */
static uint64_t hash(struct text name)
{
        uint64_t h = UINT64_C(14695981039346656037);

        for (size_t i = 0; i < name.len; i++)
                h = (h ^ (unsigned char)name.data[i]) * UINT64_C(1099511628211);
        return h ? h : 1;
}

int rate_new(
    struct rate **out, size_t names, unsigned per_minute, unsigned burst, const struct clock *clock)
{
        struct rate *r = mem_zero(1, sizeof(*r) + names * sizeof(struct bucket));

        if (!r)
                return ERR_MEMORY;
        pthread_mutex_init(&r->lock, NULL);
        r->clock = clock;
        r->ms_each = MINUTE_MS / per_minute;
        r->full_ms = r->ms_each * burst;
        r->count = names;
        *out = r;
        return 0;
}

struct rate *rate_free(struct rate *r)
{
        if (r)
                pthread_mutex_destroy(&r->lock);
        mem_free(r);
        return NULL;
}

static struct bucket *find(struct rate *r, uint64_t name, int64_t now)
{
        struct bucket *oldest = NULL;

        for (size_t i = 0; i < WAYS; i++) {
                struct bucket *b = &r->buckets[(name + i) % r->count];
                if (b->name == name)
                        return b;
                if (!oldest || b->name == 0 || b->used_steady < oldest->used_steady)
                        oldest = b;
        }
        *oldest = (struct bucket){ name, now, r->full_ms };
        return oldest;
}

bool rate_take(struct rate *r, struct text name)
{
        int64_t now = clock_steady(r->clock);
        struct bucket *b;
        bool given;

        pthread_mutex_lock(&r->lock);
        b = find(r, hash(name), now);
        b->tokens_ms += now - b->used_steady;
        if (b->tokens_ms > r->full_ms)
                b->tokens_ms = r->full_ms;
        b->used_steady = now;
        given = b->tokens_ms >= r->ms_each;
        if (given)
                b->tokens_ms -= r->ms_each;
        pthread_mutex_unlock(&r->lock);
        return given;
}
