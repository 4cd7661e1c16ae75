/* codec/timestamp.c: see timestamp.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/timestamp.h"
#include "base/mem.h"

#include <stdio.h>

enum { ZONE_HOURS_MAX = 14 };

static int64_t days_from_civil(int year, int month, int day)
{
        /* Days since 1970-01-01 in the proleptic Gregorian calendar; a year is made to begin in
         * March. */
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = (y >= 0 ? y : y - 399) / 400;
        int64_t year_of_era = y - era * 400;
        int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

        return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int *year, int *month, int *day, int64_t days)
{
        int64_t z = days + 719468;
        int64_t era = (z >= 0 ? z : z - 146096) / 146097;
        int64_t doe = z - era * 146097;
        int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        int64_t mp = (5 * doy + 2) / 153;

        *day = (int)(doy - (153 * mp + 2) / 5 + 1);
        *month = (int)(mp < 10 ? mp + 3 : mp - 9);
        *year = (int)(yoe + era * 400 + (*month <= 2));
}

int civil_time_to_utc(time_ms *out, const struct civil_time *c, int zone_minutes)
{
        int64_t days, ms;
        int second = c->second == 60 ? 59 : c->second;
        int y, m, d;

        if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
            c->day > 31 || c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
            second < 0 || second > 59 || c->millisecond < 0 || c->millisecond > 999)
                return ERR_FORMAT;
        days = days_from_civil(c->year, c->month, c->day);
        civil_from_days(&y, &m, &d, days);
        if (d != c->day || m != c->month)
                return ERR_FORMAT;
        ms = days * DAY_MS + c->hour * (int64_t)HOUR_MS + c->minute * (int64_t)MINUTE_MS +
             second * (int64_t)SECOND_MS + c->millisecond;
        *out = ms - zone_minutes * (int64_t)MINUTE_MS;
        return 0;
}

void civil_time_from_utc(struct civil_time *out, time_ms at, int zone_minutes)
{
        int64_t local = at + zone_minutes * (int64_t)MINUTE_MS;
        int64_t days = local / DAY_MS, rest = local % DAY_MS;

        if (rest < 0) {
                rest += DAY_MS;
                days--;
        }
        civil_from_days(&out->year, &out->month, &out->day, days);
        out->hour = (int)(rest / HOUR_MS);
        out->minute = (int)(rest / MINUTE_MS % 60);
        out->second = (int)(rest / SECOND_MS % 60);
        out->millisecond = (int)(rest % SECOND_MS);
}

/* Exactly n digits off the front of *t. */
static int take_digits(int *out, struct text *t, size_t n)
{
        uint64_t value;

        if (t->len < n || text_to_u64(&value, (struct text){ t->data, n }, 9999))
                return ERR_FORMAT;
        *out = (int)value;
        t->data += n;
        t->len -= n;
        return 0;
}

static int take_byte(struct text *t, const char *allowed)
{
        if (t->len == 0 || t->data[0] == '\0')
                return ERR_FORMAT;
        for (; *allowed; allowed++) {
                if (t->data[0] == *allowed) {
                        t->data++;
                        t->len--;
                        return 0;
                }
        }
        return ERR_FORMAT;
}

static int take_zone(int *minutes, struct text *t)
{
        int hour, minute, sign;

        if (take_byte(t, "Zz") == 0) {
                *minutes = 0;
                return 0;
        }
        if (t->len == 0)
                return ERR_FORMAT;
        sign = t->data[0] == '-' ? -1 : 1;
        if (take_byte(t, "+-") || take_digits(&hour, t, 2) || take_byte(t, ":") ||
            take_digits(&minute, t, 2) || hour > 23 || minute > 59)
                return ERR_FORMAT;
        *minutes = sign * (hour * 60 + minute);
        return 0;
}

