/* sensor/talkers.c: see talkers.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/talkers.h"

#include <string.h>

void talkers_init(struct talkers *t, uint64_t seed, time_ms now)
{
        memset(t, 0, sizeof(*t));
        t->seed = seed;
        t->from = now;
}

static uint64_t moved(const struct sensor_talker *s)
{
        return s->bytes_out + s->bytes_in;
}

static size_t first_slot(const struct talkers *t, const struct ip_address *host)
{
        uint64_t high, low;

        memcpy(&high, host->bytes, 8);
        memcpy(&low, host->bytes + 8, 8);
        /* splitmix64: of an IPv4 address only the last bytes differ, and each must count. */
        low = (low ^ (high * 0x9E3779B97F4A7C15U) ^ t->seed) + 0x9E3779B97F4A7C15U;
        low = (low ^ (low >> 30)) * 0xBF58476D1CE4E5B9U;
        low = (low ^ (low >> 27)) * 0x94D049BB133111EBU;
        return (low ^ (low >> 31)) % TALKERS_SLOTS;
}

/* The host's slot, a free one, or that of the least among those it may have. */
static struct sensor_talker *slot_of(struct talkers *t, const struct ip_address *host)
{
        size_t at = first_slot(t, host);
        struct sensor_talker *least = &t->slots[at];

        for (size_t i = 0; i < TALKERS_TRIES; i++) {
                struct sensor_talker *s = &t->slots[(at + i) % TALKERS_SLOTS];

                if (!s->flows || ip_address_compare(&s->host, host) == 0)
                        return s;
                if (moved(s) < moved(least))
                        least = s;
        }
        *least = (struct sensor_talker){ .flows = 0 };
        return least;
}

void talkers_add(struct talkers *t, const struct ip_address *host, const struct flow *flow)
{
        struct sensor_talker *s = slot_of(t, host);
        bool began = ip_address_compare(host, &flow->source) == 0;

        s->host = *host;
        s->flows++;
        s->bytes_out += began ? flow->bytes_out : flow->bytes_in;
        s->bytes_in += began ? flow->bytes_in : flow->bytes_out;
}

static void insert(struct sensor_talkers *out, const struct sensor_talker *s)
{
        size_t at = out->count;

        if (at == TALKERS_TOLD && moved(s) <= moved(&out->of[at - 1]))
                return;
        if (at == TALKERS_TOLD)
                at--;
        else
                out->count++;
        for (; at > 0 && moved(&out->of[at - 1]) < moved(s); at--)
                out->of[at] = out->of[at - 1];
        out->of[at] = *s;
}

void talkers_top(struct sensor_talkers *out, const struct talkers *t, time_ms now)
{
        memset(out, 0, sizeof(*out));
        out->from = t->from;
        out->to = now;
        for (size_t i = 0; i < TALKERS_SLOTS; i++)
                if (t->slots[i].flows)
                        insert(out, &t->slots[i]);
}
