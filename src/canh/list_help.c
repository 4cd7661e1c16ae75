/* canh/list_help.c: see list_help.h. Fields and formats come from their own tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/list_help.h"
#include "indicators/lists/list_field.h"
#include "indicators/lists/list_read.h"

static const char help_vi[] =
    "canh list – đọc danh sách dấu hiệu nhận biết (IoC) và danh sách nạn nhân\n"
    "\n"
    "CÁCH DÙNG\n"
    "  canh list show TỆP… [tùy chọn]         xem từng dòng được hiểu thế nào\n"
    "  canh list build TỆP… -o BỘ [tùy chọn]  làm một bộ dấu hiệu để đối chiếu\n"
    "  canh list compare CŨ MỚI [tùy chọn]    cái gì mới, vẫn còn, đã hết, hết hạn:\n"
    "                                         từng nguồn và tất cả; tệp hoặc bộ\n"
    "\n"
    "  TỆP là CSV, Excel (.xlsx), văn bản, JSON mỗi dòng một sự kiện; - là đầu vào\n"
    "  chuẩn. Định dạng, mã ký tự, cột được tự nhận ra. Bộ làm ra dùng cho\n"
    "  canh match và canh sweep. Danh sách nạn nhân (địa chỉ của mình) không bao\n"
    "  giờ vào bộ.\n"
    "\n"
    "TÙY CHỌN\n"
    "  -o BỘ               tệp kết quả của build; tệp cũ được thay trọn vẹn hoặc\n"
    "                      giữ nguyên\n"
    "  --as ĐỊNH-DẠNG      không tự nhận ra mà đọc theo định dạng này\n"
    "  --kind LOẠI         indicator (dấu hiệu) hoặc victim (nạn nhân)\n"
    "  --map TRƯỜNG=CỘT…   gán cột cho trường; CỘT là số (từ 1) hoặc tên cột\n"
    "  --zone +07:00       múi giờ của những giờ không ghi múi giờ (mặc định +07:00)\n"
    "  --source TÊN        tên nguồn ghi vào bộ (mặc định là tên tệp)\n"
    "  --ours DẢI…         dải địa chỉ của mình: không bao giờ là dấu hiệu\n"
    "  --warning TỆP…      thêm danh sách cảnh báo (JSON theo dạng của MISP)\n"
    "  --packs THƯ-MỤC     nơi có warning-lists/ (mặc định ./packs, rồi nơi cài đặt)\n"
    "  --no-warning        không dùng danh sách cảnh báo có sẵn\n"
    "  --show new          compare: viết ra từng dấu hiệu new, gone, still hoặc all\n"
    "  --json              mỗi dòng một JSON; lý do và tổng kết ở đầu ra lỗi\n"
    "\n"
    "KẾT QUẢ\n"
    "  Dòng đọc được ra đầu ra chuẩn; dòng bị loại, bị cảnh báo ra đầu ra lỗi với số\n"
    "  dòng và lý do. đọc = dùng được + trùng + bị loại + bị cảnh báo.\n"
    "  Mã thoát: 0 mọi dòng dùng được hoặc trùng; 1 có dòng bị loại hoặc bị cảnh báo;\n"
    "  2 không làm được (sai tùy chọn, không đọc được tệp), không có tệp kết quả mới.\n"
    "  compare: 0 không có gì mới hay hết, 1 có.\n"
    "\n"
    "VÍ DỤ\n"
    "  canh list show danh-sach-botnet.xlsx\n"
    "  canh list show bang.csv --kind victim --map src_ip=3 seen_at=\"Thời gian\"\n"
    "  canh list build feodo.csv ipsum.txt --ours 203.0.113.0/24 -o ioc.set\n"
    "  unzip -p threatfox.zip | canh list build - --as threatfox -o ioc.set\n"
    "\n"
    "TRƯỜNG (cho --map)\n";

static const char help_en[] =
    "canh list - reads lists of indicators and lists of victims\n"
    "\n"
    "USAGE\n"
    "  canh list show FILE… [options]          shows how each row is understood\n"
    "  canh list build FILE… -o SET [options]  makes one set of indicators\n"
    "  canh list compare OLD NEW [options]     what is new, still there, gone, expired:\n"
    "                                          for each list and in all; files or sets\n"
    "\n"
    "  FILE is CSV, Excel (.xlsx), text, or JSON with one event per line; - is\n"
    "  standard input. Format, encoding and columns are found out. The set is used\n"
    "  by canh match and canh sweep. Victim lists (our own addresses) never go into\n"
    "  a set.\n"
    "\n"
    "OPTIONS\n"
    "  -o SET              the result of build; an old file is replaced whole or\n"
    "                      stays as it was\n"
    "  --as FORMAT         read by this format instead of guessing\n"
    "  --kind KIND         indicator or victim\n"
    "  --map FIELD=COLUMN… which column is which field; COLUMN is a number from 1 or\n"
    "                      the column's name\n"
    "  --zone +07:00       zone of times that state none (default +07:00)\n"
    "  --source NAME       name of the source in the set (default: the file's name)\n"
    "  --ours PREFIX…      our own ranges: never an indicator\n"
    "  --warning FILE…     further warning lists (JSON in the form of MISP)\n"
    "  --packs FOLDER      where warning-lists/ is (default ./packs, then the\n"
    "                      installed one)\n"
    "  --no-warning        without the warning lists that are brought along\n"
    "  --show new          compare: writes each one that is new, gone, still or all\n"
    "  --json              one JSON per line; reasons and totals on standard error\n"
    "\n"
    "RESULT\n"
    "  Rows go to standard output; rows refused or kept out go to standard error\n"
    "  with line and reason. read = good + duplicate + refused + warned.\n"
    "  Exit code: 0 all rows are good or duplicates; 1 rows were refused or kept out;\n"
    "  2 not done (wrong option, unreadable file), no new result file.\n"
    "  compare: 0 nothing is new or gone, 1 something is.\n"
    "\n"
    "EXAMPLES\n"
    "  canh list show botnet-list.xlsx\n"
    "  canh list show table.csv --kind victim --map src_ip=3 seen_at=\"First seen\"\n"
    "  canh list build feodo.csv ipsum.txt --ours 203.0.113.0/24 -o ioc.set\n"
    "  unzip -p threatfox.zip | canh list build - --as threatfox -o ioc.set\n"
    "\n"
    "FIELDS (for --map)\n";

void list_help(FILE *to, enum language l)
{
        bool vi = l == LANGUAGE_VI;

        (void)fputs(vi ? help_vi : help_en, to);
        for (unsigned i = FIELD_VALUE; i < FIELD_CLASS; i++)
                (void)fprintf(to, "  %-15s %s\n", list_field_id((enum list_field)i),
                    list_field_label((enum list_field)i, vi));
        (void)fprintf(to, "\n%s\n", vi ? "ĐỊNH DẠNG (cho --as)" : "FORMATS (for --as)");
        for (size_t i = 0; list_format_id(i); i++)
                (void)fprintf(to, "  %-15s %s\n", list_format_id(i), list_format_label(i, vi));
}
