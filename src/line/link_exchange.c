/* line/link_exchange.c: see link_exchange.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/link_exchange.h"
#include "line/agent_key.h"
#include "codec/base64_parse.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/net/https_client.h"

#include <stdio.h>
#include <string.h>

enum {
        ANSWER_BYTES_MAX = 1 << 20,
        ASK_MS = 60000,
        WORK_MS = 40000,
        FILE_MS = 10 * MINUTE_MS,
        RENEW_BEFORE_DAYS = 100,
        PATH_ROOM = 160
};

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

int link_exchange_init(struct link_exchange *x, const struct link_exchange_options *o)
{
        *x = (struct link_exchange){ .state = o->state,
                .me = o->me,
                .renew_days = o->renew_days ? o->renew_days : RENEW_BEFORE_DAYS,
                .reports = o->reports,
                .who = o->who,
                .tell = o->tell,
                .on_work = o->on_work,
                .on_work_state = o->on_work_state };
        x->work = (struct work){
                .inventory_hours = 24, .sweep_hours = 24, .connections_minutes = 5
        };
        return 0;
}

void link_exchange_done(struct link_exchange *x)
{
        x->client = https_client_free(x->client);
}

void link_exchange_hang_up(struct link_exchange *x)
{
        if (x->client)
                https_client_hang_up(x->client);
}

int link_ask(struct link_exchange *x, struct https_answer *answer, const char *method,
    const char *path, struct text body, int timeout_ms)
{
        struct https_client_options o = { .url = x->me->centre,
                .authority = view(&x->me->authority),
                .certificate = view(&x->me->certificate),
                .key = view(&x->me->key) };
        int err = x->client ? 0 : https_client_new(&x->client, &o);

        if (!err)
                err = https_client_ask(x->client, answer, method, path, body, timeout_ms);
        /* Too many, or the centre has trouble: later. */
        if (!err && (answer->status >= 500 || answer->status == 429))
                err = ERR_BUSY;
        return err;
}

static int deliver_one(struct link_exchange *x, struct text report, uint64_t sequence)
{
        AUTO(buffer_done) struct buffer body = BUFFER(ANSWER_BYTES_MAX);
        struct https_answer answer = { .body = body };
        int err = link_ask(x, &answer, "POST", x->reports, report, ASK_MS);

        body = answer.body;
        if (err)
                return err;
        if (answer.status == 200)
                return agent_report_acknowledge(x->state, sequence);
        /* Our certificate, or not this door: the report may be good and waits. One of an earlier
         * enrolment will never be taken. */
        if (answer.status == 401 || answer.status == 404 ||
            (answer.status == 403 && agent_report_is_of(report, x->me->machine)))
                return ERR_DENIED;
        x->tell(LOG_LEVEL_WARNING, x->who, "report %llu was refused with status %d and put aside",
            (unsigned long long)sequence, answer.status);
        return agent_report_refused(x->state, sequence);
}

int link_deliver(struct link_exchange *x)
{
        AUTO(buffer_done) struct buffer report = BUFFER(REPORT_BYTES_MAX);
        uint64_t sequence;
        int err;

        while ((err = agent_report_next(&report, &sequence, x->state)) == 0) {
                err = deliver_one(x, view(&report), sequence);
                if (err)
                        return err;
        }
        return err == ERR_MISSING ? 0 : err;
}

int link_fetch_work(struct link_exchange *x, bool wait)
{
        AUTO(buffer_done) struct buffer body = BUFFER(ANSWER_BYTES_MAX);
        struct https_answer answer = { .body = body };
        char path[PATH_ROOM];
        uint64_t spent;
        int err;

        (void)snprintf(path, sizeof(path), "/agent/v1/work?after=%lld",
            wait ? (long long)x->work.sequence : 0LL);
        err = link_ask(x, &answer, "GET", path, TEXT(""), WORK_MS);
        body = answer.body;
        if (err)
                return err;
        if (answer.status != 200)
                return answer.status == 401 || answer.status == 403 ? ERR_DENIED : ERR_FORMAT;
        err = work_parse(&x->work, view(&body), NULL);
        if (!err && x->on_work)
                err = x->on_work(x->on_work_state, view(&body));
        /* A state folder that came back from an old copy would repeat numbers. */
        if (!err && x->work.last_report > 0 && !agent_report_count(x->state)) {
                AUTO(buffer_done) struct buffer last = BUFFER(64);
                uint64_t mine = 0;

                if (file_read_all(&last, agent_state_folder(x->state), "sequence") == 0)
                        (void)!text_to_u64(&mine, text_trim(view(&last)), INT64_MAX);
                if (mine < (uint64_t)x->work.last_report)
                        err = agent_sequence_take(
                            &spent, x->state, (uint64_t)x->work.last_report + 1);
        }
        return err;
}

static int fetch_file(struct link_exchange *x, const struct folder *to, const struct bundle_file *f)
{
        AUTO(buffer_done) struct buffer body = BUFFER((size_t)f->bytes);
        struct https_answer answer = { .body = body };
        char path[PATH_ROOM], hex[SHA256_HEX_MAX];
        int64_t there;
        int err;

        if (file_size(&there, to, f->name) == 0 && there == f->bytes) {
                if (file_read_all(&body, to, f->name) == 0 &&
                    bundle_keep_file(to, f, view(&body)) == 0)
                        return 0; /* from an attempt that was cut off */
                answer.body = body;
        }
        (void)snprintf(path, sizeof(path), "/agent/v1/bundle/%s", sha256_write(hex, &f->content));
        err = link_ask(x, &answer, "GET", path, TEXT(""), FILE_MS);
        body = answer.body;
        if (!err && answer.status != 200)
                err = ERR_MISSING;
        return err ? err : bundle_keep_file(to, f, view(&body));
}

