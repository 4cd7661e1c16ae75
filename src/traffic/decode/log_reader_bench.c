/* traffic/decode/log_reader_bench.c: how fast lines become facts: connections of Zeek as TSV and
 * JSON, flows and questions of EVE, a firewall's syslog. Lines: name n ns/line MB/s.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "traffic/decode/log_reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINES = 20000, ROUNDS = 20, BYTES_MAX = 64 << 20 };

static const char zeek_head[] =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
    "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\t"
    "orig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n";
static const char zeek_tsv[] = "17053056%02d.714845\tC6SgKom3WB2KEL2ae\t192.0.2.%d\t65164\t203.0."
                               "113.%d\t443\ttcp\tssl\t0.037629\t"
                               "261\t1077\tSF\tT\tF\t0\tShADadFf\t5\t473\t5\t1281\t-\n";
static const char zeek_json[] =
    "{\"ts\":17053056%02d.714845,\"uid\":\"C6SgKom3WB2KEL2ae\",\"id.orig_h\":\"192.0.2.%d\",\"id."
    "orig_p\":"
    "65164,\"id.resp_h\":\"203.0.113.%d\",\"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\","
    "\"duration\":0.037629,\"orig_bytes\":261,\"resp_bytes\":1077,\"conn_state\":\"SF\",\"missed_"
    "bytes\":0,"
    "\"history\":\"ShADadFf\",\"orig_pkts\":5,\"orig_ip_bytes\":473,\"resp_pkts\":5,\"resp_ip_"
    "bytes\":1281}\n";
static const char eve_flow[] =
    "{\"timestamp\":\"2024-01-15T15:00:%02d.457984+0700\",\"flow_id\":1374195536821504,\"event_"
    "type\":"
    "\"flow\",\"src_ip\":\"192.0.2.%d\",\"src_port\":51698,\"dest_ip\":\"203.0.113.%d\",\"dest_"
    "port\":443,"
    "\"proto\":\"TCP\",\"app_proto\":\"tls\",\"flow\":{\"pkts_toserver\":11,\"pkts_toclient\":12,"
    "\"bytes_toserver\":1322,\"bytes_toclient\":4870,\"start\":\"2024-01-15T15:00:00.457984+0700\","
    "\"end\":"
    "\"2024-01-15T15:00:01.457984+0700\",\"age\":1,\"state\":\"closed\",\"reason\":\"timeout\","
    "\"alerted\":"
    "false},\"tcp\":{\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\",\"tcp_flags_tc\":\"1b\",\"syn\":"
    "true}}\n";
static const char eve_dns[] = "{\"timestamp\":\"2024-01-15T15:00:%02d.457984+0700\",\"flow_id\":"
                              "1374195536821504,\"event_type\":"
                              "\"dns\",\"src_ip\":\"192.0.2.%d\",\"src_port\":51698,\"dest_ip\":"
                              "\"203.0.113.%d\",\"dest_port\":53,"
                              "\"proto\":\"UDP\",\"dns\":{\"version\":2,\"type\":\"answer\",\"id\":"
                              "16000,\"flags\":\"8180\",\"rrname\":"
                              "\"www.example.com\",\"rrtype\":\"A\",\"rcode\":\"NOERROR\","
                              "\"answers\":[{\"rrname\":\"www.example.com\","
                              "\"rrtype\":\"A\",\"ttl\":300,\"rdata\":\"203.0.113.7\"}],"
                              "\"grouped\":{\"A\":[\"203.0.113.7\"]}}}\n";
static const char filterlog[] =
    "<134>Jan 15 15:00:%02d pfSense filterlog: "
    "53,,,1000102631,em0,match,block,in,4,0x0,,64,892,0,none,6,"
    "tcp,44,192.0.2.%d,203.0.113.%d,59576,22,0,S,17536001,,65535,,mss\n";

static int count_flow(void *state, const struct flow *flow)
{
        *(uint64_t *)state += flow->bytes_out;
        return 0;
}

static int count_name(void *state, const struct name_sighting *sighting)
{
        *(uint64_t *)state += sighting->name.len;
        return 0;
}

static void read_rounds(const char *name, const char *as, struct text bytes)
{
        const struct log_options options = { .as = text_of(as), .reference = 1705400000000 };
        uint64_t sum = 0;
        const struct traffic_sink sink = {
                .take_flow = count_flow, .take_name = count_name, .state = &sum
        };
        time_ms began = clock_steady(&clock_real);
        double ns;

        for (int round = 0; round < ROUNDS; round++) {
                AUTO(log_reader_free_at) struct log_reader *r = NULL;
                if (log_reader_new(&r, &options, &sink) || log_reader_add(r, bytes) ||
                    log_reader_end(r) || log_reader_counts(r)->taken != LINES)
                        abort();
        }
        ns = (double)(clock_steady(&clock_real) - began) * 1e6;
        (void)printf("%-12s %9d %9.1f ns/line %8.1f MB/s\n", name, LINES,
            ns / ((double)LINES * ROUNDS), (double)bytes.len * ROUNDS * 1e3 / ns);
}

#define BENCH(name, as, head, format)                                                              \
        do {                                                                                       \
                AUTO(buffer_done) struct buffer b = BUFFER(BYTES_MAX);                             \
                int err_ = buffer_add_text(&b, head);                                              \
                for (int i = 0; !err_ && i < LINES; i++)                                           \
                        err_ = buffer_add_format(&b, format, i % 60, i % 254, i * 7 % 254);        \
                if (err_)                                                                          \
                        abort();                                                                   \
                read_rounds(name, as, (struct text){ b.data, b.len });                             \
        } while (0)

int main(void)
{
        BENCH("zeek_tsv", "zeek", zeek_head, zeek_tsv);
        BENCH("zeek_json", "zeek", "", zeek_json);
        BENCH("eve_flow", "eve", "", eve_flow);
        BENCH("eve_dns", "eve", "", eve_dns);
        BENCH("filterlog", "syslog", "", filterlog);
        return 0;
}
