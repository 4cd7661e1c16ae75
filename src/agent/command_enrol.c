/* agent/command_enrol.c: `enrol --centre URL --token T [--state DIR]`: makes a key, has it
 * certified, keeps what came.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/usage.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "codec/digest.h"
#include "line/enrolment.h"
#include "workstation/inventory/inventory.h"

#include <getopt.h>
#include <stdio.h>

enum { WORD_MAX = 256 };

struct command {
        enum language language;
        const char *state_path;
        struct enrolment enrolment;
        char host[WORD_MAX], os[WORD_MAX], key[SHA256_HEX_MAX];
};

static int complain(const struct command *c, const char *vi, const char *en, const char *detail)
{
        (void)fprintf(stderr, "canh-agent enrol: %s%s%s\n", say(c->language, vi, en),
            *detail ? ": " : "", detail);
        return EXIT_IMPOSSIBLE;
}

static int describe(struct command *c)
{
        int err = inventory_host_name(c->host, sizeof(c->host));

        if (!err)
                err = inventory_os_name(c->os, sizeof(c->os), "");
        return err ? err : inventory_machine_key(c->key, "");
}

static int failed(const struct command *c, int err)
{
        const struct enrolment *e = &c->enrolment;

        switch (err) {
        case ERR_LIMIT:
                return complain(
                    c, "mã ghi danh bị thiếu hoặc sai", "the token is cut or wrong", "");
        case ERR_EXISTS:
                return complain(c, "địa chỉ trung tâm không hợp lệ",
                    "the centre's address is not valid", e->centre);
        case ERR_UNTRUSTED:
                return complain(c, "máy chủ không phải trung tâm đã cấp mã ghi danh này",
                    "the server is not the centre that gave this token", e->centre);
        case ERR_DENIED:
                return complain(c, "trung tâm từ chối ghi danh", "the centre refused the enrolment",
                    e->refusal);
        case ERR_FORMAT:
                return complain(c, "trả lời của trung tâm không hợp lệ",
                    "the centre's answer is not valid", err_text(err));
        default:
                return complain(c, "không kết nối được trung tâm", "the centre cannot be reached",
                    err_text(err));
        }
}

static int enrol(struct command *c)
{
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        struct enrolment *e = &c->enrolment;
        int err = agent_state_open(&s, c->state_path);

        if (err)
                return complain(c, "không mở được thư mục dữ liệu",
                    "the state folder cannot be opened", c->state_path);
        err = describe(c);
        if (err)
                return complain(c, "không đọc được thông tin máy",
                    "this machine cannot be described", err_text(err));
        err = enrolment_ask(e);
        if (err)
                return failed(c, err);
        err = agent_identity_save(s, &e->me);
        if (err)
                return complain(c, "không ghi được thư mục dữ liệu",
                    "the state folder cannot be written", c->state_path);
        (void)printf("%s: %s (%s)\n", say(c->language, "đã ghi danh máy", "enrolled"), e->me.name,
            e->me.unit);
        return EXIT_GOOD;
}

int command_enrol(int argc, char **argv, enum language language)
{
        static const struct option options[] = { { "centre", required_argument, NULL, 'c' },
                { "token", required_argument, NULL, 't' },
                { "state", required_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
        AUTO(mem_free_at) struct command *c = mem_zero(1, sizeof(*c));
        int option, status;

        if (!c)
                return EXIT_IMPOSSIBLE;
        *c = (struct command){ .language = language,
                .state_path = place_of_agent(),
                .enrolment = {
                    .host = c->host, .os_name = c->os, .machine_key = c->key, .kind = "agent" } };
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                if (option == 'c')
                        c->enrolment.centre = optarg;
                else if (option == 't')
                        c->enrolment.token = optarg;
                else if (option == 's')
                        c->state_path = optarg;
                else
                        return usage_refuse("enrol", argv[optind - 1], language);
        }
        if (!c->enrolment.centre || !c->enrolment.token || optind != argc)
                return complain(c, "cần --centre URL --token MÃ [--state THƯMỤC]",
                    "needs --centre URL --token TOKEN [--state DIR]", "");
        agent_identity_init(&c->enrolment.me);
        status = enrol(c);
        agent_identity_done(&c->enrolment.me);
        return status;
}
