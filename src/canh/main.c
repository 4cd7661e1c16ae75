/* canh/main.c: the officer's command line. Finds the subcommand; everything else is in
 * canh_<name>.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/language.h"
#include "base/mem.h"
#include "canh/command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

extern const struct command command_block, command_directive, command_feed, command_flows,
    command_list, command_match, command_report, command_restore, command_sweep;

static const struct command *const commands[] = {
        &command_block,
        &command_directive,
        &command_feed,
        &command_flows,
        &command_list,
        &command_match,
        &command_report,
        &command_restore,
        &command_sweep,
};

static int overview(FILE *to, enum language l, int code)
{
        (void)fprintf(to, "%s\n", say(l, "Cách dùng: canh LỆNH …", "Usage: canh COMMAND …"));
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                (void)fprintf(to, "  %-10s %s\n", commands[i]->name,
                    say(l, commands[i]->vi, commands[i]->en));
        (void)fprintf(to, "%s\n",
            say(l, "Mã thoát: 0 không có gì phải xem, 1 có, 2 không làm được.",
                "Exit code: 0 nothing to look at, 1 something, 2 could not be done."));
        return code;
}

int main(int argc, char **argv)
{
        enum language l = language_from_environment();

        (void)signal(SIGPIPE, SIG_DFL); /* `canh … | head` ends quietly */
        if (argc < 2)
                return overview(stderr, l, COMMAND_FAILED);
        if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
            strcmp(argv[1], "help") == 0)
                return overview(stdout, l, COMMAND_NOTHING_FOUND);
        if (strcmp(argv[1], "--version") == 0) {
                (void)printf("canh %s\n", CANH_VERSION);
                return COMMAND_NOTHING_FOUND;
        }
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                if (strcmp(argv[1], commands[i]->name) == 0)
                        return commands[i]->run(argc - 1, argv + 1, l);
        (void)fprintf(stderr,
            say(l, "canh: không có lệnh \"%s\"\n", "canh: there is no command \"%s\"\n"), argv[1]);
        return overview(stderr, l, COMMAND_FAILED);
}
