/* agent/usage.c: see usage.h. Lines keep to 80 columns. SPDX-License-Identifier: Apache-2.0 */
#include "agent/usage.h"
#include "agent/agent_command.h"

#include <stdio.h>
#include <string.h>

static const struct usage {
        const char *verb, *vi, *en;
} usages[] = {
        { "",
            "canh-agent – người gác trên từng máy: kiểm kê, rà quét, kết nối\n\n"
            "  canh-agent enrol    ghi danh máy với trung tâm\n"
            "  canh-agent run      chạy thường trực\n"
            "  canh-agent check    kiểm tra máy này một lần, không cần mạng\n"
            "  canh-agent status   xem tình trạng\n\n"
            "Mỗi lệnh có --help riêng. canh-agent --version cho biết phiên bản.\n",
            "canh-agent – the watch on each machine: inventory, sweep, connections\n\n"
            "  canh-agent enrol    enrol this machine at a centre\n"
            "  canh-agent run      stay and work\n"
            "  canh-agent check    check this machine once, without network\n"
            "  canh-agent status   show the state\n\n"
            "Each verb has a --help of its own. canh-agent --version says the version.\n" },
        { "enrol",
            "canh-agent enrol --centre URL --token MÃ [--state THƯ_MỤC]\n\n"
            "Đổi mã ghi danh dùng một lần lấy chứng thư của máy này.\n"
            "  --centre URL       địa chỉ trung tâm, ví dụ https://may-chu:8444\n"
            "  --token MÃ         mã do trang “Ghi danh máy” cấp\n"
            "  --state THƯ_MỤC    nơi giữ khóa, báo cáo (mặc định /var/lib/canh-agent)\n",
            "canh-agent enrol --centre URL --token TOKEN [--state DIR]\n\n"
            "Exchanges a one-time token for this machine's certificate.\n"
            "  --centre URL       the centre's address, as https://server:8444\n"
            "  --token TOKEN      from the page \"Enrol a machine\"\n"
            "  --state DIR        keeps keys and reports (default /var/lib/canh-agent)\n" },
        { "run",
            "canh-agent run [tùy chọn]\n\n"
            "Ở lại làm việc: kiểm kê, rà quét, theo dõi kết nối theo lịch và theo lệnh của\n"
            "trung tâm; mất mạng thì giữ báo cáo, có mạng thì gửi.\n"
            "  --state THƯ_MỤC    nơi giữ khóa, báo cáo (mặc định /var/lib/canh-agent)\n"
            "  --path THƯ_MỤC     chỉ rà quét thư mục này (lặp lại được; mặc định như\n"
            "                     chính sách của trung tâm)\n"
            "  --rules TỆP        thêm luật YARA (lặp lại được)\n"
            "  --hashes TỆP       thêm danh sách mã băm (lặp lại được)\n"
            "  --clamd Ổ_CẮM      hỏi thêm ClamAV đang chạy trên máy (tệp socket của clamd)\n"
            "  --trust-packages   tệp còn đúng như gói dpkg đã cài thì không đối chiếu luật\n"
            "  --no-quarantine    chỉ báo, không cách ly\n"
            "  --renew-days N     gia hạn chứng thư khi còn N ngày\n",
            "canh-agent run [options]\n\n"
            "Stays and works: inventory, sweep and connections on schedule and at the\n"
            "centre's word; keeps reports while there is no network, sends them later.\n"
            "  --state DIR        keeps keys and reports (default /var/lib/canh-agent)\n"
            "  --path DIR         sweep only this folder (may be repeated; by default what\n"
            "                     the centre's policy says)\n"
            "  --rules FILE       YARA rules besides the centre's (may be repeated)\n"
            "  --hashes FILE      a hash list besides the centre's (may be repeated)\n"
            "  --clamd SOCKET     ask the ClamAV that runs here too (clamd's socket file)\n"
            "  --trust-packages   files that are as dpkg's packages brought them are not\n"
            "                     matched against rules\n"
            "  --no-quarantine    tell only, put nothing in quarantine\n"
            "  --renew-days N     renew the certificate when N days are left\n" },
        { "check",
            "canh-agent check [--kit TỆP] [--out TỆP] [tùy chọn] [THƯ_MỤC…]\n\n"
            "Kiểm tra máy này một lần, không cài đặt, không dùng mạng; hiện kết quả và ghi\n"
            "tệp kết quả đã ký để nộp cho trung tâm.\n"
            "  --kit TỆP          bộ kiểm tra tải ở trang “Ghi danh máy”\n"
            "  --out TỆP          tệp kết quả (chưa được có sẵn)\n"
            "  --rules TỆP        luật YARA (lặp lại được)\n"
            "  --hashes TỆP       danh sách mã băm (lặp lại được)\n"
            "  --state THƯ_MỤC    của máy đã ghi danh (mặc định /var/lib/canh-agent)\n"
            "Mã thoát: 0 sạch, 1 có phát hiện, 2 không kiểm tra được.\n",
            "canh-agent check [--kit FILE] [--out FILE] [options] [DIR…]\n\n"
            "Checks this machine once, without installation or network; shows the result\n"
            "and writes a signed result file for the centre.\n"
            "  --kit FILE         the kit from the page \"Enrol a machine\"\n"
            "  --out FILE         the result file (must not be there yet)\n"
            "  --rules FILE       YARA rules (may be repeated)\n"
            "  --hashes FILE      a hash list (may be repeated)\n"
            "  --state DIR        of an enrolled machine (default /var/lib/canh-agent)\n"
            "Exit status: 0 clean, 1 something was found, 2 the check was not possible.\n" },
        { "status",
            "canh-agent status [--state THƯ_MỤC]\n\n"
            "Máy đã ghi danh chưa, luật nào đang dùng, còn báo cáo nào chờ gửi.\n",
            "canh-agent status [--state DIR]\n\n"
            "Whether the machine is enrolled, which rules are in use, what waits to be sent.\n" },
};

bool usage_show(const char *verb, enum language l)
{
        for (size_t i = 0; i < ARRAY_LEN(usages); i++)
                if (strcmp(usages[i].verb, verb) == 0)
                        return fputs(say(l, usages[i].vi, usages[i].en), stdout) >= 0;
        return false;
}

int usage_refuse(const char *verb, const char *argument, enum language l)
{
        (void)fprintf(stderr, "canh-agent %s: %s: %s; %s: canh-agent %s --help\n", verb, argument,
            say(l, "không hiểu tham số", "not understood"), say(l, "xem", "see"), verb);
        return EXIT_IMPOSSIBLE;
}
