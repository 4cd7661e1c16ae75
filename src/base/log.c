/* base/log.c: see log.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static enum log_level shown = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
        shown = level;
}

void log_line(enum log_level level, const char *who, const char *format, ...)
{
        char line[LINE_MAX_BYTES];
        struct tm tm;
        time_t now = time(NULL);
        va_list args;
        int head, body;

        if (level > shown)
                return;
        (void)gmtime_r(&now, &tm);
        head = snprintf(line, sizeof(line),
            "%04d-%02d-%02dT%02d:%02d:%02dZ %s: ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
            tm.tm_hour, tm.tm_min, tm.tm_sec, who);
        if (head < 0 || head >= (int)sizeof(line) - 2)
                return;
        va_start(args, format);
        body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
        va_end(args);
        if (body < 0)
                return;
        size_t len = (size_t)head + (size_t)body;
        if (len > sizeof(line) - 2)
                len = sizeof(line) - 2;
        for (size_t i = (size_t)head; i < len; i++)
                if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
                        line[i] = '?';
        line[len++] = '\n';
        if (write(STDERR_FILENO, line, len) < 0)
                return; /* nowhere left to say it */
}
