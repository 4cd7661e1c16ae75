/* workstation/sweep/path_text.h: file names are bytes, reports are UTF-8: what is not UTF-8 and
 * control characters are written \xNN. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_PATH_TEXT_H
#define CANH_WORKSTATION_SWEEP_PATH_TEXT_H

#include "base/buffer.h"

MUST_USE int path_text_add(struct buffer *out, const char *path);

#endif
