/* canh/flows_time.c: see flows_time.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_time.h"

#include "base/mem.h"
#include "codec/timestamp.h"

#include <ctype.h>

enum { LENGTH_DAYS_MAX = 3660 };

int flows_length_parse(time_ms *out, struct text t)
{
        static const struct {
                const char *word;
                time_ms ms;
        } units[] = { { "s", SECOND_MS }, { "giây", SECOND_MS }, { "m", MINUTE_MS },
                { "min", MINUTE_MS }, { "phút", MINUTE_MS }, { "h", HOUR_MS }, { "giờ", HOUR_MS },
                { "d", DAY_MS }, { "ngày", DAY_MS }, { "w", 7 * DAY_MS }, { "tuần", 7 * DAY_MS } };
        size_t digits = 0;
        struct text unit;
        uint64_t count;

        while (digits < t.len && isdigit((unsigned char)t.data[digits]))
                digits++;
        unit = text_trim((struct text){ t.data + digits, t.len - digits });
        if (text_to_u64(&count, (struct text){ t.data, digits }, INT32_MAX))
                return ERR_FORMAT;
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
                if (text_is(unit, units[i].word)) {
                        if ((time_ms)count > (time_ms)LENGTH_DAYS_MAX * DAY_MS / units[i].ms)
                                return ERR_FORMAT;
                        *out = (time_ms)count * units[i].ms;
                        return 0;
                }
        return ERR_FORMAT;
}

/* Three numbers between `separator`; out[2] is the last. */
static int three(int out[3], struct text t, char separator, size_t least)
{
        struct text rest = t, part;
        size_t count = 0;
        uint64_t number;

        out[2] = 0;
        while (text_split(&part, &rest, separator)) {
                if (count == 3 || text_to_u64(&number, part, 9999))
                        return ERR_FORMAT;
                out[count++] = (int)number;
        }
        return count < least ? ERR_FORMAT : 0;
}

/* "20/01/2024" or "2024-01-20". */
static int civil_day_parse(struct civil_time *out, struct text t)
{
        int parts[3];

        if (three(parts, t, '/', 3) == 0 && t.len >= 8) {
                *out = (struct civil_time){ .day = parts[0], .month = parts[1], .year = parts[2] };
                return 0;
        }
        if (three(parts, t, '-', 3) || t.len != 10)
                return ERR_FORMAT;
        *out = (struct civil_time){ .year = parts[0], .month = parts[1], .day = parts[2] };
        return 0;
}

static int hour_parse(struct civil_time *out, struct text t)
{
        int parts[3];

        if (three(parts, t, ':', 2))
                return ERR_FORMAT;
        out->hour = parts[0];
        out->minute = parts[1];
        out->second = parts[2];
        return 0;
}

/* A day, an hour, in either order. */
static int local_parse(time_ms *out, bool *out_has_hour, struct text t, int zone_minutes)
{
        struct text rest = t, first;
        struct civil_time c = { 0 };
        int err;

        if (!text_split(&first, &rest, text_find(t, ' ') < t.len ? ' ' : 'T'))
                return ERR_FORMAT;
        rest = text_trim(rest);
        *out_has_hour = rest.len > 0;
        err = civil_day_parse(&c, first);
        if (err && rest.len) {
                err = civil_day_parse(&c, rest);
                rest = first;
        }
        if (!err && *out_has_hour)
                err = hour_parse(&c, rest);
        return err ? err : civil_time_to_utc(out, &c, zone_minutes);
}

int flows_time_parse(time_ms *out, struct text t, time_ms now, int zone_minutes, bool is_end)
{
        time_ms before;
        bool has_hour;
        int err;

        t = text_trim(t);
        if (timestamp_parse(out, t) == 0)
                return 0;
        if (flows_length_parse(&before, t) == 0) {
                *out = now - before;
                return 0;
        }
        err = local_parse(out, &has_hour, t, zone_minutes);
        if (!err && is_end && !has_hour)
                *out += DAY_MS;
        return err;
}
