/* traffic/trace/trace_text.c: the reasons of trace.h in words. SPDX-License-Identifier: Apache-2.0
 */
#include "traffic/trace/trace.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>

const char *trace_reason_name(enum trace_reason reason)
{
        static const char *const names[TRACE_REASONS] = { "nat_row", "own_address", "source_port",
                "only_host", "several", "only_active" };

        return names[reason];
}

const char *trace_doubt_name(enum trace_doubt doubt)
{
        static const char *const names[TRACE_DOUBTS] = { "none", "alike", "not_ours", "no_facts",
                "silent_peer", "no_peer", "no_nat_row" };

        return names[doubt];
}

static const char *const owner_names[TRACE_OWNER_COUNT] = { "unknown", "ours", "dynamic", "other" };

const char *trace_owner_name(enum trace_owner owner)
{
        return owner_names[owner];
}

enum trace_owner trace_owner_parse(struct text word)
{
        for (int i = 0; i < TRACE_OWNER_COUNT; i++)
                if (text_is(word, owner_names[i]))
                        return (enum trace_owner)i;
        return TRACE_OWNER_UNKNOWN;
}

static const char *reason_text(const struct trace_candidate *c, enum language l)
{
        switch (c->reason) {
        case TRACE_REASON_NAT_ROW:
                return c->others ? say(l, "có dòng phù hợp trong nhật ký NAT, cùng máy khác",
                                       "a fitting row of the NAT log, as others have")
                                 : say(l, "đúng dòng trong nhật ký NAT", "the row of the NAT log");
        case TRACE_REASON_OWN_ADDRESS:
                return say(l, "chính máy mang địa chỉ này, không qua NAT",
                    "the machine itself has this address, without NAT");
        case TRACE_REASON_SOURCE_PORT:
                return say(l, "liên hệ với đầu kia từ đúng cổng nguồn",
                    "spoke to the peer from the very source port");
        case TRACE_REASON_ONLY_HOST:
                return say(l, "máy duy nhất liên hệ với đầu kia trong khoảng này",
                    "the only host that spoke to the peer in that time");
        case TRACE_REASON_ONLY_ACTIVE:
                return say(l, "máy duy nhất có lưu lượng ra ngoài trong khoảng này",
                    "the only host with traffic to the outside in that time");
        default:
                return say(l, "một trong nhiều máy liên hệ với đầu kia, xếp theo thời điểm",
                    "one of several hosts that spoke to the peer, by nearness in time");
        }
}

const char *trace_reason_write(
    char out[TRACE_SENTENCE_MAX], const struct trace_candidate *c, enum language l)
{
        int64_t seconds = (c->away_ms + SECOND_MS / 2) / SECOND_MS;
        const char *shared = c->is_lease_shared
                                 ? say(l, "; trong khoảng này địa chỉ còn được cấp cho máy khác",
                                       "; the address was leased to another machine too then")
                                 : "";

        if (seconds == 0)
                (void)snprintf(out, TRACE_SENTENCE_MAX, "%s; %s%s", reason_text(c, l),
                    say(l, "đúng thời điểm", "at that very time"), shared);
        else if (seconds < 120)
                (void)snprintf(out, TRACE_SENTENCE_MAX,
                    say(l, "%s; lệch %" PRId64 " giây%s", "%s; %" PRId64 " s away%s"),
                    reason_text(c, l), seconds, shared);
        else
                (void)snprintf(out, TRACE_SENTENCE_MAX,
                    say(l, "%s; lệch %" PRId64 " phút%s", "%s; %" PRId64 " min away%s"),
                    reason_text(c, l), (seconds + 30) / 60, shared);
        return out;
}

const char *trace_doubt_text(enum trace_doubt doubt, enum language l)
{
        switch (doubt) {
        case TRACE_DOUBT_ALIKE:
                return say(l,
                    "nhiều máy cùng liên hệ với đầu kia quanh thời điểm đó và không máy nào nổi "
                    "trội; cần cổng nguồn, nhật ký NAT hoặc thời điểm chính xác hơn",
                    "several hosts spoke to the peer around that time and none stands out; a "
                    "source port, a NAT log or a more exact time would tell");
        case TRACE_DOUBT_NOT_OURS:
                return say(l, "vào thời điểm đó địa chỉ này không thuộc đơn vị",
                    "at that time the address did not belong to the office");
        case TRACE_DOUBT_NO_FACTS:
                return say(l,
                    "kho không có lưu lượng nào quanh thời điểm đó (chưa nhập, hoặc đã quá hạn "
                    "lưu)",
                    "nothing is kept around that time (not imported, or its retention ended)");
        case TRACE_DOUBT_SILENT_PEER:
                return say(l,
                    "không máy nào trong kho liên hệ với đầu kia quanh thời điểm đó; hãy xem lại "
                    "giờ và múi giờ, hoặc nới --within",
                    "no host of the archive spoke to the peer around that time; check the time and "
                    "its zone, or widen --within");
        case TRACE_DOUBT_NO_NAT_ROW:
                return say(l,
                    "nhật ký NAT không có dòng phù hợp và không biết đầu kia; hãy thêm --peer hoặc "
                    "--source-port",
                    "no row of the NAT log fits and the peer is not known; add --peer or "
                    "--source-port");
        case TRACE_DOUBT_NO_PEER:
                return say(l,
                    "nhiều máy cùng có lưu lượng ra ngoài; cần đầu kia (--peer), cổng nguồn hoặc "
                    "nhật ký NAT mới phân biệt được",
                    "several hosts had traffic to the outside; only the peer (--peer), the source "
                    "port or a NAT log can tell them apart");
        default:
                return "";
        }
}
