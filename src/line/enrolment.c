/* line/enrolment.c: see enrolment.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/enrolment.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "line/agent_key.h"
#include "system/net/https_client.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 64 << 10, ASK_MS = 30000 };

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

/* What stands behind the dot of the token. */
static int fingerprint_of(struct sha256 *out, const char *token)
{
        const char *dot = strrchr(token, '.');

        return dot ? sha256_parse(out, text_of(dot + 1)) : ERR_FORMAT;
}

static int question(struct buffer *out, const struct enrolment *e)
{
        AUTO(buffer_done) struct buffer csr = BUFFER(AGENT_PEM_MAX);
        AUTO(json_free_at) json_t *o = NULL;
        AUTO(mem_free_at) char *text = NULL;
        int err = agent_key_request(&csr, view(&e->me.key), e->host);

        if (err)
                return err;
        o = json_pack("{ss ss ss ss ss ss}", "token", e->token, "csr", csr.data, "hostname",
            e->host, "os_name", e->os_name, "machine_key", e->machine_key, "kind", e->kind);
        text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        return text ? buffer_add_text(out, text) : ERR_MEMORY;
}

static int take_text(char *out, size_t room, const json_t *o, const char *name)
{
        struct text t;
        int err = json_field_text_or_none(&t, o, name, room - 1, NULL);

        return err ? err : text_copy(out, room, t.len ? t : TEXT(""));
}

/* The authority that came must be the one whose server we spoke to. */
static int check_authority(struct text pem, const struct sha256 *fingerprint)
{
        return agent_authority_is(pem, fingerprint) ? 0 : ERR_UNTRUSTED;
}

static int take_answer(struct enrolment *e, struct text json, const struct sha256 *fingerprint)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text certificate, authority;
        time_ms from, until;
        int err = json_read(&o, json, NULL);

        if (!err)
                err = json_field_text(&certificate, o, "certificate", AGENT_PEM_MAX, NULL);
        if (!err)
                err = json_field_text(&authority, o, "authority", AGENT_PEM_MAX, NULL);
        if (!err)
                err = take_text(e->me.machine, sizeof(e->me.machine), o, "machine");
        if (!err)
                err = take_text(e->me.name, sizeof(e->me.name), o, "name");
        if (!err && take_text(e->me.unit, sizeof(e->me.unit), o, "unit") != 0)
                (void)take_text(e->me.unit, sizeof(e->me.unit), json_object_get(o, "unit"), "name");
        if (!err)
                err = check_authority(authority, fingerprint);
        if (!err)
                err = agent_certificate_check(&from, &until, certificate, view(&e->me.key));
        if (!err)
                err = buffer_add(&e->me.certificate, certificate.data, certificate.len);
        return err ? err : buffer_add(&e->me.authority, authority.data, authority.len);
}

static int refusal(struct enrolment *e, int status, struct text body)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text title;

        (void)snprintf(e->refusal, sizeof(e->refusal), "HTTP %d", status);
        if (json_read(&o, body, NULL) == 0 &&
            json_field_text(&title, o, "title", sizeof(e->refusal) - 1, NULL) == 0)
                (void)!text_copy(e->refusal, sizeof(e->refusal), title);
        return ERR_DENIED;
}

static int ask_centre(struct enrolment *e, const struct sha256 *fingerprint)
{
        AUTO(https_client_free_at) struct https_client *client = NULL;
        AUTO(buffer_done) struct buffer ask = BUFFER(ANSWER_MAX);
        AUTO(buffer_done) struct buffer body = BUFFER(ANSWER_MAX);
        struct https_client_options o = { .url = e->centre, .fingerprint = fingerprint };
        struct https_answer answer = { .body = body };
        int err = question(&ask, e);

        if (err)
                return err;
        if (https_client_new(&client, &o))
                return ERR_EXISTS;
        err = https_client_ask(client, &answer, "POST", "/agent/v1/enrol", view(&ask), ASK_MS);
        body = answer.body;
        if (err)
                return err;
        if (answer.status != 201)
                return refusal(e, answer.status, view(&body));
        return take_answer(e, view(&body), fingerprint);
}

int enrolment_ask(struct enrolment *e)
{
        struct sha256 fingerprint;
        int err;

        if (fingerprint_of(&fingerprint, e->token))
                return ERR_LIMIT;
        if (text_copy(e->me.centre, sizeof(e->me.centre), text_of(e->centre)))
                return ERR_EXISTS;
        err = agent_key_make(&e->me.key);
        return err ? err : ask_centre(e, &fingerprint);
}
