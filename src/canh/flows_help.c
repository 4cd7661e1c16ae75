/* canh/flows_help.c: see flows_help.h. The longer manual is docs/flows.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_help.h"

#include "canh/flows_pipeline.h"

#include <string.h>

enum { COLUMNS = 78 };

static const char help_vi[] =
    "canh flows – lưu trữ và tra cứu lưu lượng (ai nói với ai, lúc nào, bao nhiêu)\n"
    "\n"
    "CÁCH DÙNG\n"
    "  canh flows import KHO TỆP…             nhập bản ghi lưu lượng, NetFlow, nhật ký\n"
    "  canh flows show KHO [BỘ-LỌC]           xem luồng, tên miền, hoặc bảng cộng\n"
    "  canh flows hunt KHO BỘ                 máy nào từng chạm vào dấu hiệu trong BỘ\n"
    "  canh flows trace KHO --public ĐC --at LÚC   máy nào đứng sau địa chỉ công cộng\n"
    "\n"
    "  KHO là một thư mục; import tạo ra khi chưa có. TỆP có thể là tệp nén (gzip,\n"
    "  bzip2, xz, zstd, lz4), tar, zip; - là đầu vào chuẩn. BỘ làm bằng canh list build.\n"
    "\n"
    "TÙY CHỌN CHUNG\n"
    "  --since LÚC, --until LÚC  khoảng thời gian: 20/01/2024, \"20/01/2024 08:30\",\n"
    "                            2024-01-20T08:30:00Z, 7d, \"2 giờ\" (trước đây)\n"
    "  --zone +07:00             múi giờ của giờ không ghi múi giờ và của bảng\n"
    "  --own DẢI…                địa chỉ của mình; kho nhớ lại cho lần sau (mặc định\n"
    "                            là các dải riêng 10/8, 172.16/12, 192.168/16, fc00::/7)\n"
    "  --json                    mỗi dòng một JSON, giờ UTC\n"
    "NHẬP   --as LOẠI, --keep NGÀY (giữ bao lâu), --again (nhập lại tệp đã nhập)\n"
    "XEM    --top N --by host|remote|port|proto|net|name[:bytes|:packets|:flows],\n"
    "       --limit N, --csv\n"
    "TÌM    --brief (chỉ máy và ngày, từ chỉ mục: nhanh nhất)\n"
    "TRUY VẾT  --peer ĐC[:CỔNG] (đầu kia), --source-port CỔNG, --within 15m,\n"
    "       --nat NHẬT-KÝ (của thiết bị NAT), --ranges TỆP.csv (dải địa chỉ có thời hạn:\n"
    "       lúc đó địa chỉ có phải của mình không), --unit ĐƠN-VỊ\n"
    "\n"
    "BỘ LỌC (như tcpdump và nfdump; and, or, not, dấu ngoặc)\n"
    "  host 10.1.2.3 · src net 10.0.0.0/8 · dst port 443 · port in [80, 443]\n"
    "  tcp · proto 47 · ipv6 · flags S and not flags A · bytes > 10m · duration > 1h\n"
    "  name example.com · name suffix example.com · name any\n"
    "\n"
    "MÃ THOÁT  0 xong, không tìm thấy gì; 1 có kết quả; 2 không làm được\n"
    "\n"
    "LOẠI của --as:\n";

static const char help_en[] =
    "canh flows – keep and search traffic (who spoke to whom, when, how much)\n"
    "\n"
    "USAGE\n"
    "  canh flows import ARCHIVE INPUT…       captures, NetFlow, logs into an archive\n"
    "  canh flows show ARCHIVE [FILTER]       flows, names, or sums\n"
    "  canh flows hunt ARCHIVE SET            who ever touched what the SET lists\n"
    "  canh flows trace ARCHIVE --public ADDR --at T   who was behind that address\n"
    "\n"
    "  ARCHIVE is a folder; import makes it. INPUT may be packed (gzip, bzip2, xz,\n"
    "  zstd, lz4), a tar or zip file; - is standard input. SET is of canh list build.\n"
    "\n"
    "COMMON OPTIONS\n"
    "  --since T, --until T      a period: 20/01/2024, \"20/01/2024 08:30\",\n"
    "                            2024-01-20T08:30:00Z, 7d, 2h (before now)\n"
    "  --zone +07:00             zone of times that name none, and of tables\n"
    "  --own CIDR…               our addresses; the archive remembers them (else the\n"
    "                            private 10/8, 172.16/12, 192.168/16, fc00::/7)\n"
    "  --json                    one JSON object a line, times in UTC\n"
    "IMPORT --as KIND, --keep DAYS, --again (import a file once more)\n"
    "SHOW   --top N --by host|remote|port|proto|net|name[:bytes|:packets|:flows],\n"
    "       --limit N, --csv\n"
    "HUNT   --brief (hosts and days only, from the index: the fastest)\n"
    "TRACE  --peer ADDR[:PORT], --source-port PORT, --within 15m,\n"
    "       --nat LOG (of the device that translates), --ranges FILE.csv (dated address\n"
    "       ranges: was the address ours then?), --unit UNIT\n"
    "\n"
    "FILTER (as in tcpdump and nfdump; and, or, not, parentheses)\n"
    "  host 10.1.2.3 · src net 10.0.0.0/8 · dst port 443 · port in [80, 443]\n"
    "  tcp · proto 47 · ipv6 · flags S and not flags A · bytes > 10m · duration > 1h\n"
    "  name example.com · name suffix example.com · name any\n"
    "\n"
    "EXIT CODE  0 done, nothing found; 1 something found; 2 could not be done\n"
    "\n"
    "KIND of --as:\n";

void flows_help(FILE *to, enum language l)
{
        size_t column = 0;
        const char *kind;

        (void)fputs(l == LANGUAGE_VI ? help_vi : help_en, to);
        for (size_t n = 0; (kind = flows_kind(n)); n++) {
                if (column && column + strlen(kind) + 1 > COLUMNS) {
                        (void)fputc('\n', to);
                        column = 0;
                }
                (void)fprintf(to, column ? " %s" : "  %s", kind);
                column += strlen(kind) + (column ? 1 : 2);
        }
        (void)fputc('\n', to);
}
