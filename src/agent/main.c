/* agent/main.c: canh-agent: its verbs. SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/usage.h"
#include "base/mem.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
        const char *name;
        int (*run)(int argc, char **argv, enum language language);
} verbs[] = { { "enrol", command_enrol }, { "run", command_run }, { "check", command_check },
        { "status", command_status } };

static bool asks_for_help(int argc, char **argv)
{
        for (int i = 1; i < argc; i++)
                if (strcmp(argv[i], "--help") == 0)
                        return true;
        return false;
}

int main(int argc, char **argv)
{
        enum language l = language_from_environment();

        if (sodium_init() < 0)
                return EXIT_IMPOSSIBLE;
        if (argc > 3 && strcmp(argv[1], "--state") == 0) { /* also before the verb */
                char *folder = argv[2], *option = argv[1];

                argv[1] = argv[3];
                argv[2] = option;
                argv[3] = folder;
        }
        opterr = 0; /* the verbs say it in the user's language */
        if (argc == 1 || asks_for_help(argc, argv))
                return usage_show(argc > 1 && argv[1][0] != '-' ? argv[1] : "", l) && argc > 1
                           ? EXIT_GOOD
                           : EXIT_IMPOSSIBLE;
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
                if (strcmp(argv[1], verbs[i].name) == 0)
                        return verbs[i].run(argc - 1, argv + 1, l);
        if (strcmp(argv[1], "--version") == 0)
                return puts("canh-agent " CANH_VERSION) < 0 ? EXIT_IMPOSSIBLE : EXIT_GOOD;
        (void)fprintf(stderr, "canh-agent: %s: %s\n", argv[1],
            say(l, "không có lệnh này; xem canh-agent --help",
                "no such verb; see canh-agent --help"));
        return EXIT_IMPOSSIBLE;
}
