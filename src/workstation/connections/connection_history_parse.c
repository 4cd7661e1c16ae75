/* workstation/connections/connection_history_parse.c: the state file,
 * docs/formats/connection-history.md. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/connections/connection_history.h"
#include "base/mem.h"

#include <string.h>

#define HEADING "canh-connections/1"
enum { FIELDS = 7 };

int connection_history_write(struct buffer *out, const struct connection_history *h)
{
        int err = buffer_add_format(
            out, HEADING "\t%lld\n", (long long)connection_history_reported(h));

        for (size_t i = 0; !err && i < connection_history_count(h); i++) {
                const struct connection *c = connection_history_at(h, i);
                char address[IP_TEXT_MAX];

                err = buffer_add_format(out, "%s\t%u\t%s\t%lld\t%lld\t%llu\t%s\n",
                    ip_address_write(address, &c->remote), c->port, c->udp ? "udp" : "tcp",
                    (long long)c->first_at, (long long)c->last_at, (unsigned long long)c->times,
                    c->process);
        }
        return err;
}

static int line_parse(struct connection *out, struct text line)
{
        struct connection c = { .port = 0 };
        struct text f[FIELDS], rest = line;
        uint64_t port;
        int err;

        for (size_t i = 0; i < FIELDS; i++)
                if (!rest.data || !text_split(&f[i], &rest, '\t'))
                        return ERR_FORMAT;
        err = ip_address_parse(&c.remote, f[0]);
        if (!err)
                err = text_to_u64(&port, f[1], UINT16_MAX);
        if (!err)
                err = text_to_i64(&c.first_at, f[3]);
        if (!err)
                err = text_to_i64(&c.last_at, f[4]);
        if (!err)
                err = text_to_u64(&c.times, f[5], INT64_MAX);
        if (!err && f[6].len && memchr(f[6].data, '\0', f[6].len))
                err = ERR_FORMAT;
        if (!err)
                err = text_is_utf8(f[6]) ? text_copy(c.process, sizeof(c.process), f[6])
                                         : ERR_FORMAT;
        if (err || rest.data || c.first_at < 0 || c.last_at < c.first_at ||
            (!text_is(f[2], "udp") && !text_is(f[2], "tcp")))
                return ERR_FORMAT;
        c.port = (uint16_t)port;
        c.udp = text_is(f[2], "udp");
        *out = c;
        return 0;
}

int connection_history_parse(struct connection_history **out, struct text bytes, size_t max)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;
        struct text rest = bytes, line, word;
        int64_t reported;
        int err;

        if (!bytes.len || !text_split(&line, &rest, '\n') || !text_split(&word, &line, '\t') ||
            !text_is(word, HEADING) || !line.data || text_to_i64(&reported, line) || reported < 0)
                return ERR_FORMAT;
        err = connection_history_new(&h, max);
        if (err)
                return err;
        connection_history_set_reported(h, reported);
        while (rest.data && text_split(&line, &rest, '\n')) {
                struct connection c;

                if (line_parse(&c, line) == 0 && (err = connection_history_keep(h, &c)) != 0)
                        return err;
        }
        *out = MOVE(h);
        return 0;
}