static void take_fraction(int *ms, struct text *t)
{
        int scale = 100;

        *ms = 0;
        while (t->len && t->data[0] >= '0' && t->data[0] <= '9') {
                *ms += (t->data[0] - '0') * scale;
                scale /= 10;
                t->data++;
                t->len--;
        }
}

int zone_parse(int *out_minutes, struct text t)
{
        struct text rest, hours;
        uint64_t h, m = 0;

        if (text_is(t, "Z") || text_is(t, "UTC")) {
                *out_minutes = 0;
                return 0;
        }
        if (t.len < 2 || (t.data[0] != '+' && t.data[0] != '-'))
                return ERR_FORMAT;
        rest = (struct text){ t.data + 1, t.len - 1 };
        if (!text_split(&hours, &rest, ':') || text_to_u64(&h, hours, ZONE_HOURS_MAX) ||
            (rest.data && text_to_u64(&m, rest, 59)))
                return ERR_FORMAT;
        *out_minutes = (int)(h * 60 + m) * (t.data[0] == '-' ? -1 : 1);
        return 0;
}

int day_parse(time_ms *out, struct text t)
{
        struct civil_time c = { 0 };
        int *const parts[] = { &c.day, &c.month, &c.year };
        struct text rest = t, part;
        size_t n = 0;

        while (text_split(&part, &rest, '/')) {
                uint64_t number;

                if (n == ARRAY_LEN(parts) || text_to_u64(&number, part, 9999))
                        return ERR_FORMAT;
                *parts[n++] = (int)number;
        }
        return n == ARRAY_LEN(parts) && c.year >= 1900
                   ? civil_time_to_utc(out, &c, ZONE_VIETNAM_MINUTES)
                   : ERR_FORMAT;
}

int timestamp_parse(time_ms *out, struct text t)
{
        struct civil_time c = { 0 };
        int zone;

        if (take_digits(&c.year, &t, 4) || take_byte(&t, "-") || take_digits(&c.month, &t, 2) ||
            take_byte(&t, "-") || take_digits(&c.day, &t, 2) || take_byte(&t, "Tt ") ||
            take_digits(&c.hour, &t, 2) || take_byte(&t, ":") || take_digits(&c.minute, &t, 2) ||
            take_byte(&t, ":") || take_digits(&c.second, &t, 2))
                return ERR_FORMAT;
        if (take_byte(&t, ".") == 0)
                take_fraction(&c.millisecond, &t);
        if (take_zone(&zone, &t) || t.len)
                return ERR_FORMAT;
        return civil_time_to_utc(out, &c, zone);
}

const char *timestamp_write(char out[TIMESTAMP_TEXT_MAX], time_ms at)
{
        struct civil_time c;
        int n;

        civil_time_from_utc(&c, at, 0);
        n = snprintf(out, TIMESTAMP_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", c.year % 10000,
            c.month, c.day, c.hour, c.minute, c.second);
        if (n > 0 && n < TIMESTAMP_TEXT_MAX - 6)
                (void)snprintf(out + n, (size_t)(TIMESTAMP_TEXT_MAX - n),
                    c.millisecond ? ".%03dZ" : "Z", c.millisecond);
        return out;
}

const char *timestamp_write_day(char out[TIMESTAMP_TEXT_MAX], time_ms at, int zone_minutes)
{
        struct civil_time c;

        civil_time_from_utc(&c, at, zone_minutes);
        (void)snprintf(out, TIMESTAMP_TEXT_MAX, "%02d/%02d/%04d", c.day, c.month, c.year % 10000);
        return out;
}

const char *timestamp_write_local(char out[TIMESTAMP_TEXT_MAX], time_ms at, int zone_minutes)
{
        struct civil_time c;

        civil_time_from_utc(&c, at, zone_minutes);
        (void)snprintf(out, TIMESTAMP_TEXT_MAX, "%02d:%02d %02d/%02d/%04d", c.hour, c.minute, c.day,
            c.month, c.year % 10000);
        return out;
}
