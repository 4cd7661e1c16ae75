/* traffic/decode/log_formats.c: the table of formats; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_format.h"

extern const struct log_format log_zeek_format, log_eve_format, log_nfdump_csv_format,
    log_nfdump_json_format, log_binetflow_format, log_dhcpd_leases_format, log_kea_leases_format,
    log_dnsmasq_leases_format, log_windows_dhcp_format, log_fortigate_format, log_mikrotik_format,
    log_filterlog_format, log_draytek_format, log_conntrack_format, log_netfilter_format,
    log_dhcp_format, log_dns_format;

/* Files first; of two that are equally sure the first is taken. Messages of syslog are asked in
 * this order. */
static const struct log_format *const formats[] = { &log_zeek_format, &log_eve_format,
        &log_nfdump_csv_format, &log_nfdump_json_format, &log_binetflow_format,
        &log_dhcpd_leases_format, &log_kea_leases_format, &log_dnsmasq_leases_format,
        &log_windows_dhcp_format, &log_fortigate_format, &log_mikrotik_format,
        &log_filterlog_format, &log_draytek_format, &log_conntrack_format, &log_netfilter_format,
        &log_dhcp_format, &log_dns_format };

static const struct {
        const char *id, *vi, *en;
} any_message = { "syslog", "Syslog của tường lửa và máy chủ DHCP (tự nhận dạng từng dòng)",
        "syslog of firewalls and DHCP servers (each line by itself)" };

_Static_assert(ARRAY_LEN(formats) <= LOG_KINDS_MAX, "log_counts has a place for each format");

const struct log_format *log_format_at(size_t n)
{
        return n < ARRAY_LEN(formats) ? formats[n] : NULL;
}

const char *log_format_id(size_t n)
{
        return n < ARRAY_LEN(formats)    ? formats[n]->id
               : n == ARRAY_LEN(formats) ? any_message.id
                                         : NULL;
}

const char *log_format_label(size_t n, bool vietnamese)
{
        if (n > ARRAY_LEN(formats))
                return NULL;
        if (n == ARRAY_LEN(formats))
                return vietnamese ? any_message.vi : any_message.en;
        return vietnamese ? formats[n]->vi : formats[n]->en;
}

size_t log_format_number(const struct log_format *format)
{
        size_t n = 0;

        while (n < ARRAY_LEN(formats) - 1 && formats[n] != format)
                n++;
        return n;
}

const struct log_format *log_format_named(struct text id)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                if (text_is(id, formats[i]->id))
                        return formats[i];
        return NULL;
}

const struct log_format *log_format_of_message(const struct log_envelope *envelope)
{
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                if (formats[i]->is_mine && formats[i]->is_mine(envelope))
                        return formats[i];
        return NULL;
}

/* Whether a line of the head is a message that one of ours reads. */
static bool has_message(struct text head)
{
        const struct log_options nothing = { .zone_minutes = 0, .reference = 1 };
        struct text line;

        while (text_split(&line, &head, '\n')) {
                struct log_envelope envelope;
                log_envelope_parse(&envelope, line, &nothing);
                if (log_format_of_message(&envelope))
                        return true;
        }
        return false;
}

const char *log_format_guess(struct text head)
{
        const char *best = NULL;
        int best_score = 0;

        for (size_t i = 0; head.len && i < ARRAY_LEN(formats); i++) {
                int score = formats[i]->sniff ? formats[i]->sniff(head) : 0;
                if (score > best_score) {
                        best_score = score;
                        best = formats[i]->id;
                }
        }
        return best ? best : has_message(head) ? any_message.id : NULL;
}
