/* canh/set_input.c: see set_input.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/set_input.h"

#include "base/mem.h"
#include "canh/input.h"

int set_input_load(struct indicator_set **out, const char *path, enum language l)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        struct parse_error bad = { 0 };
        int err = input_read(&bytes, path);

        if (!err)
                err = indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, &bad);
        if (err == ERR_UNTRUSTED && !bad.why_en[0])
                (void)parse_error_set(&bad, 0,
                    "bộ dấu hiệu nhận biết bị hỏng: mã kiểm tra không khớp",
                    "the indicator set is damaged: its checksum does not hold");
        if (err)
                input_complain(l, path, err, &bad);
        return err;
}
