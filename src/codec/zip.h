/* codec/zip.h: unpacks the parts of a ZIP archive that somebody wants (APPNOTE 6.3; libarchive over
 * memory). Guarded against bombs: limits of bytes, of the ratio and of the number of parts. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_ZIP_H
#define CANH_CODEC_ZIP_H

#include "base/buffer.h"
#include "base/text.h"

enum {
        ZIP_PARTS_MAX = 4096,
        ZIP_PLAIN_MAX = 256 << 20, /* bytes of all wanted parts unpacked */
        ZIP_RATIO_MAX = 200        /* unpacked : packed; real text has about 10 */
};

struct zip_want {
        /* Where the part of this name goes; NULL: it is not wanted. A buffer that holds bytes
         * already is left as it is. */
        struct buffer *(*part)(void *state, const char *name);
        void *state;
};

bool zip_is_archive(struct text bytes);
/* FORMAT: damaged; LIMIT; DENIED: it has a password; MEMORY. What was unpacked before stays. */
MUST_USE int zip_unpack(struct text bytes, const struct zip_want *want);

#endif
