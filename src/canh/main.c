/* canh/main.c: the officer's command line: finds the command and hands it its words. Adding one: a
 * file canh_<name>.c, one line in the table below. Nothing else is here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/language.h"
#include "base/mem.h"
#include "canh/canh_list.h"
#include "canh/canh_match.h"

#include <stdio.h>
#include <string.h>

struct command {
        const char *name;
        int (*run)(int argc, char **argv); /* the words behind the name; the exit code 0, 1 or 2 */
        const char *vi, *en;
};

static const struct command commands[] = {
        { "list", canh_list, "xem và biên dịch danh sách chỉ dấu, danh sách nạn nhân",
            "show and compile lists of indicators and of victims" },
        { "match", canh_match, "đối chiếu bản ghi lưu lượng với bộ chỉ báo",
            "check captures against an indicator set" },
};

static int help(FILE *to, int code)
{
        enum language l = language_from_environment();

        (void)fprintf(to, "%s\n", say(l, "Cách dùng: canh LỆNH …", "Usage: canh COMMAND …"));
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                (void)fprintf(
                    to, "  %-10s %s\n", commands[i].name, say(l, commands[i].vi, commands[i].en));
        return code;
}

int main(int argc, char **argv)
{
        if (argc < 2)
                return help(stderr, 2);
        if (strcmp(argv[1], "--version") == 0)
                return printf("canh %s\n", CANH_VERSION) < 0 ? 2 : 0;
        if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
                return help(stdout, 0);
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                if (strcmp(argv[1], commands[i].name) == 0)
                        return commands[i].run(argc - 2, argv + 2);
        return help(stderr, 2);
}
