/* canh/input.h: files and standard input of the command line, and results that replace a file whole
 * or not.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_INPUT_H
#define CANH_CANH_INPUT_H

#include "base/buffer.h"
#include "base/language.h"
#include "base/text.h"

/* All of a file, or of standard input for "-". LIMIT above out->max, IO, MISSING, DENIED;
 * UNSUPPORTED for a folder. */
MUST_USE int input_read(struct buffer *out, const char *path);
/* For a progress bar: 0 when it is not known. */
uint64_t input_size(const char *path);
/* Writes beside and renames, so that a full disk leaves the old file. A device, a pipe or a link is
 * written in place and stays what it is. */
MUST_USE int output_write(const char *path, struct text bytes);
/* One sentence to standard error: "canh: FILE: …". */
void input_complain(enum language l, const char *path, int err, const struct parse_error *bad);

#endif
