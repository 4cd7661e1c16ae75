/* workstation/connections/connection_report.c: history and set to the body of a report; see
 * connection_history.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/connections/connection_history.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "indicators/set/indicator_set.h"

static json_t *match_of(const struct indicator_set *set, const struct connection *c)
{
        struct indicator_view v;
        struct text value;

        if (!set || !indicator_set_find_address(&v, set, &c->remote))
                return NULL;
        value = indicator_view_value(&v);
        return json_pack("{ss ss% ss% ss%}", "type", v.type == INDICATOR_PREFIX ? "prefix" : "ip",
            "value", value.data, value.len, "family", v.family.len ? v.family.data : "",
            v.family.len, "list", v.source.len ? v.source.data : "", v.source.len);
}

static int add(json_t *list, const struct connection *c, json_t *match)
{
        char address[IP_TEXT_MAX], first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
        json_t *o = json_pack("{ss si ss ss ss ss sI}", "remote",
            ip_address_write(address, &c->remote), "port", (int)c->port, "protocol",
            c->udp ? "udp" : "tcp", "process", c->process, "first_at",
            timestamp_write(first, c->first_at), "last_at", timestamp_write(last, c->last_at),
            "times", (json_int_t)c->times);

        if (match && json_object_set_new(o, "match", match) != 0) {
                json_decref(o);
                return ERR_MEMORY;
        }
        return json_array_append_new(list, o) == 0 ? 0 : ERR_MEMORY;
}

/* One pass over what was seen since the last report: the listed ones, or the others. */
static int collect(json_t *list, size_t *left_out, const struct connection_history *h,
    const struct indicator_set *set, bool listed)
{
        int err = 0;

        for (size_t i = 0; !err && i < connection_history_count(h); i++) {
                const struct connection *c = connection_history_at(h, i);
                json_t *match;

                if (c->last_at <= connection_history_reported(h))
                        continue;
                match = match_of(set, c);
                if ((match != NULL) != listed) {
                        json_decref(match);
                        continue;
                }
                if (json_array_size(list) < CONNECTIONS_A_REPORT) {
                        err = add(list, c, match);
                } else {
                        json_decref(match);
                        (*left_out)++;
                }
        }
        return err;
}

int connection_report(json_t **out, size_t *matches, const struct connection_history *h,
    const struct indicator_set *set, time_ms now)
{
        AUTO(json_free_at) json_t *list = json_array();
        char from[TIMESTAMP_TEXT_MAX], to[TIMESTAMP_TEXT_MAX];
        size_t left_out = 0, listed;
        json_t *body;
        int err = list ? collect(list, &left_out, h, set, true) : ERR_MEMORY;

        if (err)
                return err;
        listed = json_array_size(list);
        err = collect(list, &left_out, h, set, false);
        if (err)
                return err;
        body = json_pack("{ss ss sO sI}", "from",
            timestamp_write(from, connection_history_reported(h)), "to", timestamp_write(to, now),
            "connections", list, "dropped", (json_int_t)(connection_history_dropped(h) + left_out));
        if (!body)
                return ERR_MEMORY;
        *out = body;
        *matches = listed;
        return 0;
}
