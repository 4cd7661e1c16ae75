/* system/net/syslog_frame_parse.h: where one message of syslog over TCP ends (RFC 6587 3.4): its
 * length stands before it ("57 <34>Oct ..."), or a line feed or zero byte behind it. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_SYSLOG_FRAME_PARSE_H
#define CANH_SYSTEM_NET_SYSLOG_FRAME_PARSE_H

#include "base/text.h"

struct syslog_frame {
        struct text line; /* without its end mark, and without a carriage return before that */
        size_t used;      /* bytes of the input that belong to it, at least 1 */
        bool is_cut;      /* the buffer was full before its end */
        size_t left;      /* cut, and its length was said: so many bytes of it follow */
};

/* False: not whole yet. is_full: no more fits, so that a part is better than nothing; is_end:
 * nothing more will come. */
bool syslog_frame_parse(struct syslog_frame *out, struct text bytes, bool is_full, bool is_end);
/* Where the end mark of a line stands, or bytes.len. */
size_t syslog_line_end(struct text bytes);

#endif
