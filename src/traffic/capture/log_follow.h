/* traffic/capture/log_follow.h: a log file that grows, followed by its name: whole lines as they
 * are added. When another file takes the name (rotation) the old one is read to its end first; one
 * that was cut (copytruncate) is read from its beginning. From: a folder that the caller may read.
 * To: whoever knows the lines. It asks, it is not told: call again after a while. Limits: 64 KiB of
 * lines a call; of a longer line that much at a time. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_CAPTURE_LOG_FOLLOW_H
#define CANH_TRAFFIC_CAPTURE_LOG_FOLLOW_H

#include "base/text.h"

struct folder;
struct log_follow;

enum { LOG_FOLLOW_BYTES = 64 << 10, LOG_FOLLOW_HEAD = 4096 };

/* How far a file was read. It is known again by its number and its first bytes, for a number is
 * given anew. All zero: not at all. */
struct log_place {
        uint64_t device, inode, offset, head_bytes, head_sum;
};

/* The folder stays the caller's and open. The name need not be there yet. Goes on behind `from`
 * when that file is still there, also under another name; else begins at the beginning. */
MUST_USE int log_follow_new(struct log_follow **out, const struct folder *folder, const char *name,
    const struct log_place *from);
struct log_follow *log_follow_free(struct log_follow *f); /* takes NULL, returns NULL */
void log_follow_free_at(struct log_follow **f);
/* The next whole lines (the last of a file that was rotated may lack its end), until the next call.
 * *begins: they are the first of another file. MISSING: nothing more now; IO. */
MUST_USE int log_follow_next(struct text *out, bool *begins, struct log_follow *f);
/* Whole lines of the beginning of the file in hand, LOG_FOLLOW_HEAD bytes at most, for whoever has
 * to find its format out in the middle. A view until the next call. */
MUST_USE int log_follow_head(struct text *out, struct log_follow *f);
/* Behind what was handed out. */
void log_follow_place(struct log_place *out, const struct log_follow *f);

#endif
