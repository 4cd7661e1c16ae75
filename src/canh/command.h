/* canh/command.h: one subcommand of the officer's command line. A new one is a file canh_<name>.c
 * that ends in such an entry, and one line in main.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_COMMAND_H
#define CANH_CANH_COMMAND_H

#include "base/language.h"

/* The contract of every verb. */
enum command_exit {
        COMMAND_NOTHING_FOUND = 0,
        COMMAND_FOUND = 1, /* list show, list build: rows that were refused or kept out */
        COMMAND_FAILED = 2
};

struct command {
        const char *name;
        const char *vi, *en; /* one line for the overview */
        /* argv[0] is the subcommand's name. */
        int (*run)(int argc, char **argv, enum language language);
};

#endif
