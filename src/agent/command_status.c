/* agent/command_status.c: `status [--state DIR]`: who this machine is, what waits, which bundle is
 * in use.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/usage.h"
#include "line/agent_key.h"
#include "line/bundle.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static void line(enum language l, const char *vi, const char *en, const char *value)
{
        (void)printf("%s: %s\n", say(l, vi, en), *value ? value : "-");
}

static void time_line(
    enum language l, const char *vi, const char *en, const json_t *times, const char *name)
{
        char at[TIMESTAMP_TEXT_MAX] = "";
        int64_t when;

        if (json_field_i64(&when, times, name, 1, INT64_MAX, NULL) == 0)
                (void)timestamp_write_local(at, when, ZONE_VIETNAM_MINUTES);
        line(l, vi, en, at);
}

static int show(const struct agent_state *s, enum language l)
{
        AUTO(agent_identity_done) struct agent_identity me;
        AUTO(json_free_at) json_t *times = NULL;
        AUTO(file_close_at) int lock = -1;
        char generation[GENERATION_MAX], number[32], at[TIMESTAMP_TEXT_MAX] = "";
        time_ms from, until;

        agent_identity_init(&me);
        if (agent_identity_load(&me, s)) {
                line(l, "Trạng thái", "State", say(l, "chưa ghi danh", "not enrolled"));
                return EXIT_FOUND;
        }
        line(l, "Máy", "Machine", me.name);
        if (agent_was_refused(s))
                line(l, "Trạng thái", "State",
                    say(l, "chứng thư đã bị thu hồi: trung tâm từ chối máy này, cần ghi danh lại",
                        "certificate revoked: the centre refuses this machine, enrol it again"));
        line(l, "Đơn vị", "Unit", me.unit);
        line(l, "Trung tâm", "Centre", me.centre);
        line(l, "Đang chạy", "Running",
            file_lock(&lock, agent_state_folder(s), "lock") == ERR_BUSY ? say(l, "có", "yes")
                                                                        : say(l, "không", "no"));
        if (agent_certificate_check(&from, &until,
                (struct text){ me.certificate.data, me.certificate.len },
                (struct text){ me.key.data, me.key.len }) == 0)
                (void)timestamp_write_day(at, until, ZONE_VIETNAM_MINUTES);
        line(l, "Chứng thư đến", "Certificate until", at);
        bundle_generation(generation, s);
        line(l, "Bộ luật và danh sách", "Rules and lists", generation);
        (void)snprintf(number, sizeof(number), "%zu", agent_report_count(s));
        line(l, "Báo cáo chờ gửi", "Reports waiting", number);
        (void)!agent_note_load(&times, s, "times.json");
        time_line(l, "Kiểm kê lần cuối", "Last inventory", times, "inventory");
        time_line(l, "Rà quét lần cuối", "Last sweep", times, "sweep");
        return agent_was_refused(s) ? EXIT_FOUND : EXIT_GOOD;
}

int command_status(int argc, char **argv, enum language language)
{
        static const struct option options[] = { { "state", required_argument, NULL, 's' },
                { NULL, 0, NULL, 0 } };
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        const char *path = place_of_agent();
        int option, err;

        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                if (option != 's')
                        return usage_refuse("status", argv[optind - 1], language);
                path = optarg;
        }
        err = agent_state_open(&s, path);
        if (err) {
                (void)fprintf(stderr, "canh-agent status: %s: %s\n", path, err_text(err));
                return EXIT_IMPOSSIBLE;
        }
        return show(s, language);
}
