/* system/net/syslog_frame_parse.c: see syslog_frame_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/syslog_frame_parse.h"

enum { LENGTH_DIGITS_MAX = 7 };

size_t syslog_line_end(struct text bytes)
{
        size_t i = 0;

        while (i < bytes.len && bytes.data[i] != '\n' && bytes.data[i] != '\0')
                i++;
        return i;
}

/* The length that stands in front, and in *head how many bytes that takes; 0: none stands there.
 * A bare line may begin with a number too: only "digits blank <" is a length. */
static size_t said_length(size_t *head, struct text bytes)
{
        size_t n = 0, i = 0;

        if (bytes.len == 0 || bytes.data[0] == '0')
                return 0;
        while (
            i < bytes.len && i < LENGTH_DIGITS_MAX && bytes.data[i] >= '0' && bytes.data[i] <= '9')
                n = n * 10 + (size_t)(bytes.data[i++] - '0');
        if (n == 0 || i + 1 >= bytes.len || bytes.data[i] != ' ' || bytes.data[i + 1] != '<')
                return 0;
        *head = i + 1;
        return n;
}

static struct text without_return(struct text line)
{
        while (line.len && (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == '\n'))
                line.len--;
        return line;
}

static bool counted(
    struct syslog_frame *out, struct text bytes, size_t head, size_t length, bool takes_part)
{
        size_t there = bytes.len - head;

        if (there < length && !takes_part)
                return false;
        out->is_cut = there < length;
        out->left = out->is_cut ? length - there : 0;
        if (!out->is_cut)
                there = length;
        out->line = without_return((struct text){ bytes.data + head, there });
        out->used = head + there;
        return true;
}

bool syslog_frame_parse(struct syslog_frame *out, struct text bytes, bool is_full, bool is_end)
{
        size_t head = 0, end, length = said_length(&head, bytes);

        *out = (struct syslog_frame){ 0 };
        if (length)
                return counted(out, bytes, head, length, is_full || is_end);
        end = syslog_line_end(bytes);
        if (end == bytes.len && !((is_full || is_end) && end > 0))
                return false;
        out->line = without_return((struct text){ bytes.data, end });
        out->used = end < bytes.len ? end + 1 : end;
        out->is_cut = end == bytes.len && !is_end;
        return true;
}
