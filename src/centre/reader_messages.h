/* centre/reader_messages.h: what web and reader say to each other. Web's question: READER_RUN, the
 * job's name, and a handle to sealed memory: struct reader_upload, the options as JSON, the upload.
 * The answer: READER_DONE with struct reader_result and, when err is 0, the job's output as a
 * handle.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_READER_MESSAGES_H
#define CANH_CENTRE_READER_MESSAGES_H

#include "base/err.h"

#include <stdint.h>

enum reader_message { READER_RUN = 1, READER_DONE = 2 };
enum reader_end { READER_END_ANSWER, READER_END_CRASH, READER_END_TIME, READER_END_MEMORY };

struct reader_upload {
        uint64_t options_bytes;
};

struct reader_result {
        int32_t err;
        int32_t end; /* enum reader_end */
        int32_t signal;
        uint32_t output_bytes;
        struct parse_error bad;
};

#endif
