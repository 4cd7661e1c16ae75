/* sensor/uplink_reports.c: see uplink_reports.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/uplink_reports.h"
#include "codec/timestamp.h"

#include <stdio.h>

static const char *const count_names[SENSOR_COUNTERS] = {
        [COUNT_PACKETS] = "packets",
        [COUNT_DROPS] = "drops",
        [COUNT_BYTES] = "bytes",
        [COUNT_UNREADABLE] = "unreadable",
        [COUNT_RECORDS] = "records",
        [COUNT_FLOWS] = "flows",
        [COUNT_FLOWS_REFUSED] = "flows_refused",
        [COUNT_NAMES] = "names",
        [COUNT_ALERTS] = "alerts",
        [COUNT_ALERTS_LEFT_OUT] = "alerts_left_out",
        [COUNT_QUIETED] = "quieted",
        [COUNT_ARCHIVE_FAILURES] = "archive_failures",
        [COUNT_LOG_LINES] = "log_lines",
        [COUNT_LOG_TAKEN] = "log_taken",
        [COUNT_LOG_IGNORED] = "log_ignored",
        [COUNT_LOG_REFUSED] = "log_refused",
        [COUNT_LOG_CUT] = "log_cut",
        [COUNT_LOG_SHIFTED] = "log_shifted",
        [COUNT_LOG_TRANSLATIONS] = "log_translations",
        [COUNT_LOG_LEASES] = "log_leases",
        [COUNT_LOG_CALLERS_REFUSED] = "log_callers_refused",
        [COUNT_EXPORT_FOREIGN] = "export_foreign",
        [COUNT_EXPORT_DAMAGED] = "export_damaged",
        [COUNT_EXPORT_REFUSED] = "export_refused",
        [COUNT_EXPORT_WAITED] = "export_waited",
        [COUNT_EXPORT_DROPPED] = "export_dropped",
        [COUNT_EXPORT_LOST] = "export_lost",
        [COUNT_EXPORT_SHIFTED] = "export_shifted",
        [COUNT_RING_DROPS] = "ring_drops",
        [COUNT_FACT_DROPS] = "fact_drops",
        [COUNT_FLOWS_OPEN] = "flows_open",
        [COUNT_ARCHIVE_BYTES] = "archive_bytes",
        [COUNT_ARCHIVE_FLOWS] = "archive_flows",
        [COUNT_ARCHIVE_PARTITIONS] = "archive_partitions",
        [COUNT_ARCHIVE_DAMAGED] = "archive_damaged",
        [COUNT_ARCHIVE_FIRST_AT] = "archive_first_at",
        [COUNT_ARCHIVE_LAST_AT] = "archive_last_at",
        [COUNT_OUTBOX] = "outbox",
};

enum { COUNT_NAME_ROOM = 48 };

/* Of lines of logs: "log_kind_fortigate". NULL: no such format, or none of it came. */
static const char *name_of(char room[COUNT_NAME_ROOM], const struct sensor_status *s, size_t n)
{
        const char *kind;

        if (n < COUNT_LOG_KIND || n >= COUNT_LOG_KIND + LOG_KINDS_MAX)
                return count_names[n];
        kind = s->counts.of[n] ? log_format_id(n - COUNT_LOG_KIND) : NULL;
        if (kind)
                (void)snprintf(room, COUNT_NAME_ROOM, "log_kind_%s", kind);
        return kind ? room : NULL;
}

static json_t *counts_json(const struct sensor_status *status)
{
        json_t *o = json_pack("{sI}", "restarts", (json_int_t)status->restarts);

        for (size_t i = 0; o && i < SENSOR_COUNTERS; i++) {
                char room[COUNT_NAME_ROOM];
                const char *name = name_of(room, status, i);

                if (name &&
                    json_object_set_new(o, name, json_integer((json_int_t)status->counts.of[i]))) {
                        json_decref(o);
                        return NULL;
                }
        }
        return o;
}

static json_t *talkers_json(const struct sensor_talkers *talkers)
{
        json_t *all = talkers ? json_array() : NULL;

        for (size_t i = 0; all && i < talkers->count && i < TALKERS_TOLD; i++) {
                const struct sensor_talker *t = &talkers->of[i];
                char host[IP_TEXT_MAX];

                if (json_array_append_new(
                        all, json_pack("{ss sI sI sI}", "host", ip_address_write(host, &t->host),
                                 "bytes_out", (json_int_t)t->bytes_out, "bytes_in",
                                 (json_int_t)t->bytes_in, "flows", (json_int_t)t->flows))) {
                        json_decref(all);
                        return NULL;
                }
        }
        return all;
}

json_t *uplink_status_json(const struct sensor_status *status, const struct sensor_talkers *talkers,
    const char *source, const char *generation, time_ms now)
{
        char at[TIMESTAMP_TEXT_MAX], since[TIMESTAMP_TEXT_MAX];

        return json_pack("{ss ss ss ss ss so so?}", "format", "canh-sensor-status/1", "at",
            timestamp_write(at, now), "since", timestamp_write(since, status->since), "source",
            source, "generation", generation, "counts", counts_json(status), "talkers",
            talkers_json(talkers));
}

json_t *uplink_answer_json_own(const struct sensor_answer *a, json_t *rows)
{
        static const char *const states[] = { "", "running", "done", "failed" };
        bool failed = a->state == SENSOR_FAILED;

        return json_pack("{ss ss ss ss ss sI sI sI sI so}", "order", a->id, "state",
            states[a->state <= SENSOR_FAILED ? a->state : SENSOR_FAILED], "detail",
            failed ? err_text(a->err) : "", "why_vi", a->why_vi, "why_en", a->why_en, "done",
            (json_int_t)a->done, "total", (json_int_t)a->total, "left_out", (json_int_t)a->left_out,
            "from", (json_int_t)a->from, "rows", rows);
}
