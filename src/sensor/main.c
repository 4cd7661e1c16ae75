/* sensor/main.c: canh-sensor: its command line. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sensor/command_enrol.h"
#include "sensor/root.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int usage(enum language l)
{
        (void)fprintf(stderr, "%s\n",
            say(l,
                "Cách dùng: canh-sensor [--config TỆP] | --interface IF | --netflow ĐỊACHỈ:CỔNG | "
                "--syslog ĐỊACHỈ:CỔNG |\n                       --follow TỆP | --read TỆP…\n"
                "           canh-sensor enrol --centre URL --token MÃ [--state "
                "THƯMỤC]\n  [--archive THƯMỤC] [--set BỘCHỈDẤU] [--own TIỀNTỐ]… [--zone +07:00] "
                "[--local]",
                "Usage: canh-sensor [--config FILE] | --interface IF | --netflow ADDR:PORT | "
                "--syslog ADDR:PORT |\n                   --follow FILE | --read FILE…\n"
                "       canh-sensor enrol --centre URL --token TOKEN [--state DIR]\n  "
                "[--archive DIR] [--set SET] [--own PREFIX]… [--zone +07:00] [--local]"));
        return SENSOR_IMPOSSIBLE;
}

static int run(int argc, char **argv, enum language l)
{
        AUTO(mem_free_at) struct sensor_settings *settings = mem_zero(1, sizeof(*settings));
        char why[SETTINGS_WHY_MAX];
        int status = SENSOR_IMPOSSIBLE;

        if (settings && settings_read(settings, argc, argv, l, why))
                (void)fprintf(stderr, "canh-sensor: %s\n", why);
        else if (settings)
                status = root_run(settings, l);
        if (settings)
                settings_done(settings);
        return status;
}

int main(int argc, char **argv)
{
        enum language l = language_from_environment();

        if (sodium_init() < 0)
                return SENSOR_IMPOSSIBLE;
        if (argc < 2)
                return usage(l);
        if (strcmp(argv[1], "--version") == 0)
                return puts("canh-sensor " CANH_VERSION) < 0 ? SENSOR_IMPOSSIBLE : 0;
        if (strcmp(argv[1], "enrol") == 0)
                return command_enrol(argc - 1, argv + 1, l);
        return run(argc, argv, l);
}
