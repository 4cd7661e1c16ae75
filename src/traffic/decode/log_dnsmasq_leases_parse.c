/* traffic/decode/log_dnsmasq_leases_parse.c: the lease file of dnsmasq: "1750000000
 * aa:bb:cc:00:53:01 192.0.2.33 name client-id". It says when the lease ends (0 = never), not when
 * it began: that is taken for the reference, when the file was written. SPDX-License-Identifier:
 * Apache-2.0 */
#include "traffic/decode/log_format.h"

static int read_line(struct lease *out, struct text line)
{
        struct text word = log_value_word(&line), machine = log_value_word(&line);

        if (log_value_milliseconds(&out->end, word) ||
            ip_address_parse(&out->address, log_value_word(&line)))
                return ERR_FORMAT;
        out->has_hardware = log_value_hardware(out->hardware, machine) == 0;
        out->host_name = log_value_word(&line);
        if (out->host_name.len == 0)
                return ERR_FORMAT;
        if (text_is(out->host_name, "*"))
                out->host_name.len = 0; /* not said */
        return 0;
}

static int take_line(struct log_lines *lines, struct text line)
{
        struct lease lease = { .begin = lines->options->reference };

        if (text_starts(line, "duid "))
                return LOG_IGNORED; /* of the server, before the leases of IPv6 */
        if (lease.begin == 0)
                return log_bad(lines, "Không rõ tệp được ghi lúc nào",
                    "it is not known when the file was written");
        if (read_line(&lease, line))
                return log_bad(
                    lines, "Không phải dòng cấp phát của dnsmasq", "not a lease line of dnsmasq");
        if (lease.end && lease.end < lease.begin)
                lease.begin = lease.end; /* it ended before: all that is sure is its end */
        return log_give_lease(lines, &lease);
}

static int sniff(struct text head)
{
        struct lease lease = { .begin = 0 };
        struct text line;

        while (text_split(&line, &head, '\n'))
                if (line.len && !text_starts(line, "duid "))
                        return read_line(&lease, line) == 0 && lease.has_hardware ? 90 : 0;
        return 0;
}

extern const struct log_format log_dnsmasq_leases_format;
const struct log_format log_dnsmasq_leases_format = { .id = "dnsmasq-leases",
        .vi = "Tệp cấp phát địa chỉ của dnsmasq",
        .en = "lease file of dnsmasq",
        .sniff = sniff,
        .line = take_line };
