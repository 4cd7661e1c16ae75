/* sensor/command_enrol.c: makes a key, has it certified, keeps what came.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command_enrol.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "line/enrolment.h"
#include "sensor/root.h"
#include "sensor/settings.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/utsname.h>

enum { MACHINE_ID_MAX = 256 };

static int complain(enum language l, const char *vi, const char *en, const char *detail)
{
        (void)fprintf(
            stderr, "canh-sensor enrol: %s%s%s\n", say(l, vi, en), *detail ? ": " : "", detail);
        return SENSOR_IMPOSSIBLE;
}

/* One machine may be agent and sensor: the two have different keys. */
static int machine_key(char out[SHA256_HEX_MAX])
{
        AUTO(buffer_done) struct buffer id = BUFFER(MACHINE_ID_MAX);
        struct sha256 digest;
        int err = buffer_add_text(&id, "sensor ");

        if (!err)
                err = file_read_path(&id, "/etc/machine-id");
        if (err)
                return err;
        digest = sha256_of(id.data, id.len);
        (void)sha256_write(out, &digest);
        return 0;
}

static int failed(enum language l, const struct enrolment *e, int err)
{
        if (err == ERR_LIMIT)
                return complain(
                    l, "mã ghi danh bị thiếu hoặc sai", "the token is cut or wrong", "");
        if (err == ERR_DENIED)
                return complain(l, "trung tâm từ chối ghi danh", "the centre refused the enrolment",
                    e->refusal);
        if (err == ERR_UNTRUSTED)
                return complain(l, "máy chủ không phải trung tâm đã cấp mã ghi danh này",
                    "the server is not the centre that gave this token", e->centre);
        return complain(
            l, "không ghi danh được với trung tâm", "cannot enrol at the centre", err_text(err));
}

static int enrol(struct enrolment *e, const char *state_path, enum language l)
{
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        char key[SHA256_HEX_MAX];
        struct utsname name;
        int err = agent_state_open(&s, state_path);

        if (!err)
                err = machine_key(key);
        if (err || uname(&name) != 0)
                return complain(l, "không mở được thư mục dữ liệu hoặc không đọc được mã máy",
                    "no state folder, or no machine-id", state_path);
        e->host = name.nodename;
        e->os_name = name.sysname;
        e->machine_key = key;
        err = enrolment_ask(e);
        if (!err)
                err = agent_identity_save(s, &e->me);
        if (err)
                return failed(l, e, err);
        (void)printf(
            "%s: %s (%s)\n", say(l, "đã ghi danh cảm biến", "enrolled"), e->me.name, e->me.unit);
        return 0;
}

int command_enrol(int argc, char **argv, enum language l)
{
        static const struct option options[] = { { "centre", required_argument, NULL, 'c' },
                { "token", required_argument, NULL, 't' },
                { "state", required_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
        AUTO(mem_free_at) struct enrolment *e = mem_zero(1, sizeof(*e));
        const char *state_path = SENSOR_STATE_FOLDER;
        int option, status;

        if (!e)
                return SENSOR_IMPOSSIBLE;
        e->kind = "sensor";
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                if (option == 'c')
                        e->centre = optarg;
                else if (option == 't')
                        e->token = optarg;
                else if (option == 's')
                        state_path = optarg;
        }
        if (!e->centre || !e->token || optind != argc)
                return complain(l, "cần --centre URL --token MÃ [--state THƯMỤC]",
                    "needs --centre URL --token TOKEN [--state DIR]", "");
        agent_identity_init(&e->me);
        status = enrol(e, state_path, l);
        agent_identity_done(&e->me);
        return status;
}
