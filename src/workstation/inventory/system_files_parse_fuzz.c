/* workstation/inventory/system_files_parse_fuzz.c: every view lies within the input, every list
 * ends, and what is shown is UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/inventory/system_files_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct text t, struct text all)
{
        return !t.len || (t.data >= all.data && t.data + t.len <= all.data + all.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text all = { (const char *)data, size }, rest = all, line;
        struct package_entry p;
        struct account_entry a;
        char value[OS_FIELD_MAX];
        uint64_t n;
        bool locked;

        if (!size)
                return 0;
        while (dpkg_status_next(&p, &rest) == 0)
                assert(is_within(p.name, all) && is_within(p.version, all) && text_is_utf8(p.name));
        for (rest = all; apk_installed_next(&p, &rest) == 0;)
                assert(is_within(p.name, all) && p.version.len && text_is_utf8(p.version));
        for (rest = all; rest.data && text_split(&line, &rest, '\n');)
                if (passwd_parse_line(&a, line) == 0) {
                        assert(is_within(a.shell, all) && text_is_utf8(a.home));
                        (void)!shadow_find_locked(&locked, all, a.name);
                        (void)group_line_has_member(line, "sudo", a.name);
                }
        assert(os_release_find(value, all, "ID") != 0 || text_is_utf8(text_of(value)));
        assert(is_within(cpuinfo_model(all), all));
        return meminfo_total(&n, all) == 0 && n % 1024 ? -1 : 0;
}
