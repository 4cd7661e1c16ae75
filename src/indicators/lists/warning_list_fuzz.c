/* indicators/lists/warning_list_fuzz.c: a list that loads answers, and says its name in UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/warning_list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct warning_list *list = NULL;
        struct indicator i = { .type = INDICATOR_IPV4, .value = TEXT("8.8.8.8") };
        struct indicator name = { .type = INDICATOR_NAME, .value = TEXT("a.b.example.com") };
        struct ip_address a = ip_address_from_v4(0x08080808);

        if (warning_list_parse(&list, (struct text){ (const char *)data, size }, NULL) == 0) {
                const struct warning_list *const lists[] = { list };
                (void)warning_lists_find(lists, 1, &i, &a);
                (void)warning_lists_find(lists, 1, &name, NULL);
                if (!text_is_utf8(text_of(warning_list_name(list))))
                        abort();
        }
        warning_list_free_at(&list);
        return 0;
}
