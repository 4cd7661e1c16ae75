/* agent/main.c: canh-agent: its verbs. SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
        const char *name;
        int (*run)(int argc, char **argv, enum language language);
        const char *vi, *en;
} verbs[] = {
        { "enrol", command_enrol, "ghi danh máy với trung tâm", "enrol this machine at a centre" },
        { "run", command_run, "chạy thường trực", "stay and work" },
        { "check", command_check, "kiểm tra máy này một lần, không cần mạng", "check this machine once, without network" },
        { "status", command_status, "xem tình trạng", "show the state" },
};

int main(int argc, char **argv)
{
        enum language l = language_from_environment();

        if (sodium_init() < 0)
                return EXIT_IMPOSSIBLE;
        for (size_t i = 0; argc > 1 && i < ARRAY_LEN(verbs); i++)
                if (strcmp(argv[1], verbs[i].name) == 0)
                        return verbs[i].run(argc - 1, argv + 1, l);
        if (argc > 1 && strcmp(argv[1], "--version") == 0)
                return puts("canh-agent " CANH_VERSION) < 0 ? EXIT_IMPOSSIBLE : EXIT_GOOD;
        (void)fprintf(stderr, "%s\n", say(l, "Cách dùng: canh-agent LỆNH …", "Usage: canh-agent VERB …"));
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
                (void)fprintf(stderr, "  %-8s %s\n", verbs[i].name, say(l, verbs[i].vi, verbs[i].en));
        return EXIT_IMPOSSIBLE;
}
