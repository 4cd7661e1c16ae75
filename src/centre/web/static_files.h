/* centre/web/static_files.h: the console, built into the program. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CENTRE_WEB_STATIC_FILES_H
#define CANH_CENTRE_WEB_STATIC_FILES_H

#include "base/text.h"

struct http_request;

struct static_file {
        const char *path; /* "/index.html" */
        const char *content_type;
        const char *etag; /* quoted */
        struct text bytes;
        struct text gzip; /* empty: not worth it */
};

/* Made by tools/embed_files.py, ended by a file without path. */
extern const struct static_file static_files[];

/* Answers GET and HEAD: a file, 304 when the browser has it, index.html for any other page of the
 * console, 404 for a missing file (a name with a dot) and 405. */
void static_files_answer(struct http_request *request);

#endif
