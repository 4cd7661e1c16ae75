/* workstation/sweep/clamd_parse.h: the words of clamd (ClamAV's scanner, man 8 clamd): a command
 * with its stream as bytes, its answer as a verdict. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_CLAMD_PARSE_H
#define CANH_WORKSTATION_SWEEP_CLAMD_PARSE_H

#include "base/text.h"

enum { CLAMD_PARTS = 4, CLAMD_ANSWER_MAX = 4096, CLAMD_NAME_MAX = 120 };

struct clamd_command {
        struct text parts[CLAMD_PARTS]; /* views into this and into `bytes` */
        size_t count;
        char length[4];
};

/* zVERSION, or zINSTREAM with the bytes as one piece. LIMIT above 4 GiB. */
void clamd_write_version(struct clamd_command *out);
MUST_USE int clamd_write_stream(struct clamd_command *out, struct text bytes);

enum clamd_verdict { CLAMD_CLEAN, CLAMD_FOUND };

/* FOUND with the signature's name in UTF-8 without control characters. LIMIT: the stream was longer
 * than clamd takes; FORMAT: an error of clamd's, or no answer of its. */
MUST_USE int clamd_answer_parse(
    enum clamd_verdict *out, char name[CLAMD_NAME_MAX], struct text answer);
/* "ClamAV 1.4.3/27800/Mon …": its first line; FORMAT when it is not. */
MUST_USE int clamd_version_parse(char version[CLAMD_NAME_MAX], struct text answer);

#endif
