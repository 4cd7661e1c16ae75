/* sensor/proc_search.c: answers one order (hunt, trace, show) out of the archive and ends.
 * Rights kept: reading the archive's folder. Never: writing, other files, network. Lowest priority.
 * Messages accepted: SENSOR_ORDER, once. Sent: SENSOR_ANSWER, as results come, the last one says
 * that it is finished.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_search.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_set.h"
#include "sensor/role.h"
#include "sensor/search_rows.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "system/proc/message_parse.h"
#include "traffic/archive/archive.h"
#include "traffic/trace/trace.h"

#include <string.h>
#include <unistd.h>

enum { ORDER_WAIT_MS = 30000, ROWS_IN_ONE = 500, TELL_MS = 2000 };

struct search {
        struct proc_search *proc;
        struct sensor_order order;
        int set; /* sealed memory, -1 */
        struct sensor_answer answer;
        json_t *rows; /* not yet told */
        time_ms told;
        struct archive_reader *reader;
        int err; /* of the telling: the root has gone */
};

static void search_done(struct search *s)
{
        s->reader = archive_reader_close(s->reader);
        json_decref(s->rows);
        file_close_at(&s->set);
}

static int on_order(void *state, const struct message *m)
{
        struct search *s = state;

        memcpy(&s->order, m->body.data, sizeof(s->order));
        s->order.id[ULID_MAX - 1] = '\0';
        s->set = m->fd;
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_ORDER, sizeof(struct sensor_order),
    sizeof(struct sensor_order), ROLE_STATE, true, on_order } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static int order_take(struct search *s)
{
        AUTO(mem_free_at) void *room = mem_zero(1, MESSAGE_BYTES_MAX);
        struct message m;
        int err = room
                      ? message_receive(&m, s->proc->socket, room, MESSAGE_BYTES_MAX, ORDER_WAIT_MS)
                      : ERR_MEMORY;

        return err ? err : message_dispatch(&table, ROLE_STATE, s, &m);
}

/* What was found since the last telling. */
static int tell(struct search *s, uint32_t state)
{
        AUTO(mem_free_at) char *text = json_dumps(s->rows, JSON_COMPACT);
        AUTO(file_close_at) int fd = -1;
        size_t count = json_array_size(s->rows);
        int err = text ? memory_file_make(&fd, "rows", text_of(text)) : ERR_MEMORY;

        s->answer.state = state;
        if (!err)
                err = message_send(s->proc->socket, SENSOR_ANSWER, 0,
                    (struct text){ (char *)&s->answer, sizeof(s->answer) }, fd);
        if (err)
                return err;
        s->answer.from += count;
        s->told = clock_steady(&clock_real);
        return json_array_clear(s->rows) ? ERR_MEMORY : 0;
}

static int tell_in_time(struct search *s)
{
        if (json_array_size(s->rows) < ROWS_IN_ONE && clock_steady(&clock_real) - s->told < TELL_MS)
                return 0;
        return tell(s, SENSOR_RUNNING);
}

/* Takes the row. Beyond the limit it is only counted. */
static int row_add_own(struct search *s, json_t *row)
{
        if (!row)
                return ERR_MEMORY;
        if (s->answer.from + json_array_size(s->rows) >= SENSOR_ROWS_MAX) {
                json_decref(row);
                s->answer.left_out++;
                return 0;
        }
        if (json_array_append_new(s->rows, row))
                return ERR_MEMORY;
        return tell_in_time(s);
}

static void on_progress(void *state, uint64_t done, uint64_t total)
{
        struct search *s = state;

        s->answer.done = done;
        s->answer.total = total;
        s->err = s->err ? s->err : tell_in_time(s);
}

static bool is_wanted(void *state)
{
        return !((struct search *)state)->err;
}

static struct archive_question question_of(struct search *s)
{
        return (struct archive_question){ .since = s->order.since,
                .until = s->order.until,
                .is_wanted = is_wanted,
                .progress = on_progress,
                .state = s };
}

static int on_hit(void *state, const struct archive_hit *hit)
{
        return row_add_own(state, search_hit_json(hit));
}

static int hunt(struct search *s)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        struct archive_question q = question_of(s);
        struct text bytes = { NULL, 0 };
        int err = memory_file_map(&bytes, s->set, SET_BYTES_MAX);

        if (!err && !bytes.len)
                return 0; /* nothing is listed */
        if (!err)
                err = indicator_set_parse(&set, bytes, NULL);
        memory_file_unmap(&bytes);
        return err ? err : archive_hunt(s->reader, set, &q, (struct archive_hit_sink){ on_hit, s });
}

