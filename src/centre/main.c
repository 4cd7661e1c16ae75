/* canh-centre: reads the command line, then is the parent of the other processes, or does one thing
 * for the administrator.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/language.h"
#include "base/log.h"
#include "centre/admin.h"
#include "centre/settings.h"
#include "centre/supervisor.h"

#include <errno.h>
#include <sys/stat.h>

static const char help_vi[] =
    "canh-centre [--data THƯ_MỤC] [--listen ĐỊA_CHỈ:CỔNG] [--agents ĐỊA_CHỈ:CỔNG] [--database "
    "URL]\n"
    "            [--packs THƯ_MỤC] [--certificate TỆP --key TỆP] [--sample THƯ_MỤC]\n"
    "canh-centre … admin "
    "first-user|reset-password|load-sample|load-pack|token|kit|backup|restore|check\n";
static const char help_en[] =
    "canh-centre [--data DIR] [--listen ADDR:PORT] [--agents ADDR:PORT] [--database URL]\n"
    "            [--packs DIR] [--certificate FILE --key FILE] [--sample DIR]\n"
    "canh-centre … admin "
    "first-user|reset-password|load-sample|load-pack|token|kit|backup|restore|check\n";

int main(int argc, char **argv)
{
        enum language l = language_from_environment();
        struct parse_error bad = { 0 };
        struct settings settings;

        if (settings_read(&settings, argc, argv, &bad) != 0) {
                (void)fprintf(stderr, "canh-centre: %s\n", say(l, bad.why_vi, bad.why_en));
                return EXIT_CANNOT_START;
        }
        if (settings.help || settings.version) {
                (void)fputs(
                    settings.help ? say(l, help_vi, help_en) : "canh-centre " CANH_VERSION "\n",
                    stdout);
                return 0;
        }
        if (mkdir(settings.data_folder, 0700) != 0 && errno != EEXIST) {
                log_line(LOG_LEVEL_ERROR, "centre", "cannot make %s: %s", settings.data_folder,
                    err_text(err_from_errno(errno)));
                return EXIT_CANNOT_START;
        }
        if (settings.admin_at)
                return admin_run(&settings, argc - settings.admin_at, argv + settings.admin_at, l);
        return supervisor_run(&settings);
}
