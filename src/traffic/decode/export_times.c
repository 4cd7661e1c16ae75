/* traffic/decode/export_times.c: the many ways in which exporters tell when: absolute, by the
 * exporter's uptime, before the datagram, by a duration. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_record.h"

static const time_ms TURN_MS = INT64_C(1) << 32;         /* where an uptime of 32 bits turns over */
static const time_ms LAST_MS = INT64_C(253402300799999); /* the end of the year 9999 */
static const uint64_t DURATION_MAX_MS = UINT64_C(1) << 40; /* 34 years: more is a lie */
static const uint32_t NTP_TO_1970_SECONDS = 2208988800U;

enum { AHEAD_MS = 10 * MINUTE_MS }; /* so far may an uptime run ahead of the export time */

/* Fields that tell one point of time, the best first. */
struct told {
        enum export_field ms, ntp, uptime, delta_us, seconds;
};

static const struct told start_told = { EXPORT_START_MS, EXPORT_START_NTP, EXPORT_START_UPTIME,
        EXPORT_START_DELTA_US, EXPORT_START_SECONDS };
static const struct told end_told = { EXPORT_END_MS, EXPORT_END_NTP, EXPORT_END_UPTIME,
        EXPORT_END_DELTA_US, EXPORT_END_SECONDS };
/* No event is told by uptime or difference: these two stand for nothing. */
static const struct told event_told = { EXPORT_EVENT_MS, EXPORT_EVENT_NTP, EXPORT_NUMBERS,
        EXPORT_NUMBERS, EXPORT_EVENT_SECONDS };

static time_ms from_ntp(uint64_t ntp)
{
        /* Era 1 begins in 2036, with a zero again (RFC 4330 3). */
        time_ms seconds = (time_ms)(ntp >> 32) - NTP_TO_1970_SECONDS;

        if (seconds < 0)
                seconds += TURN_MS; /* 2^32 seconds */
        return seconds * SECOND_MS + (time_ms)(((ntp & UINT32_MAX) * SECOND_MS) >> 32);
}

/* The latest moment that is `uptime` after the boot, modulo the turn, and not after the export. */
static time_ms from_boot(time_ms boot, uint32_t uptime, time_ms at)
{
        time_ms moment = boot + uptime;
        time_ms room = at + AHEAD_MS - moment;
        time_ms turns = room >= 0 ? room / TURN_MS : -((-room + TURN_MS - 1) / TURN_MS);

        return moment + turns * TURN_MS;
}

/* An IPFIX exporter that never told when it began: it began at the latest so long before the export
 * as the uptime of its youngest end says. A bound that moves back by more than an hour is a new
 * beginning. */
static void guess_boot(struct export_context *c, const struct export_record *r)
{
        struct export_domain *d = c->domain;
        time_ms latest = c->at - (time_ms)(uint32_t)r->numbers[EXPORT_END_UPTIME];

        if (!export_has(r, EXPORT_END_UPTIME) || d->has_boot)
                return;
        if (d->boot == 0 || latest < d->boot || latest > d->boot + HOUR_MS)
                d->boot = latest;
}

static time_ms from_uptime(struct export_context *c, const struct export_record *r, uint32_t uptime)
{
        time_ms boot = c->at - c->uptime;

        if (export_has(r, EXPORT_SYSTEM_INIT_MS) && r->numbers[EXPORT_SYSTEM_INIT_MS] < LAST_MS)
                boot = (time_ms)r->numbers[EXPORT_SYSTEM_INIT_MS];
        else if (c->domain->kind == EXPORT_KIND_IPFIX)
                boot = c->domain->boot;
        return from_boot(boot, uptime, c->at);
}

/* False when none of the fields stands in the record, or it is no time. */
static bool read_told(
    time_ms *out, struct export_context *c, const struct export_record *r, const struct told *t)
{
        const uint64_t *n = r->numbers;

        if (export_has(r, t->ms) && n[t->ms] <= (uint64_t)LAST_MS && n[t->ms] > 0)
                *out = (time_ms)n[t->ms];
        else if (export_has(r, t->ntp) && n[t->ntp] > 0)
                *out = from_ntp(n[t->ntp]);
        else if (t->uptime != EXPORT_NUMBERS && export_has(r, t->uptime))
                *out = from_uptime(c, r, (uint32_t)n[t->uptime]);
        else if (t->delta_us != EXPORT_NUMBERS && export_has(r, t->delta_us) &&
                 n[t->delta_us] / 1000 < DURATION_MAX_MS)
                *out = c->at - (time_ms)(n[t->delta_us] / 1000);
        else if (export_has(r, t->seconds) && n[t->seconds] <= (uint64_t)LAST_MS / SECOND_MS &&
                 n[t->seconds] > 0)
                *out = (time_ms)n[t->seconds] * SECOND_MS;
        else
                return false;
        return true;
}

static time_ms duration_of(const struct export_record *r)
{
        uint64_t ms = export_has(r, EXPORT_DURATION_MS) ? r->numbers[EXPORT_DURATION_MS]
                                                        : r->numbers[EXPORT_DURATION_US] / 1000;

        return ms < DURATION_MAX_MS ? (time_ms)ms : 0;
}

void export_times(
    time_ms *begin, time_ms *end, struct export_context *c, const struct export_record *r)
{
        time_ms event;
        bool has_begin, has_end, has_event = read_told(&event, c, r, &event_told);

        guess_boot(c, r);
        has_begin = read_told(begin, c, r, &start_told);
        has_end = read_told(end, c, r, &end_told);
        if (!has_begin && !has_end && !has_event) {
                event = c->at ? c->at : c->received;
                has_event = true;
                c->counts->without_time++;
        }
        if (!has_end)
                *end = has_event ? event : *begin + duration_of(r);
        if (!has_begin)
                *begin = *end - duration_of(r);
        if (*begin > *end) {
                *begin = *end;
                c->counts->repaired++;
        }
        *begin += c->shift;
        *end += c->shift;
}
