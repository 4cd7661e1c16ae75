/* canh/input_stream.h: the bytes of an input, unpacked: a file or standard input, as it is or
 * packed (gzip, bzip2, xz, zstd, lz4), or what a tar or zip file holds, one after the other.
 * From: the command line. To: flows_pipeline. Memory: STREAM_HEAD_MAX. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_INPUT_STREAM_H
#define CANH_CANH_INPUT_STREAM_H

#include "base/clock.h"
#include "base/text.h"

#include <stdio.h>

struct input_stream;

enum { STREAM_HEAD_MAX = 64 << 10 };

/* "-" is standard input. MISSING, DENIED, IO; UNSUPPORTED for a folder. */
MUST_USE int input_stream_open(struct input_stream **out, const char *path);
struct input_stream *input_stream_close(struct input_stream *s); /* takes NULL, returns NULL */
void input_stream_close_at(struct input_stream **s);
/* Goes to the first, then to the next file in it. CLOSED behind the last; FORMAT: damaged. */
MUST_USE int input_stream_next(struct input_stream *s);
/* "conn.log", or "logs.tar.xz: conn.log"; a view. */
const char *input_stream_name(const struct input_stream *s);
/* When it was last written, 0 = not known. */
time_ms input_stream_written_at(const struct input_stream *s);
/* The first bytes of the file, which can still be read; a view until the next _next. */
struct text input_stream_head(const struct input_stream *s);
/* *out 0 at the end. FORMAT: packed bytes are damaged. */
MUST_USE int input_stream_read(size_t *out, struct input_stream *s, char *room, size_t max);
/* The same as a stream that the caller closes before the next _next; NULL without memory. */
FILE *input_stream_file(struct input_stream *s);
/* Set when a read failed, also through _file. */
int input_stream_error(const struct input_stream *s);
/* Packed bytes taken so far, and how many there are (0 = not known). */
uint64_t input_stream_taken(const struct input_stream *s);
uint64_t input_stream_size(const struct input_stream *s);

#endif
