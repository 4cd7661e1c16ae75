/* indicators/lists/list_time.c: the times of list_cell.h. A scanner takes the numbers of a cell
 * with the signs between them; the signs tell dates from hours.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "codec/timestamp.h"
#include "indicators/lists/list_cell.h"

#include <stdio.h>
#include <string.h>

enum {
        PARTS_MAX = 8,
        EXCEL_FIRST = 20000, /* 1954 */
        EXCEL_LAST = 80000,  /* 2119 */
        EXCEL_EPOCH_DAYS = 25569,
        YEAR_FIRST = 1990,
        YEAR_LAST = 2100
};

/* Tenths of microseconds since 1601: of 1990 and of 2100, and the distance to 1970. */
#define FILETIME_FIRST UINT64_C(122756256000000000)
#define FILETIME_LAST UINT64_C(157469184000000000)
#define FILETIME_EPOCH_MS INT64_C(11644473600000)

struct scan {
        struct civil_time c;
        int date[3]; /* in the order of the text */
        size_t date_digits[3];
        bool has_date, has_hour, pm, am;
        int offset_minutes;
        bool has_zone;
};

static size_t take_number(int *out, struct text t, size_t at)
{
        size_t digits = 0;

        *out = 0;
        while (at + digits < t.len && digits < 9 && t.data[at + digits] >= '0' &&
               t.data[at + digits] <= '9')
                *out = *out * 10 + (t.data[at + digits++] - '0');
        return digits;
}

/* Three numbers with the same sign of / - . between them. */
static size_t take_date(struct scan *s, struct text t, size_t at)
{
        size_t start = at;
        char sign = 0;

        for (int i = 0; i < 3; i++) {
                size_t n;
                if (i) {
                        if (at >= t.len || !strchr("/-.", t.data[at]) ||
                            (i == 2 && t.data[at] != sign))
                                return 0;
                        sign = t.data[at++];
                }
                n = take_number(&s->date[i], t, at);
                if (n == 0 || n > 4)
                        return 0;
                s->date_digits[i] = n;
                at += n;
        }
        s->has_date = true;
        return at - start;
}

static size_t take_hour(struct scan *s, struct text t, size_t at)
{
        size_t start = at, n = take_number(&s->c.hour, t, at);
        int milli = 0;

        if (n == 0 || n > 2 || at + n >= t.len || (t.data[at + n] != ':' && t.data[at + n] != 'h'))
                return 0;
        at += n + 1;
        n = take_number(&s->c.minute, t, at);
        at += n;
        if (at < t.len && t.data[at] == ':') {
                n = take_number(&s->c.second, t, at + 1);
                at += 1 + n;
        }
        if (at < t.len && (t.data[at] == '.' || t.data[at] == ',')) {
                n = take_number(&milli, t, at + 1);
                at += 1 + n; /* what is below a second does not matter here */
        }
        s->has_hour = true;
        return at - start;
}

static size_t take_word(struct scan *s, struct text t, size_t at)
{
        static const char *const ignored[] = { "ngày", "lúc", "ICT", "T" };
        struct text rest = { t.data + at, t.len - at };

        if (text_starts(rest, "CH") || text_starts(rest, "PM") || text_starts(rest, "pm")) {
                s->pm = true;
                return 2;
        }
        if (text_starts(rest, "SA") || text_starts(rest, "AM") || text_starts(rest, "am")) {
                s->am = true;
                return 2;
        }
        if (text_starts(rest, "UTC") || text_starts(rest, "GMT")) {
                s->has_zone = true;
                return 3;
        }
        if (rest.data[0] == 'Z') {
                s->has_zone = true;
                return 1;
        }
        for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
                if (text_starts(rest, ignored[i])) {
                        if (i == 2) {
                                s->has_zone = true;
                                s->offset_minutes = ZONE_VIETNAM_MINUTES;
                        }
                        return strlen(ignored[i]);
                }
        return 0;
}

static size_t take_offset(struct scan *s, struct text t, size_t at)
{
        int hours, minutes = 0;
        size_t n, len = 1;

        if (!s->has_hour || (t.data[at] != '+' && t.data[at] != '-'))
                return 0;
        n = take_number(&hours, t, at + 1);
        if (n == 4) {
                minutes = hours % 100;
                hours /= 100;
        } else if (n == 0 || n > 2) {
                return 0;
        }
        len += n;
        if (at + len < t.len && t.data[at + len] == ':')
                len += 1 + take_number(&minutes, t, at + len + 1);
        if (hours > 14 || minutes > 59)
                return 0;
        s->has_zone = true;
        s->offset_minutes = (hours * 60 + minutes) * (t.data[at] == '-' ? -1 : 1);
        return len;
}