static int fetch_manifest(struct link_exchange *x, struct buffer *text, struct buffer *signature)
{
        AUTO(buffer_done) struct buffer body = BUFFER(ANSWER_BYTES_MAX);
        AUTO(json_free_at) json_t *o = NULL;
        struct https_answer answer = { .body = body };
        struct text manifest, base64;
        int err = link_ask(x, &answer, "GET", "/agent/v1/bundle", TEXT(""), ASK_MS);

        body = answer.body;
        if (!err && answer.status != 200)
                err = ERR_MISSING;
        if (!err)
                err = json_read(&o, view(&body), NULL);
        if (!err)
                err = json_field_text(&manifest, o, "manifest", ANSWER_BYTES_MAX, NULL);
        if (!err)
                err = json_field_text(&base64, o, "signature", 1024, NULL);
        if (!err)
                err = buffer_add(text, manifest.data, manifest.len);
        return err ? err : base64_parse(signature, base64);
}

static int take_bundle(struct link_exchange *x)
{
        AUTO(buffer_done) struct buffer text = BUFFER(ANSWER_BYTES_MAX);
        AUTO(buffer_done) struct buffer signature = BUFFER(1024);
        AUTO(bundle_manifest_done) struct manifest m = { .count = 0 };
        AUTO(folder_close_at) struct folder *to = NULL;
        char name[GENERATION_MAX + 16];
        int err = fetch_manifest(x, &text, &signature);

        if (!err)
                err = bundle_accept(
                    &m, x->state, view(&x->me->authority), view(&text), view(&signature));
        if (err)
                return err;
        (void)snprintf(name, sizeof(name), "bundle-%s", m.generation);
        err = folder_open_in(&to, agent_state_folder(x->state), name, true);
        for (size_t i = 0; !err && i < m.count; i++)
                err = fetch_file(x, to, &m.files[i]);
        if (!err)
                err = bundle_switch(x->state, m.generation, to, view(&text), view(&signature));
        if (!err)
                x->tell(
                    LOG_LEVEL_INFO, x->who, "bundle %s in use: %zu files", m.generation, m.count);
        return err;
}

int link_fetch_bundle(struct link_exchange *x)
{
        char now[GENERATION_MAX];
        int err;

        bundle_generation(now, x->state);
        if (!x->work.generation[0] || strcmp(x->work.generation, now) == 0 ||
            strcmp(x->work.generation, x->refused_generation) == 0)
                return 0;
        err = take_bundle(x);
        if (err == ERR_UNTRUSTED || err == ERR_FORMAT || err == ERR_EXISTS) {
                /* Asking again brings the same. The bundle in use stays. */
                x->tell(LOG_LEVEL_ERROR, x->who, "bundle %s is refused: %s", x->work.generation,
                    err == ERR_EXISTS ? "older than the one in use" : err_text(err));
                (void)snprintf(
                    x->refused_generation, sizeof(x->refused_generation), "%s", x->work.generation);
                err = 0;
        }
        return err;
}

static int request_renewal(struct link_exchange *x)
{
        AUTO(buffer_done) struct buffer request = BUFFER(AGENT_PEM_MAX);
        AUTO(buffer_done) struct buffer body = BUFFER(ANSWER_BYTES_MAX);
        AUTO(json_free_at) json_t *o = NULL;
        AUTO(mem_free_at) char *question = NULL;
        struct https_answer answer = { .body = body };
        struct text pem;
        time_ms from, until;
        int err = agent_key_request(&request, view(&x->me->key), x->me->machine);

        if (err)
                return err;
        o = json_pack("{ss}", "csr", request.data);
        question = o ? json_dumps(o, JSON_COMPACT) : NULL;
        json_free_at(&o);
        if (!question)
                return ERR_MEMORY;
        err = link_ask(x, &answer, "POST", "/agent/v1/renew", text_of(question), ASK_MS);
        body = answer.body;
        if (!err && answer.status / 100 != 2)
                err = ERR_DENIED;
        if (!err)
                err = json_read(&o, view(&body), NULL);
        if (!err)
                err = json_field_text(&pem, o, "certificate", AGENT_PEM_MAX, NULL);
        if (!err)
                err = agent_certificate_check(&from, &until, pem, view(&x->me->key));
        if (!err)
                err = file_write_atomic(agent_state_folder(x->state), "certificate.pem", pem, 0600);
        if (err)
                return err;
        buffer_clear(&x->me->certificate);
        x->client = https_client_free(x->client);
        return buffer_add(&x->me->certificate, pem.data, pem.len);
}

int link_renew(struct link_exchange *x)
{
        time_ms from, until, now = clock_steady(&clock_real);
        int err = x->renewed && now - x->renewed < DAY_MS ? ERR_EXISTS : 0;

        if (err)
                return 0;
        err = agent_certificate_check(&from, &until, view(&x->me->certificate), view(&x->me->key));

        if (err || until - clock_now(&clock_real) > (time_ms)x->renew_days * DAY_MS)
                return err;
        err = request_renewal(x);
        x->tell(LOG_LEVEL_INFO, x->who, "certificate renewed: %s", err ? err_text(err) : "yes");
        if (err && err != ERR_DENIED && err != ERR_FORMAT && err != ERR_UNTRUSTED)
                return err;
        x->renewed = now; /* an answer that is none: the old one still holds for a while */
        return 0;
}
