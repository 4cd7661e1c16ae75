/* traffic/trace/trace_hosts.c: see trace_hosts.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/trace_hosts.h"

#include "base/key_table.h"
#include "base/mem.h"

#include <stdlib.h>

enum { HOSTS_FIRST = 16 };

struct trace_hosts {
        struct key_table *numbers; /* of the address, in `hosts` */
        struct trace_host *hosts;
        size_t room;
};

int trace_hosts_new(struct trace_hosts **out, size_t max)
{
        AUTO(trace_hosts_free_at) struct trace_hosts *h = mem_zero(1, sizeof(*h));
        int err = h ? key_table_new(&h->numbers, max) : ERR_MEMORY;

        if (!err)
                *out = MOVE(h);
        return err;
}

struct trace_hosts *trace_hosts_free(struct trace_hosts *h)
{
        if (h) {
                h->numbers = key_table_free(h->numbers);
                mem_free(h->hosts);
                mem_free(h);
        }
        return NULL;
}

void trace_hosts_free_at(struct trace_hosts **h)
{
        *h = trace_hosts_free(*h);
}

static int find_or_make(
    struct trace_host **out, struct trace_hosts *h, const struct ip_address *address)
{
        struct text key = { (const char *)address->bytes, sizeof(address->bytes) };
        size_t number, before = key_table_count(h->numbers);
        int err;

        if (before == h->room) {
                size_t room = h->room ? h->room * 2 : HOSTS_FIRST;
                struct trace_host *grown = mem_grow(h->hosts, room, sizeof(*grown));
                if (!grown)
                        return ERR_MEMORY;
                h->hosts = grown;
                h->room = room;
        }
        err = key_table_add(&number, h->numbers, key);
        if (err)
                return err;
        if (number == before)
                h->hosts[number] = (struct trace_host){ .address = *address };
        *out = &h->hosts[number];
        return 0;
}

int trace_hosts_add(
    struct trace_hosts *h, const struct ip_address *host, const struct trace_fact *fact)
{
        struct trace_host *kept;
        int err = find_or_make(&kept, h, host);

        if (err)
                return err;
        kept->weight += fact->weight;
        kept->flows += fact->flows;
        kept->bytes += fact->bytes;
        kept->has_port |= fact->has_port;
        if (fact->weight <= kept->best)
                return 0;
        kept->best = fact->weight;
        kept->at = fact->at;
        kept->away_ms = fact->away_ms;
        kept->has_peer = fact->peer != NULL;
        if (fact->peer)
                kept->peer = *fact->peer;
        return 0;
}

size_t trace_hosts_count(const struct trace_hosts *h)
{
        return key_table_count(h->numbers);
}

static int heavier_first(const void *x, const void *y)
{
        const struct trace_host *a = x, *b = y;

        if (a->weight != b->weight)
                return a->weight > b->weight ? -1 : 1;
        if (a->bytes != b->bytes)
                return a->bytes > b->bytes ? -1 : 1;
        return ip_address_compare(&a->address, &b->address);
}

size_t trace_hosts_sort(struct trace_hosts *h)
{
        size_t count = trace_hosts_count(h);

        if (count)
                qsort(h->hosts, count, sizeof(h->hosts[0]), heavier_first);
        return count;
}

double trace_hosts_total(const struct trace_hosts *h)
{
        double total = 0;

        for (size_t i = 0; i < trace_hosts_count(h); i++)
                total += h->hosts[i].weight;
        return total;
}

const struct trace_host *trace_hosts_at(const struct trace_hosts *h, size_t n)
{
        return &h->hosts[n];
}
