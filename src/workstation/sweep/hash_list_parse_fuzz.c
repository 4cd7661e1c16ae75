/* workstation/sweep/hash_list_parse_fuzz.c: what a list names must be found by its own digest, and
 * a refused list adds nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/hash_list_parse.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text all = { (const char *)data, size }, rest = all, line;
        struct parse_error bad;
        struct hash_list *h = NULL;

        if (hash_list_new(&h))
                return 0;
        if (hash_list_add_text(h, all, &bad)) {
                assert(bad.line > 0 && hash_list_count(h) == 0);
        } else {
                hash_list_finish(h);
                if (text_starts(rest, "\xEF\xBB\xBF"))
                        rest = (struct text){ rest.data + 3, rest.len - 3 };
                while (size && text_split(&line, &rest, '\n')) {
                        struct hash_line one;

                        assert(hash_line_parse(&one, line, 1, NULL) == 0);
                        assert(!one.present || hash_list_find(h, one.kind, one.digest));
                }
        }
        (void)hash_list_free(h);
        return 0;
}
