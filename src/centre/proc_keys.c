/* The keys process: holds the authority's and the signing key.
 *
 * Keeps:    its one message socket; the private keys and the sealing key in memory. No file, no
 * network, no child: seccomp CONFINE_MESSAGES, entered before the first message is read. No core
 * file, no ptrace. Accepts:  KEYS_AUTHORITY (empty), KEYS_ISSUE (struct keys_issue, exact),
 * KEYS_SIGN (a manifest), KEYS_SEAL and KEYS_UNSEAL (struct keys_secret, exact), KEYS_LIST_KEY
 * (empty), KEYS_LIST_SIGN (a digest, exact). Anything else ends
 * the process: web has been taken over. Limits:   none of its own; web limits the rate.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/proc_keys.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/authority.h"
#include "centre/list_key.h"
#include "centre/secret_box.h"
#include "centre/supervisor.h"
#include "system/os/confine.h"
#include "system/proc/message.h"
#include "system/proc/message_parse.h"

enum { STATE_READY = 1, CERTIFICATE_BYTES_MAX = 16 << 10 };

struct keys {
        struct authority *authority;
        struct secret_box *box;
        struct list_key *lists;
        int socket;
};

static int answer(struct keys *k, uint32_t type, uint32_t id, int err, const struct buffer *body)
{
        int32_t code = err;

        if (err)
                return message_send(k->socket, KEYS_FAILED, id,
                    (struct text){ (const char *)&code, sizeof(code) }, -1);
        return message_send(k->socket, type, id, (struct text){ body->data, body->len }, -1);
}

static int on_authority(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer out = BUFFER(CERTIFICATE_BYTES_MAX);
        struct keys *k = state;
        int err = authority_add_pem(&out, k->authority);

        return answer(k, KEYS_AUTHORITY, m->id, err, &out);
}

static int on_issue(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(CERTIFICATE_BYTES_MAX);
        AUTO(buffer_done) struct buffer out = BUFFER(CERTIFICATE_BYTES_MAX);
        struct keys_certificate head;
        struct keys_issue request;
        struct keys *k = state;
        int err;

        memcpy(&request, m->body.data, sizeof(request));
        err = authority_issue(&head, &pem, k->authority, &request, clock_now(&clock_real));
        if (!err)
                err = buffer_add(&out, &head, sizeof(head));
        if (!err)
                err = buffer_add(&out, pem.data, pem.len);
        return answer(k, KEYS_ISSUE, m->id, err, &out);
}

static int on_sign(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer out = BUFFER(CERTIFICATE_BYTES_MAX);
        struct keys *k = state;
        int err = authority_sign(&out, k->authority, m->body);

        return answer(k, KEYS_SIGN, m->id, err, &out);
}

static int on_secret(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer out = BUFFER(KEYS_SEALED_MAX);
        struct keys_secret s;
        struct keys *k = state;
        int err;

        memcpy(&s, m->body.data, sizeof(s));
        explicit_bzero((void *)(uintptr_t)m->body.data, m->body.len);
        err = m->type == KEYS_SEAL ? secret_box_seal(&out, k->box, &s)
                                   : secret_box_open_sealed(&out, k->box, &s);
        explicit_bzero(&s, sizeof(s));
        err = answer(k, m->type, m->id, err, &out);
        if (out.data)
                explicit_bzero(out.data, out.len);
        return err;
}

static int on_list_key(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer out = BUFFER(CERTIFICATE_BYTES_MAX);
        struct keys *k = state;
        int err = list_key_public(&out, k->lists);

        return answer(k, KEYS_LIST_KEY, m->id, err, &out);
}

static int on_list_sign(void *state, const struct message *m)
{
        AUTO(buffer_done) struct buffer out = BUFFER(CERTIFICATE_BYTES_MAX);
        struct sha256 digest;
        struct keys *k = state;
        int err;

        memcpy(&digest, m->body.data, sizeof(digest));
        err = list_key_sign(&out, k->lists, &digest);
        return answer(k, KEYS_LIST_SIGN, m->id, err, &out);
}

static const struct message_rule rules[] = {
        { .type = KEYS_AUTHORITY, .states = STATE_READY, .handle = on_authority },
        { .type = KEYS_ISSUE,
            .min_bytes = sizeof(struct keys_issue),
            .max_bytes = sizeof(struct keys_issue),
            .states = STATE_READY,
            .handle = on_issue },
        { .type = KEYS_SIGN,
            .min_bytes = 1,
            .max_bytes = KEYS_MANIFEST_MAX,
            .states = STATE_READY,
            .handle = on_sign },
        { .type = KEYS_LIST_KEY, .states = STATE_READY, .handle = on_list_key },
        { .type = KEYS_LIST_SIGN,
            .min_bytes = sizeof(struct sha256),
            .max_bytes = sizeof(struct sha256),
            .states = STATE_READY,
            .handle = on_list_sign },
        { .type = KEYS_SEAL,
            .min_bytes = sizeof(struct keys_secret),
            .max_bytes = sizeof(struct keys_secret),
            .states = STATE_READY,
            .handle = on_secret },
        { .type = KEYS_UNSEAL,
            .min_bytes = sizeof(struct keys_secret),
            .max_bytes = sizeof(struct keys_secret),
            .states = STATE_READY,
            .handle = on_secret },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static int serve(struct keys *k)
{
        static char room[MESSAGE_BYTES_MAX];
        struct message m;
        int err = 0;

        while (!err) {
                err = message_receive(&m, k->socket, room, sizeof(room), -1);
                if (!err)
                        err = message_dispatch(&table, STATE_READY, k, &m);
        }
        return err;
}

int proc_keys_run(void *state)
{
        const struct proc_keys *given = state;
        struct keys k = { .socket = given->socket };
        struct confine_report fences;
        int err;

        err = authority_open(&k.authority, given->data_folder, &clock_real);
        if (!err)
                err = secret_box_open(&k.box, given->data_folder);
        if (!err)
                err = list_key_open(&k.lists, given->data_folder);
        if (err) {
                log_line(LOG_LEVEL_ERROR, "centre keys", "cannot open %s/keys: %s",
                    given->data_folder, err_text(err));
                return EXIT_CANNOT_START;
        }
        err = confine_apply(&fences, &(struct confine_request){ .profile = CONFINE_MESSAGES });
        if (err)
                log_line(LOG_LEVEL_ERROR, "centre keys", "cannot be confined: %s", err_text(err));
        else
                err = serve(&k);
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "centre keys", "ends: %s", err_text(err));
        k.authority = authority_close(k.authority);
        k.box = secret_box_close(k.box);
        k.lists = list_key_close(k.lists);
        return err == ERR_CLOSED ? 0 : 1;
}
