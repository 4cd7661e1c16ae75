/* line/line_confine.c: see line_confine.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/line_confine.h"
#include "base/mem.h"
#include "system/os/confine.h"

int line_confine(bool *fenced, const char *state_path)
{
        const struct confine_folder folders[] = { { state_path, CONFINE_WRITE },
                { "/etc/resolv.conf", CONFINE_READ }, { "/etc/hosts", CONFINE_READ },
                { "/etc/nsswitch.conf", CONFINE_READ }, { "/etc/host.conf", CONFINE_READ },
                { "/etc/gai.conf", CONFINE_READ }, { "/run/systemd/resolve", CONFINE_READ },
                { "/lib", CONFINE_READ }, { "/usr/lib", CONFINE_READ },
                { "/etc/ld.so.cache", CONFINE_READ }, { "/dev/urandom", CONFINE_READ } };
        const struct confine_request request = {
                .profile = CONFINE_LINK, .folders = folders, .folder_count = ARRAY_LEN(folders)
        };
        struct confine_report report;
        int err = confine_apply(&report, &request);

        if (!err)
                *fenced = report.folders_fenced;
        return err;
}