static int on_flow(void *state, const struct flow *flow)
{
        struct search *s = state;
        const struct ip_address *host = &s->order.address;
        const struct ip_address *peer = ip_address_compare(&flow->source, host)
                                            ? &flow->source
                                            : &flow->destination;

        if (s->order.has_peer && ip_address_compare(peer, &s->order.peer))
                return 0;
        return row_add_own(s, search_flow_json(host, flow));
}

static int on_name(void *state, const struct name_sighting *sighting)
{
        struct search *s = state;

        if (ip_address_compare(&sighting->host, &s->order.address) || s->order.has_peer)
                return 0;
        return row_add_own(s, search_name_json(sighting));
}

static int show(struct search *s)
{
        const struct ip_prefix whole = { .base = s->order.address, .bits = 128 };
        struct archive_question q = question_of(s);

        q.addresses = &whole;
        q.address_count = 1;
        return archive_each(s->reader, &q,
            (struct traffic_sink){ .take_flow = on_flow, .take_name = on_name, .state = s });
}

/* The archive as the source of a trace's facts. */

static int each(struct search *s, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        struct ip_prefix whole = { .bits = 128 };
        struct archive_question q = question_of(s);

        q.since = since;
        q.until = until;
        if (end) {
                whole.base = *end;
                q.addresses = &whole;
                q.address_count = 1;
        }
        return archive_each(s->reader, &q, sink);
}

static int each_flow(void *state, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        return each(state, since, until, end, sink);
}

static int each_translation(void *state, time_ms since, time_ms until,
    const struct ip_address *outer, struct traffic_sink sink)
{
        return each(state, since, until, outer, sink);
}

static int each_lease(void *state, time_ms since, time_ms until, struct traffic_sink sink)
{
        return each(state, since, until, NULL, sink);
}

/* The centre knows whose the address was; since and until are how long it was that one's. */
static struct trace_tenure owner(void *state, const struct ip_address *outer, time_ms at)
{
        const struct sensor_order *o = &((struct search *)state)->order;

        (void)outer, (void)at;
        return (struct trace_tenure){ o->owner < TRACE_OWNER_COUNT ? (enum trace_owner)o->owner
                                                                   : TRACE_OWNER_UNKNOWN,
                o->since, o->until };
}

static bool is_internal(void *state, const struct ip_address *address)
{
        return settings_has_own(((struct search *)state)->proc->settings, address);
}

static int trace(struct search *s)
{
        AUTO(mem_free_at) struct trace_answer *found = mem_zero(1, sizeof(*found));
        const struct sensor_order *o = &s->order;
        const struct trace_question q = { .outer = o->address,
                .at = o->at,
                .within = o->within_ms,
                .has_peer = o->has_peer,
                .peer = o->peer,
                .peer_port = o->peer_port,
                .source_port = o->port };
        const struct trace_source source = { .each_flow = each_flow,
                .each_translation = each_translation,
                .each_lease = each_lease,
                .is_internal = is_internal,
                .owner = owner,
                .state = s };
        int err = found ? trace_find(found, &q, &source) : ERR_MEMORY;

        for (size_t i = 0; !err && i < found->count; i++)
                err = row_add_own(s, search_candidate_json(&found->candidates[i]));
        if (err)
                return err;
        s->answer.left_out += found->left_out;
        if (found->doubt != TRACE_DOUBT_NONE) {
                (void)snprintf(s->answer.why_vi, SENSOR_WHY_MAX, "%s",
                    trace_doubt_text(found->doubt, LANGUAGE_VI));
                (void)snprintf(s->answer.why_en, SENSOR_WHY_MAX, "%s",
                    trace_doubt_text(found->doubt, LANGUAGE_EN));
        }
        return 0;
}

static int answer(struct search *s)
{
        switch (s->order.kind) {
        case SENSOR_HUNT:
                return hunt(s);
        case SENSOR_TRACE:
                return trace(s);
        case SENSOR_SHOW:
                return show(s);
        default:
                return ERR_UNSUPPORTED;
        }
}

int proc_search_run(void *state)
{
        AUTO(search_done)
        struct search s = { .proc = state, .set = -1, .rows = json_array() };
        AUTO(folder_close_at) struct folder *folder = NULL;
        int err = s.rows ? order_take(&s) : ERR_MEMORY;

        if (err)
                return 1;
        memcpy(s.answer.id, s.order.id, ULID_MAX);
        confine_be_idle();
        err = folder_open(&folder, s.proc->settings->archive);
        if (!err)
                err = role_confine(
                    "sensor search", CONFINE_SCAN, s.proc->settings->archive, CONFINE_READ);
        if (!err)
                err = archive_reader_open(&s.reader, folder);
        if (!err)
                err = answer(&s);
        s.answer.err = err;
        if (err)
                log_line(
                    LOG_LEVEL_WARNING, "sensor search", "order %s: %s", s.order.id, err_text(err));
        return tell(&s, err ? SENSOR_FAILED : SENSOR_FINISHED) ? 1 : 0;
}
