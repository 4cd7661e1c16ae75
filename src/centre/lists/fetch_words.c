/* centre/lists/fetch_words.c: see fetch_words.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/fetch_words.h"
#include "base/mem.h"
#include "centre/fetch_messages.h"

#include <stdio.h>

static const struct {
        int err;
        const char *vi, *en;
} whys[] = {
        { ERR_CLOSED, "không kết nối được máy chủ của nguồn (đường truyền, tên miền hoặc cổng)",
            "the feed's server cannot be reached (line, name or port)" },
        { ERR_UNTRUSTED, "chứng thư của máy chủ nguồn không đáng tin",
            "the certificate of the feed's server does not hold" },
        { ERR_BUSY, "máy chủ của nguồn không trả lời kịp",
            "the feed's server did not answer in time" },
        { ERR_LIMIT, "danh sách lớn hơn 64 MiB", "the list is larger than 64 MiB" },
        { ERR_FORMAT, "địa chỉ của nguồn không hợp lệ", "the feed's address is not valid" },
        { ERR_DENIED, "mật khẩu không được gửi qua đường không mã hóa: hãy dùng https://",
            "a password is not sent in the clear: use https://" },
};

int fetch_explain(struct parse_error *bad, const struct fetch_result *got)
{
        bool denied = got->status == 401 || got->status == 403;
        char vi[PARSE_WHY_MAX], en[PARSE_WHY_MAX];

        for (size_t i = 0; i < ARRAY_LEN(whys) && got->err; i++)
                if (whys[i].err == got->err) {
                        (void)parse_error_set(bad, 0, whys[i].vi, whys[i].en);
                        return got->err;
                }
        (void)snprintf(vi, sizeof(vi), "máy chủ của nguồn trả lời %d%s", got->status,
            denied ? ": sai hoặc thiếu tài khoản, mật khẩu" : "");
        (void)snprintf(en, sizeof(en), "the feed's server answered %d%s", got->status,
            denied ? ": the account or password is missing or wrong" : "");
        (void)parse_error_set(bad, 0, vi, en);
        return got->err ? got->err : denied ? ERR_DENIED : ERR_CLOSED;
}
