/* canh/canh_restore.c: `canh restore DIR ID`: puts a quarantined file back, byte for byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/command.h"
#include "base/mem.h"
#include "canh/input.h"
#include "system/os/folder.h"
#include "workstation/sweep/path_text.h"
#include "workstation/sweep/quarantine.h"

#include <stdio.h>

static const char *why(enum language l, int err)
{
        switch (err) {
        case ERR_MISSING:
                return say(l, "không có mã này trong thư mục cách ly, hoặc thư mục gốc không còn",
                    "there is no such identifier, or the folder it came from is gone");
        case ERR_EXISTS:
                return say(l, "đã có một tệp khác ở đường dẫn cũ; tệp cách ly được giữ nguyên",
                    "there is another file at the old path; the quarantined one stays");
        case ERR_UNTRUSTED:
        case ERR_FORMAT:
                return say(l, "tệp cách ly đã bị sửa đổi", "the quarantined file was altered");
        case ERR_DENIED:
                return say(l, "không có quyền, hoặc thư mục gốc đã bị thay bằng liên kết",
                    "no right, or the folder it came from is a link now");
        default:
                return input_reason(l, err);
        }
}

static int restore_run(int argc, char **argv, enum language language)
{
        AUTO(folder_close_at) struct folder *keep = NULL;
        AUTO(buffer_done) struct buffer path = BUFFER(1 << 16);
        AUTO(buffer_done) struct buffer shown = BUFFER(1 << 18);
        int err;

        if (argc != 3) {
                (void)fputs(say(language, "Cách dùng: canh restore THƯMỤC MÃ\n",
                                "Usage: canh restore DIR ID\n"),
                    stderr);
                return 2;
        }
        err = folder_open(&keep, argv[1]);
        if (!err)
                err = quarantine_restore(&path, keep, argv[2]);
        if (!err)
                err = path_text_add(&shown, path.data);
        if (err) {
                (void)fprintf(stderr, "canh restore: %s: %s\n", argv[2], why(language, err));
                return 2;
        }
        (void)printf("%s: %s\n", say(language, "đã khôi phục", "restored"), shown.data);
        return 0;
}

extern const struct command command_restore;
const struct command command_restore = { "restore", "khôi phục tệp đã cách ly",
        "put a quarantined file back", restore_run };
