/* agent/command_enrol.c: `enrol --centre URL --token T [--state DIR]`: makes a key, has it
 * certified, keeps what came.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/agent_key.h"
#include "agent/agent_state.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/net/https_client.h"
#include "workstation/inventory/inventory.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 64 << 10, ASK_MS = 30000 };

struct enrolment {
        enum language language;
        const char *centre, *token, *state_path;
        struct agent_identity me;
};

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data ? b->data : "", b->len };
}

static int complain(const struct enrolment *e, const char *vi, const char *en, const char *detail)
{
        (void)fprintf(stderr, "canh-agent enrol: %s%s%s\n", say(e->language, vi, en),
            *detail ? ": " : "", detail);
        return EXIT_IMPOSSIBLE;
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
        char host[256], os[256], key[SHA256_HEX_MAX];
        int err = inventory_host_name(host, sizeof(host));

        if (!err)
                err = inventory_os_name(os, sizeof(os), "");
        if (!err)
                err = inventory_machine_key(key, "");
        if (!err)
                err = agent_key_request(&csr, view(&e->me.key), host);
        if (err)
                return err;
        o = json_pack("{ss ss ss ss ss}", "token", e->token, "csr", csr.data, "hostname", host,
            "os_name", os, "machine_key", key);
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

static int refusal(const struct enrolment *e, int status, struct text body)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text title;
        char why[200] = "";

        if (json_read(&o, body, NULL) == 0 &&
            json_field_text(&title, o, "title", sizeof(why) - 1, NULL) == 0)
                (void)!text_copy(why, sizeof(why), title);
        if (!why[0])
                (void)snprintf(why, sizeof(why), "HTTP %d", status);
        return complain(e, "trung tâm từ chối ghi danh", "the centre refused the enrolment", why);
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
                return complain(e, "không đọc được thông tin máy",
                    "this machine cannot be described", err_text(err));
        err = https_client_new(&client, &o);
        if (err)
                return complain(e, "địa chỉ trung tâm không hợp lệ",
                    "the centre's address is not valid", e->centre);
        err = https_client_ask(client, &answer, "POST", "/agent/v1/enrol", view(&ask), ASK_MS);
        body = answer.body;
        if (err == ERR_UNTRUSTED)
                return complain(e, "máy chủ không phải trung tâm đã cấp mã ghi danh này",
                    "the server is not the centre that gave this token", e->centre);
        if (err)
                return complain(e, "không kết nối được trung tâm", "the centre cannot be reached",
                    err_text(err));
        if (answer.status != 201)
                return refusal(e, answer.status, view(&body));
        err = take_answer(e, view(&body), fingerprint);
        return err ? complain(e, "trả lời của trung tâm không hợp lệ",
                         "the centre's answer is not valid", err_text(err))
                   : 0;
}

static int enrol(struct enrolment *e)
{
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        struct sha256 fingerprint;
        int err, bad;

        if (fingerprint_of(&fingerprint, e->token))
                return complain(
                    e, "mã ghi danh bị thiếu hoặc sai", "the token is cut or wrong", "");
        err = agent_state_open(&s, e->state_path);
        if (err)
                return complain(e, "không mở được thư mục dữ liệu",
                    "the state folder cannot be opened", e->state_path);
        if (text_copy(e->me.centre, sizeof(e->me.centre), text_of(e->centre)) ||
            agent_key_make(&e->me.key))
                return complain(e, "không tạo được khóa", "no key could be made", "");
        bad = ask_centre(e, &fingerprint);
        if (bad)
                return bad;
        err = agent_identity_save(s, &e->me);
        if (err)
                return complain(e, "không ghi được thư mục dữ liệu",
                    "the state folder cannot be written", e->state_path);
        (void)printf("%s: %s (%s)\n", say(e->language, "đã ghi danh máy", "enrolled"), e->me.name,
            e->me.unit);
        return EXIT_GOOD;
}

int command_enrol(int argc, char **argv, enum language language)
{
        static const struct option options[] = { { "centre", required_argument, NULL, 'c' },
                { "token", required_argument, NULL, 't' },
                { "state", required_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
        AUTO(mem_free_at) struct enrolment *e = mem_zero(1, sizeof(*e));
        int option, status;

        if (!e)
                return EXIT_IMPOSSIBLE;
        e->language = language;
        e->state_path = AGENT_STATE_FOLDER;
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                if (option == 'c')
                        e->centre = optarg;
                else if (option == 't')
                        e->token = optarg;
                else if (option == 's')
                        e->state_path = optarg;
        }
        if (!e->centre || !e->token || optind != argc)
                return complain(e, "cần --centre URL --token MÃ [--state THƯMỤC]",
                    "needs --centre URL --token TOKEN [--state DIR]", "");
        agent_identity_init(&e->me);
        status = enrol(e);
        agent_identity_done(&e->me);
        return status;
}
