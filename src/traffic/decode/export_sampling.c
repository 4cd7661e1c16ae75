/* traffic/decode/export_sampling.c: one packet in how many the exporter looked at (RFC 5477 8.2),
 * told in the record or in options. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_record.h"

#include <string.h>

static struct export_sampling ratio(uint64_t population, uint64_t size)
{
        if (population == 0 || size == 0 || population > UINT32_MAX || size > population)
                return (struct export_sampling){ 0 };
        return (struct export_sampling){ (uint32_t)population, (uint32_t)size };
}

/* A binary64, or a binary32 (RFC 7011 6.2): the latter's bits as a number are small. */
static struct export_sampling from_probability(uint64_t bits)
{
        double p;

        if (bits <= UINT32_MAX) {
                uint32_t half = (uint32_t)bits;
                float f;
                memcpy(&f, &half, sizeof(f));
                p = (double)f;
        } else {
                memcpy(&p, &bits, sizeof(p));
        }
        if (!(p > 1e-9 && p <= 1.0))
                return (struct export_sampling){ 0 };
        return ratio((uint64_t)(1.0 / p + 0.5), 1);
}

/* What this record tells; 0, 0: nothing. */
static struct export_sampling told(const struct export_record *r)
{
        const uint64_t *n = r->numbers;

        /* Cisco tells 1 of 256 this way and says "one packet is taken" beside it. */
        if (export_has(r, EXPORT_SAMPLING_POPULATION))
                return ratio(n[EXPORT_SAMPLING_POPULATION], n[EXPORT_SAMPLING_SIZE]);
        if (export_has(r, EXPORT_SAMPLING_PROBABILITY))
                return from_probability(n[EXPORT_SAMPLING_PROBABILITY]);
        if (export_has(r, EXPORT_SAMPLED_PACKETS) && n[EXPORT_SAMPLED_PACKETS] < UINT32_MAX &&
            n[EXPORT_SKIPPED_PACKETS] < UINT32_MAX)
                return ratio(n[EXPORT_SAMPLED_PACKETS] + n[EXPORT_SKIPPED_PACKETS],
                    n[EXPORT_SAMPLED_PACKETS]);
        return ratio(n[EXPORT_SAMPLING_INTERVAL], 1);
}

static struct export_sampler *find_sampler(struct export_domain *d, uint64_t id)
{
        for (size_t i = 0; i < d->sampler_count; i++)
                if (d->samplers[i].id == id)
                        return &d->samplers[i];
        return NULL;
}

static void keep_sampler(struct export_domain *d, uint64_t id, struct export_sampling sampling)
{
        struct export_sampler *s = find_sampler(d, id);

        if (!s && d->sampler_count < EXPORT_SAMPLERS_MAX)
                s = &d->samplers[d->sampler_count++];
        if (s)
                *s = (struct export_sampler){ id, sampling };
}

void export_options_keep(struct export_context *c, const struct export_record *r)
{
        struct export_domain *d = c->domain;
        struct export_sampling sampling = told(r);

        c->counts->options++;
        if (export_has(r, EXPORT_SYSTEM_INIT_MS) &&
            r->numbers[EXPORT_SYSTEM_INIT_MS] < (UINT64_C(1) << 47)) {
                d->has_boot = true;
                d->boot = (time_ms)r->numbers[EXPORT_SYSTEM_INIT_MS];
        }
        if (sampling.size == 0)
                return;
        if (export_has(r, EXPORT_SAMPLER_ID))
                keep_sampler(d, r->numbers[EXPORT_SAMPLER_ID], sampling);
        else
                d->sampling = sampling;
}

struct export_sampling export_sampling_of(
    const struct export_context *c, const struct export_record *r)
{
        struct export_domain *d = c->domain;
        struct export_sampling sampling = told(r);
        const struct export_sampler *s = NULL;

        if (sampling.size)
                return sampling;
        if (export_has(r, EXPORT_SAMPLER_ID))
                s = find_sampler(d, r->numbers[EXPORT_SAMPLER_ID]);
        else if (d->sampling.size == 0 && d->sampler_count == 1)
                s = &d->samplers[0]; /* the only one: it is meant */
        return s ? s->sampling : d->sampling;
}
