/* GET /status and the description of the API. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/bundle.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "system/net/http_server.h"
#include "system/proc/process.h"

#include <sys/stat.h>
#include <unistd.h>

extern const char openapi_json[];
extern const size_t openapi_json_len;

static int add_counts(json_t *counters, const char *prefix, struct http_server *server)
{
        static const char *const names[] = { "requests", "refused_large", "refused_busy",
                "connections", "waiting" };
        struct http_server_counts c;
        char name[64];
        int bad = 0;

        http_server_count(&c, server);
        const uint64_t values[] = { c.requests, c.refused_large, c.refused_busy, c.connections,
                c.waiting };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                (void)snprintf(name, sizeof(name), "%s_%s", prefix, names[i]);
                bad |= json_object_set_new(counters, name, json_integer((json_int_t)values[i]));
        }
        return bad ? ERR_MEMORY : 0;
}

static json_t *counters_of(struct office *o)
{
        json_t *counters = json_pack("{s:I,s:I,s:I,s:I,s:I}", "api_requests",
            (json_int_t)atomic_load(&o->requests), "api_problems",
            (json_int_t)atomic_load(&o->problems), "reader_jobs",
            (json_int_t)atomic_load(&o->jobs_run), "reader_jobs_failed",
            (json_int_t)atomic_load(&o->jobs_failed), "intake_rows_dropped",
            (json_int_t)atomic_load(&o->rows_dropped));

        if (counters && (add_counts(counters, "console", o->console) != 0 ||
                            (o->agents && add_counts(counters, "agents", o->agents) != 0))) {
                json_decref(counters);
                return NULL;
        }
        return counters;
}

static json_t *processes_of(const struct office *o)
{
        const struct {
                const char *name;
                int pid;
        } all[] = { { "parent", getppid() }, { "web", getpid() },
                { "reader", atomic_load(&o->reader_pid) }, { "keys", atomic_load(&o->keys_pid) },
                { "fetch", atomic_load(&o->fetch_pid) } };
        json_t *list = json_array();

        for (size_t i = 0; list && i < ARRAY_LEN(all); i++)
                if (json_array_append_new(
                        list, json_pack("{s:s,s:i,s:I}", "name", all[i].name, "pid", all[i].pid,
                                  "rss_bytes", (json_int_t)process_rss_bytes(all[i].pid))) != 0) {
                        json_decref(list);
                        list = NULL;
                }
        return list;
}

static int64_t database_bytes(const struct office *o)
{
        struct stat seen;
        const char *path = strchr(o->database_url, ':');

        return path && stat(path + 1, &seen) == 0 ? (int64_t)seen.st_size : 0;
}

static int status(struct reply *reply, struct call *call)
{
        struct office *o = call->office;
        char started[TIMESTAMP_TEXT_MAX], generation[GENERATION_MAX];

        office_generation(o, generation);
        return reply_json(reply, 200,
            json_pack("{s:s,s:s,s:{s:s,s:I,s:I},s:o,s:o,s:s,s:s}", "version", CANH_VERSION,
                "started_at", timestamp_write(started, o->started_at), "database", "engine",
                "sqlite", "schema", (json_int_t)o->schema, "bytes", (json_int_t)database_bytes(o),
                "processes", processes_of(o), "counters", counters_of(o), "bundle", generation,
                "agents_url", o->agents_url));
}

static int openapi(struct reply *reply, struct call *call)
{
        (void)call;
        reply->status = 200;
        reply->content_type = "application/json; charset=utf-8";
        return buffer_add(&reply->body, openapi_json, openapi_json_len);
}

static const struct route routes[] = {
        { "GET", "/api/v1/status", ROLE_UNIT, 0, status },
        { "GET", "/openapi.json", ROLE_NONE, ROUTE_OPEN, openapi },
};
const struct route_table api_status = { routes, ARRAY_LEN(routes) };
