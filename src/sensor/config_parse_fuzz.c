/* A configuration: what is taken from a line is within it, trimmed, and on no two lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config_parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text rest = { (const char *)data, size }, word, value;
        const char *end = (const char *)data;
        size_t line = 0;

        if (!size)
                return 0;
        while (config_next(&word, &value, &rest, &line, NULL) == 0) {
                if (!word.len || !value.len || word.data < end || value.data <= word.data)
                        abort();
                if (memchr(word.data, '\n', (size_t)(value.data + value.len - word.data)))
                        abort();
                end = value.data + value.len;
                if (end > (const char *)data + size || line > size + 1)
                        abort();
        }
        return 0;
}