static int scan_cell(struct scan *s, struct text t)
{
        size_t at = 0, n;

        while (at < t.len) {
                if (t.data[at] == ' ' || t.data[at] == ',' || t.data[at] == '\t' ||
                    t.data[at] == '\n') {
                        at++;
                        continue;
                }
                n = s->has_date ? 0 : take_date(s, t, at);
                if (!n)
                        n = s->has_hour ? 0 : take_hour(s, t, at);
                if (!n)
                        n = take_offset(s, t, at);
                if (!n)
                        n = take_word(s, t, at);
                if (!n)
                        return ERR_FORMAT;
                at += n;
        }
        return s->has_date ? 0 : ERR_FORMAT;
}

static int order_date(struct scan *s, enum date_order order)
{
        if (s->date_digits[0] == 4) {
                s->c.year = s->date[0];
                s->c.month = s->date[1];
                s->c.day = s->date[2];
        } else {
                bool month_first = order == DATE_MONTH_FIRST;
                s->c.day = s->date[month_first ? 1 : 0];
                s->c.month = s->date[month_first ? 0 : 1];
                s->c.year = s->date[2];
                if (s->date_digits[2] == 2)
                        s->c.year += 2000;
        }
        return s->c.year >= YEAR_FIRST && s->c.year <= YEAR_LAST ? 0 : ERR_FORMAT;
}

/* "45306.354" days since 1899-12-30, seconds or milliseconds since 1970, or Windows' FILETIME. */
static int number_time(time_ms *out, struct text t, int zone_minutes)
{
        size_t dot = text_find(t, '.');
        uint64_t whole;
        double fraction = 0, scale = 0.1;

        if (t.len > 32 || text_to_u64(&whole, (struct text){ t.data, dot }, FILETIME_LAST))
                return ERR_FORMAT;
        for (size_t i = dot + 1; i < t.len; i++, scale /= 10) {
                if (t.data[i] < '0' || t.data[i] > '9')
                        return ERR_FORMAT;
                fraction += (t.data[i] - '0') * scale;
        }
        if (whole >= EXCEL_FIRST && whole <= EXCEL_LAST) {
                /* Excel knows seconds at best: rounded, so that 08:30:00 does not become
                 * 08:29:59.999 */
                time_ms seconds = (time_ms)(fraction * 86400 + 0.5);
                *out = ((time_ms)whole - EXCEL_EPOCH_DAYS) * DAY_MS + seconds * SECOND_MS -
                       (time_ms)zone_minutes * MINUTE_MS;
                return 0;
        }
        if (whole >= FILETIME_FIRST) {
                *out = (time_ms)(whole / 10000) - FILETIME_EPOCH_MS;
                return 0;
        }
        if (whole > UINT64_C(4102444800000))
                return ERR_FORMAT;
        if (whole >= UINT64_C(631152000000)) {
                *out = (time_ms)whole;
                return 0;
        }
        if (whole < 631152000 || whole > 4102444800)
                return ERR_FORMAT;
        *out = (time_ms)whole * SECOND_MS;
        return 0;
}

enum date_hint list_time_hint(struct text cell)
{
        struct scan s = { 0 };

        cell = list_cell_trim(cell);
        if (cell.len < 6 || cell.len > 40 || scan_cell(&s, cell) || s.date_digits[0] == 4)
                return DATE_HINT_NONE;
        if (s.date[0] > 12 && s.date[1] <= 12)
                return DATE_HINT_DAY_FIRST;
        if (s.date[1] > 12 && s.date[0] <= 12)
                return DATE_HINT_MONTH_FIRST;
        return DATE_HINT_NONE;
}

int list_time_parse(time_ms *out, struct text cell, enum date_order order, int zone_minutes)
{
        struct scan s = { 0 };

        cell = list_cell_trim(cell);
        if (cell.len == 0 || cell.len > 64)
                return ERR_FORMAT;
        if (number_time(out, cell, zone_minutes) == 0)
                return 0;
        if (scan_cell(&s, cell) || order_date(&s, order))
                return ERR_FORMAT;
        if ((s.pm || s.am) && (s.c.hour < 1 || s.c.hour > 12))
                s.pm = s.am = false; /* "14:30 CH" says it twice */
        if (s.pm && s.c.hour < 12)
                s.c.hour += 12;
        if (s.am && s.c.hour == 12)
                s.c.hour = 0;
        return civil_time_to_utc(out, &s.c, s.has_zone ? s.offset_minutes : zone_minutes);
}
