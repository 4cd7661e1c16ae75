/* Any line: a row that is taken has an address that can be written and read again to the same.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/victim_row_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        AUTO(json_free_at) json_t *root = NULL;
        struct victim row;
        struct ip_address again;
        char text[IP_TEXT_MAX];

        if (victim_row_parse(&row, &root, (struct text){ (const char *)data, size }, NULL))
                return 0;
        if (ip_address_parse(&again, text_of(ip_address_write(text, &row.src_ip))) ||
            ip_address_compare(&again, &row.src_ip) != 0)
                abort();
        if (row.src_port < -1 || row.src_port > UINT16_MAX || row.count < 0)
                abort();
        return 0;
}
