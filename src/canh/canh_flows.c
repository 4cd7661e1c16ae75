/* canh/canh_flows.c: `canh flows`: finds the verb. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/text.h"
#include "canh/command.h"
#include "canh/flows_help.h"
#include "canh/flows_verbs.h"

#include <string.h>

static const struct verb {
        const char *name;
        int (*run)(int argc, char **argv, enum language l);
} verbs[] = {
        { "import", flows_import },
        { "show", flows_show },
        { "hunt", flows_hunt },
        { "trace", flows_trace },
};

static bool is_help(const char *word)
{
        return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int run(int argc, char **argv, enum language l)
{
        for (int i = 1; i < argc; i++)
                if (is_help(argv[i])) {
                        flows_help(stdout, l);
                        return COMMAND_NOTHING_FOUND;
                }
        for (size_t i = 0; i < ARRAY_LEN(verbs) && argc > 1; i++)
                if (strcmp(argv[1], verbs[i].name) == 0)
                        return verbs[i].run(argc - 1, argv + 1, l);
        flows_help(stderr, l);
        return COMMAND_FAILED;
}

extern const struct command command_flows;
const struct command command_flows = { .name = "flows",
        .vi = "lưu trữ và tra cứu lưu lượng: nhập, xem, tìm, truy vết máy",
        .en = "keep and search traffic: import, show, hunt, trace",
        .run = run };
